"""The objects that a ledger's history gives out, made from bodies of entries when somebody asks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from plan.address import Address
from plan.call import Effect
from plan.ledger.bodies import CredentialBody, CredentialFacts, IntentBody, IntentFacts, IntentState
from plan.money import Money
from plan.values import Attributes, attributes_from_plain, plain_attributes


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """A call whose outcome nobody knows: it may have been sent, or have happened.

    `parameters` are the parameters of the call without its secrets. `baseline` are the remote ids that bore its name
    before, or what the portal showed before a call that adds. `sent` are the attributes that it was to set, and `price`
    is the amount that it was to charge. `creates` tells whether it was to create its object. `forgets` are the
    addresses that the ledger forgets once it has happened. `effect` is None in a ledger that was compacted before it
    was kept.
    """

    serial: int
    address: Address
    operation: str
    time: str
    message: str
    parameters: Attributes = field(default_factory=dict)
    baseline: tuple[str, ...] = ()
    sent: Attributes = field(default_factory=dict)
    price: Money | None = None
    creates: bool = False
    forgets: tuple[Address, ...] = ()
    effect: Effect | None = None
    state: IntentState = IntentState.INTENT

    def facts(self) -> IntentFacts:
        """Return the intent as a compacted ledger keeps it."""
        facts: IntentFacts = {
            "serial": self.serial,
            "address": str(self.address),
            "operation": self.operation,
            "time": self.time,
            "message": self.message,
            "parameters": plain_attributes(self.parameters),
            "baseline": list(self.baseline),
            "sent": plain_attributes(self.sent),
            "price": str(self.price) if self.price else None,
            "creates": self.creates,
            "forgets": [str(gone) for gone in self.forgets],
            "state": self.state.value,
        }
        if self.effect:
            facts["effect"] = self.effect.value
        return facts


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """A new account's login; `sealed` is the age file (armoured) that holds the password."""

    address: Address
    time: str
    login_url: str
    username: str
    sealed: str
    recipients: tuple[str, ...]

    @classmethod
    def parse(cls, address: Address, time: str, body: CredentialBody) -> "SealedCredential":
        """Read the login that an entry of `time` holds."""
        return cls(
            address=address,
            time=time,
            login_url=str(body["login_url"]),
            username=str(body["username"]),
            sealed=str(body["sealed"]),
            recipients=tuple(str(recipient) for recipient in body["recipients"]),
        )

    def facts(self, readers: Iterable[str]) -> CredentialFacts:
        """Return the login as a compacted ledger keeps it. `readers` could ever read its password."""
        return {
            "address": str(self.address),
            "time": self.time,
            "login_url": self.login_url,
            "username": self.username,
            "sealed": self.sealed,
            "recipients": list(self.recipients),
            "former_recipients": sorted(set(readers) - set(self.recipients)),
        }


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that the portal confirmed, at its list price; `time` is that of the entry, UTC, ISO 8601."""

    time: str
    address: Address
    amount: Money


class Unsettled(NamedTuple):
    """An intent without a clean outcome, as it stands in the log, and what is known of it."""

    serial: int
    time: str
    body: IntentBody | IntentFacts
    message: str
    state: IntentState

    def intent(self, address: Address) -> OpenIntent:
        """Return the intent of `address` as an object."""
        body = self.body
        price = body.get("price")
        return OpenIntent(
            serial=self.serial,
            address=address,
            operation=str(body["operation"]),
            time=self.time,
            message=self.message,
            parameters=attributes_from_plain(body.get("parameters", {})),
            baseline=tuple(str(remote_id) for remote_id in body.get("baseline", ())),
            sent=attributes_from_plain(body.get("sent", {})),
            price=Money.parse(price) if price else None,
            creates=body.get("creates") is True,
            forgets=tuple(Address.parse(gone) for gone in body.get("forgets", ())),
            effect=Effect(effect) if (effect := body.get("effect")) else None,
            state=self.state,
        )
