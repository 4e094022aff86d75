"""The facts that the entries of a ledger add up to."""

from collections.abc import Iterable, Mapping
from typing import Final, cast

from plan.address import Address
from plan.call import Effect
from plan.ledger import bodies
from plan.ledger.approval import Approval, ApprovalBody
from plan.ledger.bodies import CompactedBody, CredentialBody, IntentFacts, IntentState
from plan.ledger.entry import FORMAT_VERSION, Entry, EntryType, line_digest
from plan.ledger.evidence import Evidence, EvidenceBody
from plan.ledger.facts import Charge, OpenIntent, SealedCredential, Unsettled
from plan.ledger.lease import Lease, LeaseBody
from plan.ledger.observed import Observed, ObservedBody
from plan.ledger.place import plain_place
from plan.ledger.portal_pin import PortalBody, PortalPin
from plan.money import Money
from plan.records.form import PlainAttributes
from plan.values import Attributes, attributes_from_plain

_NO_EVIDENCE: Final[Mapping[str, Evidence]] = {}
_NO_OUTCOME: Final = "the run ended before an answer was recorded"


class History:
    """The facts of a ledger, folded from its entries in order.

    `identity` is the digest of the line that opened the ledger. `moved` is the place that it was moved
    to last. `places` are the places that were the ledger's one after the other; the first is empty if an older version
    did not note it. All of them are in plain spelling. `created` are addresses whose creation had a clean
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
        self.ended: set[Address] = set()
        self.lease: Lease | None = None
        self.moved: str | None = None
        self.places: list[str] = []
        self.portal: PortalPin | None = None
        self.observed: Observed | None = None
        self._approval: ApprovalBody | None = None
        self._credentials: dict[Address, tuple[str, CredentialBody]] = {}
        self._readers: dict[Address, set[str]] = {}
        self._sent: dict[Address, PlainAttributes] = {}
        self._attempted: dict[Address, frozenset[str]] = {}
        self._evidence: dict[Address, dict[str, Evidence]] = {}
        self._confirmed: dict[Address, tuple[str, str]] = {}
        self._charges: list[tuple[str, Address, str]] = []
        self._intents: dict[int, Unsettled] = {}
        self._open: dict[Address, Unsettled] = {}

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
        return {address: found.intent(address) for address, found in self._open.items()}

    @property
    def credentials(self) -> dict[Address, SealedCredential]:
        """The sealed logins of accounts, by address."""
        return {address: SealedCredential.parse(address, *found) for address, found in self._credentials.items()}

    @property
    def addresses(self) -> list[Address]:
        """The addresses that the ledger knows anything of, sorted."""
        return sorted(
            {*self._sent, *self.remote_ids, *self.created, *self.adopted, *self._credentials, *self._evidence}
        )

    @property
    def is_blank(self) -> bool:
        """Does the ledger know of no address? Then no apply has done anything yet."""
        known = (self._sent, self.remote_ids, self.created, self.adopted, self._credentials, self._evidence)
        return not any((*known, self._open, self._charges))

    @property
    def place(self) -> str:
        """The place of the ledger; empty if an older version opened it and nobody moved it since."""
        return self.places[-1] if self.places else ""

    @property
    def approval(self) -> Approval | None:
        """The last plan that a person approved; None where there is none, or it was taken back."""
        return Approval.parse(self._approval) if self._approval else None

    @property
    def approval_body(self) -> ApprovalBody | None:
        """The entry of that approval as it stands in the ledger, with its signature."""
        return self._approval

    @property
    def evidence(self) -> list[Evidence]:
        """The last evidence of each manual step, oldest first."""
        found = (evidence for steps in self._evidence.values() for evidence in steps.values())
        return sorted(found, key=lambda evidence: (evidence.time, evidence.step))

    def evidence_of(self, address: Address, step: str) -> Evidence | None:
        """Return the last evidence of one manual step of `address`."""
        return self._evidence.get(address, _NO_EVIDENCE).get(step)

    def readers(self, address: Address) -> frozenset[str]:
        """Return every public key that the password of `address` was ever sealed to."""
        return frozenset(self._readers.get(address, ()))

    def knows(self, address: Address) -> bool:
        """Was anything sent for `address`?"""
        return address in self._sent

    def has_made(self, address: Address) -> bool:
        """Did the ledger see it created, or found after the answer was lost?"""
        return address in self.created or address in self.adopted

    def confirmed_at(self, address: Address, call_digest: str) -> str | None:
        """Return when the portal confirmed this call, if it is the last call remembered of its address."""
        time, digest = self._confirmed.get(address, ("", ""))
        return time if digest == call_digest else None

    @property
    def has_credentials(self) -> bool:
        """Is any login kept?"""
        return bool(self._credentials)

    def credential(self, address: Address) -> SealedCredential | None:
        """Return the login or key of `address` as it is kept; None where none is."""
        found = self._credentials.get(address)
        return SealedCredential.parse(address, *found) if found else None

    def has_credential(self, address: Address) -> bool:
        """Is the login of `address` kept?"""
        return address in self._credentials

    @property
    def charges(self) -> list[Charge]:
        """Every charge that was confirmed, oldest first."""
        return [Charge(time, address, Money.parse(amount)) for time, address, amount in self._charges]

    def sent(self, address: Address) -> Attributes | None:
        """Return write-once attributes as they were sent, and totals as granted. None means that nothing was."""
        found = self._sent.get(address)
        return None if found is None else attributes_from_plain(found)

    def attempted(self, address: Address) -> frozenset[str]:
        """Return the attributes that a call without a recorded answer may have set to another value than `sent` has."""
        return self._attempted.get(address, frozenset())

    def add(self, entry: Entry) -> None:  # noqa: C901, PLR0912 - one case for each type of entry
        """Fold one more entry in. Its type tells which type its body has.

        Raises:
            KeyError, TypeError, ValueError: the entry lacks something that its type promises.
        """
        body = entry.body
        match entry.type:
            case EntryType.INTENT:
                self._add_intent(_address(entry), entry, cast(bodies.IntentBody, body))
            case EntryType.OUTCOME:
                self._add_outcome(entry, cast(bodies.OutcomeBody, body))
            case EntryType.RECONCILED:
                self._add_verdict(entry, cast(bodies.ReconciledBody, body))
            case EntryType.READY:
                self._add_remote_id(_address(entry), body.get("remote_id"))
            case EntryType.ATTEMPTED:
                self._attempt(_address(entry), cast(bodies.AttemptedBody, body)["attributes"])
            case EntryType.BASELINE | EntryType.APPLIED:
                self._add_applied(entry, cast(bodies.SentBody, body))
            case EntryType.EVIDENCE:
                found = cast(EvidenceBody, body)
                self._add_evidence(_address(entry), Evidence.parse(entry.time, found))
                self._add_sent(_address(entry), found.get("sent"))
            case EntryType.APPROVED:
                self._approval = cast(ApprovalBody, body) if body["digest"] else None
            case EntryType.PORTAL:
                self.portal = PortalPin.parse(cast(PortalBody, body))
            case EntryType.OBSERVED:
                self.observed = (self.observed or Observed()).with_body(cast(ObservedBody, body))
            case EntryType.REKEYED:
                self._rekey(_address(entry), cast(bodies.RekeyedBody, body))
            case EntryType.FORGOTTEN:
                self._forget(_address(entry))
            case EntryType.LEASE:
                self.lease = Lease.parse(cast(LeaseBody, body))
            case EntryType.RELEASE:
                self._release(str(body["lease"]))
            case EntryType.OPENED:
                self.agency = str(body["agency"])
                self.identity = line_digest(entry.line())
                self.places = [plain_place(str(body.get("place", "")))]
            case EntryType.COMPACTED:
                facts = cast(CompactedBody, body)
                self._restore(facts)
                self.identity = facts.get("identity") or line_digest(entry.line())
                self.places = [plain_place(facts.get("place", ""))]
            case EntryType.RESTORED:
                if "place" in body:
                    self.places.append(plain_place(str(body["place"])))
            case EntryType.MOVED:
                self.moved = plain_place(cast(bodies.MovedBody, body)["to"])
                self.places.append(self.moved)

    def facts(self) -> CompactedBody:
        """Return everything that can still matter, as JSON types: the body of a `compacted` entry."""
        body: CompactedBody = {
            "format_version": FORMAT_VERSION,
            "agency": self.agency,
            "identity": self.identity,
            "sent": {str(address): sent for address, sent in sorted(self._sent.items())},
            "remote_ids": {str(address): remote_id for address, remote_id in sorted(self.remote_ids.items())},
            "credentials": [found.facts(self.readers(address)) for address, found in sorted(self.credentials.items())],
            "open_intents": [intent.facts() for _, intent in sorted(self.open_intents.items())],
            "created": sorted(str(address) for address in self.created),
            "adopted": {str(address): time for address, time in sorted(self.adopted.items())},
            "confirmed": {str(address): found for address, found in sorted(self._confirmed.items())},
            "charges": [(time, str(address), amount) for time, address, amount in self._charges],
            "evidence": [
                evidence.facts(address)
                for address, steps in sorted(self._evidence.items())
                for _, evidence in sorted(steps.items())
            ],
            "approval": self._approval,
            "portal": self.portal.body() if self.portal else None,
            "observed": self.observed.body() if self.observed else None,
            "lease": self.lease.body() if self.lease else None,
        }
        if self.place:
            body["place"] = self.place
        if self._attempted:
            body["attempted"] = {str(address): sorted(names) for address, names in sorted(self._attempted.items())}
        if self.ended:
            body["ended"] = sorted(map(str, self.ended))
        return body

    def _add_intent(self, address: Address, entry: Entry, body: bodies.IntentBody) -> None:
        found = Unsettled(entry.serial, entry.time, body, _NO_OUTCOME, IntentState.INTENT)
        self._intents[entry.serial] = self._open[address] = found

    def _add_outcome(self, entry: Entry, body: bodies.OutcomeBody) -> None:
        address, intent = _address(entry), self._intents[_serial(body["intent"])]
        if body["result"] == "unknown":
            self._open[address] = intent._replace(message=str(body["message"]), state=IntentState.SENT)
            return
        if body["result"] == "confirmed":
            self._confirm(entry, address, intent)
            self._add_remote_id(address, body.get("remote_id"))
            if intent.body.get("creates") is True:
                self.created.add(address)
            self._add_credential(entry, body.get("credential"))
        self._settle(address, intent)

    def _add_applied(self, entry: Entry, body: bodies.SentBody) -> None:
        self._add_sent(_address(entry), body["sent"])
        self._add_credential(entry, body.get("credential"))

    def _add_credential(self, entry: Entry, credential: CredentialBody | None) -> None:
        if credential:
            address = _address(entry)
            self._credentials[address] = (entry.time, credential)
            self._readers[address] = set(credential["recipients"])

    def _add_verdict(self, entry: Entry, body: bodies.ReconciledBody) -> None:
        address, intent = _address(entry), self._intents[_serial(body["intent"])]
        result = str(body["result"])
        if result not in ("confirmed", "absent"):
            raise ValueError(f"entry {entry.serial} settles an intent as {result[:20]!r}")
        if result == "confirmed":
            self._confirm(entry, address, intent)
            self._add_remote_id(address, body.get("remote_id"))
            if intent.body.get("creates") is True:
                self.adopted[address] = entry.time
        self._settle(address, intent)

    def _confirm(self, entry: Entry, address: Address, intent: Unsettled) -> None:
        body = intent.body
        for gone in body.get("forgets", ()):
            self._forget(Address.parse(gone))
        self._add_sent(address, body.get("sent", {}))
        self._note_end(address, body)
        call, price = body.get("call"), body.get("price")
        if call:
            self._confirmed[address] = (entry.time, str(call))
        if price:
            self._charges.append((entry.time, address, str(price)))

    def _note_end(self, address: Address, body: bodies.IntentBody | IntentFacts) -> None:
        """Note that an object has come to its end, and that it is there again where it is created anew."""
        if body.get("creates"):
            self.ended.discard(address)
        elif body.get("effect") == Effect.PERMANENT and (self.has_made(address) or address in self.remote_ids):
            self.ended.add(address)

    def _settle(self, address: Address, intent: Unsettled) -> None:
        self._open.pop(address, None)
        del self._intents[intent.serial]

    def _add_sent(self, address: Address, sent: PlainAttributes | None) -> None:
        if sent:
            known = self._sent.get(address)
            self._sent[address] = {**known, **sent} if known else sent
            self._attempt(address, self.attempted(address).difference(sent))

    def _attempt(self, address: Address, attributes: Iterable[str]) -> None:
        """Note what is not known of an object any more; nothing, where all of it is known again."""
        names = frozenset(attributes)
        if names:
            self._attempted[address] = names
        else:
            self._attempted.pop(address, None)

    def _add_evidence(self, address: Address, evidence: Evidence) -> None:
        self._evidence.setdefault(address, {})[evidence.step] = evidence

    def _add_remote_id(self, address: Address, remote_id: object) -> None:
        if isinstance(remote_id, str):
            self.remote_ids[address] = remote_id

    def _forget(self, address: Address) -> None:
        self.remote_ids.pop(address, None)
        own = (self._sent, self._attempted, self.adopted, self._credentials, self._readers, self._confirmed)
        for facts in (*own, self._evidence):
            facts.pop(address, None)
        self.created.discard(address)
        self.ended.discard(address)

    def _rekey(self, address: Address, body: bodies.RekeyedBody) -> None:
        """Replace a login by one that is sealed to other keys. A login that was forgotten since stays forgotten."""
        if address in self._credentials:
            time, known = self._credentials[address]
            self._credentials[address] = (time, {**known, "sealed": body["sealed"], "recipients": body["recipients"]})
            before = set() if body["is_new"] else self._readers[address]
            self._readers[address] = {*before, *body["recipients"]}

    def _release(self, lease: str) -> None:
        if self.lease and self.lease.id == lease:
            self.lease = None

    def _restore(self, body: CompactedBody) -> None:
        self.agency = str(body["agency"])
        self._sent = {Address.parse(key): dict(value) for key, value in body["sent"].items()}
        self._attempted = {Address.parse(key): frozenset(names) for key, names in body.get("attempted", {}).items()}
        self.remote_ids = {Address.parse(key): str(value) for key, value in body["remote_ids"].items()}
        self.created = {Address.parse(text) for text in body["created"]}
        self.adopted = {Address.parse(key): str(time) for key, time in body["adopted"].items()}
        self.ended = {Address.parse(text) for text in body.get("ended", ())}
        self._charges = [(str(time), Address.parse(address), str(amount)) for time, address, amount in body["charges"]]
        self._confirmed = {
            Address.parse(key): (str(time), str(call)) for key, (time, call) in body["confirmed"].items()
        }
        for login in body["credentials"]:
            address = Address.parse(login["address"])
            self._credentials[address] = (str(login["time"]), login)
            self._readers[address] = {*login["recipients"], *login.get("former_recipients", ())}
        for item in body["open_intents"]:
            address = Address.parse(item["address"])
            state = IntentState(item["state"])
            found = Unsettled(_serial(item["serial"]), str(item["time"]), item, str(item["message"]), state)
            self._intents[found.serial] = self._open[address] = found
        for said in body.get("evidence", ()):  # ledgers that were compacted before there was any have none
            self._add_evidence(Address.parse(said["address"]), Evidence.parse(str(said["time"]), said))
        self._approval = body.get("approval")
        pin = body.get("portal")
        self.portal = PortalPin.parse(pin) if pin else None
        told = body.get("observed")
        self.observed = Observed().with_body(told) if told else None
        self.lease = Lease.parse(body["lease"]) if body["lease"] else None


def _address(entry: Entry) -> Address:
    if entry.address is None:
        raise ValueError(f"entry {entry.serial} ({entry.type}) names no address")
    return entry.address


def _serial(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no serial")
    return value
