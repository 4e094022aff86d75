"""The folder of the agency file, which nothing that the file names may leave."""

import os
from pathlib import Path


def is_inside(path: Path, folder: Path) -> bool:
    """Does `path`, links followed, lie in `folder`?"""
    real = os.path.realpath(folder)
    return os.path.realpath(path).startswith(real.rstrip(os.sep) + os.sep)
