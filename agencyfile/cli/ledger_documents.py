"""What the commands about the ledger show: who wrote an entry, for which pull request, with whose approval."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from agencyfile.cli.ledger_records import (
    LeaseDocument,
    LedgerPortalDocument,
    LedgerShowDocument,
    ListedEntry,
    OpenCall,
    PortalKeyDocument,
)
from plan import Address, History, Ledger, Secret
from plan.ledger import Entry, EntryType, OpenIntent
from plan.ledger.lease import Lease

_NAMED: Final = ("operation", "result", "message")


def lease_document(lease: Lease | None) -> LeaseDocument | None:
    """Return a lease as JSON."""
    if lease is None:
        return None
    return {
        "id": lease.id,
        "holder": lease.holder,
        "host": lease.host,
        "pid": lease.pid,
        "run": lease.run,
        "request": lease.request,
        "taken": lease.taken.isoformat(timespec="milliseconds"),
        "expires": lease.expires.isoformat(timespec="milliseconds"),
    }


def open_call(intent: OpenIntent) -> OpenCall:
    """Return an open call as JSON."""
    return {
        "address": str(intent.address),
        "operation": intent.operation,
        "time": intent.time,
        "entry": intent.serial,
        "message": intent.message,
    }


def summary_document(ledger: Ledger) -> LedgerShowDocument:
    """Return the document of `ledger show`."""
    history = ledger.history
    return {
        "ledger": ledger.location,
        "agency": history.agency,
        "last_entry": ledger.serial,
        "lease": lease_document(history.lease),
        "logins": len(history.credentials),
        "charges": len(history.charges),
        "open": [open_call(intent) for _, intent in sorted(history.open_intents.items())],
    }


def portal_document(history: History, keys: Mapping[str, Secret]) -> LedgerPortalDocument:
    """Return the document of `ledger portal`."""
    pin = history.portal
    strangers = pin.strangers(keys) if pin else ()

    def of(name: str) -> PortalKeyDocument:
        known = len(pin.keys.get(name, ())) if pin else 0
        if not known:
            return {"known": 0, "here": "any"}
        return {"known": known, "here": "none" if name not in keys else "unknown" if name in strangers else "known"}

    return {
        "agency": of("agency"),
        "hub": of("hub"),
        "accepted_by": pin.by if pin else None,
        "reason": pin.reason if pin else None,
    }


def listed_entries(entries: Iterable[Entry]) -> Iterator[ListedEntry]:
    """Yield the entries, each with the run that wrote it and the approval that covers it.

    The holder of a lease writes what follows, up to its end. An approval covers the addresses of the plan that was
    approved, until another one is given or it is taken back.
    """
    lease: Mapping[str, Any] = {}
    approval: Mapping[str, Any] = {}
    intents: dict[object, Mapping[str, Any]] = {}
    for entry in entries:
        body: Mapping[str, Any] = entry.body
        if entry.type is EntryType.LEASE:
            lease = body
        elif entry.type is EntryType.APPROVED:
            approval = body if body.get("digest") else {}
        elif entry.type is EntryType.INTENT:
            intents[entry.serial] = body
        yield _listed(entry, {**intents.get(body.get("intent"), {}), **body}, lease, approval)
        if entry.type is EntryType.RELEASE:
            lease = {}


def _listed(
    entry: Entry, body: Mapping[str, Any], lease: Mapping[str, Any], approval: Mapping[str, Any]
) -> ListedEntry:
    operation, result, message = (str(body[name]) if body.get(name) else None for name in _NAMED)
    is_intent = entry.type is EntryType.INTENT
    return {
        "serial": entry.serial,
        "time": entry.time,
        "type": entry.type.value,
        "address": str(entry.address) if entry.address else None,
        "operation": operation,
        "result": result,
        "message": message or (str(body["evidence"]) if body.get("evidence") else None),
        "who": str(body.get("by") or lease.get("holder") or "") or None,
        "run": lease.get("run"),
        "request": lease.get("request"),
        "approver": _approver(entry.address, approval),
        "price": body.get("price") if is_intent else None,
    }


def _approver(address: Address | None, approval: Mapping[str, Any]) -> str | None:
    covers = address is not None and str(address) in (approval.get("steps") or {})
    return str(approval["by"]) if covers else None
