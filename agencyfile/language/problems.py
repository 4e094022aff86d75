"""What pydantic found, as diagnostics in our words at the place of the value."""

from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import is_typeddict

from agencyfile.fields.vocabulary import LATER_WORDS, SECTIONS
from agencyfile.fields.wording import listed, nearest, shown
from agencyfile.language.document import Block, Items
from agencyfile.language.models.file import AgencyDocument
from agencyfile.language.report import Report
from agencyfile.language.rules import RULES
from plan.address import Address, Origin

Path = tuple[str | int, ...]

_EXPECTED: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "list_type": "a list",
}
_OLD_BOOLEANS: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_MISPLACED: Final = {
    ("sandboxes", "domain"): ("sandbox-domain", "The portal refuses a CNAME on a sandbox."),
    ("sandboxes", "plan"): ("sandbox-plan", "A sandbox takes no plan: it is a tier of its own."),
}
_MARKS: Final = ("[key]", "[mapping]", "[false]")  # of pydantic, and of our unions
_COMPARED: Final = 100  # keys of one block that are compared with known words; no honest block has more
_LATER: Final = "This version does not know it yet."


@dataclass(frozen=True, slots=True)
class Place:
    """A block or part of the file that is validated as one, and where it stands."""

    block: Block
    path: Path
    key_at: Origin
    address: Address | None = None

    def key_origin(self, path: Path) -> Origin:
        """Where the key at the end of `path` (below this place) stands."""
        return self._find(path)[0]

    def value_origin(self, path: Path) -> Origin:
        """Where the value at the end of `path` (below this place) stands."""
        return self._find(path)[1]

    def _find(self, path: Path) -> tuple[Origin, Origin]:
        """Places of key and value; of the nearest ones above where the path leaves the file."""
        node: Any = self.block
        found = (self.key_at, self.key_at)
        for word in path:
            if isinstance(node, Block) and isinstance(word, str) and word in node:
                found = (node.keys_at[word], node.values_at[word])
            elif isinstance(node, Items) and isinstance(word, int) and word < len(node):
                found = (node.values_at[word], node.values_at[word])
            else:
                break
            node = node[word]
        return found


def validated(adapter: TypeAdapter[Any], place: Place, report: Report) -> Any:
    """What the model makes of the block, or None after a diagnostic for each thing wrong with it."""
    try:
        return adapter.validate_python(place.block)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            if report.is_full:
                break
            _report(details, place, report)
    return None


def _report(details: ErrorDetails, place: Place, report: Report) -> None:
    kind = details["type"]
    path, is_key = _path(details["loc"], place.block)
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        report_unknown(place, path, report)
    elif kind == "missing":
        _report_missing(place, path, report)
    elif kind in RULES:
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


def _report_missing(place: Place, path: Path, report: Report) -> None:
    *above, key = path
    block: Any = reduce(lambda node, word: node[word], above, cast(Any, place.block))
    if is_misspelt(block, str(key), known_keys(place.path + tuple(above))):
        return
    origin = place.key_origin(path[:-1])
    owner = dotted(place.path + path[:-1]) or "the agency file"
    report.add("missing-key", origin, f"{owner} has no {path[-1]}.", fix=f"add {path[-1]}:", address=place.address)


def is_misspelt(block: Block, word: str, known: frozenset[str]) -> bool:
    """Is there a key that most likely means `word`, or that merges blocks? Then `word` is not missing as well."""
    keys = islice(block, _COMPARED)
    return any(key == "<<" or (key not in known and nearest(key, known) == word) for key in keys)


def report_unknown(place: Place, path: Path, report: Report) -> None:
    """Report a key that nothing knows: what it resembles, where it would belong, or that it is still to come."""
    *_, key = path
    origin = place.key_origin(path)
    section = str(place.path[0]) if place.path else ""
    misplaced = _misplaced(section, str(key)) if len(path) == 1 else None
    if misplaced:
        report.add(misplaced[0], origin, misplaced[1], address=place.address)
        return
    full = place.path + path
    known = known_keys(full[:-1])
    where = dotted(full[:-1]) or "the agency file"
    guess = nearest(str(key), known) or _deeper(full[:-1], str(key), known)
    if key in LATER_WORDS:
        guess = _deeper(full[:-1], str(key), known)
    others = _LATER if key in LATER_WORDS else f"Known {'is' if len(known) == 1 else 'are'} {listed(sorted(known))}."
    detail = f"{where} has no key {shown(key)}.{'' if guess else f' {others}'}"
    fix = f"did you mean {guess}?" if guess else ""
    report.add("unknown-key", origin, detail, fix=fix, address=place.address)


def _misplaced(section: str, key: str) -> tuple[str, str] | None:
    """Rule and detail of a key that belongs to another kind of block, where the portal has a reason for it."""
    if section == "snapshots" and key in known_keys(("accounts", "")) | known_keys(("sandboxes", "")):
        return "snapshot-immutable", f"A snapshot is its sandbox as that was: it has no {key}, and nothing changes it."
    return _MISPLACED.get((section, key))


def _deeper(path: Path, key: str, known: frozenset[str]) -> str | None:
    """The key one level deeper that `key` is the name of, as `plan.tier`; None when there is none."""
    return next((f"{word}.{key}" for word in sorted(known) if key in known_keys((*path, word))), None)


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
    """What was most likely meant by a text that stands where something else is expected."""
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


def dotted(path: Path) -> str:
    """`accounts.acme.plan`, with list positions counted from 1."""
    return ".".join(f"{word + 1}" if isinstance(word, int) else shown(word)[1:-1] for word in path)


def known_keys(path: Path) -> frozenset[str]:
    """The keys that the mapping at `path` of an agency file may hold."""
    names = tuple("" if is_free else str(word) for word, is_free in zip(path, _free(path), strict=True))
    return _known_keys(names)


def _free(path: Path) -> list[bool]:
    """Which words of the path are names that the user chose, or positions in a list."""
    return [isinstance(word, int) or (index == 1 and path[0] in SECTIONS) for index, word in enumerate(path)]


@lru_cache(maxsize=64)
def _known_keys(names: tuple[str, ...]) -> frozenset[str]:
    model: Any = AgencyDocument
    for name in names:
        model = _member(model, name)
    return frozenset(get_type_hints(model)) if is_typeddict(model) else frozenset()


def _member(model: Any, name: str) -> Any:
    found = get_type_hints(model).get(name) if is_typeddict(model) else None
    if get_origin(model) in (dict, list):
        found = get_args(model)[-1]
    arguments = [part for part in get_args(found) if part is not type(None)]
    is_optional = get_origin(found) is Union or type(found).__name__ == "UnionType"
    return arguments[0] if is_optional else found
