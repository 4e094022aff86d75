"""Random use of a portal that runs as a process: a sample of `make soak`, counted and not timed."""

import asyncio
import time
from pathlib import Path

import pytest
from sampling import Part, part, seed
from soak import judging
from soak.process import Figures, Process, portal
from soak.soaking import Pace, Tally, soak

SHOTS = 300 if part() is Part.SAMPLE else 3_000


@pytest.mark.long
def test_random_use_is_no_mistake_of_the_portal(tmp_path: Path) -> None:
    """No 5xx but those that a fault was asked for, no traceback, and no connection that outlives its client."""
    tally = Tally()
    with portal(tmp_path) as process:
        before = process.figures()
        asyncio.run(_phase(process, tally))
        _wait_until_alone(process, before)

        assert tally.failures == []
        assert process.complaints() == []
    assert tally.shots >= SHOTS
    assert {"2xx", "4xx", "none"} <= tally.classes().keys()


def test_growth_is_that_of_the_last_quarter_over_the_second() -> None:
    """The first quarter warms up; a leak of a tenth afterwards is a problem, a steady size is none."""
    warm = [50, 60, 70, 80]

    assert judging.problems(_samples(*warm, *[90] * 12)) == []
    assert judging.problems(_samples(*warm, *[90] * 8, *[99] * 4)) == [
        "memory grew to 1.100 of the second quarter, more than 1.05"
    ]
    leaking = [Figures(90, 10 * number, 1, 0.0) for number in range(16)]
    assert judging.problems(leaking) == ["descriptors grew from 55 to 135"]


async def _phase(process: Process, tally: Tally) -> None:
    pace = Pace(shots=SHOTS, rate=None, patience=2.0)
    await soak(process.world, tally, seed=seed(), pace=pace, is_over=lambda: tally.shots >= SHOTS)


def _wait_until_alone(process: Process, before: Figures) -> None:
    """Wait until the descriptors of all connections are closed again."""
    end = time.monotonic() + 600
    while process.figures().descriptors > before.descriptors:
        assert time.monotonic() < end
        time.sleep(0.05)


def _samples(*kilobytes: int) -> list[Figures]:
    return [Figures(each, 12, 1, 0.0) for each in kilobytes]
