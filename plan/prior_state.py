"""The ledger's facts about a resource, under the name it has now or the one it had `previously`."""

from collections.abc import Iterable

from plan.address import Address
from plan.ledger.history import History
from plan.resource import Resource
from plan.values import Attributes


class PriorState:
    """The history by today's addresses."""

    def __init__(self, history: History, desired: Iterable[Resource]) -> None:
        self._history = history
        self._sent: dict[Address, Attributes | None] = {}  # by the ledger's address: a plan asks more than once
        self._former = {
            resource.address: Address(resource.address.kind, resource.previously)
            for resource in desired
            if resource.previously
        }

    @property
    def has_renames(self) -> bool:
        """Does any resource say that it had another name?"""
        return bool(self._former)

    def former(self, address: Address) -> Address | None:
        """Return the former address of `address`. None means that it never had another."""
        return self._former.get(address)

    def follow(self, resource: Resource) -> None:
        """Let a resource that is named after others (`credit.acme.email`) follow their renaming."""
        name = resource.address.name
        for owner in resource.references() if self._former else ():
            former = self._former.get(owner)
            if former and name == owner.name:
                name = former.name
            elif former and name.startswith(f"{owner.name}."):
                name = f"{former.name}{name.removeprefix(owner.name)}"
            elif former and name.endswith(f".{owner.name}"):
                name = f"{name.removesuffix(owner.name)}{former.name}"
        if name != resource.address.name:
            self._former[resource.address] = Address(resource.address.kind, name)

    def sent(self, address: Address) -> Attributes | None:
        """Attributes as they were sent; None where nothing was."""
        known = self._known(address)
        if known not in self._sent:
            self._sent[known] = self._history.sent(known)
        return self._sent[known]

    def attempted(self, address: Address) -> frozenset[str]:
        """Attributes that a call may have set to another value than `sent` has: the run ended before its answer."""
        return self._history.attempted(self._known(address)) | self._history.attempted(address)

    def knows(self, address: Address) -> bool:
        """Was anything sent for it?"""
        return self._history.knows(self._known(address))

    def has_made(self, address: Address) -> bool:
        """Did the ledger see it created, or found after a lost answer?"""
        return self._history.has_made(self._known(address))

    def has_come_to_be(self, address: Address) -> bool:
        """As `has_made`, or known by a remote id, which comes later."""
        known = self._known(address)
        return self._history.has_made(known) or known in self._history.remote_ids

    def has_login(self, address: Address) -> bool:
        """Is its login kept?"""
        return self._history.has_credential(self._known(address))

    def is_password_lost(self, address: Address) -> bool:
        """Did we create it, and is its password lost?"""
        known = self._known(address)
        return self._history.has_made(known) and not self._history.has_credential(known)

    def is_adopted(self, address: Address) -> bool:
        """Was the answer of its creation lost, and the object found?"""
        return self._known(address) in self._history.adopted

    def _known(self, address: Address) -> Address:
        """The address that the ledger has facts under."""
        if not self._former:
            return address
        former = self._former.get(address)
        if former is None or self._history.knows(address) or self._history.has_made(address):
            return address
        return former
