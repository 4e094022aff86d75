"""A crash during the recovery from a crash: at every boundary of the recovery."""

import pytest
from crash.scenarios import ADDED, SCENARIOS, Scenario
from crash.stage import WINDOW_OPEN, WINDOW_OVER, Stage
from sampling import numbered, sampled

_TRIPLES = [
    (scenario, fault, first)
    for scenario in SCENARIOS
    for fault in ("none", "answer-dropped", "late-commit", "stale-list")
    for first in ("send:before", "answer")
] + [
    (scenario, fault, "answer")
    for scenario in ADDED
    for fault in ("answer-dropped", "late-commit")
    if scenario.actions and scenario.name != "free"
]
SAMPLE_CASES = 19  # of the cases every nineteenth is in the sample: no divisor of the number of faults
CASES = [
    numbered(scenario, fault, first, place=place, every=SAMPLE_CASES, id=f"{scenario.name}-{fault}-{first}")
    for place, (scenario, fault, first) in enumerate(_TRIPLES)
]
STRIDE = {"everything": 9, "whole-portal": 15}  # odd, so that both windows and both policies have their turn
MOST = 200
SAMPLE = 17


@pytest.mark.long
@pytest.mark.parametrize(("scenario", "fault", "first", "start"), CASES)
def test_recovery_killed_at_every_boundary_converges_to_one_charge(
    stage: Stage, scenario: Scenario, fault: str, first: str, start: int | None
) -> None:
    """Whoever picks up the pieces may end as well: the pieces are still all there."""
    stage.prepare(scenario)
    begin = _first(stage, fault, first)
    for number in sampled(range(1, MOST, STRIDE.get(scenario.name, 3)), every=SAMPLE, start=start):
        stage.begin(fault, resend=number % 4 < 2)
        assert stage.apply_killed(begin).is_dead
        stage.let_window_pass()
        boundaries = stage.apply_killed(number, WINDOW_OPEN if number % 2 else WINDOW_OVER)
        stage.let_window_pass()
        stage.converge()
        stage.judge()
        if not boundaries.is_dead:
            return
    raise AssertionError("a run has no end")


def _first(stage: Stage, fault: str, name: str) -> int:
    """The number of the first boundary of that name: the kill that leaves an open intent."""
    stage.begin("none" if fault != "429" else fault, resend=False)
    return stage.apply_killed(None).names.index(name) + 1
