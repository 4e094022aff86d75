"""Documents of the commands about the ledger: each entry with its author, pull request and approver."""

from collections.abc import Iterable, Iterator, Mapping

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
    lease: Mapping[str, object] = {}
    approval: Mapping[str, object] = {}
    intents: dict[object, Mapping[str, object]] = {}
    for entry in entries:
        body: Mapping[str, object] = entry.body
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
    entry: Entry, body: Mapping[str, object], lease: Mapping[str, object], approval: Mapping[str, object]
) -> ListedEntry:
    return {
        "serial": entry.serial,
        "time": entry.time,
        "type": entry.type.value,
        "address": str(entry.address) if entry.address else None,
        "operation": _text(body, "operation"),
        "result": _text(body, "result"),
        "message": _text(body, "message") or _text(body, "evidence"),
        "who": _text(body, "by") or _text(lease, "holder"),
        "run": _text(lease, "run"),
        "request": _text(lease, "request"),
        "approver": _approver(entry.address, approval),
        "price": _text(body, "price") if entry.type is EntryType.INTENT else None,
    }


def _text(body: Mapping[str, object], name: str) -> str | None:
    return str(body[name]) if body.get(name) else None


def _approver(address: Address | None, approval: Mapping[str, object]) -> str | None:
    steps = approval.get("steps")
    covers = isinstance(steps, Mapping) and address is not None and str(address) in steps
    return _text(approval, "by") if covers else None
