"""The terminal that a person watches, if there is one."""

import os
import shutil
import sys


def is_terminal() -> bool:
    """Does a person watch standard output?"""
    return sys.stdout.isatty()


def is_ci() -> bool:
    """Is this a job of a pipeline, whose output is a log?"""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def terminal_width() -> int | None:
    """Its columns; None where the output goes to a file or a pipe, and nothing may be folded or left out."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
