"""The engine: what is declared, what is live, the plan between them, and its apply. Knows the standard library alone.

`from plan import Plan`, never `import plan`.
"""

from plan.on_demand import on_demand

TYPE_CHECKING = False  # as in plan.on_demand
if TYPE_CHECKING:
    from plan.address import Address, Origin
    from plan.apply import Pace, Report, Stop, Vault
    from plan.budget import Budget, Limit
    from plan.call import Call, Confirmed, Credential, Effect, OperationClass, Outcome, Refused, Unknown
    from plan.change import Change, Create, Delete, Edit, Instructions, Manual, PlannedChange, Update
    from plan.diagnostic import Diagnostic, Severity, has_errors
    from plan.errors import (
        CycleError,
        DocumentError,
        LeaseHeld,
        LedgerConflict,
        LedgerCorrupt,
        LedgerError,
        PlanError,
        PortalError,
    )
    from plan.ledger import FileStore, History, Ledger, LedgerStore
    from plan.money import Money, Price
    from plan.plan import Plan
    from plan.planner import make_plan
    from plan.provider import Attribute, Kind, Mutability, Pending, Provider, Reader, Writer
    from plan.resource import Live, Reading, Removal, Resource
    from plan.rule import Rule
    from plan.values import Attributes, Content, Reference, Secret, Value
else:
    __getattr__ = on_demand(
        globals(),
        {
            "Address": "plan.address",
            "Attribute": "plan.provider",
            "Attributes": "plan.values",
            "Budget": "plan.budget",
            "Call": "plan.call",
            "Change": "plan.change",
            "Confirmed": "plan.call",
            "Content": "plan.values",
            "Create": "plan.change",
            "Credential": "plan.call",
            "CycleError": "plan.errors",
            "Delete": "plan.change",
            "Diagnostic": "plan.diagnostic",
            "DocumentError": "plan.errors",
            "Edit": "plan.change",
            "Effect": "plan.call",
            "FileStore": "plan.ledger",
            "History": "plan.ledger",
            "Instructions": "plan.change",
            "Kind": "plan.provider",
            "LeaseHeld": "plan.errors",
            "Ledger": "plan.ledger",
            "LedgerConflict": "plan.errors",
            "LedgerCorrupt": "plan.errors",
            "LedgerError": "plan.errors",
            "LedgerStore": "plan.ledger",
            "Limit": "plan.budget",
            "Live": "plan.resource",
            "Manual": "plan.change",
            "Money": "plan.money",
            "Mutability": "plan.provider",
            "OperationClass": "plan.call",
            "Origin": "plan.address",
            "Outcome": "plan.call",
            "Pace": "plan.apply",
            "Pending": "plan.provider",
            "Plan": "plan.plan",
            "PlanError": "plan.errors",
            "PlannedChange": "plan.change",
            "PortalError": "plan.errors",
            "Price": "plan.money",
            "Provider": "plan.provider",
            "Reader": "plan.provider",
            "Reading": "plan.resource",
            "Reference": "plan.values",
            "Refused": "plan.call",
            "Removal": "plan.resource",
            "Report": "plan.apply",
            "Resource": "plan.resource",
            "Rule": "plan.rule",
            "Secret": "plan.values",
            "Severity": "plan.diagnostic",
            "Stop": "plan.apply",
            "Unknown": "plan.call",
            "Update": "plan.change",
            "Value": "plan.values",
            "Vault": "plan.apply",
            "Writer": "plan.provider",
            "has_errors": "plan.diagnostic",
            "make_plan": "plan.planner",
        },
    )

__all__ = [
    "Address",
    "Attribute",
    "Attributes",
    "Budget",
    "Call",
    "Change",
    "Confirmed",
    "Content",
    "Create",
    "Credential",
    "CycleError",
    "Delete",
    "Diagnostic",
    "DocumentError",
    "Edit",
    "Effect",
    "FileStore",
    "History",
    "Instructions",
    "Kind",
    "LeaseHeld",
    "Ledger",
    "LedgerConflict",
    "LedgerCorrupt",
    "LedgerError",
    "LedgerStore",
    "Limit",
    "Live",
    "Manual",
    "Money",
    "Mutability",
    "OperationClass",
    "Origin",
    "Outcome",
    "Pace",
    "Pending",
    "Plan",
    "PlanError",
    "PlannedChange",
    "PortalError",
    "Price",
    "Provider",
    "Reader",
    "Reading",
    "Reference",
    "Refused",
    "Removal",
    "Report",
    "Resource",
    "Rule",
    "Secret",
    "Severity",
    "Stop",
    "Unknown",
    "Update",
    "Value",
    "Vault",
    "Writer",
    "has_errors",
    "make_plan",
]
