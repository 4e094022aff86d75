"""`apply -json`: one JSON object for each event on standard output, real applies, failures included."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from published import mistakes_in_event
from rehearsal import Rehearsal
from stories import LAB, agency, live_account

APPROVED = ("-auto-approve", "--allow", "billed,guard")


def events_of(out: str) -> list[dict[str, Any]]:
    """Every line is an event, and the last one ends the stream."""
    found = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] in ("finished", "error") for event in found] == [False] * (len(found) - 1) + [True]
    return found


def test_apply_tells_every_event_of_a_clean_run(rehearsal: Rehearsal) -> None:
    """Plan, calls with their outcomes, provisioning, what is done, and the sums; a person reads standard error."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))

    ran = rehearsal.run("apply", "-json", *APPROVED)

    events = events_of(ran.out)
    assert ran.code == 0
    assert events[0]["event"] == "planned"
    assert events[0]["summary"]["charges_now"] == ["50.00 USD"]
    started, ended = (
        [(event["address"], event["operation"]) for event in events if event["event"] == name]
        for name in ("call_started", "call_ended")
    )
    assert (
        started
        == ended
        == [("sandbox.lab", "account_add"), ("snapshot.base", "snapshot_create"), ("account.acme", "account_add")]
    )
    assert [event["address"] for event in events if event["event"] == "done"] == events[-1]["done"]
    assert events[-1]["calls"] == {"predicted": 3, "made": 3}
    assert events[-1]["charges"] == {"predicted": ["50.00 USD"], "made": ["50.00 USD"]}
    assert events[-1]["exit_code"] == 0
    assert "Applied: 4 done." in ran.err
    assert "+ account.acme" in ran.err


def test_apply_tells_no_login(rehearsal: Rehearsal) -> None:
    """The password of a new account, its user and the parameters of calls are nobody's business."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    ran = rehearsal.run("apply", "-json", *APPROVED)
    login = rehearsal.reveal("acme")

    assert login["password"] not in ran.out + ran.err
    assert login["login_url"] not in ran.out
    assert "acme@client.example" not in ran.out


def test_apply_tells_what_failed_and_what_was_left_out(rehearsal: Rehearsal) -> None:
    """A refused call, the dependants that it ends, the charges that it ends."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base", beta=""))
    rehearsal.faults({"action": "snapshot_create", "nth": 1, "times": None, "kind": "rate_limited", "retry_after": 0})

    ran = rehearsal.run("apply", "-json", *APPROVED)

    events = events_of(ran.out)
    by_name = {event["event"]: event for event in events}
    assert ran.code == events[-1]["exit_code"] != 0
    assert by_name["failed"]["address"] == "snapshot.base"
    assert "account.acme" in events[-1]["not_started"]
    assert events[-1]["complete"] is False


def test_apply_tells_what_is_unknown_and_then_what_it_came_to(rehearsal: Rehearsal) -> None:
    """A lost answer is unknown; the next run tells how it was settled before it plans."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "kind": "drop_after_commit"})
    first = rehearsal.run("apply", "-json", *APPROVED)
    rehearsal.faults()

    second = rehearsal.run("apply", "-json", *APPROVED)

    assert first.code == 5
    assert "account.acme" in events_of(first.out)[-1]["unknown"]
    settled, planned, finished = events_of(second.out)
    assert (settled["event"], settled["address"], settled["state"]) == ("settled", "account.acme", "confirmed")
    assert (planned["event"], planned["summary"]["create"]) == ("planned", 0)
    assert finished["exit_code"] == second.code == 0


@pytest.mark.parametrize(
    ("arguments", "text", "code"),
    [
        ((), "nobody has approved", 4),
        (("-auto-approve",), "does not cover", 4),
        ((*APPROVED, "--max-spend", "1 USD"), "over the budget", 3),
        (("--approved", "pln_other"), "", 4),
        (("no-such-plan.json",), "cannot be read", 1),
    ],
)
def test_apply_that_is_not_begun_tells_why(
    rehearsal: Rehearsal, arguments: tuple[str, ...], text: str, code: int
) -> None:
    """A last line stands there in any case, and the reason in it."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("apply", "-json", *arguments)

    assert ran.code == code
    assert text in events_of(ran.out)[-1]["message"]
    assert rehearsal.writes() == []


def test_apply_with_nothing_to_do_tells_that(rehearsal: Rehearsal) -> None:
    """A plan without changes, and an end."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    planned, finished = events_of(rehearsal.run("apply", "-json").out)

    assert planned["summary"]["update"] == 0
    assert finished["calls"] == {"predicted": 0, "made": 0}
    assert finished["complete"]


def test_apply_of_an_invalid_file_tells_where_the_reasons_are(rehearsal: Rehearsal) -> None:
    """Diagnostics are a person's: `validate --json` has them for programs."""
    rehearsal.write("version: 2\n")

    (error,) = events_of(rehearsal.run("apply", "-json").out)

    assert error["message"] == "standard error has the reasons"


def test_apply_whose_reader_goes_away_goes_on(rehearsal: Rehearsal) -> None:
    """What was begun is finished and recorded, whoever has stopped listening."""
    rehearsal.write(agency(rehearsal.recipient, **{f"client-{number}": "" for number in range(4)}))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": None, "kind": "late_answer", "seconds": 0.2})
    with _started(rehearsal.folder, rehearsal.environment, "apply", "-json", *APPROVED) as process:
        assert process.stdout
        first = process.stdout.readline()
        process.stdout.close()
        code = process.wait()

    assert mistakes_in_event(first) == []
    assert code == 0
    assert len(rehearsal.book("charges")) == 4
    rehearsal.faults()
    rehearsal.check_converged()


def _started(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "agencyfile", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
