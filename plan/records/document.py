"""The plan document: what `plan --out` writes and every renderer reads."""

from collections.abc import Mapping
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from plan.call import OperationClass
from plan.change import Closing
from plan.records.diagnostic import DiagnosticRecord, OriginRecord
from plan.records.form import AddressText, Count, EffectText, Form, MoneyText, PlainAttributes, PlainValue
from plan.records.money import BackgroundRecord, CostRecord, RecurrenceRecord, ReviewRecord, RowRecord
from plan.records.request import RequestRecord

Action: TypeAlias = Literal["create", "update", "delete", "forget"]
Mask: TypeAlias = Annotated[Mapping[str, bool], Form({"additionalProperties": {"const": True}})]


class PriceRecord(TypedDict):
    """A list price, before any partner discount."""

    list: Literal[True]
    """It is a list price."""
    now: MoneyText | None
    """What is charged at once; null where the portal does not tell it."""
    per_month: MoneyText | None
    """The difference that it makes per month; null where it cannot be told."""
    at_most: NotRequired[Literal[True]]
    """The portal does not tell how it settles the old term: it may charge less."""


class EditRecord(TypedDict):
    """One attribute, before and after."""

    attribute: str
    """Its dotted path."""
    before: PlainValue
    after: PlainValue
    origin: OriginRecord | None


class CallRecord(TypedDict):
    """One request that an apply would send."""

    api: str
    """Which of the vendor's APIs."""
    operation: str
    """What it is called there."""
    method: str
    """The HTTP method."""
    parameters: PlainAttributes
    operation_class: Annotated[str, Form({"enum": [one.value for one in OperationClass]})]
    """What a second send would do; decides what may be repeated."""
    effect: EffectText
    price: PriceRecord | None


class ChangeValuesRecord(TypedDict):
    """The values before and after, in the form that tools for Terraform's plans read."""

    actions: Annotated[list[Action], Form({"minItems": 1, "maxItems": 1})]
    """The verb, in a list."""
    before: PlainAttributes | None
    """What is live; null unless it is updated."""
    after: PlainAttributes | None
    """What is declared; null where the object ends."""
    after_unknown: Mask
    """True for each attribute that is known after apply only."""
    after_sensitive: Mask
    """True for each attribute that is secret."""


class ChangeRecord(TypedDict):
    """One verb on one object."""

    address: AddressText
    kind: str
    """The kind of resource, as in `account`."""
    name: str
    """The name, unique within its kind."""
    change: ChangeValuesRecord
    removal: PlainAttributes | None
    """How it ends, as written under `removed:`: `action`, and what goes with it."""
    forgets: list[AddressText]
    """What the ledger has nothing to keep of afterwards."""
    remote_id: str | None
    """The object's id at the portal."""
    edits: list[EditRecord]
    """What an update changes, attribute by attribute."""
    baseline: list[str]
    """Remote ids that bear the name of what is created already."""
    words: list[str]
    """What it means, in sentences, where the names of attributes do not say it."""
    effect: EffectText
    price: PriceRecord | None
    reason: str
    """Why, for a person."""
    stated: NotRequired[str]
    """The reason that the file gives for the block; left out where it gives none."""
    origin: OriginRecord
    calls: list[CallRecord]
    """The requests, in order."""
    depends_on: list[AddressText]
    """What must be applied before it."""
    basis: str
    """Digest of the object as it was read: an approval holds as long as it is the same."""
    recurrence: NotRequired[RecurrenceRecord]
    """What the portal bills for the object again and again; left out where it bills nothing."""


class ManualStepRecord(TypedDict):
    """A step that only a person can do."""

    id: str
    """What it is called by in `agencyfile steps`."""
    address: AddressText
    topic: str
    """Tells the steps of one address apart; empty where there is one."""
    digest: Annotated[str, Form({"pattern": "^stp_[0-9a-f]+$"})]
    """Digest of what it asks for."""
    effect: Annotated[str, Form({"enum": ["manual", "one-shot"]})]
    """`one-shot` can be done once only."""
    closes: Annotated[str, Form({"enum": [closing.value for closing in Closing]})]
    """What ends it: evidence that a person gives, or the portal that shows it."""
    after: list[AddressText]
    """Whose changes must be applied first."""
    done: PlainAttributes
    """What holds once it is done."""
    edits: list[EditRecord]
    """What it changes."""
    title: str
    """In a line."""
    text: str
    """The exact words for whoever does it; lines are separated by line feeds."""
    reason: str
    """Why."""
    origin: OriginRecord


class OpenCallRecord(TypedDict):
    """A call whose outcome is not known: nothing is planned or sent for its address."""

    serial: Count
    """The ledger's entry that announced it."""
    address: AddressText
    operation: str
    """What was called."""
    time: str
    """Time of the call, UTC, ISO 8601."""
    message: str
    """What is known of it."""


class LimitRecord(TypedDict):
    """One budget."""

    name: str
    """Which: `per apply`, `per month`, `--max-spend`."""
    most: MoneyText
    """What it allows."""
    spent: MoneyText
    """What of it was spent before this plan."""


class RefusalRecord(TypedDict):
    """A guard that an apply would not pass: exit 3."""

    rule: str
    """A stable id."""
    message: str
    """What is wrong."""
    fix: str
    """What to do about it."""


class DriftRecord(TypedDict):
    """An attribute that somebody changed at the portal."""

    address: AddressText
    attribute: str
    """Its name."""
    applied: PlainValue
    """What was applied last."""
    live: PlainValue
    """What is there now."""


class LedgerPositionRecord(TypedDict):
    """The ledger that the plan was made on, to be compared with a later one."""

    serial: Count
    """Its last entry; 0 when it is empty."""
    digest: Annotated[str, Form({"pattern": "^[0-9a-f]{64}$"})]
    """Digest of that entry's line."""
    identity: str | None
    """Digest of the line that opened it; null when it is empty."""


class SummaryRecord(TypedDict):
    """Numbers of changes, and their cost."""

    create: Count
    """Objects that would be created."""
    settings: Count
    """Changes of what applies may do: 1 where settings of the agency change."""
    update: Count
    """Objects that would be edited."""
    delete: Count
    """Objects that would end."""
    forget: Count
    """Objects that would be managed no longer, and stay as they are."""
    manual: Count
    """Manual steps."""
    unmanaged: Count
    """Live objects that no block names."""
    drift: Count
    """Attributes that somebody changed at the portal."""
    reads: Count
    """Requests that this plan took."""
    writes: Count
    """Requests that an apply would send."""
    effects: Mapping[EffectText, Count]
    """Number of changes of each effect; an effect without a change is left out."""
    charges_now: list[MoneyText]
    """Charges to the card at once, one sum per currency."""
    per_month: list[MoneyText]
    """The difference that the changes make per month, one sum per currency; negative where less is billed."""


class LimitTotalRecord(TypedDict):
    """One budget together with what this plan charges."""

    name: str
    """Which: `per apply`, `per month`, `--max-spend`."""
    most: MoneyText
    """What it allows."""
    spent: MoneyText
    """What of it was spent before this plan."""
    charged: MoneyText
    """What this plan charges in its currency."""
    total: MoneyText
    """Both together."""
    over: MoneyText | None
    """By how much that is too much; null where it is not."""
    other_currencies: list[MoneyText]
    """Charges of this plan that are in another currency, and so cannot be compared with it."""
    spent_percent: str
    """The share of `spent` in the larger of `most` and `total`, as in `12.50`."""
    charged_percent: str
    """The share of `charged` in the larger of `most` and `total`."""


class TotalsRecord(TypedDict):
    """Every other number that a renderer shows. It is computed here, once."""

    changes: Count
    """Changes, with changes of settings."""
    object_changes: Count
    """Changes, without changes of settings."""
    actions: Mapping[Action, Count]
    """Changes by verb, with changes of settings; none is left out as 0."""
    kinds: Mapping[str, Count]
    """Changes by kind of resource, with changes of settings."""
    objects: Mapping[str, Mapping[Action, Count]]
    """Changes by kind of resource and verb, without changes of settings."""
    settings_changed: Count
    """Settings that would change; 0 where they would be recorded for the first time."""
    irreversible: Mapping[EffectText, Count]
    """Changes and manual steps that cannot be undone, by effect; none is left out as 0."""
    manual_one_shot: Count
    """Manual steps that can be done once only."""
    manual_topics: Mapping[str, Count]
    """Manual steps by topic, or by kind of resource where a step has no topic."""
    unpriced: Count
    """Charges whose price the portal does not tell."""
    diagnostics: Count
    """Errors and warnings."""
    errors: Count
    """Diagnostics that stop an apply."""
    warnings: Count
    """Diagnostics that do not."""
    blocked: Count
    """Calls whose outcome is not known."""
    drifted: Mapping[AddressText, Count]
    """Attributes that somebody changed at the portal, by object."""
    drifted_objects: Count
    """Objects with such an attribute."""
    budget: list[LimitTotalRecord]
    """The budgets, each with what this plan charges."""
    max_monthly: LimitTotalRecord | None
    """What the portal may bill per month in all: `spent` is before this plan, `charged` the difference it makes."""


class PlanDocument(TypedDict):
    """The changes that an apply of an agency file would make."""

    format_version: str
    agency: str
    """Whose plan it is."""
    ledger: LedgerPositionRecord
    digest: Annotated[str, Form({"pattern": "^pln2?_[0-9a-f]{40}$"})]
    """What is approved: a digest over all that decides."""
    document_digest: Annotated[str, Form({"pattern": "^doc2_[0-9a-f]{40}$"})]
    """Digest over everything else in this document."""
    desired_digest: str
    """Digest of what the file declares."""
    applicable: bool
    """Is it free of errors?"""
    summary: SummaryRecord
    totals: TotalsRecord
    resource_changes: list[ChangeRecord]
    """What would be done, in the order of dependencies."""
    manual_steps: list[ManualStepRecord]
    """What is left to people."""
    diagnostics: list[DiagnosticRecord]
    """What is wrong."""
    blocked: list[OpenCallRecord]
    """What waits for an outcome."""
    unmanaged: list[AddressText]
    """Live objects that no block names: nothing touches them."""
    managed: Mapping[str, Count]
    """How many live objects of each kind the file names."""
    remote_ids: Mapping[AddressText, str]
    """Remote ids of live objects that the changes refer to, by address."""
    provisioning: list[AddressText]
    """What the portal is still making."""
    reads: Mapping[str, Count]
    """Requests that this plan took, by list."""
    budget: list[LimitRecord]
    """The budgets that hold for an apply."""
    max_monthly: MoneyText | None
    """The most that the portal may bill per month after an apply that raises it; null for no limit."""
    money: CostRecord
    rows: list[RowRecord]
    """The changes and manual steps by client, the gravest first."""
    review: ReviewRecord
    background: BackgroundRecord | None
    """Null in a document of an older format."""
    request: RequestRecord | None
    """Who asked for it; null where the plan was not compared with a base."""
    left_out: Count
    """Declared resources that were not looked at."""
    refusals: list[RefusalRecord]
    """Guards that an apply of this plan would not pass."""
    drift: list[DriftRecord]
    """What somebody changed at the portal since it was last applied."""
