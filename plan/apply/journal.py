"""The ledger's side of one call: intent before, outcome after."""

from collections.abc import Iterable, Mapping

from plan.address import Address
from plan.apply.vault import Vault
from plan.call import Call, Confirmed, Credential, Outcome, Refused, Unknown
from plan.change import Create, Delete, PlannedChange, Update
from plan.ledger.bodies import (
    AttemptedBody,
    ConfirmedBody,
    CredentialBody,
    ForgottenBody,
    IntentBody,
    OutcomeBody,
    ReadyBody,
    SentBody,
)
from plan.ledger.entry import EntryType
from plan.ledger.ledger import Ledger
from plan.provider import Kind, Memory
from plan.values import plain_attributes


class Journal:
    """Writes intents, outcomes, remote ids and what changes have set.

    Every method but `note` and `withdraw` is durable at its return.

    Raises:
        LedgerError: from every method, when the ledger cannot be written.
    """

    def __init__(self, ledger: Ledger, vault: Vault, plan_digest: str, kinds: Mapping[str, Kind]) -> None:
        self._ledger = ledger
        self._vault = vault
        self._plan_digest = plan_digest
        self._kinds = kinds
        self._notes: list[tuple[EntryType, Address, Mapping[str, object]]] = []

    def keep_lease(self) -> None:
        """Renew the lease when it is time to."""
        self._ledger.keep()

    def intend(self, step: PlannedChange, call: Call, baseline: tuple[str, ...] = ()) -> int:
        """Append the intent of `call`; return its serial. `baseline` is what the portal showed before an addition."""
        change = step.change
        body: IntentBody = {
            "api": call.api,
            "operation": call.operation,
            "call": call.digest(),
            "effect": call.effect.value,
            "price": str(call.price.now) if call.price and call.price.now else None,
            "parameters": plain_attributes(call.parameters),
            "creates": call.is_create,
            "plan": self._plan_digest,
        }
        if isinstance(change, Create) and call.is_create:
            body["baseline"] = list(change.baseline)
        elif baseline:
            body["baseline"] = list(baseline)
        if isinstance(change, Delete):
            body["forgets"] = [str(gone) for gone in change.forgets]
        else:
            body["sent"] = self._sent(change)
        return self._append((EntryType.INTENT, call.address, body))

    def attempt(self, steps: Iterable[PlannedChange]) -> dict[Address, frozenset[str]]:
        """Append which attributes these steps are about to set by calls without an intent, where no list shows them.

        If the run ends before an answer is recorded, no plan may take the former values for those of now. Return what
        was not known before, by address.
        """
        before: dict[Address, frozenset[str]] = {}
        for step in steps:
            if hidden := self._hidden(step):
                before[step.address] = self._ledger.history.attempted(step.address)
                body = AttemptedBody(attributes=sorted(before[step.address] | hidden))
                self._notes.append((EntryType.ATTEMPTED, step.address, body))
        self.flush()
        return before

    def withdraw(self, address: Address, before: frozenset[str]) -> None:
        """Remember that nothing was set after all; durable with the next `flush`. `before` is from `attempt`."""
        self._notes.append((EntryType.ATTEMPTED, address, AttemptedBody(attributes=sorted(before))))

    def note(self, step: PlannedChange, credential: CredentialBody | None = None) -> None:
        """Remember what a complete change has set, or that it ended something; durable with the next `flush`.

        `credential` is the sealed key that it has brought.

        Calls with an intent have told the ledger already.
        """
        change = step.change
        if any(call.needs_intent for call in step.calls):
            return
        if isinstance(change, Delete):
            self._notes += [(EntryType.FORGOTTEN, gone, ForgottenBody(reason=change.reason)) for gone in change.forgets]
        else:
            body = SentBody(sent=self._sent(change))
            noted: SentBody = {**body, "credential": credential} if credential else body
            self._notes.append((EntryType.APPLIED, change.address, noted))

    def flush(self) -> None:
        """Append what was noted: one append for everything since the last."""
        if self._notes:
            self._ledger.append(*self._notes)
            self._notes.clear()

    def conclude(self, call: Call, intent: int, outcome: Outcome, credential: CredentialBody | None) -> None:
        """Append the outcome of the intent, with the sealed credential of a new account."""
        self._append((EntryType.OUTCOME, call.address, _outcome_body(intent, outcome, credential)))

    def seal(self, credential: Credential) -> CredentialBody:
        """Return the credential as the ledger keeps it. Only the recipients can read the password."""
        return {
            "login_url": credential.login_url,
            "username": credential.username,
            "sealed": self._vault.seal(credential.password),
            "recipients": list(self._vault.recipients),
        }

    def forget(self, address: Address, reason: str) -> None:
        """Append that an object was never created. Its address may be planned anew."""
        self._append((EntryType.FORGOTTEN, address, ForgottenBody(reason=reason)))

    def identify(self, address: Address, remote_id: str) -> None:
        """Append the remote id that provisioning has brought, unless the ledger knows it."""
        if self._ledger.history.remote_ids.get(address) != remote_id:
            self._append((EntryType.READY, address, ReadyBody(remote_id=remote_id)))

    def _sent(self, change: Create | Update) -> dict[str, object]:
        """Return the attributes to remember.

        Where the portal shows a kind, others can set its attributes too: an update remembers only those that it set.
        Where only the ledger remembers a kind, agencyfile set every attribute, perhaps under a former name: all are
        kept under this name.
        """
        is_shown = self._is_shown(change.address)
        return plain_attributes(change.edited if is_shown and isinstance(change, Update) else change.attributes)

    def _hidden(self, step: PlannedChange) -> frozenset[str]:
        """Return the attributes that a change sets by calls without an intent, and that no list shows."""
        change = step.change
        if not isinstance(change, Update) or not step.calls or any(call.needs_intent for call in step.calls):
            return frozenset()
        is_shown = self._is_shown(change.address)
        return frozenset(name for name in change.edited if not (is_shown and name in change.before))

    def _is_shown(self, address: Address) -> bool:
        return self._kinds[address.kind].memory is Memory.PORTAL

    def _append(self, entry: tuple[EntryType, Address, Mapping[str, object]]) -> int:
        """Append `entry` and what was noted before it; return its serial."""
        serials = self._ledger.append(*self._notes, entry)
        self._notes.clear()
        return serials[-1]


def _outcome_body(intent: int, outcome: Outcome, credential: CredentialBody | None) -> OutcomeBody:
    match outcome:
        case Confirmed(remote_id):
            body: ConfirmedBody = {"intent": intent, "result": "confirmed", "remote_id": remote_id}
            return {**body, "credential": credential} if credential else body
        case Refused(message):
            return {"intent": intent, "result": "refused", "message": message}
        case Unknown(message):
            return {"intent": intent, "result": "unknown", "message": message}
