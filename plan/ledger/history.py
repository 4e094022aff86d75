"""What the entries of a ledger add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from plan.address import Address
from plan.ledger.approval import Approval
from plan.ledger.entry import Entry, EntryType, line_digest
from plan.ledger.evidence import Evidence
from plan.ledger.lease import Lease
from plan.ledger.portal_pin import PortalPin
from plan.money import Money
from plan.values import Attributes, plain, value_from_plain

Body = Mapping[str, Any]


class IntentState(StrEnum):
    """Where an intent stands: see `plan.reconcile`."""

    INTENT = "intent"
    SENT = "sent"
    CONFIRMED = "confirmed"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """A call whose outcome nobody knows: it may have been sent, or have happened.

    `parameters` are the call's, as far as they are no secret; `baseline` are remote ids that bore its name before,
    or what the portal showed before a call that adds; `sent` are the attributes that it was to bring about; `price` is
    what it was to charge; `creates`: was its object to come into being by it? `forgets` is what the ledger has nothing
    to keep of once it has happened.
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
    state: IntentState = IntentState.INTENT


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """A new account's login; `sealed` is the age file (armoured) that holds the password."""

    address: Address
    time: str
    login_url: str
    username: str
    sealed: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that the portal confirmed, at its list price; `time` is that of the entry, UTC, ISO 8601."""

    time: str
    address: Address
    amount: Money


class History:
    """The facts of a ledger, folded from its entries in order.

    `identity` is the digest of the line that opened the ledger. `created` are addresses whose creation had a clean
    answer, `adopted` those whose answer was lost and whose object was found: their password is lost. A ledger has many
    entries and few facts that are asked for: values are kept as they stand in the log and made into objects when
    somebody asks.
    """

    def __init__(self) -> None:
        self.agency: str | None = None
        self.identity: str | None = None
        self.remote_ids: dict[Address, str] = {}
        self.created: set[Address] = set()
        self.adopted: dict[Address, str] = {}
        self.lease: Lease | None = None
        self.portal: PortalPin | None = None
        self._approval: Body | None = None
        self._credentials: dict[Address, tuple[str, Body]] = {}
        self._readers: dict[Address, set[str]] = {}
        self._sent: dict[Address, Body] = {}
        self._evidence: dict[Address, dict[str, Evidence]] = {}
        self._confirmed: dict[Address, tuple[str, str]] = {}
        self._charges: list[tuple[str, Address, str]] = []
        self._intents: dict[int, Entry] = {}
        self._open: dict[Address, _Open] = {}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "History":
        """Fold `entries`."""
        history = cls()
        for entry in entries:
            history.add(entry)
        return history

    @property
    def open_intents(self) -> dict[Address, OpenIntent]:
        """Calls whose outcome is not known, by address."""
        return {address: _open_intent(address, *found) for address, found in self._open.items()}

    @property
    def credentials(self) -> dict[Address, SealedCredential]:
        """The sealed logins of accounts, by address."""
        return {address: _credential(address, time, item) for address, (time, item) in self._credentials.items()}

    @property
    def addresses(self) -> list[Address]:
        """Every address that something is known of."""
        return sorted(
            {*self._sent, *self.remote_ids, *self.created, *self.adopted, *self._credentials, *self._evidence}
        )

    @property
    def is_blank(self) -> bool:
        """Is nothing known of any address: has no apply done anything yet?"""
        known = (self._sent, self.remote_ids, self.created, self.adopted, self._credentials, self._evidence)
        return not any((*known, self._open, self._charges))

    @property
    def approval(self) -> Approval | None:
        """The last plan that a person approved; None where there is none, or it was taken back."""
        return Approval.parse(self._approval) if self._approval else None

    @property
    def approval_body(self) -> Body | None:
        """The entry of that approval as it stands in the ledger, with its signature."""
        return self._approval

    @property
    def evidence(self) -> list[Evidence]:
        """What people have said of manual steps: the last word on each, oldest first."""
        found = (evidence for steps in self._evidence.values() for evidence in steps.values())
        return sorted(found, key=lambda evidence: (evidence.time, evidence.step))

    def evidence_of(self, address: Address, step: str) -> Evidence | None:
        """What was said last of one manual step of `address`."""
        return self._evidence.get(address, _NO_EVIDENCE).get(step)

    def readers(self, address: Address) -> frozenset[str]:
        """Every public key that the password of `address` was ever sealed to: the log keeps what it was before."""
        return frozenset(self._readers.get(address, ()))

    def knows(self, address: Address) -> bool:
        """Is anything known that was sent for `address`?"""
        return address in self._sent

    def has_made(self, address: Address) -> bool:
        """Did the ledger see it created, or found after the answer was lost?"""
        return address in self.created or address in self.adopted

    def confirmed_at(self, address: Address, call_digest: str) -> str | None:
        """When the portal confirmed this very call, if that was the last call of its address to be remembered."""
        time, digest = self._confirmed.get(address, ("", ""))
        return time if digest == call_digest else None

    @property
    def has_credentials(self) -> bool:
        """Is any login kept?"""
        return bool(self._credentials)

    def has_credential(self, address: Address) -> bool:
        """Is the login of `address` kept?"""
        return address in self._credentials

    @property
    def charges(self) -> list[Charge]:
        """Every charge that was confirmed, oldest first."""
        return [Charge(time, address, Money.parse(amount)) for time, address, amount in self._charges]

    def sent(self, address: Address) -> Attributes | None:
        """Write-once attributes as they were sent, and totals as granted; None where nothing was."""
        found = self._sent.get(address)
        return None if found is None else _attributes(found)

    def add(self, entry: Entry) -> None:  # noqa: C901, PLR0912 - one case for each type of entry
        """Fold one more entry in.

        Raises:
            KeyError, TypeError, ValueError: the entry misses what its type promises.
        """
        match entry.type:
            case EntryType.INTENT:
                self._intents[entry.serial] = entry
                self._open[_address(entry)] = _Open(entry, _NO_OUTCOME, IntentState.INTENT)
            case EntryType.OUTCOME | EntryType.RECONCILED:
                self._add_outcome(entry)
            case EntryType.READY:
                self._add_remote_id(_address(entry), entry.body)
            case EntryType.BASELINE | EntryType.APPLIED:
                self._add_sent(_address(entry), entry.body["sent"])
            case EntryType.EVIDENCE:
                self._add_evidence(_address(entry), Evidence.parse(entry.time, entry.body))
                self._add_sent(_address(entry), entry.body.get("sent"))
            case EntryType.APPROVED:
                self._approval = entry.body if entry.body["digest"] else None
            case EntryType.PORTAL:
                self.portal = PortalPin.parse(entry.body)
            case EntryType.REKEYED:
                self._rekey(_address(entry), entry.body)
            case EntryType.FORGOTTEN:
                self._forget(_address(entry))
            case EntryType.LEASE:
                self.lease = Lease.parse(entry.body)
            case EntryType.RELEASE:
                self._release(str(entry.body["lease"]))
            case EntryType.OPENED:
                self.agency = str(entry.body["agency"])
                self.identity = line_digest(entry.line())
            case EntryType.COMPACTED:
                self._restore(entry.body)
                self.identity = entry.body.get("identity") or line_digest(entry.line())
            case EntryType.RESTORED:
                pass  # a person's word, kept for whoever asks later

    def facts(self) -> dict[str, Any]:
        """Everything that can still matter, as JSON types: the body of a `compacted` entry."""
        return {
            "agency": self.agency,
            "identity": self.identity,
            "sent": {str(address): sent for address, sent in sorted(self._sent.items())},
            "remote_ids": {str(address): remote_id for address, remote_id in sorted(self.remote_ids.items())},
            "credentials": [
                _credential_facts(found, self.readers(address)) for address, found in sorted(self.credentials.items())
            ],
            "open_intents": [_intent_facts(intent) for _, intent in sorted(self.open_intents.items())],
            "created": sorted(str(address) for address in self.created),
            "adopted": {str(address): time for address, time in sorted(self.adopted.items())},
            "confirmed": {str(address): list(found) for address, found in sorted(self._confirmed.items())},
            "charges": [[time, str(address), amount] for time, address, amount in self._charges],
            "evidence": [
                evidence.facts(address)
                for address, steps in sorted(self._evidence.items())
                for _, evidence in sorted(steps.items())
            ],
            "approval": self._approval,
            "portal": self.portal.body() if self.portal else None,
            "lease": self.lease.body() if self.lease else None,
        }

    def _add_outcome(self, entry: Entry) -> None:
        address, body = _address(entry), entry.body
        intent = self._intents[_serial(body["intent"])]
        if body["result"] == "unknown":
            self._open[address] = _Open(intent, str(body["message"]), IntentState.SENT)
            return
        if body["result"] == "confirmed":
            self._confirm(entry, address, intent.body)
        self._open.pop(address, None)
        del self._intents[intent.serial]

    def _confirm(self, entry: Entry, address: Address, intent: Body) -> None:
        body: Body = entry.body
        for gone in intent.get("forgets", ()):
            self._forget(Address.parse(gone))
        self._add_sent(address, intent.get("sent", {}))
        self._add_remote_id(address, body)
        if intent.get("call"):
            self._confirmed[address] = (entry.time, str(intent["call"]))
        if intent.get("price"):
            self._charges.append((entry.time, address, str(intent["price"])))
        if intent.get("creates") is True:
            self._note_creation(entry, address)
        if body.get("credential"):
            self._credentials[address] = (entry.time, body["credential"])
            self._readers[address] = set(body["credential"]["recipients"])

    def _note_creation(self, entry: Entry, address: Address) -> None:
        if entry.type is EntryType.RECONCILED:
            self.adopted[address] = entry.time
        else:
            self.created.add(address)

    def _add_sent(self, address: Address, sent: Any) -> None:
        if sent:
            known = self._sent.get(address)
            self._sent[address] = {**known, **sent} if known else sent

    def _add_evidence(self, address: Address, evidence: Evidence) -> None:
        self._evidence.setdefault(address, {})[evidence.step] = evidence

    def _add_remote_id(self, address: Address, body: Body) -> None:
        remote_id = body.get("remote_id")
        if isinstance(remote_id, str):
            self.remote_ids[address] = remote_id

    def _forget(self, address: Address) -> None:
        self.remote_ids.pop(address, None)
        for facts in (self._sent, self.adopted, self._credentials, self._readers, self._confirmed, self._evidence):
            facts.pop(address, None)
        self.created.discard(address)

    def _rekey(self, address: Address, body: Body) -> None:
        """The login, sealed to other keys or with another password; for one that was forgotten since, nothing."""
        if address in self._credentials:
            time, known = self._credentials[address]
            self._credentials[address] = (time, {**known, "sealed": body["sealed"], "recipients": body["recipients"]})
            before = set() if body["is_new"] else self._readers[address]
            self._readers[address] = {*before, *body["recipients"]}

    def _release(self, lease: str) -> None:
        if self.lease and self.lease.id == lease:
            self.lease = None

    def _restore(self, body: Body) -> None:
        self.agency = str(body["agency"])
        self._sent = {Address.parse(key): dict(value) for key, value in body["sent"].items()}
        self.remote_ids = {Address.parse(key): str(value) for key, value in body["remote_ids"].items()}
        self.created = {Address.parse(text) for text in body["created"]}
        self.adopted = {Address.parse(key): str(time) for key, time in body["adopted"].items()}
        self._charges = [(str(time), Address.parse(address), str(amount)) for time, address, amount in body["charges"]]
        self._confirmed = {
            Address.parse(key): (str(time), str(call)) for key, (time, call) in body["confirmed"].items()
        }
        for item in body["credentials"]:
            address = Address.parse(item["address"])
            self._credentials[address] = (str(item["time"]), item)
            self._readers[address] = {*item["recipients"], *item.get("former_recipients", ())}
        for item in body["open_intents"]:
            address = Address.parse(item["address"])
            entry = Entry(_serial(item["serial"]), str(item["time"]), EntryType.INTENT, address, item, "")
            self._intents[entry.serial] = entry
            self._open[address] = _Open(entry, str(item["message"]), IntentState(item["state"]))
        for item in body.get("evidence", ()):  # ledgers that were compacted before there was any have none
            self._add_evidence(Address.parse(item["address"]), Evidence.parse(str(item["time"]), item))
        self._approval = body.get("approval")
        self.portal = PortalPin.parse(body["portal"]) if body.get("portal") else None
        self.lease = Lease.parse(body["lease"]) if body["lease"] else None


_NO_EVIDENCE: Mapping[str, Evidence] = {}


class _Open(NamedTuple):
    intent: Entry
    message: str
    state: IntentState


_NO_OUTCOME = "the run ended before an answer was recorded"


def _open_intent(address: Address, entry: Entry, message: str, state: IntentState) -> OpenIntent:
    body: Body = entry.body
    return OpenIntent(
        serial=entry.serial,
        address=address,
        operation=str(body["operation"]),
        time=entry.time,
        message=message,
        parameters=_attributes(body.get("parameters", {})),
        baseline=tuple(str(remote_id) for remote_id in body.get("baseline", ())),
        sent=_attributes(body.get("sent", {})),
        price=Money.parse(body["price"]) if body.get("price") else None,
        creates=body.get("creates") is True,
        forgets=tuple(Address.parse(gone) for gone in body.get("forgets", ())),
        state=state,
    )


def _address(entry: Entry) -> Address:
    if entry.address is None:
        raise ValueError(f"entry {entry.serial} ({entry.type}) names no address")
    return entry.address


def _serial(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no serial")
    return value


def _attributes(document: object) -> Attributes:
    value = value_from_plain(document)
    if not isinstance(value, Mapping):
        raise TypeError("attributes are not a mapping")
    return value


def _intent_facts(intent: OpenIntent) -> dict[str, Any]:
    return {
        "serial": intent.serial,
        "address": str(intent.address),
        "operation": intent.operation,
        "time": intent.time,
        "message": intent.message,
        "parameters": plain(intent.parameters),
        "baseline": list(intent.baseline),
        "sent": plain(intent.sent),
        "price": str(intent.price) if intent.price else None,
        "creates": intent.creates,
        "forgets": [str(gone) for gone in intent.forgets],
        "state": intent.state.value,
    }


def _credential_facts(credential: SealedCredential, readers: frozenset[str]) -> dict[str, Any]:
    return {
        "address": str(credential.address),
        "time": credential.time,
        "login_url": credential.login_url,
        "username": credential.username,
        "sealed": credential.sealed,
        "recipients": list(credential.recipients),
        "former_recipients": sorted(readers - set(credential.recipients)),
    }


def _credential(address: Address, time: str, item: Body) -> SealedCredential:
    return SealedCredential(
        address=address,
        time=time,
        login_url=str(item["login_url"]),
        username=str(item["username"]),
        sealed=str(item["sealed"]),
        recipients=tuple(str(recipient) for recipient in item["recipients"]),
    )
