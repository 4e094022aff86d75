"""Every boundary x every fault x every kind of call: run again until it converges, and read the portal's books."""

import pytest
from crash.scenarios import FAULTS, SCENARIOS, Scenario
from crash.stage import APPROVED, Stage
from rehearsal import writes_of

CASES = [pytest.param(scenario, fault, id=f"{scenario.name}-{fault}") for scenario in SCENARIOS for fault in FAULTS]
STRIDE = {"everything": 3}  # its many boundaries are those of the others: every one of them once, else every third
MOST = 200  # boundaries of one run


@pytest.mark.parametrize(("scenario", "fault"), CASES)
def test_apply_killed_at_every_boundary_converges_to_one_charge(stage: Stage, scenario: Scenario, fault: str) -> None:
    """Wherever a run ends: one charge, one grant, nothing lost, nothing unexplained, under either resend policy."""
    stage.prepare(scenario)
    stride = 1 if fault == "none" else STRIDE.get(scenario.name, 1)
    for number in range(1, MOST, stride):
        stage.begin(fault, resend=number % 2 == 0)
        boundaries = stage.apply_killed(number)
        stage.converge()
        stage.judge()
        if not boundaries.is_dead:
            return
    raise AssertionError("a run has no end")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_apply_left_alone_writes_what_its_plan_predicted(stage: Stage, scenario: Scenario) -> None:
    """Law 2: the writes that the portal recorded are those of the plan, and the second apply has none."""
    stage.prepare(scenario)
    stage.begin("none", resend=False)
    predicted = writes_of(stage.plan())

    assert stage.run("apply", *APPROVED).code == 0

    assert sorted((operation, name.partition(".")[0]) for operation, name in predicted) == sorted(stage.writes())
    stage.judge()


@pytest.mark.parametrize("name", ["upgrade", "cancel"])
def test_apply_on_a_stale_list_after_a_confirmed_call_sends_it_no_second_time(stage: Stage, name: str) -> None:
    """What the portal has confirmed is not sent again because a list does not show it yet."""
    (scenario,) = (scenario for scenario in SCENARIOS if scenario.name == name)
    stage.prepare(scenario)
    stage.begin("none", resend=False)
    assert stage.run("apply", *APPROVED).code == 0
    sent = stage.writes()
    stage.spoil("stale-list", scenario.actions)

    stage.run("apply", *APPROVED)

    assert stage.writes() == sent
