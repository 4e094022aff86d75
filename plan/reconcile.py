"""Reconciliation: find out the result of a call whose answer was lost.

An intent without a clean outcome is in one of five states:

    INTENT      it is in the ledger, no outcome is: the run ended before, the call may or may not have been sent
    SENT        it was sent, and the answer was none, or not clear
    CONFIRMED   exactly one object (or state) at the portal is what it was to bring about: adopted
    ABSENT      the settle window is over, and no signal shows it: it has not happened
    AMBIGUOUS   several objects could be it, a signal speaks against its absence, or nothing of its like is ever shown

INTENT and SENT go to any of the three others by what the portal shows; only a person leaves AMBIGUOUS. ABSENT closes
the intent where the policy allows a resend, or when a person says so. Nothing is sent here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plan.address import Address
from plan.ledger.bodies import IntentState as State
from plan.ledger.bodies import ReconciledBody
from plan.ledger.entry import EntryType
from plan.ledger.facts import OpenIntent
from plan.ledger.ledger import Ledger
from plan.provider import Reader
from plan.signals import Signals


@dataclass(frozen=True, slots=True)
class Policy:
    """`settle`: how long the portal may take to show what it did. `resend`: may an absent call be planned again?"""

    settle: timedelta = timedelta(minutes=10)
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of an intent now. `until` is the time from which on an absence is believed."""

    state: State
    message: str
    remote_id: str | None = None
    until: datetime | None = None


def judge(intent: OpenIntent, signals: Signals, *, now: datetime, settle: timedelta) -> Verdict:
    """Return the state of `intent` by what the portal shows. Pure."""
    if not signals.is_visible:
        return Verdict(State.AMBIGUOUS, "the portal does not show whether such a call happened: look there yourself")
    if signals.matches:
        return _matched(signals)
    until = datetime.fromisoformat(intent.time) + settle
    if signals.busy:
        return Verdict(intent.state, f"the portal is still working: {'; '.join(signals.busy)}", until=until)
    if now < until:
        when = until.isoformat(timespec="seconds")
        return Verdict(intent.state, f"no list shows it yet; it counts as absent after {when}", until=until)
    if signals.doubts:
        return Verdict(State.AMBIGUOUS, f"no list shows it, but {'; '.join(signals.doubts)}")
    return Verdict(
        State.ABSENT, "; ".join(("the settle window is over, and the portal does not show it", *signals.absence))
    )


def _matched(signals: Signals) -> Verdict:
    if len(signals.matches) > 1:
        seen = "; ".join(match.evidence for match in signals.matches)
        return Verdict(State.AMBIGUOUS, f"several objects match: {seen}")
    (match,) = signals.matches
    return Verdict(State.CONFIRMED, match.evidence, remote_id=match.remote_id)


def reconcile(
    ledger: Ledger, reader: Reader, policy: Policy, *, now: datetime
) -> tuple[tuple[OpenIntent, Verdict], ...]:
    """Judge every open intent and close those that may be closed; return all with their verdicts.

    Raises:
        PortalError: the portal cannot be read.
        LedgerError: a verdict cannot be recorded.
    """
    intents = tuple(intent for _, intent in sorted(ledger.history.open_intents.items()))
    if not intents:
        return ()
    seen = reader.investigate(intents)
    judged = tuple(
        (intent, judge(intent, seen.get(intent.address, Signals()), now=now, settle=policy.settle))
        for intent in intents
    )
    for intent, verdict in judged:
        if verdict.state is State.CONFIRMED or (verdict.state is State.ABSENT and policy.resend):
            close(ledger, intent, verdict, by="signals")
    return judged


def close(ledger: Ledger, intent: OpenIntent, verdict: Verdict, *, by: str) -> None:
    """Record the result of an intent: `confirmed` adopts its object, `absent` frees its address to be planned anew.

    Raises:
        LedgerError: it cannot be recorded.
    """
    body: ReconciledBody = {
        "intent": intent.serial,
        "result": "confirmed" if verdict.state is State.CONFIRMED else "absent",
        "remote_id": verdict.remote_id,
        "by": by,
        "evidence": verdict.message,
    }
    ledger.append((EntryType.RECONCILED, intent.address, body))


def unsettled(judged: Sequence[tuple[OpenIntent, Verdict]], ledger: Ledger) -> dict[Address, Verdict]:
    """Return the verdicts of the intents that are still open, by address."""
    still_open = ledger.history.open_intents
    return {intent.address: verdict for intent, verdict in judged if intent.address in still_open}
