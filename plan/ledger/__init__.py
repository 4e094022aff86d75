"""The ledger: an append-only log of what the portal cannot tell."""

from plan.ledger.approval import Approval, ApprovedStep
from plan.ledger.entry import Entry, EntryType
from plan.ledger.evidence import Evidence
from plan.ledger.file_store import FileStore
from plan.ledger.history import History, OpenIntent, SealedCredential
from plan.ledger.ledger import Draft, Ledger
from plan.ledger.portal_pin import PortalPin
from plan.ledger.store import LedgerStore

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
