"""The ledger's side of one call: intent before, outcome after."""

from collections.abc import Mapping

from plan.address import Address
from plan.apply.vault import Vault
from plan.call import Call, Confirmed, Credential, OperationClass, Outcome, Refused
from plan.change import Create, Delete, Step
from plan.ledger.entry import EntryType
from plan.ledger.ledger import Ledger
from plan.values import plain

# What the portal may never tell again: how an object was made, and what was granted.
_RECORDED = frozenset({OperationClass.CREATE, OperationClass.ADDITIVE})


class Journal:
    """Writes intents, outcomes and remote ids. Every method is durable when it returns.

    Raises:
        LedgerError: from every method, when the ledger cannot be written.
    """

    def __init__(self, ledger: Ledger, vault: Vault, plan_digest: str) -> None:
        self._ledger = ledger
        self._vault = vault
        self._plan_digest = plan_digest

    def keep_lease(self) -> None:
        """Renew the lease when it is time to."""
        self._ledger.keep()

    def intend(self, step: Step, call: Call) -> int:
        """Append the intent of `call`; return its serial."""
        change = step.change
        body: dict[str, object] = {
            "api": call.api,
            "operation": call.operation,
            "call": call.digest(),
            "effect": call.effect.value,
            "price": str(call.price.now) if call.price and call.price.now else None,
            "parameters": plain(call.parameters),
            "creates": call.is_create,
            "plan": self._plan_digest,
        }
        if isinstance(change, Create) and call.is_create:
            body["baseline"] = list(change.baseline)
        if not isinstance(change, Delete) and call.operation_class in _RECORDED:
            body["sent"] = plain(change.attributes)
        (serial,) = self._ledger.append((EntryType.INTENT, call.address, body))
        return serial

    def conclude(self, call: Call, intent: int, outcome: Outcome, credential: Mapping[str, object] | None) -> None:
        """Append the outcome of the intent, with the sealed credential of a new account."""
        body: dict[str, object] = {"intent": intent, "result": _result(outcome)}
        if isinstance(outcome, Confirmed):
            body["remote_id"] = outcome.remote_id
            if credential:
                body["credential"] = dict(credential)
        else:
            body["message"] = outcome.message
        self._ledger.append((EntryType.OUTCOME, call.address, body))

    def seal(self, credential: Credential) -> dict[str, object]:
        """The credential as the ledger keeps it: the password for the recipients' eyes only."""
        return {
            "login_url": credential.login_url,
            "username": credential.username,
            "sealed": self._vault.seal(credential.password),
            "recipients": list(self._vault.recipients),
        }

    def forget(self, address: Address, reason: str) -> None:
        """Append that an object never came to be: its address may be planned anew."""
        self._ledger.append((EntryType.FORGOTTEN, address, {"reason": reason}))

    def identify(self, address: Address, remote_id: str) -> None:
        """Append the remote id that provisioning has brought, unless it is known."""
        if self._ledger.history.remote_ids.get(address) != remote_id:
            self._ledger.append((EntryType.READY, address, {"remote_id": remote_id}))


def _result(outcome: Outcome) -> str:
    if isinstance(outcome, Confirmed):
        return "confirmed"
    return "refused" if isinstance(outcome, Refused) else "unknown"
