"""`agencyfile completion`: the completion script of a shell."""

import click
from click.shell_completion import get_completion_class

from agencyfile.cli import console


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    For bash and zsh: eval "$(agencyfile completion bash)". For fish: agencyfile completion fish | source. Addresses,
    names and steps come from the agency file; completing sends nothing.
    """
    kind = get_completion_class(shell)
    if kind is None:  # click knows the three shells that the argument allows
        raise click.UsageError(f"no completion for {shell}")
    root = context.find_root().command
    source = kind(root, {}, "agencyfile", "_AGENCYFILE_COMPLETE").source()
    console.exact(f"{source}\n".encode())
