"""The documents that the commands about the ledger print as JSON."""

from typing import Annotated, Literal, TypedDict

from plan.ledger.bodies import IntentState
from plan.records.form import AddressText, Count, Form, MoneyText, Position, TimeText


class LeaseDocument(TypedDict):
    """A lease: who may write to the ledger, and until when."""

    id: str
    holder: str
    """The person that a CI run names, or the user of the machine."""
    host: str
    pid: int
    run: str | None
    """The URL of a CI run."""
    request: str | None
    """The pull request whose merge is applied."""
    taken: TimeText
    expires: TimeText


class LockDocument(TypedDict):
    """The output of `lock show --json`."""

    ledger: str
    """Where the ledger is."""
    lease: LeaseDocument | None
    """None where nobody holds it."""


class ListedEntry(TypedDict):
    """An entry of the ledger, with the run that wrote it."""

    serial: Position
    time: TimeText
    type: str
    address: AddressText | None
    operation: str | None
    """The call, where the entry is about one."""
    result: str | None
    message: str | None
    who: str | None
    """The person who gave the evidence, the approval or the answer; else the holder of the lease."""
    run: str | None
    """The URL of the CI run that wrote it."""
    request: str | None
    """The pull request whose merge was applied."""
    approver: str | None
    """Who approved what the entry is about."""
    price: MoneyText | None
    """What the call is to charge, at list price."""


class LedgerListDocument(TypedDict):
    """The output of `ledger list --json`."""

    ledger: str
    """Where the ledger is."""
    entries: list[ListedEntry]


class OpenCall(TypedDict):
    """A call whose outcome nobody knows."""

    address: AddressText
    operation: str
    time: TimeText
    """Since when."""
    entry: Position
    message: str


class LedgerShowDocument(TypedDict):
    """The output of `ledger show --json`."""

    ledger: str
    """Where the ledger is."""
    agency: str | None
    last_entry: Count
    lease: LeaseDocument | None
    logins: Count
    charges: Count
    """Charges that the portal confirmed."""
    open: list[OpenCall]


class BadEntry(TypedDict):
    """An entry that must not be believed."""

    entry: Position
    message: str


class LedgerVerifyDocument(TypedDict):
    """The output of `ledger verify --json`."""

    ledger: str
    entries: Count
    last_entry: Count
    findings: list[BadEntry]


class LedgerAnchorDocument(TypedDict):
    """The output of `ledger anchor --json`."""

    anchor: str | None
    """SERIAL:DIGEST of the last entry; None where there is none."""


class PortalKeyDocument(TypedDict):
    """The keys of one API that the ledger knows."""

    known: Count
    """How many keys open it."""
    here: Literal["none", "known", "unknown", "any"]
    """Is the key of this environment one of them? `any` where no key is known yet."""


class LedgerPortalDocument(TypedDict):
    """The output of `ledger portal --json`."""

    agency: PortalKeyDocument
    """The agency API."""
    hub: PortalKeyDocument
    """The Partners Hub."""
    accepted_by: str | None
    """Who accepted the last key; None where the ledger knows no portal yet."""
    reason: str | None


class VerdictDocument(TypedDict):
    """The result of a look for the outcome of a call."""

    address: AddressText
    operation: str
    state: Annotated[str, Form({"enum": [state.value for state in IntentState]})]
    message: str


class ReconcileDocument(TypedDict):
    """The output of `ledger reconcile --json`."""

    verdicts: list[VerdictDocument]
    open: Count
    """Calls whose outcome is still unknown."""


class ExplainDocument(TypedDict):
    """The output of `ledger reconcile --explain ADDRESS --json`."""

    call: OpenCall
    evidence: list[str]
    """What the portal shows, and what follows from it."""
    happened: str
    """What may have happened."""
    where: str
    """The page of the portal to look at, and what to search for there."""
    sign: str
    """What a person sees if it has happened."""
