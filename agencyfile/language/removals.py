"""What `removed:` ends: its entries, what they have to do with the blocks, and the engine's removals."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.nodes import Block, Items
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import article, either, listed, nearest, shown
from agencyfile.language.files import Files
from agencyfile.language.names import check_name, host_key
from agencyfile.language.problems import report_not_block, report_not_items, validated
from agencyfile.language.removal_model import ACTIONS, ACTIONS_OF, HINTS, REMOVED, REMOVED_KEY
from plan.address import Address, Origin
from plan.resource import Removal


@dataclass(frozen=True, slots=True)
class Ending:
    """One entry. `words` are its validated words, or None when something is wrong with it."""

    place: Place
    words: dict[str, Any] | None

    @property
    def origin(self) -> Origin:
        """Where the name of what is ended stands; of the entry when it names nothing."""
        address = self.place.address
        return self.place.block.values_at[address.kind] if address else self.place.key_at


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(REMOVED)


def endings(files: Files, report: Report) -> list[Ending]:
    """Validate every entry of every file."""
    found: list[Ending] = []
    for index, entry, origin in _entries(files, report):
        if report.is_full:
            break
        if not isinstance(entry, Block):
            report_not_block(entry, f"{REMOVED_KEY}.{index + 1}", origin, report)
            continue
        ending = _ending(Place(entry, (REMOVED_KEY, index), origin, _address(entry)), report)
        found.append(ending)
    return found


def _entries(files: Files, report: Report) -> Iterator[tuple[int, object, Origin]]:
    """Position, value and place of each entry, over all files."""
    for part in files.parts:
        entries = part.get(REMOVED_KEY)
        if isinstance(entries, Items):
            yield from zip(range(len(entries)), entries, entries.values_at, strict=True)
        elif entries is not None:
            report_not_items(entries, REMOVED_KEY, part.values_at[REMOVED_KEY], report)


def _address(entry: Block) -> Address | None:
    """What the entry names: its first kind, where it names several."""
    kind = _kind(entry)
    name = entry[kind] if kind else None
    return Address(kind, name) if kind and isinstance(name, str) else None


def _kind(entry: Block) -> str | None:
    return next((kind for kind in entry if kind in ACTIONS_OF), None)


def _ending(place: Place, report: Report) -> Ending:
    if place.address is not None:
        check_name(place.address, place.block.values_at[place.address.kind], report)
    ending = Ending(place, validated(_adapter(), place, report))
    _check_kinds(place, report)
    _check_action(place, report)
    return ending


def _check_kinds(place: Place, report: Report) -> None:
    """An entry ends one thing."""
    kinds = [kind for kind in place.block if kind in ACTIONS_OF]
    number = int(place.path[1]) + 1
    if not kinds and not any(is_misspelt(place.block, kind, keys_of(REMOVED)) for kind in ACTIONS_OF):
        detail = f"{REMOVED_KEY}.{number} names no {either(ACTIONS_OF)}."
        report.add("missing-key", place.key_at, detail, fix=f"add {either(f'{kind}:' for kind in ACTIONS_OF)}")
    elif len(kinds) > 1:
        detail = f"{REMOVED_KEY}.{number} names {listed(kinds)}: an entry ends one thing."
        report.add(
            "removal-kind", place.block.keys_at[kinds[1]], detail, fix="write one entry for each", address=place.address
        )


def _check_action(place: Place, report: Report) -> None:
    """Each kind ends in its own ways, and data is kept only of what is cancelled (`portal.md` rules 15, 35 to 37)."""
    kind, action = _kind(place.block), place.block.get("action")
    if not isinstance(action, str):
        return
    allowed = ACTIONS_OF[kind] if kind else ACTIONS
    word = action.lower()
    if word not in allowed:
        _report_action(kind, action, allowed, place, report)
    elif word != "cancel" and "retain_data" in place.block:
        origin = place.block.keys_at["retain_data"]
        detail = f"The action is {word}: the portal keeps data, or does not, of what is cancelled."
        report.add("removal-data", origin, detail, address=place.address)


def _report_action(kind: str | None, action: str, allowed: tuple[str, ...], place: Place, report: Report) -> None:
    what = f"{article(kind)} {kind}" if kind else "anything"
    hint = HINTS.get(action.lower())
    guess = hint if hint in allowed else nearest(action, allowed)
    report.add(
        "removal-action",
        place.block.values_at["action"],
        f"{shown(action)} does not end {what}: {either(allowed)} does.",
        fix=f"write {guess}" if guess else f"write {either(allowed)}",
        address=place.address,
    )


def check_endings(ended: Collection[Ending], found: Iterable[Declaration], report: Report) -> None:
    """Nothing is declared and removed, and nothing is removed twice."""
    declared = _declared(found) if ended else {}
    first: dict[tuple[str, str], Origin] = {}
    for ending in ended:
        address = ending.place.address
        if address is None:
            continue
        key, origin = host_key(address), ending.origin
        other = first.setdefault(key, origin)
        if key in declared:
            _report_declared(address, origin, declared[key], report)
        elif other is not origin:
            detail = f"{shown(address.name)} is removed at {other} already."
            report.add("removal-duplicate", origin, detail, address=address)


def _declared(found: Iterable[Declaration]) -> Mapping[tuple[str, str], Declaration]:
    """Blocks by the names that they must not share; under their earlier names too."""
    declared: dict[tuple[str, str], Declaration] = {}
    for declaration in found:
        previously = declaration.text("previously")
        if previously is not None:
            declared.setdefault(host_key(Address(declaration.address.kind, previously)), declaration)
        declared[host_key(declaration.address)] = declaration
    return declared


def _report_declared(address: Address, origin: Origin, declaration: Declaration, report: Report) -> None:
    place, block = declaration.place.key_at, declaration.address
    how = f"declared at {place} as {block}"
    if host_key(block) != host_key(address):
        how = f"is the earlier name of {block}, declared at {place}"
    detail = f"{shown(address.name)} is removed here, and {how}."
    report.add("removal-declared", origin, detail, address=address)


def make_removals(ended: Iterable[Ending]) -> tuple[Removal, ...]:
    """One removal per entry, by address, whatever the order and the files they were written in."""
    made = [_removal(ending.place, ending.words) for ending in ended if ending.words is not None]
    return tuple(sorted(made, key=_order))


def _order(removal: Removal) -> Address:
    return removal.address


def _removal(place: Place, words: dict[str, Any]) -> Removal:
    kind = next(kind for kind in ACTIONS_OF if kind in words)
    attributes: dict[str, bool | str] = {"reason": words["reason"]}
    if words["action"] == "cancel":
        attributes["retain_data"] = words.get("retain_data", True)
    return Removal(Address(kind, words[kind]), words["action"], attributes, place.key_at)
