"""`agencyfile help`: the help of a command, by its name."""

import click

from agencyfile.cli.console import json_document
from agencyfile.cli.examples import EXAMPLES
from agencyfile.cli.flags import json_output
from agencyfile.cli.records import FlagHelp, HelpDocument


@click.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@json_output
@click.pass_context
def command(context: click.Context, words: tuple[str, ...], *, as_json: bool) -> None:
    """Show the help of a command, as `COMMAND --help` does."""
    here = context.parent or context
    for word in words:
        group = here.command
        found = group.get_command(here, word) if isinstance(group, click.Group) else None
        if found is None:
            message = f"No such command '{word}'."
            raise click.UsageError(message, here)
        here = click.Context(found, info_name=word, parent=here)
    if as_json:
        json_document(_document(here, " ".join(words)))
    else:
        click.echo(here.get_help())


def _document(here: click.Context, words: str) -> HelpDocument:
    command = here.command
    inner = command.list_commands(here) if isinstance(command, click.Group) else []
    return {
        "command": words,
        "usage": here.get_usage().removeprefix("Usage: "),
        "help": command.help or "",
        "flags": [_flag(each) for each in command.params if isinstance(each, click.Option) and not each.hidden],
        "commands": inner,
        "examples": [{"line": f"agencyfile {line}", "purpose": purpose} for line, purpose in EXAMPLES.get(words, ())],
    }


def _flag(option: click.Option) -> FlagHelp:
    return {
        "names": [*option.opts, *option.secondary_opts],
        "value": None if option.is_flag or option.count else (option.metavar or option.type.name.upper()),
        "repeatable": option.multiple or option.count,
        "required": option.required,
        "help": option.help or "",
    }
