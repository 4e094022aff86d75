"""The ledger: an append-only log of what the portal cannot tell."""

from plan.on_demand import on_demand

TYPE_CHECKING = False  # as in plan.on_demand
if TYPE_CHECKING:
    from plan.ledger.approval import Approval, ApprovedStep
    from plan.ledger.entry import Entry, EntryType
    from plan.ledger.evidence import Evidence
    from plan.ledger.facts import OpenIntent, SealedCredential
    from plan.ledger.file_store import FileStore
    from plan.ledger.history import History
    from plan.ledger.ledger import Draft, Ledger
    from plan.ledger.portal_pin import PortalPin
    from plan.ledger.store import LedgerStore
else:
    __getattr__ = on_demand(
        globals(),
        {
            "Approval": "plan.ledger.approval",
            "ApprovedStep": "plan.ledger.approval",
            "Draft": "plan.ledger.ledger",
            "Entry": "plan.ledger.entry",
            "EntryType": "plan.ledger.entry",
            "Evidence": "plan.ledger.evidence",
            "FileStore": "plan.ledger.file_store",
            "History": "plan.ledger.history",
            "Ledger": "plan.ledger.ledger",
            "LedgerStore": "plan.ledger.store",
            "OpenIntent": "plan.ledger.facts",
            "PortalPin": "plan.ledger.portal_pin",
            "SealedCredential": "plan.ledger.facts",
        },
    )

__all__ = [
    "Approval",
    "ApprovedStep",
    "Draft",
    "Entry",
    "EntryType",
    "Evidence",
    "FileStore",
    "History",
    "Ledger",
    "LedgerStore",
    "OpenIntent",
    "PortalPin",
    "SealedCredential",
]
