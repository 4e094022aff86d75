"""The entry of the console script: it answers `version` and `--help` before it imports anything."""

import gc
import os
import sys

from agencyfile import __version__

_COLLECTIONS = (200_000, 20, 100)  # a plan leaves little garbage; at Python's 700 the search is a quarter of its time

TYPE_CHECKING = False  # typing alone would cost more than the rest
if TYPE_CHECKING:
    from typing import TextIO


def main() -> None:
    """Run the command line and exit."""
    arguments = sys.argv[1:]
    if "_AGENCYFILE_COMPLETE" not in os.environ:
        if arguments in (["version"], ["--version"], ["-version"], ["-v"]):
            _print(f"agencyfile {__version__}\n", sys.stdout)
        if arguments in ([], ["help"], ["--help"], ["-help"], ["-h"]):
            _print_help(asked=bool(arguments))
    gc.set_threshold(*_COLLECTIONS)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # none is ours, and to look for them takes 10 ms
    from agencyfile.cli.app import run  # noqa: PLC0415 - `version` and `--help` must not pay for click

    code = run(arguments)
    gc.disable()
    gc.freeze()  # or Python's end searches all that is left for cycles: a sixth of a small command
    sys.exit(code)


def _print_help(*, asked: bool) -> None:
    # pathlib alone would cost half of a bare start
    path = os.path.join(os.path.dirname(__file__), "help.txt")  # noqa: PTH118, PTH120
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123
        _print(stream.read(), sys.stdout if asked else sys.stderr, code=0 if asked else 64)


def _print(text: str, stream: "TextIO", code: int = 0) -> None:
    try:
        print(text, end="", file=stream, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # nothing is left to fail when Python ends
        code = code or 1
    sys.exit(code)
