"""`agencyfile help`: the help of a command, by its name."""

import click


@click.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(context: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, as `COMMAND --help` does."""
    here = context.parent or context
    for word in words:
        group = here.command
        found = group.get_command(here, word) if isinstance(group, click.Group) else None
        if found is None:
            message = f"No such command '{word}'."
            raise click.UsageError(message, here)
        here = click.Context(found, info_name=word, parent=here)
    click.echo(here.get_help())
