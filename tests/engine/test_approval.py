"""Approval: what it holds for, what voids it, and what resumes under it."""

from dataclasses import replace

import pytest
from engine.test_apply import QUICK
from engine.test_manual_steps import Desk
from engine.toy import KINDS, MemoryStore, ToyVault, resource

from plan import Address, Ledger, Live, Plan, Reading, Resource, Stop, make_plan
from plan.apply import apply
from plan.approval import approval_of, compare
from plan.guards import refusals
from plan.ledger import Approval, EntryType

DESIRED = [resource("paid.a", size=2), resource("paid.b"), resource("thing.c", size=1)]


def desk() -> Desk:
    """`paid.a` is live and changes, `paid.b` and `thing.c` are new, `thing.other` is nobody's."""
    made = Desk()
    made.portal.objects = {Address("paid", "a"): {"size": 1}, Address("thing", "other"): {"size": 5}}
    return made


def test_approval_survives_the_ledger_and_its_compaction() -> None:
    """What is read back is what was approved; a later one takes its place, and it can be taken back."""
    ledger = Ledger(MemoryStore(), agency="toy")
    approval = approval_of(desk().plan(*DESIRED), by="ann", until="2026-11-22T00:00:00.000+00:00")
    ledger.append((EntryType.APPROVED, None, approval.body()))
    assert ledger.history.approval == approval
    ledger.compact()
    assert Ledger(ledger._store, agency="toy").history.approval == approval

    ledger.append((EntryType.APPROVED, None, {"digest": None, "by": "bob"}))
    assert ledger.history.approval is None


def test_approval_is_retained_when_an_unrelated_object_changes() -> None:
    """What the plan does not name voids nothing."""
    made = desk()
    approval = approval_of(made.plan(*DESIRED), by="ann")
    made.portal.objects[Address("thing", "other")]["size"] = 6

    assert compare(approval, made.plan(*DESIRED)).holds


def test_approval_names_the_planned_object_that_changed() -> None:
    """A changed object is a deviation; the others still stand."""
    made = desk()
    approval = approval_of(made.plan(*DESIRED), by="ann")
    made.portal.objects[Address("paid", "a")]["size"] = 7
    comparison = compare(approval, made.plan(*DESIRED))

    assert not comparison.holds
    assert [str(step.address) for step in comparison.deviations] == ["paid.a"]
    assert [str(step.address) for step in comparison.plan.steps] == ["thing.c", "paid.b"]


def test_approval_does_not_hold_for_another_file() -> None:
    """Another declaration is another plan, even where its steps are the same."""
    made = desk()
    approval = approval_of(made.plan(*DESIRED), by="ann")
    other = [*DESIRED, resource("thing.other", size=5)]

    comparison = compare(approval, made.plan(*other))
    assert (comparison.holds, comparison.same_file, comparison.deviations) == (False, False, ())


@pytest.mark.parametrize("calls", range(4))
def test_approval_covers_what_an_interrupted_apply_left(calls: int) -> None:
    """However much was done, the rest is done under the same approval, nothing twice, nothing else."""
    made = desk()
    desired = [resource("paid.a", size=2), resource("paid.b"), resource("thing.c", size=1)]
    approval = approval_of(made.plan(*desired), by="ann")
    plan = made.plan(*desired)
    list(
        apply(
            plan,
            provider=made.portal,
            ledger=made.ledger,
            vault=ToyVault(),
            pace=QUICK,
            stop=lambda: Stop.SOON if len(made.portal.sent) >= calls else Stop.NO,
        )
    )
    rest = compare(approval, made.plan(*desired))
    assert rest.holds
    list(apply(rest.plan, provider=made.portal, ledger=made.ledger, vault=ToyVault(), pace=QUICK))

    assert made.plan(*desired).is_empty
    assert sorted(call.digest() for call in made.portal.sent) == sorted(call.digest() for call in plan.calls)


def test_approval_leaves_out_what_appeared_since() -> None:
    """A step that nobody reviewed is not made."""
    made = desk()
    plan = made.plan(*DESIRED)
    only = Address("paid", "a")
    part = replace(plan.preimage, steps={only: plan.preimage.steps[only]})
    approval = Approval(part.digest(), "ann", None, part)

    comparison = compare(approval, plan)
    assert [str(step.address) for step in comparison.plan.steps] == ["paid.a"]
    assert [str(address) for address in comparison.unapproved] == ["thing.c", "paid.b"]


def _plan_of(changed: int, live: int) -> Plan:
    desired = [
        Resource(Address("thing", f"t{n}"), {"size": int(n < changed)}, resource("thing.x").origin) for n in range(live)
    ]
    reading = Reading(tuple(Live(item.address, {"size": 0}) for item in desired), tuple(desired))
    ledger = Ledger(MemoryStore(), agency="toy")
    return make_plan(agency="toy", kinds=KINDS, declared=desired, reading=reading, history=ledger.history)


@pytest.mark.parametrize(
    ("changed", "live", "most", "refused"),
    [(3, 10, 0.3, False), (4, 10, 0.3, True), (9, 9, 0.3, False), (100, 100, 1.0, False), (31, 100, 0.3, True)],
)
def test_share_of_changes_is_refused_from_ten_objects_up(changed: int, live: int, most: float, refused: bool) -> None:  # noqa: FBT001
    """More of a kind than the share changes at once: refused; below ten objects a share says nothing."""
    found = refusals(_plan_of(changed, live), KINDS, recipients=("age1",), most_changed=most)

    assert [refusal.rule for refusal in found] == (["share-of-changes"] if refused else [])


def test_creations_count_towards_no_share() -> None:
    """A first apply of a hundred new objects is not a mass change."""
    plan = Desk().plan(*(resource(f"thing.t{n}") for n in range(100)))

    assert refusals(plan, KINDS, recipients=("age1",), most_changed=0.01) == ()
