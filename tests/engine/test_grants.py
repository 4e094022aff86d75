"""Totals that only grow, and endings that are written down."""

import pytest
from engine.test_apply import carry_out, operations, plan_of
from engine.test_planner import plan_for
from engine.toy import ORIGIN, MemoryStore, ToyPortal, resource
from hypothesis import given
from hypothesis import strategies as st

from plan import Address, Call, Delete, Ledger, Live, Plan, Reference, Removal, Unknown, make_plan
from plan.ledger import EntryType
from plan.ledger.bodies import IntentState
from plan.reconcile import Verdict, close

OWNER = Reference(Address("paid", "a"))


def granted(portal: ToyPortal) -> int:
    """What the portal was told to add, in all."""
    return sum(int(str(call.parameters["amount"])) for call in portal.sent if call.operation == "add")


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_grants_add_up_to_the_declared_total(steps: list[int]) -> None:
    """Law 5: however often the total is raised, exactly the total was granted."""
    portal, store, total = ToyPortal(), MemoryStore(), 0
    for step in steps:
        total += step
        desired = [resource("paid.a"), resource("grant.a", account=OWNER, total=total)]
        carry_out(portal, desired, store)
        carry_out(portal, desired, store)

        assert granted(portal) == total


def test_grant_with_a_lost_answer_is_never_sent_again_by_itself() -> None:
    """Nobody can see what came of it: a person says, and the total ends up right either way."""
    for happened in (True, False):
        portal, store = ToyPortal(answers={("add", "a"): Unknown("no answer")}), MemoryStore()
        desired = [resource("paid.a"), resource("grant.a", account=OWNER, total=5)]
        carry_out(portal, desired, store)
        portal.answers.clear()
        carry_out(portal, desired, store)
        assert granted(portal) == 5

        ledger = Ledger(store, agency="toy")
        intent = ledger.history.open_intents[Address("grant", "a")]
        close(ledger, intent, Verdict(IntentState.CONFIRMED if happened else IntentState.ABSENT, "seen"), by="person")
        carry_out(portal, desired, store)
        assert granted(portal) == (5 if happened else 10)


def test_baseline_of_a_grant_is_in_its_intent_before_it_is_sent() -> None:
    """A run that is killed after it has sent leaves what the portal showed before the call."""
    grant = Address("grant", "a")
    store, seen = MemoryStore(), []

    def look(call: Call) -> None:
        if call.address == grant:
            seen.append(Ledger(store, agency="toy").history.open_intents[grant].baseline)

    portal = ToyPortal(baselines={grant: ("credits 1000", "emails sent 7")}, before_send=look)
    carry_out(portal, [resource("paid.a"), resource("grant.a", account=OWNER, total=5)], store)

    assert seen == [("credits 1000", "emails sent 7")]


@pytest.mark.parametrize(
    ("past", "rule", "applicable"), [("no ledger", "credit-past-unknown", False), ("adopted", "credit-past-lost", True)]
)
def test_grant_with_an_unknown_past_waits_until_it_is_told(past: str, rule: str, *, applicable: bool) -> None:
    """An account that the ledger did not see created may have been granted anything before.

    One that was adopted after a lost answer holds up nothing else.
    """
    ledger = Ledger(MemoryStore(), agency="toy")
    if past == "adopted":
        ledger.append((EntryType.INTENT, OWNER.address, {"operation": "make", "creates": True}))
        ledger.append((EntryType.RECONCILED, OWNER.address, {"intent": ledger.serial, "result": "confirmed"}))
    desired = [resource("paid.a"), resource("grant.a", account=OWNER, total=5)]
    live = Live(OWNER.address, {})

    refused = plan_for(desired, live, history=ledger.history)
    ledger.append((EntryType.BASELINE, Address("grant", "a"), {"sent": {"total": 3}}))
    told = plan_for(desired, live, history=ledger.history)

    assert [found.rule for found in refused.diagnostics] == [rule]
    assert (refused.is_empty, refused.is_applicable) == (True, applicable)
    assert [call.parameters["amount"] for call in told.calls] == [2]


def test_grant_of_less_than_before_is_an_error() -> None:
    """What was granted cannot be taken back."""
    ledger = Ledger(MemoryStore(), agency="toy")
    ledger.append((EntryType.BASELINE, Address("grant", "a"), {"sent": {"total": 9}}))

    plan = plan_for([resource("grant.a", total=8)], history=ledger.history)

    assert [found.rule for found in plan.diagnostics] == ["credit-total-smaller"]
    assert plan.is_empty


def test_grant_by_hand_is_a_step_until_it_is_recorded() -> None:
    """What no API grants is a manual step; the baseline that records it closes it."""
    ledger = Ledger(MemoryStore(), agency="toy")
    desired = [resource("grant.by-hand", total="100 USD")]

    open_step = plan_for(desired, history=ledger.history)
    ledger.append((EntryType.BASELINE, Address("grant", "by-hand"), {"sent": {"total": "100 USD"}}))
    closed = plan_for(desired, history=ledger.history)

    assert (len(open_step.manual_steps), len(closed.manual_steps)) == (1, 0)
    assert open_step.is_empty


def test_removal_ends_what_is_live_once_and_nothing_else() -> None:
    """An ending is planned while its object is live; an object that is gone needs none."""
    removal = Removal(Address("paid", "a"), "cancel", {"reason": "over"}, ORIGIN)
    portal, ledger = ToyPortal(objects={Address("paid", "a"): {}, Address("paid", "b"): {}}), MemoryStore()

    def plan_now() -> Plan:
        return make_plan(
            agency="toy",
            kinds=portal.kinds,
            declared=[],
            reading=portal.read([]),
            history=Ledger(ledger, agency="toy").history,
            removals=[removal],
        )

    first = plan_now()
    del portal.objects[Address("paid", "a")]
    second = plan_now()

    (step,) = first.steps
    assert isinstance(step.change, Delete)
    assert [call.operation for call in step.calls] == ["end"]
    assert first.unmanaged == (Address("paid", "b"),)
    assert second.is_empty


def test_block_taken_out_ends_nothing() -> None:
    """Only what is written down under `removed:` ends."""
    portal, store = ToyPortal(), MemoryStore()
    carry_out(portal, [resource("paid.a")], store)

    assert plan_of(portal, [], Ledger(store, agency="toy")).is_empty
    assert operations(portal) == [("make", "a")]
