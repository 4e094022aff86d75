"""The layout of an agency file: the same values and comments in the one form that all files have."""

from agencyfile.language.document import Node, parse_document
from agencyfile.language.layout.outline import outline_of
from agencyfile.language.layout.printer import printed
from agencyfile.language.rules import make_report
from agencyfile.language.source import limits_of_environment

__all__ = ["LayoutError", "is_same", "laid_out"]


class LayoutError(Exception):
    """A text cannot be laid out without changing what it says."""


def laid_out(text: str, values: Node) -> str:
    """`text` in our layout. `parse_document` has read `values` from it without a diagnostic.

    Raises:
        LayoutError: the result would not hold the same values and the same comments.
    """
    outline = outline_of(text.replace("\r\n", "\n").replace("\r", "\n"))
    result = printed(outline)
    report = make_report()
    document = parse_document(result, "", report, limits_of_environment())
    if report.has_errors or not is_same(values, document.root):
        raise LayoutError("the values would not be the same")
    if sorted(outline.comments) != sorted(outline_of(result).comments):
        raise LayoutError("the comments would not be the same")
    return result


def is_same(one: Node, other: Node) -> bool:
    """Are two values of the same types, in the same order, with the same words? `1`, `1.0` and `true` are not."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(map(is_same, one.values(), other.values()))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other or repr(one) == repr(other)  # what is not a number is not equal to itself
