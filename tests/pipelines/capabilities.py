"""What the pipelines call and agencyfile can do."""

import click

from agencyfile.cli.app import COMMANDS, root


def missing(*needs: str) -> list[str]:
    """Those of `plan --offline`, `drift` and the like that agencyfile does not know (yet)."""
    return [need for need in needs if not _is_known(*need.split())]


def _is_known(name: str, option: str | None = None) -> bool:
    if name not in COMMANDS:
        return False
    command = root.get_command(click.Context(root), name)
    assert command is not None
    return option is None or any(option in parameter.opts for parameter in command.params)
