"""Filters of Admin Consult: conditions on fields, joined by `and` (`docs/portal.md` 4.2)."""

from datetime import datetime
from typing import Final, TypeAlias

Plain: TypeAlias = str | int | bool | datetime
_FUNCTIONS: Final = ("StartsWith", "EndsWith", "Contains")


def compared(name: str, operator: str, *, value: Plain | list[Plain]) -> str:
    """Return a condition with `eq`, `ne`, `ge`, `gt`, `le`, `lt` or `in`."""
    text = f"({', '.join(map(_written, value))})" if isinstance(value, list) else _written(value)
    return f"{name} {operator} {text}"


def is_null(name: str) -> str:
    """Return the condition that a field has no value."""
    return f"{name} is null"


def matching(function: str, name: str, text: str) -> str:
    """Return a condition with `StartsWith`, `EndsWith` or `Contains`."""
    if function not in _FUNCTIONS:
        raise ValueError(f"{function} is none of {', '.join(_FUNCTIONS)}")
    return f"{function}({name}, {_written(text)})"


def joined(*conditions: str) -> str:
    """Return a filter that holds where all conditions hold."""
    return " and ".join(conditions)


def _written(value: Plain) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"
