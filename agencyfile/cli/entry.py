"""Where the console script begins: what needs nothing is answered before anything is imported."""

import os
import sys

from agencyfile import __version__


def main() -> None:
    """Run the command line and exit."""
    arguments = sys.argv[1:]
    if "_AGENCYFILE_COMPLETE" not in os.environ:
        if arguments in (["version"], ["--version"], ["-version"], ["-v"]):
            print(f"agencyfile {__version__}")
            return
        if arguments in ([], ["help"], ["--help"], ["-help"], ["-h"]):
            _print_help(asked=bool(arguments))
    from agencyfile.cli.app import run  # noqa: PLC0415 - `version` and `--help` must not pay for click

    sys.exit(run(arguments))


def _print_help(*, asked: bool) -> None:
    # pathlib alone would cost half of a bare start
    path = os.path.join(os.path.dirname(__file__), "help.txt")  # noqa: PTH118, PTH120
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123
        print(stream.read(), end="", file=sys.stdout if asked else sys.stderr)
    sys.exit(0 if asked else 64)
