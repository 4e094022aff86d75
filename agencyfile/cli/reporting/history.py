"""The history of an agency, from the entries of its ledger: what happened, who ran it, who approved it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agencyfile.cli.reporting.records import HistoryRecord
from plan.ledger import Entry, EntryType

# Entries that tell of no object, or say again what another entry says.
_SILENT: Final = frozenset(
    {
        EntryType.OPENED,
        EntryType.INTENT,
        EntryType.READY,
        EntryType.PORTAL,
        EntryType.OBSERVED,
        EntryType.LEASE,
        EntryType.RELEASE,
    }
)
_MOST_NAMES: Final = 4
_WORDS: Final = {
    EntryType.APPLIED: "set",
    EntryType.BASELINE: "credits granted before",
    EntryType.REKEYED: "login sealed anew",
    EntryType.FORGOTTEN: "forgotten",
    EntryType.APPROVED: "plan approved",
    EntryType.RESTORED: "older ledger accepted",
}


@dataclass(slots=True)
class _Reading:
    """Facts of earlier entries that a later one refers to."""

    by: str = ""
    run: str | None = None
    approvals: dict[str, str] = field(default_factory=dict)
    intents: dict[int, Mapping[str, Any]] = field(default_factory=dict)


def history_of(entries: Iterable[Entry]) -> list[HistoryRecord]:
    """Return what happened, the oldest first. A compacted ledger keeps charges and evidence alone of what was before.

    Who ran a command is known from the lease that it took, and who approved its plan from the approval of that digest.
    """
    reading = _Reading()
    return [record for entry in entries for record in _read(entry, reading)]


def _read(entry: Entry, reading: _Reading) -> Iterator[HistoryRecord]:
    body: Mapping[str, Any] = entry.body
    match entry.type:
        case EntryType.LEASE:
            reading.by, reading.run = str(body["holder"]), body.get("run")
        case EntryType.RELEASE:
            reading.by, reading.run = "", None
        case EntryType.INTENT:
            reading.intents[entry.serial] = body
        case EntryType.APPROVED if body["digest"]:
            reading.approvals[str(body["digest"])] = str(body["by"])
        case EntryType.COMPACTED:
            yield from _compacted(entry, body)
            return
        case _:
            pass
    if entry.type not in _SILENT:
        yield _told(entry, body, reading)


def _told(entry: Entry, body: Mapping[str, Any], reading: _Reading) -> HistoryRecord:
    found = _record(entry)
    match entry.type:
        case EntryType.OUTCOME | EntryType.RECONCILED:
            intent = reading.intents.get(body["intent"], {})
            is_confirmed = body["result"] == "confirmed"
            return {
                **found,
                "what": str(intent.get("operation", "a call")),
                "outcome": str(body["result"]),
                "price": intent.get("price") if is_confirmed else None,
                "by": reading.by,
                "run": reading.run,
                "approved_by": reading.approvals.get(str(intent.get("plan")), ""),
                "note": str(body.get("message") or body.get("evidence") or ""),
            }
        case EntryType.EVIDENCE:
            return {**found, "what": f"{body['step']} done by hand", "by": str(body["by"]), "note": str(body["text"])}
        case EntryType.APPROVED:
            what = "plan approved" if body["digest"] else "approval taken back"
            return {**found, "what": what, "by": str(body["by"]), "note": str(body["digest"] or "")}
        case _:
            by = str(body.get("by") or reading.by)
            note = str(body.get("reason") or _named(sorted(body.get("sent") or ())))
            return {
                **found,
                "what": _WORDS.get(entry.type, entry.type.value),
                "by": by,
                "run": reading.run,
                "note": note,
            }


def _named(attributes: Sequence[str]) -> str:
    """Return the names of a few attributes, or how many they are."""
    return ", ".join(attributes) if len(attributes) <= _MOST_NAMES else f"{len(attributes)} attributes"


def _compacted(entry: Entry, body: Mapping[str, Any]) -> Iterator[HistoryRecord]:
    """Yield what a compacted ledger still knows, in order of time."""
    found: list[HistoryRecord] = [
        {**_record(entry), "time": time, "address": address, "what": "charged", "outcome": "confirmed", "price": amount}
        for time, address, amount in body["charges"]
    ]
    found += [
        {
            **_record(entry),
            "time": said["time"],
            "address": said["address"],
            "what": f"{said['step']} done by hand",
            "by": said["by"],
            "note": said["text"],
        }
        for said in body.get("evidence", ())
    ]
    yield from sorted(found, key=lambda one: one["time"])


def _record(entry: Entry) -> HistoryRecord:
    return {
        "serial": entry.serial,
        "time": entry.time,
        "address": str(entry.address) if entry.address else None,
        "what": "",
        "outcome": "",
        "price": None,
        "by": "",
        "run": None,
        "approved_by": "",
        "note": "",
    }


def newest(records: Sequence[HistoryRecord], most: int) -> tuple[list[HistoryRecord], int]:
    """Return at most so many records, the newest first, and the number of those that are left out."""
    return list(reversed(records[-most:])), max(0, len(records) - most)
