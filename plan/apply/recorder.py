"""Writes to the ledger during an apply. A failure goes into the report; it ends nothing by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from plan.address import Address
from plan.apply.journal import Journal
from plan.apply.report import Report
from plan.call import Call, Confirmed, Credential, Outcome
from plan.errors import LedgerError
from plan.ledger.bodies import CredentialBody


class Recorder:
    """Writes with a journal. `report` keeps why the ledger could not be written."""

    def __init__(self, journal: Journal, report: Report) -> None:
        self._journal = journal
        self._report = report

    def keep_lease(self) -> None:
        """Renew the lease when it is time to."""
        if self._report.ledger_failure is None:
            with self._noting_failure():
                self._journal.keep_lease()

    def flush(self) -> None:
        """Append what was noted."""
        if self._report.ledger_failure is None:
            with self._noting_failure():
                self._journal.flush()

    def forget(self, address: Address, reason: str) -> None:
        """Append that an object was never created."""
        with self._noting_failure():
            self._journal.forget(address, reason)

    def identify(self, address: Address, remote_id: str) -> None:
        """Append the remote id of an object."""
        with self._noting_failure():
            self._journal.identify(address, remote_id)

    def conclude(self, call: Call, intent: int, outcome: Outcome) -> bool:
        """Append the outcome of an intent. Return whether that succeeded."""
        sealed = self._seal(call, outcome)
        try:
            self._journal.conclude(call, intent, outcome, sealed)
        except LedgerError as error:
            self._report.ledger_failure = str(error)
            if sealed:
                self._report.unsaved_credentials[call.address] = sealed["sealed"]
            return False
        if sealed:
            self._report.sealed.append(call.address)
        return True

    def seal_key(self, credential: Credential) -> CredentialBody | str:
        """Return the sealed key, or the reason why it could not be sealed. It is not lost: it can be fetched again."""
        try:
            return self._journal.seal(credential)
        except Exception as error:  # noqa: BLE001 - whatever a vault raises, the apply goes on
            return f"its key could not be encrypted ({type(error).__name__}); the next apply fetches it again"

    def _seal(self, call: Call, outcome: Outcome) -> CredentialBody | None:
        """Return the sealed login. A password that cannot be sealed is lost; its outcome is still recorded."""
        if not (isinstance(outcome, Confirmed) and outcome.credential):
            return None
        try:
            return self._journal.seal(outcome.credential)
        except Exception as error:  # noqa: BLE001 - whatever a vault raises, the outcome must be recorded
            reason = f"it could not be encrypted ({type(error).__name__})"
            self._report.lost_passwords[call.address] = reason
            return None

    @contextmanager
    def _noting_failure(self) -> Iterator[None]:
        try:
            yield
        except LedgerError as error:
            self._report.ledger_failure = str(error)
