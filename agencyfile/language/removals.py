"""Entries of `removed:`: their checks, and the removals that the engine gets."""

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
class RemovalEntry:
    """One entry. `words` are its validated words, or None when something is wrong with it."""

    place: Place
    words: dict[str, Any] | None

    @property
    def origin(self) -> Origin:
        """Place of the name in the entry, or of the entry when it has none."""
        address = self.place.address
        return self.place.block.values_at[address.kind] if address else self.place.key_at


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(REMOVED)


def removal_entries(files: Files, report: Report) -> list[RemovalEntry]:
    """Validate every entry of every file."""
    found: list[RemovalEntry] = []
    for index, entry, origin in _entries(files, report):
        if report.is_full:
            break
        if not isinstance(entry, Block):
            report_not_block(entry, f"{REMOVED_KEY}.{index + 1}", origin, report)
            continue
        found.append(_entry(Place(entry, (REMOVED_KEY, index), origin, _address(entry)), report))
    return found


def _entries(files: Files, report: Report) -> Iterator[tuple[int, object, Origin]]:
    """Return position, value and place of each entry, over all files."""
    for part in files.parts:
        entries = part.get(REMOVED_KEY)
        if isinstance(entries, Items):
            yield from zip(range(len(entries)), entries, entries.values_at, strict=True)
        elif entries is not None:
            report_not_items(entries, REMOVED_KEY, part.values_at[REMOVED_KEY], report)


def _address(entry: Block) -> Address | None:
    """Return the address that the entry names. Of several it is the first."""
    kind = _kind(entry)
    name = entry[kind] if kind else None
    return Address(kind, name) if kind and isinstance(name, str) else None


def _kind(entry: Block) -> str | None:
    return next((kind for kind in entry if kind in ACTIONS_OF), None)


def _entry(place: Place, report: Report) -> RemovalEntry:
    if place.address is not None:
        check_name(place.address, place.block.values_at[place.address.kind], report)
    entry = RemovalEntry(place, validated(_adapter(), place, report))
    _check_kinds(place, report)
    _check_action(place, report)
    return entry


def _check_kinds(place: Place, report: Report) -> None:
    """Report an entry that names no object, or several."""
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
    """Report an action that the kind does not have, and data kept of what is not cancelled (rules 15, 35 to 37)."""
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


def check_removals(ended: Collection[RemovalEntry], found: Iterable[Declaration], report: Report) -> None:
    """Report objects that are declared and removed, or removed twice."""
    declared = _declared(found) if ended else {}
    first: dict[tuple[str, str], Origin] = {}
    for entry in ended:
        address = entry.place.address
        if address is None:
            continue
        key, origin = host_key(address), entry.origin
        other = first.setdefault(key, origin)
        if key in declared:
            _report_declared(address, origin, declared[key], report)
        elif other is not origin:
            detail = f"{shown(address.name)} is removed at {other} already."
            report.add("removal-duplicate", origin, detail, address=address)


def _declared(found: Iterable[Declaration]) -> Mapping[tuple[str, str], Declaration]:
    """Return the blocks by their names and by their earlier names."""
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


def make_removals(ended: Iterable[RemovalEntry]) -> tuple[Removal, ...]:
    """Return one removal for each entry, sorted by address."""
    made = [_removal(entry.place, entry.words) for entry in ended if entry.words is not None]
    return tuple(sorted(made, key=_order))


def _order(removal: Removal) -> Address:
    return removal.address


def _removal(place: Place, words: dict[str, Any]) -> Removal:
    kind = next(kind for kind in ACTIONS_OF if kind in words)
    attributes: dict[str, bool | str] = {"reason": words["reason"]}
    if words["action"] == "cancel":
        attributes["retain_data"] = words.get("retain_data", True)
    return Removal(Address(kind, words[kind]), words["action"], attributes, place.key_at)
