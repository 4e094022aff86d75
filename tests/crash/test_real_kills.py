"""The same boundaries, by a real SIGKILL of a real process that speaks real HTTP."""

import pytest
from crash.driver import Driver
from crash.scenarios import SCENARIOS, Scenario
from crash.stage import Stage

CASES = [
    pytest.param(scenario, fault, id=f"{scenario.name}-{fault}")
    for scenario in SCENARIOS
    for fault in ("none", "answer-dropped")
]
STRIDE = {"everything": 4}  # of its many boundaries, every fourth
MOST = 200


@pytest.mark.parametrize(("scenario", "fault"), CASES)
def test_apply_killed_by_sigkill_converges_to_one_charge(
    stage: Stage, driver: Driver, scenario: Scenario, fault: str
) -> None:
    """A process that is gone in an instant leaves a ledger that the next one goes on from."""
    stage.prepare(scenario)
    for number in range(1, MOST, STRIDE.get(scenario.name, 1)):
        stage.begin(fault, resend=number % 2 == 0)
        was_killed = stage.apply_killed_for_real(driver, number)
        stage.converge()
        stage.judge()
        if not was_killed:
            return
    raise AssertionError("a run has no end")
