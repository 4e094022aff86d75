"""The same boundaries, by a real SIGKILL of a real process that speaks real HTTP."""

import pytest
from crash.driver import Driver
from crash.scenarios import ADDED, SCENARIOS, Scenario
from crash.stage import Stage
from sampling import numbered, sampled

from plan.ledger import EntryType

KILLED = (*SCENARIOS, *(scenario for scenario in ADDED if scenario.name in ("template-by-login", "snapshot-delete")))
_PAIRS = [(scenario, fault) for scenario in KILLED for fault in ("none", "answer-dropped")]
SAMPLE_CASES = 7  # of the cases every seventh is in the sample: no divisor of the number of faults
CASES = [
    numbered(scenario, fault, place=place, every=SAMPLE_CASES, id=f"{scenario.name}-{fault}")
    for place, (scenario, fault) in enumerate(_PAIRS)
]
STRIDE = {"everything": 4}  # of its many boundaries, every fourth
MOST = 200
SAMPLE = 23


@pytest.mark.long
@pytest.mark.parametrize(("scenario", "fault", "start"), CASES)
def test_apply_killed_by_sigkill_converges_to_one_charge(
    stage: Stage, driver: Driver, scenario: Scenario, fault: str, start: int | None
) -> None:
    """A process that is gone in an instant leaves a ledger that the next one goes on from."""
    stage.prepare(scenario)
    for number in sampled(range(1, MOST, STRIDE.get(scenario.name, 1)), every=SAMPLE, start=start):
        stage.begin(fault, resend=number % 2 == 0)
        was_killed = stage.apply_killed_for_real(driver, number)
        stage.tally.kills += was_killed
        stage.converge()
        stage.judge()
        if not was_killed:
            return
    raise AssertionError("a run has no end")


@pytest.mark.long
@pytest.mark.parametrize("scenario", SCENARIOS[:3], ids=[scenario.name for scenario in SCENARIOS[:3]])
def test_run_that_ends_in_process_leaves_what_a_killed_process_leaves(
    stage: Stage, driver: Driver, scenario: Scenario
) -> None:
    """Who dies in this process is as dead as one that was killed: the same entries, the same writes, torn or not."""
    stage.prepare(scenario)
    for number in sampled(range(1, MOST), every=SAMPLE, start=SCENARIOS.index(scenario)):
        stage.begin("none", resend=False)
        is_dead = stage.apply_killed(number).is_dead
        left = _left(stage)
        stage.begin("none", resend=False)
        assert stage.apply_killed_for_real(driver, number) is is_dead
        assert _left(stage) == left
        if not is_dead:
            return


def _left(stage: Stage) -> tuple[list[EntryType], bool, list[tuple[str, str]]]:
    content = stage.ledger.read_bytes() if stage.ledger.exists() else b""
    return [entry.type for entry in stage.entries()], content.endswith(b"\n"), stage.writes()
