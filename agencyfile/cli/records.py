"""The documents that commands other than `plan` print as JSON, and that renderers read."""

from collections.abc import Mapping
from typing import Literal, NotRequired, TypeAlias, TypedDict

from plan.records.diagnostic import DiagnosticRecord, OriginRecord
from plan.records.document import DriftRecord, ManualStepRecord
from plan.records.form import AddressText, Count, MoneyText, TimeText
from plan.records.money import BilledRecord

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


class MailDocument(TypedDict):
    """The output of `steps mail --format json`."""

    agency: str
    to: str
    """The client's address; empty where the file has none."""
    subject: str
    body: str
    """Plain text."""
    language: str
    """The language that it is written in, ISO 639-1."""
    template: str
    """The file that it is made of."""


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

    address: AddressText
    name: str
    status: str
    """The portal's word: `active`, `disabled`, `creating`, `cancelled`, `expired`, or another one."""
    archived: bool
    """Is it cancelled or expired?"""
    plan: Mapping[str, object]
    """`id`, and where they are known `tier`, `billing`, `contacts` and `list_price`."""
    billed: str | None
    """What is billed term after term, as in `plus/monthly/1000`; null where nothing is."""
    price: MoneyText | None
    """List price of one term; null where nothing is billed, or the portal does not tell it."""
    months: Count
    """Length of a term; 0 where nothing recurs."""
    per_month: MoneyText | None
    """The same by the month, rounded half up to the cent; null as `price`."""
    client: str
    """The client's name."""
    notification: str | None
    domain: str | None
    contacts: int | None
    emails_sent: int | None
    created: str | None
    expires: str | None
    managed: bool | None
    """Does a block name it? Null without an agency file."""
    email_credits: NotRequired["CreditListing | None"]


class AccountsDocument(TypedDict):
    """The output of `accounts list --json`."""

    accounts: list[AccountListing]
    total: BilledRecord
    """What is billed for the accounts that are listed."""
    unlisted: Count
    """Accounts of the portal that the options leave out."""


class CreditListing(TypedDict):
    """Email credits of one account, as `accounts list --balances` prints them.

    `left` is what the account's own API tells, and `granted` the total that the ledger knows; None is not known.
    """

    left: int | None
    granted: int | None


class OfferListing(TypedDict):
    """One plan of the portal, as `plans list` prints it."""

    id: str
    tier: str | None
    billing: str | None
    contacts: int | None
    list_price: str | None


class OffersDocument(TypedDict):
    """The output of `plans list --json`."""

    plans: list[OfferListing]


class ValidationDocument(TypedDict):
    """The output of `validate --json`."""

    valid: bool
    """Can the file be planned? Warnings do not count."""
    diagnostics: list[DiagnosticRecord]


class VersionDocument(TypedDict):
    """The output of `version --json`."""

    version: str
    plan_format: str
    """Format of plan documents that this version writes."""
    ledger_format: int
    """Format of ledgers that this version writes."""


class FlagHelp(TypedDict):
    """A flag of a command."""

    names: list[str]
    value: str | None
    """What it takes; None where it takes nothing."""
    repeatable: bool
    required: bool
    help: str


class ExampleHelp(TypedDict):
    """A line to type, and what it is for."""

    line: str
    purpose: str


class HelpDocument(TypedDict):
    """The output of `help --json`."""

    command: str
    """Its words, without `agencyfile`."""
    usage: str
    help: str
    flags: list[FlagHelp]
    commands: list[str]
    """The commands inside, where it is a group."""
    examples: list[ExampleHelp]


class LoginListing(TypedDict):
    """A login that the ledger keeps, without its password."""

    address: AddressText
    login_url: str
    username: str
    time: TimeText
    """When it was kept."""
    recipients: list[str]
    """Who can open it."""


class RevealedLogin(LoginListing):
    """The output of `credentials reveal --json`."""

    password: str
