"""Workflow commands: lines that GitHub shows as annotations. Callers have made the texts safe for a terminal."""

from collections.abc import Mapping


def workflow_command(level: str, properties: Mapping[str, str], message: str) -> str:
    """Return one command, as `::error file=agency.yaml,line=3::...`, with whatever ends a part of it escaped."""
    words = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items()
    )
    return f"::{level} {words}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
