"""A portal that answers without end: capped, with what was capped and how to raise it."""

import gzip
import json
import resource
import signal
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import forks
import pytest
from hostile_proxy import Rule, answer, raw
from rehearsal import Rehearsal
from stories import LAB, agency

APPROVED = ("-auto-approve", "--allow", "billed,permanent,guard")
FOR_EVER = 1_000_000


@pytest.mark.attack("B13", "an answer of 0.4 MB that unpacks to 400 MB")
def test_bomb_is_capped_by_what_it_unpacks_to(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """Less than half a megabyte that unpacks to 400: neither read whole nor read four times."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    bomb = gzip.compress(b" " * 400_000_000, 9)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with over(Rule("account_list", answer(200, bomb, Content_Encoding="gzip"), times=FOR_EVER)) as proxy:
        ran = rehearsal.run("plan")

    assert ran.code == 1, ran
    assert "larger than 33,554,432 bytes" in ran.err
    assert "AGENCYFILE_LIMIT_BYTES" in ran.err
    assert proxy.sent("account_list") == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB; whole it would be 400,000


@pytest.mark.attack("B13", "an answer that comes one byte at a time")
def test_answer_that_drips_is_capped_by_its_time(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """A byte now and then never runs into a timeout between bytes."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    slow = Rule("account_list", answer(200, b" " * 1000), forward=False, drip=0.1, times=FOR_EVER)
    with over(slow):
        ran = rehearsal.run("plan", environment={"AGENCYFILE_LIMIT_SECONDS": "1"})

    assert ran.code == 1, ran
    assert "took longer than 1 seconds" in ran.err
    assert "AGENCYFILE_LIMIT_SECONDS" in ran.err


def test_write_whose_answer_drips_is_unknown(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """The call has left; its answer never came whole."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    with over(Rule("account_add", drip=0.1)):
        ran = rehearsal.run("apply", *APPROVED, environment={"AGENCYFILE_LIMIT_SECONDS": "1"})

    assert ran.code == 5, ran
    assert len(rehearsal.book("charges")) == 1


@pytest.mark.attack("B13", "a list with something new on every page")
def test_list_with_something_new_on_every_page_ends(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """Bounded by what is possible, with the way to raise it."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    numbers = count()

    def page(_: bytes) -> bytes | None:
        row = {"account": f"client{next(numbers)}", "planid": "1"}
        return answer(200, json.dumps({"result_code": 1, "accounts": [row]}).encode())(b"")

    with over(Rule("account_list", page, forward=False, times=FOR_EVER)) as proxy:
        ran = rehearsal.run("plan", environment={"AGENCYFILE_LIMIT_PAGES": "50"})

    assert ran.code == 1, ran
    assert "goes on after 50 pages" in ran.err
    assert "AGENCYFILE_LIMIT_PAGES" in ran.err
    assert proxy.sent("account_list") == 50


def test_list_without_end_while_an_account_is_provisioned_stops_no_apply(
    rehearsal: Rehearsal, over: Callable[..., Any]
) -> None:
    """One look at the list was capped; the next one shows the account."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    numbers = count()

    def page(real: bytes) -> bytes | None:
        if not rehearsal.book("charges") or next(numbers) > 30:
            return real
        row = {"account": f"ghost{next(numbers)}", "planid": "1"}
        return answer(200, json.dumps({"result_code": 1, "accounts": [row]}).encode())(b"")

    with over(Rule("account_list", page, times=FOR_EVER)):
        ran = rehearsal.run("apply", *APPROVED, environment={"AGENCYFILE_LIMIT_PAGES": "5"})

    assert ran.code == 0, ran
    assert "bug in agencyfile" not in ran.err


@pytest.mark.attack("B13", "a cursor that changes for ever")
def test_cursor_that_changes_for_ever_ends(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """Pages that name another one and bring nothing new are no list."""
    rehearsal.write(agency(rehearsal.recipient, LAB))
    numbers = count()

    def page(_: bytes) -> bytes | None:
        return answer(200, json.dumps({"snapshots": None, "next_cursor": f"c{next(numbers)}"}).encode())(b"")

    with over(Rule("GET /api/child-account-snapshots/v1/", page, forward=False, times=FOR_EVER)) as proxy:
        ran = rehearsal.run("plan")

    assert ran.code == 1, ran
    assert "brought nothing new" in ran.err
    assert proxy.sent("GET /api/child-account-snapshots") < 20


@pytest.mark.attack("B13", "a reading that takes too long as a whole")
def test_reading_that_takes_too_long_as_a_whole_ends(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """Each page comes in time, all of them do not."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    numbers = count()

    def page(_: bytes) -> bytes | None:
        time.sleep(0.1)
        row = {"account": f"client{next(numbers)}", "planid": "1"}
        return answer(200, json.dumps({"result_code": 1, "accounts": [row]}).encode())(b"")

    with over(Rule("account_list", page, forward=False, times=FOR_EVER)):
        ran = rehearsal.run("plan", environment={"AGENCYFILE_LIMIT_READ": "0.5"})

    assert ran.code == 1, ran
    assert "longer than 0.5 seconds" in ran.err
    assert "AGENCYFILE_LIMIT_READ" in ran.err


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Fri, 31 Dec 99999 23:59:59 GMT", "cannot be read"),
        ("-5", "cannot be read"),
        ("soon", "cannot be read"),
    ],
)
def test_retry_after_that_cannot_be_read_is_ignored_and_said(
    rehearsal: Rehearsal, over: Callable[..., Any], header: str, words: str
) -> None:
    """The plan is made; a line says what was ignored."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    with over(Rule("account_list", answer(429, b"", Retry_After=header), forward=False)):
        ran = rehearsal.run("plan")

    assert ran.code == 0, ran
    assert words in ran.err


@pytest.mark.parametrize("header", ["31536000", "9" * 40])
def test_pause_of_a_year_is_capped_said_and_ended_by_ctrl_c(
    rehearsal: Rehearsal, over: Callable[..., Any], header: str
) -> None:
    """The first Ctrl-C ends it; the call was answered by 429 and is open; the lease is given back."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    with over(Rule("account_add", answer(429, b"", Retry_After=header), forward=False)) as proxy:
        process = forks.start("apply", *APPROVED, folder=rehearsal.folder, environment=rehearsal.environment)
        forks.wait_until(lambda: proxy.sent("account_add"), "the creation, which is answered by 429")
        forks.wait_until(lambda: "more than 120 seconds" in process.out + process.err, "the pause is said")
        process.send_signal(signal.SIGINT)
        ran = process.wait()

    assert ran.code == 5, ran
    assert "bug in agencyfile" not in ran.out + ran.err
    assert '"release"' in rehearsal.ledger.read_text()


def test_request_under_way_is_ended_by_the_second_ctrl_c(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """The first is for waits, the second for everything but the append: the outcome is recorded as unknown."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    with over(Rule("account_add", raw(b""))):  # the portal has done it, and nothing is answered
        process = forks.start("apply", *APPROVED, folder=rehearsal.folder, environment=rehearsal.environment)
        forks.wait_until(lambda: rehearsal.book("charges"), "the charge, which is never answered")
        process.send_signal(signal.SIGINT)
        forks.wait_until(lambda: "stopping:" in process.err, "the first signal is taken")
        assert process.is_running()
        process.send_signal(signal.SIGINT)
        ran = process.wait()

    assert ran.code == 5, ran
    assert "recorded as unknown" in ran.out + ran.err
    assert '"unknown"' in rehearsal.ledger.read_text()
