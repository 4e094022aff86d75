"""The engine: what is declared, what is live, the plan between them, and its apply. Knows the standard library alone.

`from plan import Plan`, never `import plan`.
"""

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
