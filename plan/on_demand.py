"""Packages whose names are imported when they are first used."""

from importlib import import_module

TYPE_CHECKING = False  # every start pays for this module, and typing would cost more than the rest of it
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def on_demand(package: "dict[str, object]", homes: "Mapping[str, str]") -> "Callable[[str], object]":
    """Return a `__getattr__` for a package.

    Args:
        package: the package's `globals()`; a name is kept there once it is known.
        homes: the full name of the module that each name comes from.
    """

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        value = package[name] = getattr(import_module(homes[name]), name)
        return value

    return load
