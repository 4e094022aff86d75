"""Files that come with the distribution."""

from pathlib import Path


def shipped(name: str) -> Path:
    """Return `schemas`, `examples` or a lock: inside the package that a wheel installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / name
    return inside if inside.exists() else package.parent / name
