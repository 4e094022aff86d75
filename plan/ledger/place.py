"""The spelling of a ledger's place."""

from pathlib import PurePosixPath


def plain_place(text: str) -> str:
    """Return a place in its plain spelling: the path of a file without `.` and without empty parts."""
    scheme, _, path = text.partition(":")
    return f"file:{PurePosixPath(path)}" if scheme == "file" else text
