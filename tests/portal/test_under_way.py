"""Requests under way are ended: each at its moment, by one thread for all of them."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from agencyfile.portal.http.passage import Passage
from agencyfile.portal.http.under_way import UnderWay

LONG = 3600.0


@pytest.fixture
def under_way() -> Iterator[UnderWay]:
    """One without a request."""
    made = UnderWay()
    yield made
    made.close()


def wait_for_end(passage: Passage) -> None:
    """Wait until it is ended."""
    while not passage.is_ended:
        time.sleep(0.001)


def threads() -> set[threading.Thread]:
    """The threads that watch, those of other tests included, which are about to end."""
    return {thread for thread in threading.enumerate() if thread.name == "under-way"}


def test_request_is_ended_at_its_moment_though_a_longer_one_began_first(under_way: UnderWay) -> None:
    """The thread is woken for it, and leaves the longer one alone."""
    long, short = Passage(), Passage()
    with under_way.within(LONG, long) as later, under_way.within(0.01, short) as alarm:
        wait_for_end(short)

        assert (alarm.is_rung, later.is_rung, long.is_ended) == (True, False, False)


def test_request_after_an_idle_time_is_ended_at_its_moment(under_way: UnderWay) -> None:
    """Whether the thread had something to wait for, or not."""
    for seconds in (0.0, LONG, 0.001, 0.001):
        passage = Passage()
        with under_way.within(seconds, passage):
            if seconds < LONG:
                wait_for_end(passage)
        time.sleep(0.002)


def test_request_that_is_over_is_not_ended(under_way: UnderWay) -> None:
    """Its connection may serve the next one."""
    while True:
        over, other = Passage(), Passage()
        with under_way.within(0.05, over) as alarm:
            pass
        if time.monotonic() < alarm.at:  # else the machine was too busy
            break
    with under_way.within(0.1, other):
        wait_for_end(other)

    assert (alarm.is_rung, over.is_ended) == (False, False)


def test_abort_ends_requests_under_way_and_those_that_begin_later(under_way: UnderWay) -> None:
    """No alarm has rung: they were not too slow."""
    now, later = Passage(), Passage()
    with under_way.within(LONG, now) as alarm:
        under_way.abort()
    with under_way.within(LONG, later):
        pass

    assert (now.is_ended, later.is_ended, alarm.is_rung) == (True, True, False)


def test_thread_is_one_for_many_requests_and_ends_with_close(under_way: UnderWay) -> None:
    """And a request after that is watched again."""
    before = threads()
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(under_way.within(LONG, Passage()))
        (watching,) = threads() - before
    under_way.close()
    watching.join()
    late = Passage()
    with under_way.within(0.01, late):
        wait_for_end(late)
