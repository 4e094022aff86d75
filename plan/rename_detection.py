"""Find suspected renames: a new block, and a live object that no block names any more."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from plan import rules
from plan.address import Address
from plan.change import Create, PlannedChange
from plan.diagnostic import Diagnostic
from plan.resource import Live, Resource
from plan.values import Value

_LIKE: Final = 0.8  # of the letters of both names
_MOST: Final = 2_000  # live objects without a block beyond which names are not compared letter by letter


def suspected_renames(
    steps: Sequence[PlannedChange], desired: Mapping[Address, Resource], unmanaged: Sequence[Live]
) -> Iterator[Diagnostic]:
    """A warning for each creation that a live object without a block is like, by its name or its client's."""
    created = [step.address for step in steps if isinstance(step.change, Create)]
    if not (created and unmanaged):
        return
    by_words = _by_words(unmanaged)
    for address in created:
        resource = desired.get(address)
        if resource is None or resource.previously:
            continue
        old = _alike(resource, by_words, unmanaged if len(created) * len(unmanaged) <= _MOST else ())
        if old:
            yield rules.rename_suspected(resource, old)


def _by_words(unmanaged: Iterable[Live]) -> dict[tuple[str, Value], Address]:
    found: dict[tuple[str, Value], Address] = {}
    for live in unmanaged:
        name = live.attributes.get("client.name")
        if name and not live.archived:
            found.setdefault((live.address.kind, name), live.address)
    return found


def _alike(
    resource: Resource, by_words: Mapping[tuple[str, Value], Address], unmanaged: Sequence[Live]
) -> Address | None:
    kind, name = resource.address
    client = resource.attributes.get("client.name")
    if isinstance(client, str) and (kind, client) in by_words:
        return by_words[kind, client]
    if "client.name" not in resource.attributes:
        return None  # names of snapshots are alike by habit: fitness-2026-10, fitness-2026-11
    from difflib import SequenceMatcher  # noqa: PLC0415 - few plans compare names

    likely = (live.address for live in unmanaged if live.address.kind == kind and not live.archived)
    return next((old for old in likely if SequenceMatcher(None, old.name, name).ratio() >= _LIKE), None)
