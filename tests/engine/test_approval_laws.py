"""Laws of approvals, over random agencies and whatever became of the portal since."""

from engine.strategies import agencies, portals
from engine.test_manual_steps import Desk
from hypothesis import given

from plan import Address, Plan, Resource, Value
from plan.approval import approval_of, compare
from plan.plan import call_digests

Objects = dict[Address, dict[str, Value]]


def plan_of(desired: list[Resource], objects: Objects) -> Plan:
    """The plan of an agency against these objects, by an empty ledger."""
    desk = Desk()
    desk.portal.objects = objects
    return desk.plan(*desired)


@given(agencies(), portals())
def test_approval_of_a_plan_holds_for_that_very_plan(desired: list[Resource], objects: Objects) -> None:
    """All of it, and nothing but it."""
    plan = plan_of(desired, objects)
    comparison = compare(approval_of(plan, by="ann"), plan)

    assert comparison.holds
    assert comparison.plan == plan
    assert (comparison.settled, comparison.unapproved) == ((), ())


@given(agencies(), portals(), portals())
def test_approval_lets_nothing_through_that_was_not_approved(
    desired: list[Resource], before: Objects, after: Objects
) -> None:
    """Whatever changed: what still stands is approved call by call, on objects that are as they were."""
    approval = approval_of(plan_of(desired, before), by="ann")
    fresh = plan_of(desired, after)
    comparison = compare(approval, fresh)

    for step in comparison.plan.steps:
        then = approval.steps[step.address]
        calls = call_digests(step)
        assert calls == then.calls[len(then.calls) - len(calls) :]
        assert step.basis == then.basis or len(calls) < len(then.calls)
        assert step.address in before or step.address not in after


@given(agencies(), portals(), agencies(), portals())
def test_approval_sorts_every_step_into_one_place(
    desired: list[Resource], before: Objects, others: list[Resource], after: Objects
) -> None:
    """Standing, deviating, waiting or settled; what nobody approved is named, and in none of them."""
    approval = approval_of(plan_of(desired, before), by="ann")
    fresh = plan_of(others, after)
    comparison = compare(approval, fresh)
    places = [
        [step.address for step in comparison.plan.steps],
        [step.address for step in comparison.deviations],
        list(comparison.waiting),
        list(comparison.settled),
    ]
    found = [address for place in places for address in place]

    assert sorted(found) == sorted(approval.steps)
    assert {*comparison.unapproved} == {step.address for step in fresh.steps} - approval.steps.keys()
    if comparison.holds:
        left = {step.address for step in comparison.plan.steps}
        unmet = {to for step in comparison.plan.steps for to in step.after} - left
        assert unmet.isdisjoint(step.address for step in fresh.steps)
