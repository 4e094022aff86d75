"""Every boundary x every fault x every kind of call: run again until it converges, and read the portal's books."""

from collections import Counter
from functools import partial

import pytest
from crash.scenarios import ADDED, FAULTS, SCENARIOS, Scenario
from crash.stage import APPROVED, WINDOW_OPEN, Stage
from rehearsal import writes_of
from sampling import is_sampled, numbered, sampled, thinned

ALL = (*SCENARIOS, *ADDED)
_PAIRS = [(scenario, fault) for scenario in ALL for fault in (FAULTS if scenario.actions else ["none"])]
SAMPLE_CASES = 11  # of the cases every eleventh is in the sample: no divisor of the number of faults
CASES = [
    numbered(scenario, fault, place=place, every=SAMPLE_CASES, id=f"{scenario.name}-{fault}")
    for place, (scenario, fault) in enumerate(_PAIRS)
]
# Every boundary of every scenario at a portal without a fault; of many boundaries, and of those that are like others,
# only some at each fault. Strides are odd: the resend policy goes by the parity of the boundary's number.
STRIDE = {"everything": 5, "whole-portal": 7, "free": 5, **{scenario.name: 3 for scenario in ADDED[:-2]}}
MOST = 200  # boundaries of one run
KINDS = ("append:before", "append:torn", "append:after", "send:before", "answer", "send:after")
SAMPLE = 29
WHOLE = "account"  # calls are sent side by side, so only a run of one call meets every kind of boundary for sure


@pytest.mark.long
@pytest.mark.parametrize(("scenario", "fault", "start"), CASES)
def test_apply_killed_at_every_boundary_converges_to_one_charge(
    stage: Stage, scenario: Scenario, fault: str, start: int | None
) -> None:
    """Wherever a run ends: one charge, one grant, nothing lost, nothing unexplained, under either resend policy."""
    stage.prepare(scenario)
    stride = 1 if fault == "none" else STRIDE.get(scenario.name, 1)
    number = None
    for number in sampled(range(1, MOST, stride), every=_every(scenario, fault), start=start):
        stage.begin(fault, resend=number % 2 == 0)
        boundaries = stage.apply_killed(number)
        stage.converge()
        stage.judge()
        if not boundaries.is_dead:
            return
    assert number is None, "a run has no end"  # None: this part of the tests has no boundary of the case


def _every(scenario: Scenario, fault: object) -> int:
    return 1 if (scenario.name, fault) == (WHOLE, "none") else SAMPLE


def test_sample_of_the_matrix_ends_runs_at_every_kind_of_boundary(stage: Stage) -> None:
    """What `make test` leaves out is more of the same, and no kind of it."""
    met, known = Counter[str](), set[str]()
    for scenario, fault, start in (case.values for case in CASES):
        if fault == "none" and isinstance(scenario, Scenario) and isinstance(start, int):
            stage.prepare(scenario)
            stage.begin("none", resend=False)
            names = stage.apply_killed(None).names
            known |= set(names)
            is_met = partial(is_sampled, every=_every(scenario, fault), start=start)
            met.update(name for place, name in enumerate(names) if is_met(place))

    assert met.keys() == known == {*KINDS}, met


@pytest.mark.parametrize("scenario", thinned((pytest.param(one, id=one.name) for one in ALL), every=3))
def test_apply_left_alone_writes_what_its_plan_predicted(stage: Stage, scenario: Scenario) -> None:
    """Law 2: the writes that the portal recorded are those of the plan, and the second apply has none."""
    stage.prepare(scenario)
    stage.begin("none", resend=False)
    predicted = writes_of(stage.plan())

    assert stage.run("apply", *APPROVED).code == 0

    assert sorted(_as_recorded(call) for call in predicted) == sorted(stage.writes())
    stage.judge()


def _as_recorded(call: tuple[str, str]) -> tuple[str, str]:
    """The deletion of a snapshot stands in the portal's book under its sandbox."""
    operation, name = call
    return (operation, "lab") if operation == "snapshot_delete" else (operation, name.partition(".")[0])


@pytest.mark.parametrize("name", ["upgrade", "cancel", "snapshot-delete"])
def test_apply_on_a_stale_list_after_a_confirmed_call_sends_it_no_second_time(stage: Stage, name: str) -> None:
    """What the portal has confirmed is not sent again because a list does not show it yet, while that may be so."""
    window = {"AGENCYFILE_SETTLE": WINDOW_OPEN}
    (scenario,) = (scenario for scenario in ALL if scenario.name == name)
    stage.prepare(scenario)
    stage.begin("none", resend=False)
    assert stage.run("apply", *APPROVED, environment=window).code == 0
    sent = stage.writes()
    stage.spoil("stale-list", scenario.actions)

    stage.run("apply", *APPROVED, environment=window)

    assert stage.writes() == sent
