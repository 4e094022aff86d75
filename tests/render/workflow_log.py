"""A log as GitHub's runner reads it: which of its lines are commands (actions/runner, `ActionCommand.cs`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """`::name key=value,...::data`, unescaped."""

    name: str
    properties: dict[str, str]
    data: str


def command_in(line: str) -> Command | None:
    """The command that a line is, whatever white space it begins with; the older form `##[name]` counts as well."""
    if "##[" in line:
        return Command(line[line.index("##[") + 3 :].partition("]")[0], {}, line)
    text = line.lstrip()
    if not text.startswith("::") or "::" not in text[2:]:
        return None
    head, _, data = text[2:].partition("::")
    name, _, rest = head.partition(" ")
    pairs = [pair.partition("=") for pair in rest.strip().split(",") if "=" in pair]
    properties = {key: _unescaped(_unescaped(value, "%3A", ":"), "%2C", ",") for key, _, value in pairs}
    return Command(name, {key: _data(value) for key, value in properties.items()}, _data(data))


def _data(text: str) -> str:
    return _unescaped(_unescaped(_unescaped(text, "%0D", "\r"), "%0A", "\n"), "%25", "%")


def _unescaped(text: str, token: str, character: str) -> str:
    return text.replace(token, character)
