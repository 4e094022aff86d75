"""The cost of a plan: records of the plan document. Every amount is a list price, before any partner discount."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, TypedDict

from plan.records.form import AddressText, Count, Form, MoneyText

Rank: TypeAlias = Literal["setting", "ending", "permanent", "charge", "reduction", "other"]


class SubscriptionRecord(TypedDict):
    """A charge for one object, term after term."""

    plan: str
    """What it is called, as in `plus/monthly/1000`."""
    price: MoneyText | None
    """The price of one term; null where the portal does not tell it."""
    months: Count
    """The length of a term; 0 where nothing recurs."""


class RecurrenceRecord(TypedDict):
    """The subscriptions of one object before and after a change."""

    before: SubscriptionRecord | None
    after: SubscriptionRecord | None


class BilledRecord(TypedDict):
    """Amounts that recur, one for each currency."""

    per_month: list[MoneyText]
    """The twelfth part of `per_year`, rounded half up to the cent."""
    per_year: list[MoneyText]
    """Exact: these can be added up."""
    untold: Count
    """Objects whose price the portal does not tell, and that are not in the amounts."""


class MovementRecord(TypedDict):
    """Recurring amounts, before and after."""

    before: BilledRecord
    after: BilledRecord
    difference: BilledRecord
    """`after` less `before`: negative where less is billed."""


class ChargeRecord(TypedDict):
    """The charge to the card in an apply. A refund or a credit is never assumed."""

    amounts: list[MoneyText]
    """One sum for each currency."""
    untold: Count
    """Charges whose price the portal does not tell."""
    at_most: bool
    """Is a term changed whose rest the portal may settle? Then it may charge less."""


class RowRecord(TypedDict):
    """Everything that a plan does for one client, or with another object: one row of a review."""

    address: AddressText
    """The client's account, the template that reaches several accounts, or the object."""
    client: str
    """The client's name; empty where there is none."""
    rank: Annotated[Rank, Form({"enum": ["setting", "ending", "permanent", "charge", "reduction", "other"]})]
    """The gravest of its changes; rows come in this order."""
    plan_before: str | None
    """What is billed today; null where nothing is."""
    plan_after: str | None
    """What is billed afterwards; null where nothing is."""
    now: ChargeRecord
    recurring: MovementRecord
    changes: list[AddressText]
    """Its changes, the object's own first."""
    kinds: Mapping[str, Count]
    """Changes of other objects that come with it, by kind."""
    manual_steps: list[str]
    """Ids of manual steps that this plan brings or that wait for it."""
    new_steps: Count
    """How many those are."""
    standing_steps: list[str]
    """Ids of manual steps that were there before."""
    reached: Count
    """Accounts that a template reaches; 0 in other rows."""
    paid_until: str
    """Last day of the term that is paid, ISO 8601; empty where the portal does not tell it."""


class GroupRecord(TypedDict):
    """Rows that change the same from the same values, which a reviewer reads as one."""

    rows: list[AddressText]
    """The addresses of the rows."""
    number: Count
    """How many those are."""
    now: ChargeRecord
    """The charge for all of them."""
    recurring: MovementRecord
    """What recurs for all of them."""


class UnmanagedBilledRecord(TypedDict):
    """A live object that no block names, and that is billed all the same."""

    address: AddressText
    client: str
    """The client's name; empty where it is not known."""
    subscription: SubscriptionRecord
    recurring: BilledRecord
    left: bool
    """Does the ledger know it? Then its block has left the file."""


class StandingRecord(TypedDict):
    """Recurring amounts for objects that a plan neither changes nor lists as unmanaged."""

    per_year: list[MoneyText]
    untold: Count


class BackgroundRecord(TypedDict):
    """The surroundings of a plan at the portal. The approved digest does not cover them: other accounts change them."""

    standing: StandingRecord
    unmanaged: list[UnmanagedBilledRecord]
    owners: Mapping[AddressText, AddressText]
    """Whose resource it is, where it is not its own."""
    sources: Mapping[AddressText, AddressText]
    """Which template it carries."""
    clients: Mapping[AddressText, str]
    """Names of clients."""
    paid_until: Mapping[AddressText, str]
    """Last days of terms and trials, ISO 8601."""


class CostRecord(TypedDict):
    """The charge of an apply, and the amounts per month before and after it."""

    now: ChargeRecord
    recurring: MovementRecord
    """Of every account of the portal."""
    is_complete: bool
    """Is everything in it that the portal bills? False in a document of an older format."""
    unmanaged: BilledRecord
    """The part of it that is billed for objects that no block names."""
    unmanaged_objects: Count
    """How many objects that is."""
    left: BilledRecord
    """The part of that whose blocks have left the file."""
    left_objects: Count
    """How many objects that is."""


class ReviewRecord(TypedDict):
    """Things that a reviewer has to look at, apart from those that were there before this change."""

    diagnostics: list[Count]
    """Places of diagnostics that stop an apply, or are about what this plan changes, in `diagnostics`."""
    standing_diagnostics: list[Count]
    """Places of the warnings that were there before."""
    standing_warnings: Count
    """How many those are."""
    manual_steps: Count
    """Manual steps that this plan brings."""
    standing_steps: Count
    """Manual steps that were there before."""
    groups: list[GroupRecord]
    """Rows that say the same; a row stands in one group at most."""
