"""The background of the changes: what is billed besides, whose resources they are, and until when a term is paid.

None of it decides what an apply does, so that the approved digest leaves it out: other accounts may change meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan.address import Address
from plan.billing import Subscription, Yearly


@dataclass(frozen=True, slots=True)
class Background:
    """The background of a plan: its surroundings at the portal.

    `standing` is what is billed for objects that the plan neither changes nor lists as unmanaged. `unmanaged` are those
    that no block names, and that are billed; `left` are those of them that the ledger knows: their block has left the
    file. `owners` leads from a resource to the one that it belongs to, `clients` from an owner to the client's name.
    `sources` leads from a resource to the one whose content it carries. `paid_until` has the last days of terms and
    trials, ISO 8601, of objects that the plan changes or does not manage.
    """

    standing: Yearly = field(default_factory=Yearly)
    unmanaged: Mapping[Address, Subscription] = field(default_factory=dict)
    left: frozenset[Address] = frozenset()
    owners: Mapping[Address, Address] = field(default_factory=dict)
    sources: Mapping[Address, Address] = field(default_factory=dict)
    clients: Mapping[Address, str] = field(default_factory=dict)
    paid_until: Mapping[Address, str] = field(default_factory=dict)
