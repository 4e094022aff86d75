"""Errors of pydantic as diagnostics, each at the place of its value."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Path, Place, dotted
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import listed, nearest, shown
from agencyfile.kinds.registry import LAYERS, SECTIONS
from agencyfile.language.model import AGENCY_DOCUMENT
from agencyfile.language.rules import RULES
from plan.address import Address, Origin
from plan.rule import Rule

_EXPECTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "list_type": "a list",
}
_OLD_BOOLEANS: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_MARKS: Final = ("[key]", "\0mapping", "\0false", "\0name", "\0names")  # of pydantic, and of our unions


@dataclass(frozen=True, slots=True)
class Form:
    """A form of file, as far as its mistakes are told apart.

    Attributes:
        name: what a message calls such a file.
        model: of the whole file.
        named: the sections whose blocks bear names that the user chose.
        rules: every rule that a value can break.
        misplaced: rule and detail of a key that belongs to another section's blocks, by section and key.
    """

    name: str
    model: Any
    named: Collection[str]
    rules: Mapping[str, Rule]
    misplaced: Callable[[str, str], tuple[str, str] | None] = lambda _section, _key: None

    def known_keys(self, path: Path) -> frozenset[str]:
        """The keys that the mapping at `path` of such a file may hold."""
        names = tuple("" if is_free else str(word) for word, is_free in zip(path, self._free(path), strict=True))
        return keys_of(self.model, *names)

    def _free(self, path: Path) -> list[bool]:
        """Which words of the path are names that the user chose, or positions in a list."""
        is_named = bool(path) and path[0] in self.named
        return [isinstance(word, int) or (index == 1 and is_named) for index, word in enumerate(path)]


def _misplaced(section: str, key: str) -> tuple[str, str] | None:
    """Rule and detail of a key that belongs to another kind of block, where the portal has a reason for it."""
    return SECTIONS[section].misplaced(key) if section in SECTIONS else None


AGENCY_FILE: Final = Form("the agency file", AGENCY_DOCUMENT, (*SECTIONS, *LAYERS), RULES, _misplaced)


def validated(adapter: TypeAdapter[Any], place: Place, report: Report, form: Form = AGENCY_FILE) -> Any:
    """Return the validated block, or None after a diagnostic for each mistake in it."""
    try:
        return adapter.validate_python(place.block)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            if report.is_full:
                break
            _report(details, place, report, form)
    return None


def _report(details: ErrorDetails, place: Place, report: Report, form: Form) -> None:
    kind = details["type"]
    path, is_key = _path(details["loc"], place.block)
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        report_unknown(place, path, report, form)
    elif kind == "missing":
        _report_missing(place, path, report, form)
    elif kind in form.rules:
        origin = place.key_origin(path) if is_key else place.value_origin(path)
        report.add(kind, origin, context["detail"], fix=context["fix"], address=place.address)
    else:
        _report_type(_EXPECTED.get(kind, "another value"), details["input"], place, path, report)


def _path(location: Path, block: Block) -> tuple[Path, bool]:
    """The keys and positions that lead to the value, without pydantic's own marks; and whether it is a key."""
    path: list[str | int] = []
    node: Any = block
    for word in location:
        is_mark = word in _MARKS and not (isinstance(node, dict) and word in node)
        if not is_mark:
            path.append(word)
            node = _below(node, word)
    return tuple(path), location[-1] == "[key]" and len(path) < len(location)


def _below(node: Any, word: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(word)
    return node[word] if isinstance(node, list) and isinstance(word, int) and word < len(node) else None


def _report_missing(place: Place, path: Path, report: Report, form: Form) -> None:
    *above, key = path
    block: Any = reduce(lambda node, word: node[word], above, cast(Any, place.block))
    if is_misspelt(block, str(key), form.known_keys(place.path + tuple(above))):
        return
    origin = place.key_origin(path[:-1])
    owner = dotted(place.path + path[:-1]) or form.name
    report.add("missing-key", origin, f"{owner} has no {path[-1]}.", fix=f"add {path[-1]}:", address=place.address)


def report_unknown(place: Place, path: Path, report: Report, form: Form = AGENCY_FILE) -> None:
    """Report a key that nothing knows: what it resembles, or where it would belong."""
    *_, key = path
    origin = place.key_origin(path)
    section = str(place.path[0]) if place.path else ""
    misplaced = form.misplaced(section, str(key)) if len(path) == 1 else None
    if misplaced:
        report.add(misplaced[0], origin, misplaced[1], address=place.address)
        return
    full = place.path + path
    known = form.known_keys(full[:-1])
    where = dotted(full[:-1]) or form.name
    guess = nearest(str(key), known) or _deeper(full[:-1], str(key), known, form)
    others = f"Known {'is' if len(known) == 1 else 'are'} {listed(sorted(known))}."
    detail = f"{where} has no key {shown(key)}.{'' if guess else f' {others}'}"
    fix = f"did you mean {guess}?" if guess else ""
    report.add("unknown-key", origin, detail, fix=fix, address=place.address)


def _deeper(path: Path, key: str, known: frozenset[str], form: Form) -> str | None:
    """The key one level deeper that `key` is the name of, as `plan.tier`; None when there is none."""
    return next((f"{word}.{key}" for word in sorted(known) if key in form.known_keys((*path, word))), None)


def _report_type(expected: str, value: object, place: Place, path: Path, report: Report) -> None:
    origin = place.value_origin(path)
    name = dotted(place.path + path)
    if value is None:
        report.add("empty-value", origin, f"{name} has no value: {expected} is expected.", address=place.address)
    elif expected == "text" and isinstance(value, bool | int | float):
        text = report.source_word(origin) or str(value)
        meaning = "true or false" if isinstance(value, bool) else "a number"
        report.add(
            "quote-text",
            origin,
            f"{name} is text, but {text} without quotes is {meaning} to YAML.",
            fix=f'write "{text}"',
            address=place.address,
        )
    else:
        detail = f"{name} is {_kind_of(value)}, but {expected} is expected."
        report.add("wrong-type", origin, detail, fix=_type_fix(expected, value), address=place.address)


def _type_fix(expected: str, value: object) -> str:
    """Return the value that was most likely meant by a text in the place of another type."""
    if not isinstance(value, str):
        return f"write {expected}"
    if expected == "true or false" and value.lower() in _OLD_BOOLEANS:
        return f"write {_OLD_BOOLEANS[value.lower()]}: {value} is text in YAML 1.2"
    if expected == "a whole number" and value.isascii() and value.isdigit():
        return f"write {value.lstrip('0') or 0}, without quotes"
    return f"write {expected}"


def _kind_of(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def report_not_block(value: object, name: str, origin: Origin, report: Report, address: Address | None = None) -> None:
    """Report something that should be a mapping and is not."""
    _report_not("a mapping", value, name, origin, report, address)


def report_not_items(value: object, name: str, origin: Origin, report: Report) -> None:
    """Report something that should be a list and is not."""
    _report_not("a list", value, name, origin, report, None)


def _report_not(
    expected: str, value: object, name: str, origin: Origin, report: Report, address: Address | None
) -> None:
    if value is None:
        report.add("empty-value", origin, f"{name} has no value: {expected} is expected.", address=address)
        return
    detail = f"{name} is {_kind_of(value)}, but {expected} is expected."
    report.add("wrong-type", origin, detail, fix=f"write {expected}", address=address)
