"""What the kinds of an agency can do beyond the least: found once for all plans of a run, and not for each resource.

To compare an object with a protocol takes Python 3.11 some 15 us, and longer where the object lacks something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

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
    """Return what these kinds can do."""
    return _abilities_of(tuple(kinds.items()))


@lru_cache(maxsize=4)
def _abilities_of(kinds: tuple[tuple[str, Kind], ...]) -> Abilities:
    return Abilities(
        closable={name: kind for name, kind in kinds if isinstance(kind, Closable)},
        billable={name: kind for name, kind in kinds if isinstance(kind, Billable)},
        carrying={name: kind for name, kind in kinds if isinstance(kind, Carrying)},
        of_client={name: kind for name, kind in kinds if isinstance(kind, OfClient)},
        worded={name: kind for name, kind in kinds if isinstance(kind, Worded)},
        recoverable={name: kind for name, kind in kinds if kind.has_credential and isinstance(kind, Recoverable)},
        attended={name: kind for name, kind in kinds if isinstance(kind, HasManualSteps)},
        expanding={name: kind for name, kind in kinds if isinstance(kind, DerivesResources)},
        inside=frozenset(name for name, kind in kinds if isinstance(kind, NeedsOpenOwner)),
    )
