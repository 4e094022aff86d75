"""The events of an apply, in the order in which they happen."""

from dataclasses import dataclass

from plan.address import Address
from plan.apply.report import Report
from plan.call import Call, Outcome


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call is under way; its intent, if it needs one, was durable before."""

    call: Call


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call has an outcome; if it had an intent, the outcome is durable."""

    call: Call
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Provisioning:
    """The portal is still at work on these."""

    addresses: tuple[Address, ...]

    @property
    def count(self) -> int:
        """Number of these objects."""
        return len(self.addresses)


@dataclass(frozen=True, slots=True)
class Done:
    """A change is complete."""

    address: Address


@dataclass(frozen=True, slots=True)
class Failed:
    """A change failed, and it is known that its last call did nothing."""

    address: Address
    message: str


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """It is not known what came of a change's last call: nothing more is sent for its address."""

    address: Address
    message: str


@dataclass(frozen=True, slots=True)
class NotStarted:
    """A change was left out, and why."""

    address: Address
    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event, always."""

    report: Report


Event = CallStarted | CallEnded | Provisioning | Done | Failed | OutcomeUnknown | NotStarted | Finished
