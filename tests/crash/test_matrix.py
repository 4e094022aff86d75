"""Every boundary x every fault x every kind of call: run again until it converges, and read the portal's books."""

import pytest
from crash.scenarios import FAULTS, SCENARIOS, Scenario
from crash.stage import Stage

CASES = [pytest.param(scenario, fault, id=f"{scenario.name}-{fault}") for scenario in SCENARIOS for fault in FAULTS]
MOST = 200  # boundaries of one run


@pytest.mark.parametrize(("scenario", "fault"), CASES)
def test_apply_killed_at_every_boundary_converges_to_one_charge(stage: Stage, scenario: Scenario, fault: str) -> None:
    """Wherever a run ends: one charge, one grant, nothing lost, nothing unexplained, under either resend policy."""
    stage.prepare(scenario)
    for number in range(1, MOST):
        stage.begin(fault, resend=number % 2 == 0)
        boundaries = stage.apply_killed(number)
        stage.converge(fault)
        stage.judge()
        if not boundaries.is_dead:
            return
    raise AssertionError("a run has no end")
