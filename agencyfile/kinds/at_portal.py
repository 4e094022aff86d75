"""The description of a kind for the portal half: its operations, its list, its checks, its completion.

Every kind has it in its `kind.py`, as `at_portal`. The portal half loops over the registry and names no kind.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from agencyfile.kinds.operation import Operation
from agencyfile.kinds.portal_view import LiveObjects, PortalList, PortalView, Watching
from agencyfile.kinds.rows import AccountRow, OwnList
from plan.address import Address
from plan.diagnostic import Diagnostic
from plan.money import Money
from plan.provider import Kind, Pending
from plan.resource import Removal, Resource
from plan.rule import Rule
from plan.values import Attributes


class AtOnce(Enum):
    """Marker of a kind whose objects no list shows. Such an object exists as soon as its call is confirmed."""

    AT_ONCE = "at once"


AT_ONCE: Final = AtOnce.AT_ONCE

# The price of a change now, by account and new plan id; None if the portal does not tell it.
ChangePrice = Callable[[str, str], Money | None]
Baselines = Mapping[Address, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Completed:
    """Resources, completed as far as the portal allows, and diagnostics about them."""

    resources: tuple[Resource, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def _no_catalogue(_: Sequence[Resource], __: Sequence[Removal], ___: Sequence[AccountRow]) -> bool:
    return False


def _no_baselines(_: PortalView) -> Baselines:
    return {}


def as_declared(resources: Sequence[Resource], _: PortalView, __: LiveObjects) -> Completed:
    """Return resources unchanged, for kinds that the portal completes nothing of."""
    return Completed(tuple(resources))


def _unpriced(resources: Sequence[Resource], _: LiveObjects, __: ChangePrice) -> tuple[Resource, ...]:
    return tuple(resources)


def _nobody(_: Address) -> Address | None:
    return None


def _nothing_inside(_: Address, __: Attributes) -> Mapping[str, object]:
    return {}


def _nothing_wrong(_: PortalView, __: LiveObjects) -> Iterator[Diagnostic]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The functions that find objects in the portal's lists. Kinds that share a list share one such object.

    Attributes:
        needs: the lists that resources and removals of these kinds need.
        needs_catalogue: whether these resources and removals need the prices, given the rows of the account list.
        live: every object that the lists show, declared or not.
        baselines: the remote ids that existed before a creation, by the address of the object to be created.
        watch: the objects that were just created, as one pass over each list shows them.
    """

    needs: Callable[[Sequence[Resource], Sequence[Removal]], Collection[PortalList]]
    live: Callable[[PortalView], LiveObjects]
    watch: Callable[[Collection[Pending], Watching], LiveObjects]
    needs_catalogue: Callable[[Sequence[Resource], Sequence[Removal], Sequence[AccountRow]], bool] = _no_catalogue
    baselines: Callable[[PortalView], Baselines] = _no_baselines


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPortal:
    """Everything that the portal half must know of a kind.

    Attributes:
        provision: the functions that find its objects in lists, or `AT_ONCE`.
        operations: the operations that its calls are of.
        own_lists: the lists of accounts' own APIs that its operations read.
        rules: the rules of its checks.
        complete: adds to resources of this kind what only the portal knows; other resources stay unchanged.
        price_changes: asks for the price of each change that has one of its own, and adds it to the resource.
        check: finds conflicts between the file and the portal that are not a difference of one attribute.
        owner: the address that a resource belongs to, so that one is forgotten with the other; None for no owner.
        seed: what a call would look for inside of the account, made of what was sent last: one item of each list of a
            local portal's seed of the account. A rehearsal needs it, since no list shows it.
    """

    provision: Listed | AtOnce
    operations: tuple[Operation, ...] = ()
    own_lists: tuple[OwnList[Any], ...] = ()
    rules: tuple[Rule, ...] = ()
    complete: Callable[[Sequence[Resource], PortalView, LiveObjects], Completed] = as_declared
    price_changes: Callable[[Sequence[Resource], LiveObjects, ChangePrice], tuple[Resource, ...]] = _unpriced
    check: Callable[[PortalView, LiveObjects], Iterator[Diagnostic]] = _nothing_wrong
    owner: Callable[[Address], Address | None] = _nobody
    seed: Callable[[Address, Attributes], Mapping[str, object]] = _nothing_inside


class PortalKind(Kind, Protocol):
    """A kind of this provider."""

    @property
    def at_portal(self) -> AtPortal:
        """Return the description of the kind for the portal half."""
