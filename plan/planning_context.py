"""The context of a plan that is being made."""

from collections.abc import Mapping
from dataclasses import replace

from plan.abilities import abilities_of
from plan.address import Address
from plan.ledger.history import History
from plan.prior_state import PriorState
from plan.provider import Kind, Memory, Renamable
from plan.resource import Live, Reading, Resource
from plan.values import Attributes


class PlanningContext:
    """The desired resources and live objects by address, and those of them that this plan creates.

    `misnamed` are resources whose object still bears the name that it had before. `planned` fills up as resources are
    compared, what is referred to first.
    """

    def __init__(self, kinds: Mapping[str, Kind], reading: Reading, history: History) -> None:
        self.kinds = kinds
        self.abilities = abilities_of(kinds)
        self.baselines = reading.baselines
        self.history = history
        self.prior = PriorState(history, reading.desired)
        self.open_intents = history.open_intents
        self.desired = {resource.address: resource for resource in reading.desired}
        self.live = {live.address: live for live in reading.live}
        self.planned: set[Address] = set()
        self.misnamed: dict[Address, Live] = {}
        self._take_over_former_names()

    def _take_over_former_names(self) -> None:
        """Return the objects that still have the former name of their block."""
        for address in self.desired if self.prior.has_renames else ():
            former = self.prior.former(address)
            if former is None or address in self.live or former not in self.live:
                continue
            if isinstance(self.kinds[address.kind], Renamable):
                self.misnamed[address] = self.live[former]
            else:
                self.live[address] = replace(self.live.pop(former), address=address)

    def dependencies(self, resource: Resource) -> list[Address]:
        """Return the addresses that a resource refers to, without those that exist only in the file."""
        return [to for to in resource.references() if (kind := self.kinds.get(to.kind)) and kind.is_deliverable]

    def owner_of(self, address: Address) -> Address:
        """Return the address that a resource belongs to: `account.acme` for `credit.acme.email`; or its own."""
        kind = self.kinds.get(address.kind)
        if kind is None or kind.memory is Memory.PORTAL:
            return address
        owner = next((name for name in kind.attributes if name in self.kinds), None)
        return Address(owner, address.name.partition(".")[0]) if owner else address

    def is_there(self, address: Address) -> bool:
        """Is it live, will this plan create it, or is it undeclared, so that it may exist?"""
        live = self.live.get(address)
        is_alive = live is not None and not live.archived
        return is_alive or address in self.planned or address in self.open_intents or address not in self.desired

    def closed(self, address: Address) -> str:
        """Return why an object takes no calls of its own once the plan is carried out; empty where it takes them."""
        live, declared = self.live.get(address), self.desired.get(address)
        if live is not None and live.archived:
            return f"is {live.archived}"
        if not self.is_there(address):
            return "is not there yet"
        known = {**(live.attributes if live else {}), **(declared.attributes if declared else {})}
        return self._closed(address, known)

    def is_opened(self, address: Address) -> bool:
        """Does this plan open an object that takes no calls of its own now?"""
        live = self.live.get(address)
        return address in self.planned and live is not None and self._closed(address, live.attributes) != ""

    def _closed(self, address: Address, attributes: Attributes) -> str:
        kind = self.abilities.closable.get(address.kind)
        state = kind.closed(attributes) if kind else ""
        return f"is {state}" if state else ""

    def is_settled_elsewhere(self, address: Address) -> bool:
        """Is there nothing to do for it yet: a lost answer to settle, a new name or a renewal to wait for?"""
        live = self.live.get(address)
        is_archived = live is not None and live.archived is not None
        return is_archived or address in self.open_intents or address in self.misnamed

    def is_provisioning(self, address: Address) -> bool:
        """Is the portal still making it?"""
        live = self.live.get(address)
        return live is not None and not live.ready and address not in self.open_intents

    def must_be_waited_for(self, address: Address) -> bool:
        """Must resources that refer to it wait until it is ready?"""
        return address not in self.live or self.is_provisioning(address) or address in self.open_intents

    def unidentified(self, resource: Resource) -> dict[Address, str]:
        """Return the reasons why the remote ids of objects that it refers to are not certain, by their addresses."""
        named = ((address, self.live.get(address)) for address in self.dependencies(resource))
        unclear = {address: live.unidentified for address, live in named if live and live.unidentified}
        known = self.remote_ids(set(unclear))
        return {address: why for address, why in unclear.items() if address not in known}

    def remote_ids(self, addresses: set[Address]) -> dict[Address, str]:
        """The remote ids of those that are live: what the portal shows, or else what the ledger noted when it did."""
        found: dict[Address, str] = {}
        for address in sorted(addresses):
            live = self.live.get(address)
            remote_id = live and (live.remote_id or self.history.remote_ids.get(address))
            if remote_id:
                found[address] = remote_id
        return found
