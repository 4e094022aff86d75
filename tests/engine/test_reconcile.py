"""Reconciliation: every state, by what the portal shows and the clock."""

from datetime import UTC, datetime, timedelta

import pytest
from engine.toy import MemoryStore, ToyPortal

from plan import Address, Ledger, Money
from plan.ledger import EntryType, OpenIntent
from plan.ledger.bodies import IntentState as State
from plan.reconcile import Policy, Verdict, close, judge, reconcile, unsettled
from plan.signals import Match, Signals

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTLE = timedelta(minutes=10)
EARLY, LATE = BEGAN + timedelta(minutes=9), BEGAN + timedelta(minutes=10)
ONE, TWO = Match("1", "in the list"), Match("2", "in the list too")
TAKEN, BUSY = ("the name is taken",), ("it is being made",)


@pytest.mark.parametrize("state", [State.INTENT, State.SENT])
@pytest.mark.parametrize(
    ("signals", "now", "expected"),
    [
        (Signals((ONE,)), EARLY, State.CONFIRMED),
        (Signals((ONE,)), LATE, State.CONFIRMED),
        (Signals((ONE,), busy=BUSY, doubts=TAKEN), EARLY, State.CONFIRMED),
        (Signals((ONE, TWO)), EARLY, State.AMBIGUOUS),
        (Signals((ONE, TWO)), LATE, State.AMBIGUOUS),
        (Signals(), EARLY, None),
        (Signals(), LATE, State.ABSENT),
        (Signals(busy=BUSY), EARLY, None),
        (Signals(busy=BUSY), LATE, None),
        (Signals(doubts=TAKEN), EARLY, None),
        (Signals(doubts=TAKEN), LATE, State.AMBIGUOUS),
        (Signals(is_visible=False), EARLY, State.AMBIGUOUS),
        (Signals((ONE,), is_visible=False), LATE, State.AMBIGUOUS),
    ],
)
def test_judge_goes_by_the_table(state: State, signals: Signals, now: datetime, expected: State | None) -> None:
    """One match adopts, several or a contradiction stop, silence is believed after the window alone."""
    intent = OpenIntent(7, Address("thing", "a"), "make", BEGAN.isoformat(), "", state=state)

    verdict = judge(intent, signals, now=now, settle=SETTLE)

    assert verdict.state is (expected or state)
    assert verdict.message
    assert (verdict.until == BEGAN + SETTLE) == (expected is None)


def ledger_with_intent(price: str | None = "49.00 USD") -> Ledger:
    """A ledger whose last run ended before an answer."""
    ledger = Ledger(MemoryStore(), agency="toy", now=lambda: BEGAN)
    body = {
        "operation": "make",
        "price": price,
        "sent": {"size": 3},
        "baseline": ["9"],
        "parameters": {"name": "a"},
        "creates": True,
    }
    ledger.append((EntryType.INTENT, Address("paid", "a"), body))
    return ledger


def test_reconcile_one_match_is_adopted_and_counted_as_a_charge() -> None:
    """The object is ours, its price was charged, its password is lost."""
    ledger = ledger_with_intent()
    portal = ToyPortal(objects={Address("paid", "a"): {}})

    judged = reconcile(ledger, portal, Policy(SETTLE), now=EARLY)

    assert [verdict.state for _, verdict in judged] == [State.CONFIRMED]
    assert ledger.history.open_intents == {}
    assert ledger.history.remote_ids == {Address("paid", "a"): "a"}
    assert [charge.amount for charge in ledger.history.charges] == [Money.parse("49.00 USD")]
    assert set(ledger.history.adopted) == {Address("paid", "a")}
    assert ledger.history.created == set()
    assert ledger.history.sent(Address("paid", "a")) == {"size": 3}


@pytest.mark.parametrize(("resend", "is_open"), [(False, True), (True, False)])
def test_reconcile_absent_is_freed_by_policy_alone(resend: bool, is_open: bool) -> None:  # noqa: FBT001
    """Absence is believed after the window; whether it may be planned again is the agency's choice."""
    ledger = ledger_with_intent()

    judged = reconcile(ledger, ToyPortal(), Policy(SETTLE, resend=resend), now=LATE)

    assert [verdict.state for _, verdict in judged] == [State.ABSENT]
    assert bool(unsettled(judged, ledger)) is is_open
    assert bool(ledger.history.open_intents) is is_open
    assert ledger.history.charges == []


def test_reconcile_inside_the_window_changes_nothing() -> None:
    """Silence inside the window is no answer: the intent stays, the ledger does not grow."""
    ledger = ledger_with_intent()
    serial = ledger.serial

    reconcile(ledger, ToyPortal(), Policy(SETTLE, resend=True), now=EARLY)

    assert ledger.serial == serial
    assert list(ledger.history.open_intents) == [Address("paid", "a")]


def test_close_by_a_person_is_remembered_with_their_name() -> None:
    """Who looked stands in the ledger."""
    store = MemoryStore()
    ledger = Ledger(store, agency="toy", now=lambda: BEGAN)
    ledger.append((EntryType.INTENT, Address("paid", "a"), {"operation": "make"}))
    intent = ledger.history.open_intents[Address("paid", "a")]

    close(ledger, intent, Verdict(State.ABSENT, "looked"), by="person ops")

    assert store.entries[-1].body["by"] == "person ops"
    assert Ledger(store, agency="toy").history.open_intents == {}
