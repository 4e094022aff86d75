"""The events of an apply: what `apply --json` prints, one record a line.

The renderer adds `format_version` and `time` to each.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from plan.ledger.bodies import IntentState
from plan.records.diagnostic import DiagnosticRecord
from plan.records.document import SummaryRecord
from plan.records.form import AddressText, Count, EffectText, Form, MoneyText

REASONS_ELSEWHERE: Final = "standard error has the reasons"  # the message of an error event without one of its own


class SettledEvent(TypedDict):
    """A call of an earlier run is judged."""

    event: Literal["settled"]
    address: AddressText
    operation: str
    """The call of an earlier run whose answer was lost."""
    state: Annotated[str, Form({"enum": [state.value for state in IntentState]})]
    """The verdict on it."""
    message: str
    """The reason for the verdict."""


class PlannedEvent(TypedDict):
    """The plan that is about to be applied. Told again when an apply has to plan anew."""

    event: Literal["planned"]
    agency: str
    """Name of the agency that the plan is of."""
    digest: str
    """Digest of the plan."""
    applicable: bool
    """True if it is free of errors."""
    summary: SummaryRecord
    diagnostics: list[DiagnosticRecord]
    """Errors and warnings."""


class CallStartedEvent(TypedDict):
    """A request is under way; its intent, if it needs one, was durable before."""

    event: Literal["call_started"]
    address: AddressText
    operation: str
    """Name of the call."""
    effect: EffectText
    price: MoneyText | None
    """The list price that is charged; null where nothing is, or it is not told."""


class CallEndedEvent(TypedDict):
    """A request has an outcome; if it had an intent, the outcome is durable."""

    event: Literal["call_ended"]
    address: AddressText
    operation: str
    """Name of the call."""
    effect: EffectText
    price: MoneyText | None
    """The list price that is charged; null where nothing is, or it is not told."""
    outcome: Literal["confirmed", "refused", "unknown"]
    remote_id: str | None
    """The object's id, where the answer tells it."""
    message: str | None
    """The reason for a refusal, or for not knowing the outcome."""


class ProvisioningEvent(TypedDict):
    """The portal is still at work."""

    event: Literal["provisioning"]
    addresses: list[AddressText]
    """Objects that the portal is still making."""


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
    """The reason. It is known that its last call did nothing."""


class UnknownEvent(TypedDict):
    """It is not known what came of a call: nothing more is sent for its address."""

    event: Literal["unknown"]
    address: AddressText
    message: str
    """The reason for not knowing the outcome of its last call."""


class NotStartedEvent(TypedDict):
    """A change was left out."""

    event: Literal["not_started"]
    address: AddressText
    message: str
    """The reason for leaving it out."""


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
    """True if everything that was planned is done."""
    interrupted: bool
    """True if somebody asked it to stop."""
    calls: CallCounts
    charges: ChargeSums
    done: list[AddressText]
    """Changes that are complete."""
    failed: Mapping[str, str]
    """The reasons, by address."""
    unknown: Mapping[str, str]
    """The reasons, by address."""
    not_started: Mapping[str, str]
    """The reasons, by address."""
    provisioning: list[AddressText]
    """Objects that the portal is still making."""
    ledger_failure: str | None
    """The reason for not writing the ledger any more."""
    unclear: list[AddressText]
    """Those of `failed` whose last call may have been carried out."""
    lost_passwords: Mapping[str, str]
    """The reasons for not keeping new passwords, by address."""
    unsaved_credentials: Mapping[str, str]
    """Sealed passwords that the ledger could not take. They are sealed with age."""


class ErrorEvent(TypedDict):
    """The apply was not begun, or could not go on: the last line."""

    event: Literal["error"]
    message: str
    """The reason for not beginning, or for ending early."""
    fix: str
    """A way out; may be empty."""


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
