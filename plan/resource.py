"""Resources, which the file declares, and live objects, which the portal holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan.address import Address, Origin
from plan.diagnostic import Diagnostic
from plan.values import SCALARS, Attributes, Reference, Value


@dataclass(frozen=True, slots=True)
class Resource:
    """One block of the agency file, defaults merged in.

    `attributes` holds only what is declared: an attribute that the file does not name is not managed. Nested
    words are dotted (`client.email`), but for a unit that the portal sets as one (`plan`). `origins` knows the
    place of every declared word, nested ones too (`plan.contacts`).

    `protect`: only an entry under `removed:` may end it. `adopt`: its object exists already or is being moved in, and
    is never created. `previously` is the name that it was declared under before. `reason` is why it differs from
    others, for whoever reviews a change of it; may be empty.
    """

    address: Address
    attributes: Attributes
    origin: Origin
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    protect: bool = False
    adopt: bool = False
    previously: str | None = None
    reason: str = ""

    def references(self) -> tuple[Address, ...]:
        """The addresses that this resource depends on, in attribute order."""
        values = [value for value in self.attributes.values() if value.__class__ not in SCALARS]
        return tuple([found for value in values for found in _references(value)]) if values else ()

    def origin_of(self, attribute: str) -> Origin:
        """Return the place where `attribute` is declared, or else the place of the block."""
        return self.origins.get(attribute, self.origin)


def _references(value: Value) -> tuple[Address, ...]:
    if value.__class__ in SCALARS:
        return ()
    if isinstance(value, Reference):
        return (value.address,)
    items = value if isinstance(value, tuple) else value.values() if isinstance(value, Mapping) else ()
    inner = [item for item in items if item.__class__ not in SCALARS]
    return tuple([found for item in inner for found in _references(item)])


@dataclass(frozen=True, slots=True)
class Removal:
    """One entry of `removed:`: the object to end, how, and why."""

    address: Address
    action: str
    attributes: Attributes
    origin: Origin


@dataclass(frozen=True, slots=True)
class Live:
    """One object as just read from the portal: only the attributes that the portal tells.

    `ready` is False while the portal is still provisioning it; `failure` says why it never will be ready;
    `archived` says in what end state (cancelled, expired) the portal keeps it; `is_lost`: nothing brings it back.
    `unidentified` says why its remote id cannot be told from those of others: it is there, and nothing can refer to it.
    `is_free`: the portal bills nothing for it, whatever its attributes.
    `paid_until` is the last day of its term or trial, ISO 8601; empty where the portal tells none.
    """

    address: Address
    attributes: Attributes
    remote_id: str | None = None
    ready: bool = True
    failure: str | None = None
    archived: str | None = None
    is_lost: bool = False
    unidentified: str | None = None
    is_free: bool = False
    paid_until: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of one read of the portal.

    `desired` are the resources given, with what only the portal can tell filled in (plan ids, list prices).
    `baselines` are, per address still to be created, the remote ids that already bear its name.
    `reads` counts the requests made, by list. `observed` are the portal's readings of questions that no public source
    answers, by question: two where the portal contradicts itself.
    """

    live: tuple[Live, ...]
    desired: tuple[Resource, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    baselines: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    reads: Mapping[str, int] = field(default_factory=dict)
    observed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
