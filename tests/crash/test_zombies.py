"""A run that was stopped for longer than its lease, taken for dead, and then goes on: it must not get far."""

import pytest
from crash.scenarios import ADDED, SCENARIOS, Scenario
from crash.stage import Stage
from sampling import numbered, sampled

_PAIRS = [
    (scenario, fault)
    for scenario in (*SCENARIOS, *ADDED)
    for fault in (("none", "answer-dropped") if scenario.actions else ("none",))
]
SAMPLE_CASES = 19  # of the cases every nineteenth is in the sample: no divisor of the number of faults
CASES = [
    numbered(scenario, fault, place=place, every=SAMPLE_CASES, id=f"{scenario.name}-{fault}")
    for place, (scenario, fault) in enumerate(_PAIRS)
]
STRIDE = {"everything": 4, "whole-portal": 9, **{scenario.name: 3 for scenario in ADDED[:-1]}}
MOST = 200
SAMPLE = 17


@pytest.mark.long
@pytest.mark.parametrize(("scenario", "fault", "start"), CASES)
def test_run_that_lost_its_lease_on_the_way_charges_nothing_twice(
    stage: Stage, scenario: Scenario, fault: str, start: int | None
) -> None:
    """Whoever took its turn meanwhile and what it still does itself add up to one charge and one grant."""
    stage.prepare(scenario)
    for number in sampled(range(1, MOST, STRIDE.get(scenario.name, 1)), every=SAMPLE, start=start):
        stage.begin(fault, resend=number % 2 == 0)
        boundaries = stage.apply_as_zombie(number)
        stage.converge()
        stage.judge()
        if number > len(boundaries.names):
            return
    raise AssertionError("a run has no end")
