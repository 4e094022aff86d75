"""Detect objects that should be at the portal and are not. Many at once mean that it is another portal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from plan.address import Address
from plan.ledger.history import History
from plan.planning_context import PlanningContext
from plan.provider import Kind, Memory
from plan.refusal import Refusal
from plan.resource import Reading

LEAST: Final = 3  # objects: one or two are gone now and then
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Vanished:
    """The declared objects that should exist, and those of them that the portal lacks."""

    expected: int
    gone: tuple[Address, ...]


def find_vanished(kinds: Mapping[str, Kind], reading: Reading, history: History) -> Vanished:
    """Look at what the lists of the portal show; a creation whose answer was lost is settled elsewhere."""
    context = PlanningContext(kinds, reading, history)
    expected = [
        address
        for address, resource in context.desired.items()
        if kinds[address.kind].memory is Memory.PORTAL
        and address not in context.open_intents
        and (resource.adopt or context.prior.has_come_to_be(address) or context.prior.knows(address))
    ]
    gone = (address for address in expected if address not in context.live and address not in context.misnamed)
    return Vanished(len(expected), tuple(sorted(gone)))


def refusal(found: Vanished, most: float) -> Refusal | None:
    """Return the refusal to plan on this reading. `most` is the largest share that may have vanished."""
    count = len(found.gone)
    if count < LEAST or count <= most * found.expected:
        return None
    names = ", ".join(map(str, found.gone[:_NAMED]))
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    share = math.ceil(100 * count / found.expected)
    return Refusal(
        rule="objects-vanished",
        message=f"{count} of {found.expected} objects that exist as far as ledger and file know are not at this portal "
        f"({names}{more}); nothing is planned",
        fix="check that the keys are those of the agency's own portal; if all of them are gone or still to come, set "
        f"agency.review.max_vanished_share: {share}%",
    )
