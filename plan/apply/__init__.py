"""Apply: a plan carried out as a stream of events."""

from plan.apply.events import (
    CallEnded,
    CallStarted,
    Done,
    Event,
    Failed,
    Finished,
    NotStarted,
    OutcomeUnknown,
    Provisioning,
)
from plan.apply.pace import Pace, Stop
from plan.apply.report import Report
from plan.apply.run import apply
from plan.apply.vault import Vault

__all__ = [
    "CallEnded",
    "CallStarted",
    "Done",
    "Event",
    "Failed",
    "Finished",
    "NotStarted",
    "OutcomeUnknown",
    "Pace",
    "Provisioning",
    "Report",
    "Stop",
    "Vault",
    "apply",
]
