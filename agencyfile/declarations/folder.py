"""The folder of the agency file. Paths in the file must stay inside."""

import os
from pathlib import Path


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether `path` lies in `folder`, links followed."""
    real = os.path.realpath(folder)
    return os.path.realpath(path).startswith(real.rstrip(os.sep) + os.sep)
