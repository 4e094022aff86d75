"""What `removed:` ends: its entries, what they have to do with the blocks, and the engine's removals."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from agencyfile.language.declarations import Declaration, account_label, check_name
from agencyfile.language.document import Block, Items
from agencyfile.language.files import Files
from agencyfile.language.models.removal import Removed
from agencyfile.language.problems import Place, report_not_block, report_not_items, validated
from agencyfile.language.report import Report
from agencyfile.language.wording import shown
from plan.address import Address, Origin
from plan.resource import Removal


@dataclass(frozen=True, slots=True)
class Ending:
    """One entry. `words` are its validated words, or None when something is wrong with it."""

    place: Place
    words: dict[str, Any] | None


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Removed)


def endings(files: Files, report: Report) -> list[Ending]:
    """Validate every entry of every file."""
    found: list[Ending] = []
    for index, entry, origin in _entries(files, report):
        if report.is_full:
            break
        if not isinstance(entry, Block):
            report_not_block(entry, f"removed.{index + 1}", origin, report)
            continue
        place = Place(entry, ("removed", index), origin, _address(entry))
        _check_account(place, report)
        words = None if _is_later(place, report) else validated(_adapter(), place, report)
        found.append(Ending(place, words))
    return found


def _entries(files: Files, report: Report) -> Iterator[tuple[int, object, Origin]]:
    """Position, value and place of each entry, over all files."""
    for part in files.parts:
        entries = part.get("removed")
        if isinstance(entries, Items):
            yield from zip(range(len(entries)), entries, entries.values_at, strict=True)
        elif entries is not None:
            report_not_items(entries, "removed", part.values_at["removed"], report)


def _address(entry: Block) -> Address | None:
    name = entry.get("account")
    return Address("account", name) if isinstance(name, str) else None


def _check_account(place: Place, report: Report) -> None:
    if place.address is not None:
        check_name(place.address, place.block.values_at["account"], report)


def _is_later(place: Place, report: Report) -> bool:
    """Is it a removal of a kind to come? Then its other words are not judged."""
    if "snapshot" not in place.block:
        return False
    report.add(
        "removal-kind",
        place.block.keys_at["snapshot"],
        "The removal of a snapshot is not known to this version yet: only that of an account is.",
    )
    return True


def check_endings(ended: Collection[Ending], found: Iterable[Declaration], report: Report) -> None:
    """Nothing is declared and removed, and nothing is removed twice."""
    declared = _hosts(found) if ended else {}
    first: dict[str, Origin] = {}
    for ending in ended:
        address = ending.place.address
        if address is None:
            continue
        label, origin = account_label(address.name), ending.place.block.values_at["account"]
        other = first.setdefault(label, origin)
        if label in declared:
            _report_declared(address, origin, declared[label], report)
        elif other is not origin:
            detail = f"{shown(address.name)} is removed at {other} already."
            report.add("removal-duplicate", origin, detail, address=address)


def _hosts(found: Iterable[Declaration]) -> dict[str, Declaration]:
    """Sandboxes and accounts by the host names that they share."""
    hosts = (one for one in found if one.address.kind in ("account", "sandbox"))
    return {account_label(one.address.name): one for one in hosts}


def _report_declared(address: Address, origin: Origin, declaration: Declaration, report: Report) -> None:
    report.add(
        "removal-declared",
        origin,
        f"{shown(address.name)} is removed here, and declared at {declaration.place.key_at} as {declaration.address}.",
        address=address,
    )


def make_removals(ended: Iterable[Ending]) -> tuple[Removal, ...]:
    """One removal per entry, by address, whatever the order and the files they were written in."""
    made = [_removal(ending.place, ending.words) for ending in ended if ending.words is not None]
    return tuple(sorted(made, key=_order))


def _order(removal: Removal) -> Address:
    return removal.address


def _removal(place: Place, words: dict[str, Any]) -> Removal:
    return Removal(
        address=Address("account", words["account"]),
        action=words["action"],
        attributes={"reason": words["reason"], "retain_data": words.get("retain_data", True)},
        origin=place.key_at,
    )
