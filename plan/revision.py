"""Compare two revisions of an agency file, without any portal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plan.address import Address, Origin
from plan.change import Edit
from plan.diff import edits_between
from plan.resource import Removal, Resource
from plan.values import Attributes, Value, plain, value_from_plain

ADDED = "added"
CHANGED = "changed"
TAKEN_OUT = "taken out"
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Revised:
    """An address that differs between the two revisions; `action` is one of the constants above.

    `before` and `after` are all of its attributes, where both revisions declare it.
    """

    address: Address
    action: str
    edits: tuple[Edit, ...]
    origin: Origin
    before: Attributes | None = None
    after: Attributes | None = None


def revised(
    before: Sequence[Resource],
    after: Sequence[Resource],
    removals_before: Iterable[Removal] = (),
    removals_after: Iterable[Removal] = (),
) -> tuple[Revised, ...]:
    """Every address that is declared anew, differently, no longer, or to be ended now; by address."""
    found = [*_declared(before, after), *_ended(removals_before, removals_after)]
    return tuple(sorted(found, key=lambda item: (item.address, item.action)))


def _declared(before: Sequence[Resource], after: Sequence[Resource]) -> Iterator[Revised]:
    old = {resource.address: resource for resource in before}
    new = {resource.address: resource for resource in after}
    for address, resource in new.items():
        if address not in old:
            yield Revised(address, ADDED, (), resource.origin)
        elif _words(old[address]) != _words(resource):
            known, wanted = old[address], resource
            edits = _edits(known, wanted)
            yield Revised(address, CHANGED, edits, wanted.origin, known.attributes, wanted.attributes)
    for address, resource in old.items():
        if address not in new:
            yield Revised(address, TAKEN_OUT, (), resource.origin)


def _ended(before: Iterable[Removal], after: Iterable[Removal]) -> Iterator[Revised]:
    known = {(removal.address, removal.action) for removal in before}
    for removal in after:
        if (removal.address, removal.action) not in known:
            words = {"action": removal.action, **removal.attributes}
            edits = tuple(Edit(name, None, value, removal.origin) for name, value in words.items())
            yield Revised(removal.address, ENDED, edits, removal.origin)


def _words(resource: Resource) -> Mapping[str, object]:
    said = {
        "adopt": resource.adopt,
        "previously": resource.previously,
        "protect": resource.protect,
        "reason": resource.reason or None,
    }
    return {**{name: plain(value) for name, value in resource.attributes.items()}, **said}


def _edits(old: Resource, new: Resource) -> tuple[Edit, ...]:
    """Return every difference, including attributes that only one of the two declares."""
    before, after = _comparable(old), _comparable(new)
    names = before.keys() | after.keys()
    declared = Resource(new.address, {name: after.get(name) for name in sorted(names)}, new.origin, new.origins)
    return edits_between(declared, {name: before.get(name) for name in names}, dict.fromkeys(names))


def _comparable(resource: Resource) -> Attributes:
    said: dict[str, Value] = {name: value_from_plain(value) for name, value in _words(resource).items()}
    return said
