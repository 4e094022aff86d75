"""One reading of the portal, as a kind sees it: what is declared, and the rows of the lists that were read."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast

from agencyfile.kinds.catalogue import Catalogue
from agencyfile.kinds.rows import AccountRow, Listing, SnapshotRow
from plan.address import Address
from plan.resource import Live, Removal, Resource

T = TypeVar("T")

LiveObjects = Mapping[Address, Live]


class PortalList(StrEnum):
    """The lists of a whole agency that a reading may need."""

    ACCOUNTS = "accounts"
    SNAPSHOTS = "snapshots"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class PortalView:
    """The rows of one reading. A list that no declared kind needs is empty.

    `catalogue` is None where it was not read: then prices and tiers are not known, rather than none.
    """

    desired: Sequence[Resource] = ()
    removals: Sequence[Removal] = ()
    accounts: Listing[AccountRow] = field(default_factory=Listing)
    snapshots: Listing[SnapshotRow] = field(default_factory=Listing)
    source_ids: Mapping[str, str] = field(default_factory=dict)
    catalogue: Catalogue | None = None
    today: date = date.min
    has_hub_key: bool = False
    _made: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, make: Callable[["PortalView"], T]) -> T:
        """Return the result of `make` for this reading; it is computed once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    @property
    def offers(self) -> Catalogue:
        """The catalogue; an empty one where it was not read."""
        return self.catalogue or Catalogue()

    def declared(self, *kinds: str) -> Iterator[Resource]:
        """The resources of these kinds, in the order of the file."""
        if len(kinds) == 1:
            return iter(self.once(_by_kind).get(kinds[0], ()))
        return (resource for resource in self.desired if resource.address.kind in kinds)

    def at(self, address: Address) -> Resource | None:
        """The resource that is declared at an address."""
        return self.once(_by_address).get(address)


def _by_kind(view: PortalView) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in view.desired:
        found[resource.address.kind].append(resource)
    return found


def _by_address(view: PortalView) -> Mapping[Address, Resource]:
    return {resource.address: resource for resource in view.desired}


class Watching(Protocol):
    """The lists at one look at what was just made. Each method raises `PortalError` where the portal cannot be read."""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that the plan was made from."""

    @property
    def today(self) -> date:
        """The day it is."""

    def find_accounts(self, labels: set[str]) -> Iterator[AccountRow]:
        """The rows of these accounts, as they come; whoever has found them all stops asking."""

    def snapshots(self) -> Listing[SnapshotRow]:
        """Every snapshot."""

    def sources(self) -> Mapping[str, str]:
        """The number that snapshots are taken by, by sandbox."""
