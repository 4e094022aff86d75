"""The terminal that a person watches, if there is one."""

import os
import shutil
import sys
from typing import TextIO


def is_terminal() -> bool:
    """Does a person watch standard output?"""
    return sys.stdout.isatty()


def is_ci() -> bool:
    """Is this a job of a pipeline, whose output is a log?"""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def terminal_width() -> int | None:
    """Its columns; None where the output goes to a file or a pipe, and nothing may be folded or left out."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def size_of(stream: TextIO) -> os.terminal_size:
    """Return the size of the terminal that a stream writes to; 80 columns and 24 lines where it does not say.

    `shutil.get_terminal_size` asks standard output, which may be a file while a person watches standard error.
    """
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()
    return size if size.columns > 0 and size.lines > 0 else os.terminal_size((80, 24))
