"""Apply: a plan carried out as a stream of events."""

from plan.on_demand import on_demand

TYPE_CHECKING = False  # as in plan.on_demand
if TYPE_CHECKING:
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
else:
    __getattr__ = on_demand(
        globals(),
        {
            "CallEnded": "plan.apply.events",
            "CallStarted": "plan.apply.events",
            "Done": "plan.apply.events",
            "Event": "plan.apply.events",
            "Failed": "plan.apply.events",
            "Finished": "plan.apply.events",
            "NotStarted": "plan.apply.events",
            "OutcomeUnknown": "plan.apply.events",
            "Pace": "plan.apply.pace",
            "Provisioning": "plan.apply.events",
            "Report": "plan.apply.report",
            "Stop": "plan.apply.pace",
            "Vault": "plan.apply.vault",
            "apply": "plan.apply.run",
        },
    )

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
