"""The terminal that a person watches, if there is one."""

import shutil
import sys


def terminal_width() -> int | None:
    """Its columns; None where the output goes to a file or a pipe, and nothing may be folded or left out."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
