"""Budgets: nothing is charged that was not allowed, at the price that was shown."""

import threading
from datetime import UTC, datetime

import pytest
from engine.test_apply import carry_out, operations, plan_of
from engine.toy import KINDS, MemoryStore, ToyPortal, ToyVault, resource

from plan import Address, Budget, History, Ledger, Money, Price, Refused, make_plan
from plan.apply import Failed, Finished, Pace, apply
from plan.guards import refusals
from plan.ledger import EntryType

NOW = datetime(2026, 11, 21, tzinfo=UTC)
USD49, EUR = Price(Money.parse("49.00 USD"), None), Price(Money.parse("1.00 EUR"), None)


def budget(limits: dict[str, str], history: History | None = None) -> Budget:
    """A budget from texts."""
    money = {name: Money.parse(text) for name, text in limits.items()}
    return Budget.of(
        per_apply=money.get("per_apply"),
        per_month=money.get("per_month"),
        others={"this run": money["most"]} if "most" in money else {},
        history=history or History(),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("limits", "prices", "words"),
    [
        ({}, [USD49, None], None),
        ({"per_apply": "98.00 USD"}, [USD49, USD49], None),
        ({"per_apply": "97.99 USD"}, [USD49, USD49], "98.00 USD is over the budget per apply"),
        ({"per_apply": "500 USD", "most": "49 USD"}, [USD49, USD49], "over the budget this run"),
        ({"per_apply": "500 USD"}, [EUR], "a charge in EUR"),
        ({"per_apply": "500 USD"}, [None], "does not tell"),
        ({"per_apply": "500 USD"}, [], None),
    ],
)
def test_budget_refuses_what_cannot_be_shown_to_fit(
    limits: dict[str, str], prices: list[Price | None], words: str | None
) -> None:
    """Too much, another currency or no price at all: refused. Currencies are never mixed."""
    reason = budget(limits).refuses(prices)

    assert (reason is None) == (words is None)
    assert (words or "") in (reason or "")


def test_budget_of_the_month_counts_charges_and_what_may_be_one() -> None:
    """This month's confirmed charges count, and those whose outcome is unknown; last month's do not."""
    times = iter([datetime(2026, 10, 31, tzinfo=UTC)] * 2 + [NOW] * 3)
    ledger = Ledger(MemoryStore(), agency="toy", now=lambda: next(times))
    for name in ("a", "b"):
        intent = {"operation": "make", "price": "49.00 USD", "sent": {}}
        ledger.append((EntryType.INTENT, Address("paid", name), intent))
        done = {"intent": ledger.serial, "result": "confirmed"}
        ledger.append((EntryType.OUTCOME, Address("paid", name), done))
    ledger.append((EntryType.INTENT, Address("paid", "c"), {"operation": "make", "price": "2.00 USD", "sent": {}}))

    (limit,) = budget({"per_month": "100 USD"}, ledger.history).limits

    assert limit.spent == 51


def test_guard_refuses_a_plan_over_budget_before_anything_is_sent() -> None:
    """The guard adds up the whole plan."""
    desired = [resource("paid.a"), resource("paid.b")]
    plan = make_plan(
        agency="toy",
        kinds=KINDS,
        declared=desired,
        reading=ToyPortal().read(desired),
        history=History(),
        budget=budget({"per_apply": "60 USD"}),
    )

    assert [refusal.rule for refusal in refusals(plan, KINDS, recipients=["age1"])] == ["over-budget"]
    assert refusals(plan, KINDS, recipients=["age1"], is_ledger_lost=True)[-1].rule == "ledger-not-durable"


def test_apply_checks_the_budget_again_before_each_charge() -> None:
    """Even a plan that slipped past the guard charges no more than is allowed."""
    portal, ledger = ToyPortal(), Ledger(MemoryStore(), agency="toy")
    desired = [resource("paid.a"), resource("paid.b"), resource("thing.c")]
    plan = make_plan(
        agency="toy",
        kinds=KINDS,
        declared=desired,
        reading=portal.read(desired),
        history=ledger.history,
        budget=budget({"per_apply": "60 USD"}),
    )
    *_, last = apply(plan, provider=portal, ledger=ledger, vault=ToyVault(), pace=Pace(0.001, 0.002, 5.0))

    assert isinstance(last, Finished)
    assert sorted(operations(portal)) == [("make", "a"), ("make", "c")]
    assert "over the budget" in last.report.not_started[Address("paid", "b")]


def test_apply_price_that_moved_since_the_plan_stops_the_charge() -> None:
    """Nothing is charged at a price that nobody saw, and no charge follows."""
    portal = ToyPortal(prices={Address("paid", "a"): Price(Money.parse("59.00 USD"), None)})
    report, _ = carry_out(portal, [resource("paid.a"), resource("paid.b"), resource("thing.c")])

    assert operations(portal) == [("make", "c")]
    assert "its price is 59.00 USD now, not 49.00 USD" in report.failed[Address("paid", "a")]
    assert Address("paid", "b") in report.not_started


def wait_for(event: threading.Event) -> None:
    """Until it is set, five seconds at most."""
    event.wait(600)


def test_apply_failure_while_a_price_is_asked_for_ends_that_charge_too() -> None:
    """No charge starts after a failure, not even one that was already at the gate."""
    failed = threading.Event()
    portal = ToyPortal(answers={("make", "c"): Refused("no")}, before_quote=lambda: wait_for(failed))
    ledger = Ledger(MemoryStore(), agency="toy")
    plan = plan_of(portal, [resource("paid.a"), resource("thing.c")], ledger)
    for event in apply(plan, provider=portal, ledger=ledger, vault=ToyVault(), pace=Pace(0.001, 0.002, 5.0)):
        if isinstance(event, Failed):
            failed.set()

    assert operations(portal) == [("make", "c")]
