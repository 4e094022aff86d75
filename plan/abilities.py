"""The abilities that some kinds have and others lack: looked for once in a run, and not for each resource.

To compare an object with a protocol takes Python 3.11 some 15 us, and longer where the object lacks something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from plan.provider import (
    Billable,
    Carrying,
    Closable,
    DerivesResources,
    HasManualSteps,
    Kind,
    NeedsOpenOwner,
    OfClient,
    Recoverable,
    Worded,
)


@dataclass(frozen=True, slots=True)
class Abilities:
    """The kinds that have each ability, by name. `inside` are the names of those whose calls need an open owner."""

    closable: Mapping[str, Closable]
    billable: Mapping[str, Billable]
    carrying: Mapping[str, Carrying]
    of_client: Mapping[str, OfClient]
    worded: Mapping[str, Worded]
    recoverable: Mapping[str, Recoverable]
    attended: Mapping[str, HasManualSteps]
    expanding: Mapping[str, DerivesResources]
    inside: frozenset[str]


def abilities_of(kinds: Mapping[str, Kind]) -> Abilities:
    """Return what these kinds can do. The last answer is kept, since a run knows one set of kinds."""
    known, abilities = _last[0]
    if len(known) != len(kinds) or any(known.get(name) is not kind for name, kind in kinds.items()):
        abilities = _found(kinds)
        _last[0] = (dict(kinds), abilities)
    return abilities


def _found(kinds: Mapping[str, Kind]) -> Abilities:
    return Abilities(
        closable={name: kind for name, kind in kinds.items() if isinstance(kind, Closable)},
        billable={name: kind for name, kind in kinds.items() if isinstance(kind, Billable)},
        carrying={name: kind for name, kind in kinds.items() if isinstance(kind, Carrying)},
        of_client={name: kind for name, kind in kinds.items() if isinstance(kind, OfClient)},
        worded={name: kind for name, kind in kinds.items() if isinstance(kind, Worded)},
        recoverable={
            name: kind for name, kind in kinds.items() if kind.has_credential and isinstance(kind, Recoverable)
        },
        attended={name: kind for name, kind in kinds.items() if isinstance(kind, HasManualSteps)},
        expanding={name: kind for name, kind in kinds.items() if isinstance(kind, DerivesResources)},
        inside=frozenset(name for name, kind in kinds.items() if isinstance(kind, NeedsOpenOwner)),
    )


_last: Final[list[tuple[Mapping[str, Kind], Abilities]]] = [({}, _found({}))]  # a kind need not be hashable
