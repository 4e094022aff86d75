"""One reading of the portal, as a kind sees it: declared resources, and the rows of the lists that were read."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast

from agencyfile.kinds.catalogue import Catalogue
from agencyfile.kinds.rows import AccountRow, Listing, SnapshotRow, SourceRow
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

    `catalogue` is None if it was not read: then prices and tiers are unknown, not absent.
    """

    desired: Sequence[Resource] = ()
    removals: Sequence[Removal] = ()
    accounts: Listing[AccountRow] = field(default_factory=Listing)
    snapshots: Listing[SnapshotRow] = field(default_factory=Listing)
    sources: Sequence[SourceRow] = ()
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
        """Return the catalogue; an empty one if it was not read."""
        return self.catalogue or Catalogue()

    def declared(self, *kinds: str) -> Iterator[Resource]:
        """Return the resources of these kinds, in the order of the file."""
        if len(kinds) == 1:
            return iter(self.once(_by_kind).get(kinds[0], ()))
        return (resource for resource in self.desired if resource.address.kind in kinds)

    def at(self, address: Address) -> Resource | None:
        """Return the resource that is declared at an address."""
        return self.once(_by_address).get(address)


def _by_kind(view: PortalView) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in view.desired:
        found[resource.address.kind].append(resource)
    return found


def _by_address(view: PortalView) -> Mapping[Address, Resource]:
    return {resource.address: resource for resource in view.desired}


class Watching(Protocol):
    """The lists at one look for new objects. Each method raises `PortalError` if the portal cannot be read."""

    @property
    def planned(self) -> PortalView:
        """Return the reading that the plan was made from."""

    def find_accounts(self, labels: set[str]) -> Iterator[AccountRow]:
        """Yield the rows of these accounts as they are read. Stop iterating once all are found, to save requests."""

    def snapshots(self) -> Listing[SnapshotRow]:
        """Return every snapshot."""

    def sources(self) -> Sequence[SourceRow]:
        """Return the accounts that snapshots can be taken of."""
