"""The events of an apply: what `apply --json` prints, one record a line.

The renderer adds `format_version` and `time` to each.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, TypedDict

from plan.ledger.bodies import IntentState
from plan.records.diagnostic import DiagnosticRecord
from plan.records.document import SummaryRecord
from plan.records.form import AddressText, Count, EffectText, Form, MoneyText


class SettledEvent(TypedDict):
    """A call of an earlier run is judged."""

    event: Literal["settled"]
    address: AddressText
    operation: str
    """The call of an earlier run whose answer was lost."""
    state: Annotated[str, Form({"enum": [state.value for state in IntentState]})]
    """What it came to."""
    message: str
    """By what that is known."""


class PlannedEvent(TypedDict):
    """The plan that is about to be applied. Told again when an apply has to plan anew."""

    event: Literal["planned"]
    agency: str
    """Whose plan it is."""
    digest: str
    """Digest of the plan."""
    applicable: bool
    """Is it free of errors?"""
    summary: SummaryRecord
    diagnostics: list[DiagnosticRecord]
    """What is wrong."""


class CallStartedEvent(TypedDict):
    """A request is under way; its intent, if it needs one, was durable before."""

    event: Literal["call_started"]
    address: AddressText
    operation: str
    """What is called."""
    effect: EffectText
    price: MoneyText | None
    """The list price that is charged; null where nothing is, or it is not told."""


class CallEndedEvent(TypedDict):
    """A request has an outcome; if it had an intent, the outcome is durable."""

    event: Literal["call_ended"]
    address: AddressText
    operation: str
    """What is called."""
    effect: EffectText
    price: MoneyText | None
    """The list price that is charged; null where nothing is, or it is not told."""
    outcome: Literal["confirmed", "refused", "unknown"]
    remote_id: str | None
    """The object's id, where the answer tells it."""
    message: str | None
    """Why it was refused, or is unknown."""


class ProvisioningEvent(TypedDict):
    """The portal is still at work."""

    event: Literal["provisioning"]
    addresses: list[AddressText]
    """What the portal is still at work on."""


class DoneEvent(TypedDict):
    """A change is complete."""

    event: Literal["done"]
    address: AddressText
    """A change that is complete."""


class FailedEvent(TypedDict):
    """A change failed."""

    event: Literal["failed"]
    address: AddressText
    message: str
    """Why; it is known that its last call did nothing."""


class UnknownEvent(TypedDict):
    """It is not known what came of a call: nothing more is sent for its address."""

    event: Literal["unknown"]
    address: AddressText
    message: str
    """Why it is not known what came of its last call."""


class NotStartedEvent(TypedDict):
    """A change was left out."""

    event: Literal["not_started"]
    address: AddressText
    message: str
    """Why it was left out."""


class CallCounts(TypedDict):
    """Requests that change something."""

    predicted: Count
    """By the plan."""
    made: Count
    """Sent."""


class ChargeSums(TypedDict):
    """List prices, one sum per currency."""

    predicted: list[MoneyText]
    """By the plan."""
    made: list[MoneyText]
    """Confirmed."""


class FinishedEvent(TypedDict):
    """The apply has ended: the last line."""

    event: Literal["finished"]
    exit_code: Count
    """The exit code of the command."""
    complete: bool
    """Was everything done that was planned?"""
    interrupted: bool
    """Did somebody ask it to stop?"""
    calls: CallCounts
    charges: ChargeSums
    done: list[AddressText]
    """Changes that are complete."""
    failed: Mapping[str, str]
    """Why, by address."""
    unknown: Mapping[str, str]
    """Why, by address."""
    not_started: Mapping[str, str]
    """Why, by address."""
    provisioning: list[AddressText]
    """What the portal is still at work on."""
    ledger_failure: str | None
    """Why the ledger could not be written."""
    unclear: list[AddressText]
    """Those of `failed` whose last call may have been carried out."""
    lost_passwords: Mapping[str, str]
    """Why a new password could not be kept, by address."""
    unsaved_credentials: Mapping[str, str]
    """Sealed passwords that the ledger could not take. They are sealed with age."""


class ErrorEvent(TypedDict):
    """The apply was not begun, or could not go on: the last line."""

    event: Literal["error"]
    message: str
    """Why nothing was begun, or why it ended early."""
    fix: str
    """What to do about it; may be empty."""


EventRecord: TypeAlias = (
    SettledEvent
    | PlannedEvent
    | CallStartedEvent
    | CallEndedEvent
    | ProvisioningEvent
    | DoneEvent
    | FailedEvent
    | UnknownEvent
    | NotStartedEvent
    | FinishedEvent
    | ErrorEvent
)
