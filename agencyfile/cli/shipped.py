"""Files that come with the distribution."""

from pathlib import Path


def shipped(folder: str) -> Path:
    """`schemas` or `examples`: inside the package when it was installed from a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder
