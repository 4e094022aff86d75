"""The documents of `accounts show --json` and `report --json`. Every form of them draws from these."""

from typing import Annotated, TypedDict

from agencyfile.cli.records import AccountListing, ClosedStep, PendingStep
from plan.records.document import DriftRecord
from plan.records.form import AddressText, Count, Form, MoneyText
from plan.records.money import BilledRecord

FORMAT_VERSION = "1.0"


class HistoryRecord(TypedDict):
    """One thing that happened, as the ledger has it."""

    serial: Count
    """The ledger's entry."""
    time: str
    """UTC, ISO 8601."""
    address: AddressText | None
    what: str
    """The call, or the kind of entry, in a few words."""
    outcome: str
    """What came of it; empty where there is nothing to tell."""
    price: MoneyText | None
    """What it charged, at list price."""
    by: str
    """Who ran it, or who did it by hand; empty where the ledger does not tell."""
    run: str | None
    """The URL of the pipeline's run."""
    approved_by: str
    """Who approved the plan that it was part of; empty where the ledger does not tell."""
    note: str
    """What was said of it."""


class TrialRecord(TypedDict):
    """A trial that ends."""

    address: AddressText
    client: str
    ends: str
    """The last day, ISO 8601."""
    managed: bool | None


class RenewalRecord(TypedDict):
    """A term that begins anew, and what it costs."""

    address: AddressText
    client: str
    day: str
    """The day on which the paid term ends, ISO 8601."""
    billed: str
    """What is billed, as in `plus/monthly/1000`."""
    price: MoneyText | None
    """The list price; null where the portal does not tell it."""


class RenewalMonthRecord(TypedDict):
    """The renewals of one month."""

    month: Annotated[str, Form({"pattern": "^[0-9]{4}-[0-9]{2}$"})]
    renewals: list[RenewalRecord]
    number: Count
    """Renewals in this month."""
    total: list[MoneyText]
    """One sum for each currency."""
    untold: Count
    """Renewals whose price the portal does not tell."""


class ClientRecord(TypedDict):
    """A client with its accounts, and what they cost."""

    client: str
    """The client's name as the portal has it; empty for accounts without one."""
    accounts: list[AddressText]
    number: Count
    """Accounts of this client."""
    recurring: BilledRecord


class CreditRecord(TypedDict):
    """A total of credits that was granted to an account."""

    address: AddressText
    account: str
    granted: int | str | None
    """The total that the ledger knows; null where it knows none."""
    declared: int | str | None
    """The total in the agency file; null where it declares none."""
    left: int | None
    """What the account's own API tells is left; null where it was not asked, or does not tell."""


class PersonStepsRecord(TypedDict):
    """The open manual steps of one person."""

    person: str
    """The address that gets the portal's mails for those accounts; empty where none is declared."""
    steps: list[PendingStep]
    number: Count
    """Steps of this person."""


class ReportCountsRecord(TypedDict):
    """Numbers of what the report lists."""

    trials: Count
    renewals: Count
    """Renewals of all months."""
    steps: Count
    """Open manual steps of everybody."""
    drift: Count
    pending: Count


class ReportDocument(TypedDict):
    """The accounts, costs and history of an agency."""

    format_version: Annotated[str, Form({"const": FORMAT_VERSION})]
    agency: str
    made: str
    """When the portal was read, UTC, ISO 8601."""
    total: BilledRecord
    """What the portal bills for all accounts, at list prices."""
    active: Count
    """Accounts and sandboxes that are not archived."""
    archived: Count
    counts: ReportCountsRecord
    clients: list[ClientRecord]
    accounts: list[AccountListing]
    trials: list[TrialRecord]
    renewals: list[RenewalMonthRecord]
    steps: list[PersonStepsRecord]
    credits: list[CreditRecord]
    drift: list[DriftRecord]
    pending: list[AddressText]
    """What the next apply would change."""
    history: list[HistoryRecord]
    """The newest first."""
    left_out: Count
    """Older entries of the history that are not in it."""


class AccountCountsRecord(TypedDict):
    """Numbers of what the document lists of an account."""

    credits: Count
    pending: Count
    steps: Count
    done: Count
    drift: Count
    history: Count


class AccountDocument(TypedDict):
    """Everything that is known of one account."""

    format_version: Annotated[str, Form({"const": FORMAT_VERSION})]
    agency: str
    made: str
    """When the portal was read, UTC, ISO 8601."""
    account: AccountListing
    declared: bool
    client_email: str
    """The client's address, as the file has it or the portal lists it; empty where neither does."""
    language: str
    """The portal's word for the account's language, as the file has it; empty where it has none."""
    trial_ends: str | None
    """Last day of a trial; null for any other account."""
    next_renewal: RenewalRecord | None
    """Null where nothing recurs, or the day is not known."""
    charged: list[MoneyText]
    """What agencyfile has charged for it, one sum for each currency."""
    login_kept: bool
    """Does the ledger hold its login?"""
    counts: AccountCountsRecord
    credits: list[CreditRecord]
    pending: list[AddressText]
    """What the next apply would change of it."""
    steps: list[PendingStep]
    done: list[ClosedStep]
    """Steps that evidence has closed."""
    drift: list[DriftRecord]
    history: list[HistoryRecord]
    """The newest first."""
