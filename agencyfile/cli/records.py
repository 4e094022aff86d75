"""The documents that commands other than `plan` print as JSON, and that renderers read."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

from plan.records.diagnostic import OriginRecord
from plan.records.document import DriftRecord, ManualStepRecord

Revision: TypeAlias = Literal["added", "changed", "taken out", "ended"]


class PlacedDrift(DriftRecord):
    """An attribute that drifted, with what it was compared with and where it is declared."""

    reference: Literal["ledger", "file"]
    """`file` where the ledger has never seen the attribute applied."""
    is_blocked: bool
    """May a call of our own whose outcome is unknown have changed it?"""
    origin: OriginRecord


class DriftSummary(TypedDict):
    """Numbers of what drifted."""

    attributes: int
    objects: int


class DriftDocument(TypedDict):
    """The output of `drift --json`."""

    agency: str
    summary: DriftSummary
    drift: list[PlacedDrift]


class EarlierEvidence(TypedDict):
    """Evidence of a step from before its instructions changed."""

    by: str
    time: str
    text: str


class PendingStep(ManualStepRecord):
    """A manual step with what the ledger knows of it."""

    since: str | None
    """When the account was made that it is for; None where nobody knows."""
    before: EarlierEvidence | None


class PendingSteps(TypedDict):
    """The output of `steps list --json`."""

    agency: str
    pending: int
    steps: list[PendingStep]


class ClosedStep(EarlierEvidence):
    """A step that evidence has closed."""

    id: str
    digest: str


class ClosedSteps(TypedDict):
    """The output of `steps list --done --json`."""

    agency: str
    done: list[ClosedStep]


class RevisedEdit(TypedDict):
    """One attribute at the two revisions of the file."""

    attribute: str
    before: object
    after: object


class RevisedBlock(TypedDict):
    """A block that differs between two revisions of the file."""

    address: str
    action: str
    edits: list[RevisedEdit]
    origin: OriginRecord
    words: list[str]
    """What it means, where the names of attributes do not say it."""


class RevisionSummary(TypedDict):
    """Numbers of blocks that differ."""

    changes: int
    edited: int
    actions: Mapping[str, int]


class RevisionDocument(TypedDict):
    """The output of `plan --offline --json`."""

    format_version: str
    agency: str
    base: str
    offline: Literal[True]
    summary: RevisionSummary
    changes: list[RevisedBlock]


class AccountListing(TypedDict):
    """One account of the portal, as `accounts list` prints it."""

    address: str
    name: str
    status: str
    archived: bool
    plan: Mapping[str, object]
    client: str
    notification: str | None
    domain: str | None
    contacts: int | None
    emails_sent: int | None
    created: str | None
    expires: str | None
    managed: bool | None


class OfferListing(TypedDict):
    """One plan of the portal, as `plans list` prints it."""

    id: str
    tier: str | None
    billing: str | None
    contacts: int | None
    list_price: str | None


class ClientDifference(TypedDict):
    """A field in which the source and the file differ."""

    field: str
    here: str | None
    """The value in the file; null where there is none."""
    there: str
    """The value in the source."""
    taken: bool
    """Does the import write the source's value into the file?"""


class NewClient(TypedDict):
    """A client that the file does not know yet."""

    name: str
    """Its name in the file."""
    place: str
    """Where it stands in the source."""
    words: Mapping[str, str]
    file: str
    account: bool
    """Is a block of an account written too?"""


class ClientInBoth(TypedDict):
    """A client that the file and the source know."""

    name: str
    place: str
    differences: list[ClientDifference]


class ClientProblem(TypedDict):
    """A value that cannot be imported. The reason never repeats the value."""

    place: str
    reason: str


class InvalidClient(TypedDict):
    """A client of the source that cannot be imported."""

    place: str
    problems: list[ClientProblem]


class ClientImportSummary(TypedDict):
    """Numbers of clients in each group."""

    new: int
    only_here: int
    both: int
    changed: int
    """Clients in both of which values are written."""
    invalid: int


class ClientImportDocument(TypedDict):
    """The output of `clients import --json`."""

    agency: str
    source: str
    dry_run: bool
    summary: ClientImportSummary
    new: list[NewClient]
    only_here: list[str]
    both: list[ClientInBoth]
    invalid: list[InvalidClient]
    remarks: list[str]
    by_hand: list[str]
    """Values that only a person can change in the file, each with its file."""
    in_the_way: list[str]
    """Files that were not written, because something else bears their name."""


class ClientListing(TypedDict):
    """A client of the file."""

    name: str
    words: Mapping[str, str]
    sources: Mapping[str, str]
    accounts: list[str]
