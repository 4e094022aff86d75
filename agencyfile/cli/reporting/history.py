"""The history of an agency, from the entries of its ledger: what happened, who ran it, who approved it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from agencyfile.cli.reporting.records import HistoryRecord
from plan.ledger import Entry, EntryType
from plan.ledger.approval import ApprovalBody, WithdrawalBody
from plan.ledger.bodies import CompactedBody, IntentBody, IntentFacts, OutcomeBody, ReconciledBody, SentBody
from plan.ledger.evidence import EvidenceBody
from plan.ledger.lease import LeaseBody

# Entries that tell of no object, or say again what another entry says.
_SILENT: Final = frozenset(
    {
        EntryType.OPENED,
        EntryType.INTENT,
        EntryType.READY,
        EntryType.ATTEMPTED,
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
    intents: dict[int, IntentBody | IntentFacts] = field(default_factory=dict)


def history_of(entries: Iterable[Entry]) -> list[HistoryRecord]:
    """Return what happened, the oldest first. A compacted ledger keeps charges and evidence alone of what was before.

    Who ran a command is known from the lease that it took, and who approved its plan from the approval of that digest.
    """
    reading = _Reading()
    return [record for entry in entries for record in _read(entry, reading)]


def _read(entry: Entry, reading: _Reading) -> Iterator[HistoryRecord]:
    match entry.type:
        case EntryType.LEASE:
            lease = cast(LeaseBody, entry.body)
            reading.by, reading.run = lease["holder"], lease["run"]
        case EntryType.RELEASE:
            reading.by, reading.run = "", None
        case EntryType.INTENT:
            reading.intents[entry.serial] = cast(IntentBody, entry.body)
        case EntryType.APPROVED if entry.body["digest"]:
            approval = cast(ApprovalBody, entry.body)
            reading.approvals[approval["digest"]] = approval["by"]
        case EntryType.COMPACTED:
            facts = cast(CompactedBody, entry.body)
            reading.intents.update((intent["serial"], intent) for intent in facts["open_intents"])
            yield from _compacted(entry, facts)
            return
        case _:
            pass
    if entry.type not in _SILENT:
        yield _told(entry, reading)


def _told(entry: Entry, reading: _Reading) -> HistoryRecord:
    found = _record(entry)
    match entry.type:
        case EntryType.OUTCOME | EntryType.RECONCILED:
            return _ended(found, cast(OutcomeBody | ReconciledBody, entry.body), reading)
        case EntryType.EVIDENCE:
            said = cast(EvidenceBody, entry.body)
            return {**found, "what": f"{said['step']} done by hand", "by": said["by"], "note": said["text"]}
        case EntryType.APPROVED:
            approval = cast(ApprovalBody | WithdrawalBody, entry.body)
            what = "plan approved" if approval["digest"] else "approval taken back"
            return {**found, "what": what, "by": approval["by"], "note": approval["digest"] or ""}
        case EntryType.APPLIED | EntryType.BASELINE:
            note = _named(sorted(cast(SentBody, entry.body)["sent"]))
        case _:
            note = str(entry.body.get("reason") or "")
    return {
        **found,
        "what": _WORDS.get(entry.type, entry.type.value),
        "by": str(entry.body.get("by") or reading.by),
        "run": reading.run,
        "note": note,
    }


def _ended(found: HistoryRecord, body: OutcomeBody | ReconciledBody, reading: _Reading) -> HistoryRecord:
    """Return what came of a call. A compacted ledger may not know the call any more."""
    intent = reading.intents.get(body["intent"])
    is_confirmed = body["result"] == "confirmed"
    return {
        **found,
        "what": intent["operation"] if intent else "a call",
        "outcome": body["result"],
        "price": intent["price"] if intent and is_confirmed else None,
        "by": reading.by,
        "run": reading.run,
        "approved_by": reading.approvals.get(str(intent.get("plan", "")), "") if intent else "",
        "note": str(body.get("message") or body.get("evidence") or ""),
    }


def _named(attributes: Sequence[str]) -> str:
    """Return the names of a few attributes, or how many they are."""
    return ", ".join(attributes) if len(attributes) <= _MOST_NAMES else f"{len(attributes)} attributes"


def _compacted(entry: Entry, body: CompactedBody) -> Iterator[HistoryRecord]:
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
