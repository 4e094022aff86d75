"""The rate limit: smooth, shared, obedient."""

import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from agencyfile.portal.http.rate_limit import Closed, RateLimit


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> bool:
        """Move on."""
        self.slept.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def fake() -> FakeTime:
    """Time in our hands."""
    return FakeTime()


def test_rate_limit_lets_one_go_per_interval(fake: FakeTime) -> None:
    """No window of one second holds more than the rate."""
    limit = RateLimit(5, clock=fake.clock, sleep=fake.sleep)
    taken = []
    for _ in range(11):
        limit.acquire()
        taken.append(fake.now)

    gaps = [after - before for before, after in pairwise(taken)]
    assert gaps == pytest.approx([0.2] * 10)


def test_rate_limit_does_not_save_up_idle_time(fake: FakeTime) -> None:
    """An idle second earns no burst."""
    limit = RateLimit(5, clock=fake.clock, sleep=fake.sleep)
    limit.acquire()
    fake.now += 10
    limit.acquire()
    limit.acquire()

    assert fake.slept == pytest.approx([0.2])


def test_rate_limit_paused_holds_everybody(fake: FakeTime) -> None:
    """One 429 holds all; a shorter pause does not shorten a longer one."""
    limit = RateLimit(5, clock=fake.clock, sleep=fake.sleep)
    limit.pause(3)
    limit.pause(1)
    limit.acquire()

    assert fake.now == pytest.approx(103)


def test_rate_limit_closed_ends_all_waiting() -> None:
    """Closing wakes whoever sleeps, and nobody goes any more."""
    limit = RateLimit(1)
    limit.pause(60)
    ended = []

    def wait() -> None:
        try:
            limit.acquire()
        except Closed:
            ended.append(True)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    limit.close()
    for thread in threads:
        thread.join(timeout=600)

    assert ended == [True] * 3
    with pytest.raises(Closed):
        limit.acquire()


def test_rate_limit_from_many_threads_keeps_the_rate() -> None:
    """The limit is shared."""
    limit = RateLimit(200)
    taken = []

    def work() -> None:
        for _ in range(10):
            limit.acquire()
            taken.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken.sort()
    assert len(taken) == 40
    assert taken[-1] - taken[0] >= 39 / 200 * 0.95


@pytest.mark.parametrize("rate", [4])
def test_rate_limit_under_a_portal_of_the_same_rate_meets_no_429(rate: int, account: Any) -> None:
    """A client inside the limit is never told to slow down."""
    from agencyfile.local_portal import Settings, running  # noqa: PLC0415
    from agencyfile.portal import Endpoint, open_reader  # noqa: PLC0415
    from plan.values import Secret  # noqa: PLC0415

    with running(Settings(rate_limit=rate, agency_key="key-a", hub_key="key-h")) as portal:
        endpoint = Endpoint(portal.agency_api, portal.hub_api, Secret("key-a"), rate_limit=rate * 5)
        with open_reader(endpoint) as reader:
            for _ in range(3):
                reading = reader.read([account("acme")])

    assert reading.reads == {"account_list": 2, "account_plans": 1}
