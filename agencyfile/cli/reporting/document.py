"""The documents of a report: of one account, and of the whole agency. Every number of them is computed here."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.manual_steps import done_document, pending_document
from agencyfile.cli.prices import billed_for
from agencyfile.cli.records import ClosedStep, PendingStep
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.reporting.gathering import Gathered
from agencyfile.cli.reporting.history import newest
from agencyfile.cli.reporting.records import (
    FORMAT_VERSION,
    AccountDocument,
    ClientRecord,
    PersonStepsRecord,
    RenewalRecord,
    ReportDocument,
    TrialRecord,
)
from agencyfile.cli.reporting.renewals import after_months, by_client, renewal_months, renewals_of
from agencyfile.kinds import known_kind
from agencyfile.kinds.catalogue import TRIAL
from plan import Address
from plan.document import encode_drift
from plan.document.money import encode_yearly
from plan.money import total

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry

MOST_HISTORY: Final = 500


def report_document(found: Gathered) -> ReportDocument:
    """Return the report of the agency."""
    entries = found.inventory.accounts
    history, left_out = newest(found.history, MOST_HISTORY)
    archived = sum(entry.is_archived for entry in entries)
    steps = pending_document(found.plan, found.ledger.history)["steps"]
    trials = sorted(_trials(found), key=lambda trial: (trial["ends"], trial["address"]))
    months = renewal_months(entries, found.made.date())
    return {
        "format_version": FORMAT_VERSION,
        "agency": found.plan.agency,
        "made": found.made.isoformat(timespec="seconds"),
        "total": encode_yearly(billed_for(entries)),
        "active": len(entries) - archived,
        "archived": archived,
        "counts": {
            "trials": len(trials),
            "renewals": sum(month["number"] for month in months),
            "steps": len(steps),
            "drift": len(found.plan.drift),
            "pending": len(found.plan.steps),
        },
        "clients": list(_clients(found)),
        "accounts": list(found.listings),
        "trials": trials,
        "renewals": months,
        "steps": list(_by_person(found, steps)),
        "credits": list(found.credits()),
        "drift": [encode_drift(drift) for drift in found.plan.drift],
        "pending": [str(step.address) for step in found.plan.steps],
        "history": history,
        "left_out": left_out,
    }


def account_document(found: Gathered, name: str) -> AccountDocument:
    """Return everything that is known of one account.

    Raises:
        CommandExit: the portal lists none of that name.
    """
    entry = found.entry(name)
    if entry is None:
        raise CommandExit(
            ExitCode.ERROR, f"the portal lists no account {one_line(name)}", fix="agencyfile accounts list"
        )
    declared = found.declared.get(entry.address)
    charges = [one.amount for one in found.ledger.history.charges if one.address == entry.address]
    history = [record for record in found.history if _is_of(record["address"], entry.address)]
    steps, done = _steps_of(found, entry.address)
    granted = [one for one in found.credits() if one["account"] == name]
    pending = [str(step.address) for step in found.plan.steps if _belongs(step.address, entry.address)]
    drift = [encode_drift(drift) for drift in found.plan.drift if _belongs(drift.address, entry.address)]
    return {
        "format_version": FORMAT_VERSION,
        "agency": found.plan.agency,
        "made": found.made.isoformat(timespec="seconds"),
        "account": next(one for one in found.listings if one["address"] == str(entry.address)),
        "declared": declared is not None,
        "client_email": str((declared or {}).get("client.email") or entry.client_email or ""),
        "language": str((declared or {}).get("language") or ""),
        "trial_ends": _trial_end(entry),
        "next_renewal": _next_renewal(entry, found.made.date()),
        "charged": [str(money) for money in total(charges)],
        "login_kept": found.ledger.history.has_credential(entry.address),
        "counts": {
            "credits": len(granted),
            "pending": len(pending),
            "steps": len(steps),
            "done": len(done),
            "drift": len(drift),
            "history": len(history),
        },
        "credits": granted,
        "pending": pending,
        "steps": steps,
        "done": done,
        "drift": drift,
        "history": list(reversed(history)),
    }


def _steps_of(found: Gathered, owner: Address) -> tuple[list[PendingStep], list[ClosedStep]]:
    """Return the open steps of an account, and those that evidence has closed."""
    history = found.ledger.history
    pending, done = pending_document(found.plan, history)["steps"], done_document(found.plan, history)["done"]
    ours = [address for address in history.addresses if _belongs(address, owner)]
    return (
        [step for step in pending if _is_of(step["address"], owner)],
        [step for step in done if any(history.evidence_of(address, step["id"]) for address in ours)],
    )


def _is_of(text: str | None, address: Address) -> bool:
    return text is not None and _belongs(Address.parse(text), address)


def _belongs(address: Address, owner: Address) -> bool:
    return address == owner or known_kind(address.kind).owner(address) == owner


def _clients(found: Gathered) -> Iterator[ClientRecord]:
    for client, entries in by_client(found.inventory.accounts).items():
        yield {
            "client": client,
            "accounts": [str(entry.address) for entry in entries],
            "number": len(entries),
            "recurring": encode_yearly(billed_for(entries)),
        }


def _trials(found: Gathered) -> Iterator[TrialRecord]:
    managed = {one["address"]: one["managed"] for one in found.listings}
    for entry in found.inventory.accounts:
        ends = _trial_end(entry)
        if ends:
            address = str(entry.address)
            yield {"address": address, "client": entry.client_name, "ends": ends, "managed": managed[address]}


def _trial_end(entry: "AccountEntry") -> str | None:
    is_trial = entry.plan.get("tier") == TRIAL and not entry.is_archived
    return entry.expires.isoformat() if is_trial and entry.expires else None


def _next_renewal(entry: "AccountEntry", today: date) -> RenewalRecord | None:
    return next(renewals_of(entry, today, until=after_months(today, 24)), None)


def _by_person(found: Gathered, steps: list[PendingStep]) -> Iterator[PersonStepsRecord]:
    """Group the steps by the address that gets the portal's mails for their account: that person looks after it."""

    def person(step: PendingStep) -> str:
        address = Address.parse(step["address"])
        owner = known_kind(address.kind).owner(address) or address
        return str(found.declared.get(owner, {}).get("notification") or "")

    for name, group in groupby(sorted(steps, key=person), key=person):
        theirs = list(group)
        yield {"person": name, "steps": theirs, "number": len(theirs)}
