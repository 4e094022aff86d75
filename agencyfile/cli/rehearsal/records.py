"""The document of a rehearsal: what `rehearse --json` prints, and every form of it shows."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypedDict

from plan.records.document import RefusalRecord
from plan.records.form import AddressText, Count, Form, MoneyText

FORMAT_VERSION = "1.0"


class RehearsedCallRecord(TypedDict):
    """One call that the apply at the local portal made."""

    address: AddressText
    operation: str
    """What it is called at the vendor's API."""
    outcome: Literal["confirmed", "refused", "unknown"]
    message: str | None
    """Why it was refused, or why its outcome is not known."""


class CardRecord(TypedDict):
    """One charge to the card of the local portal."""

    account: str
    amount: MoneyText
    description: str
    """What it is for, in the words of the local portal."""


class ListedRecord(TypedDict):
    """One account or sandbox, as the lists show it."""

    status: str
    plan: str
    """Its plan in a few words."""
    client: str
    domain: str
    notification: str


class ListedChangeRecord(TypedDict):
    """One account that the lists show otherwise after the rehearsal."""

    address: AddressText
    before: ListedRecord | None
    """Null where there was none."""
    after: ListedRecord | None


class SnapshotChangeRecord(TypedDict):
    """A number of snapshots of one name, where it differs."""

    name: str
    before: Count
    after: Count


class ListsRecord(TypedDict):
    """Sizes of the lists, and the money that the portal bills per month."""

    accounts: Count
    """Accounts and sandboxes that are not archived."""
    archived: Count
    snapshots: Count
    per_month: list[MoneyText]
    """List prices, one sum for each currency."""


class CallCountsRecord(TypedDict):
    """Numbers of calls. Where all of them are equal, the apply did what the plan said."""

    predicted: Count
    """By the plan."""
    made: Count
    """By the apply."""
    recorded: Count
    """In the local portal's own book of requests."""


class NextPlanRecord(TypedDict):
    """The plan that follows the rehearsed apply."""

    changes: list[AddressText]
    """Must be empty."""
    number: Count
    """Changes of this plan."""
    manual_steps: Count
    """Steps that are left to people."""


class RehearsalDocument(TypedDict):
    """A plan, rehearsed at a local portal that held a copy of the real one's lists."""

    format_version: Annotated[str, Form({"const": FORMAT_VERSION})]
    agency: str
    digest: str
    """The plan that was rehearsed."""
    same_plan: bool
    """Does the copy lead to the same calls as the real portal, with the same parameters?"""
    ok: bool
    """Were the calls as predicted, everything complete, and the next plan empty?"""
    refusals: list[RefusalRecord]
    """Guards that an apply would not pass; then nothing was rehearsed."""
    reads: Mapping[str, Count]
    """Requests to the real portal for the copy, by list. All of them only read."""
    requests: Count
    """All these requests together."""
    left_out: list[str]
    """What could not be copied, and what was assumed instead."""
    calls: CallCountsRecord
    made: list[RehearsedCallRecord]
    """The calls in the order in which they ended."""
    failures: list[str]
    """What did not come to its end, and why."""
    predicted_charges: list[MoneyText]
    """By the plan, one sum for each currency."""
    card: list[CardRecord]
    charges: list[MoneyText]
    """On the card, one sum for each currency."""
    before: ListsRecord
    after: ListsRecord
    changed: list[ListedChangeRecord]
    snapshots: list[SnapshotChangeRecord]
    next_plan: NextPlanRecord
