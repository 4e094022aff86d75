"""Man pages of every command, written from the commands themselves."""

import sys
from pathlib import Path

import click
from click_man.core import write_man_pages

from agencyfile import __version__
from agencyfile.cli.app import COMMANDS, root


def main() -> None:
    """Write the pages into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_man_pages("agencyfile", _whole(), version=__version__, target_dir=str(folder))
    print(f"{len(list(folder.glob('*.1')))} man pages in {folder}")


def _whole() -> click.Group:
    """Return the group with every command in it: click-man does not ask a group that imports its commands late."""
    whole = click.Group("agencyfile", help=root.help, epilog=root.epilog)
    context = click.Context(root)
    for name in COMMANDS:
        if command := root.get_command(context, name):
            _summarize(command)
            whole.add_command(command, name)
    return whole


def _summarize(command: click.Command) -> None:
    """Give the NAME section the whole first sentence; click would cut it at 45 characters."""
    command.short_help = command.get_short_help_str(limit=200)
    for below in getattr(command, "commands", {}).values():
        _summarize(below)


if __name__ == "__main__":
    main()
