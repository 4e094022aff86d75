"""Ctrl-C at a terminal, once and twice, and a child that is killed: nothing is charged twice, and no child is left."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import forks
import pytest
import requests
from fleet import workers
from fleets import Fleet, statuses
from terminals import Terminal

PAID = "plan: {tier: plus, billing: monthly, contacts: 1000}"
APPLY = ("apply", "--auto-approve", "--allow", "billed,guard")
NAMES = ("a", "b", "c")
pytestmark = pytest.mark.rest


def declare(fleet: Fleet) -> None:
    """Write three agencies with a paid account each; two of them run at a time."""
    fleet.write(keys=["north"], concurrency=2)
    for name in NAMES:
        path = fleet.agency(f"north/{name}", [f"acct-{name}"])
        path.write_text(path.read_text("utf-8").replace("plan: {tier: trial}", PAID), encoding="utf-8")


@contextmanager
def two_calls_under_way(fleet: Fleet) -> Iterator[tuple[Terminal, forks.Process, dict[str, int]]]:
    """Apply the fleet; yield when the portal has created two accounts, and has answered neither of the calls."""
    declare(fleet)
    fault = {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 2, "seconds": None}
    fleet.faults("north", fault)
    environment = {**fleet.environment, "XDG_STATE_HOME": str(fleet.folder / ".state")}
    with Terminal(100) as terminal:
        line = ("fleet", *APPLY, "-f", "fleet.yaml")
        process = terminal.start(*line, folder=fleet.folder, environment=environment)
        forks.wait_until(lambda: len(fleet.accounts("north")) == 2, "two accounts")
        yield terminal, process, children_of(process.pid)


def children_of(pid: int) -> dict[str, int]:
    """The children that run, by the name of their agency."""
    found = [each.read_text("ascii") for each in Path(f"/proc/{pid}/task").glob("*/children")]
    lines = {child: Path(f"/proc/{child}/cmdline").read_text("utf-8") for child in " ".join(found).split()}
    return {name: int(child) for child, line in lines.items() for name in NAMES if f"north/{name}/" in line}


def lives(pid: int) -> bool:
    """Whether a process has not ended."""
    return Path(f"/proc/{pid}").exists()


def types_of(fleet: Fleet, name: str) -> Counter[str]:
    """How many entries of each type the ledger of an agency has."""
    return Counter(entry["type"] for entry in workers.ledger_entries(fleet, f"north/{name}"))


def latest(fleet: Fleet) -> dict[str, Any]:
    """The report of the latest run."""
    found: dict[str, Any] = json.loads(fleet.run("status", "--run", "latest", "--json").out)
    return found


def check_charged_once(fleet: Fleet) -> None:
    """Ask the portal's own book."""
    book = requests.get(f"{fleet.portals['north'].url}/_portal/charges", timeout=600).json()["charges"]
    assert Counter(row["account"] for row in book) == {f"acct-{name}": 1 for name in NAMES}


def test_one_interrupt_lets_running_agencies_end_their_calls_and_the_rest_goes_on_later(fleet: Fleet) -> None:
    """The calls under way are answered and recorded; exit 130; the command that is named goes on with all the rest."""
    with two_calls_under_way(fleet) as (terminal, process, children):
        terminal.press_interrupt()
        terminal.wait_for("stopping:")
        fleet.faults("north")
        assert terminal.wait(process) == 130
        shown = terminal.lines

    assert not any(map(lives, children.values()))
    assert statuses(latest(fleet)) == {"north/a": "interrupted", "north/b": "interrupted", "north/c": "not_started"}
    for name in ("a", "b"):
        assert types_of(fleet, name)["intent"] == types_of(fleet, name)["outcome"] == 1
    assert [line for line in shown if line.startswith("stopping:")], "it stays above the report"
    assert not [line for line in shown if line.endswith(" waiting")], "nothing of the view is left"
    assert shown[-2] == "Next: agencyfile fleet retry --rest"
    assert fleet.run("retry", "--rest").code == 0
    check_charged_once(fleet)


def test_second_interrupt_ends_soon_and_what_is_open_is_settled_without_a_second_charge(fleet: Fleet) -> None:
    """Nobody answers the calls, so they are recorded as unknown; a retry leaves them alone, an apply settles them."""
    with two_calls_under_way(fleet) as (terminal, process, children):
        for word in ("stopping:", "stopping now:"):
            terminal.press_interrupt()
            terminal.wait_for(word)
        code = terminal.wait(process)

    assert not any(map(lives, children.values()))
    report = latest(fleet)
    assert statuses(report) == {"north/a": "unknown", "north/b": "unknown", "north/c": "not_started"}, report
    assert code == 5
    before = len(fleet.requests("north"))
    assert fleet.run("retry").code == 5
    assert len(fleet.requests("north")) == before
    fleet.faults("north")
    assert fleet.run(*APPLY).code == 0
    check_charged_once(fleet)


def test_two_interrupts_at_once_count_as_two(fleet: Fleet) -> None:
    """A child hears both, though the fleet passes them on at the same moment."""
    with two_calls_under_way(fleet) as (terminal, process, children):
        process.send_signal(signal.SIGSTOP)
        for number in (signal.SIGINT, signal.SIGTERM):
            process.send_signal(number)
        process.send_signal(signal.SIGCONT)
        assert terminal.wait(process) == 5  # without an answer: a child that had heard one would wait for it

    assert not any(map(lives, children.values()))


def test_child_that_is_killed_is_reported_and_its_retry_charges_nothing_twice(fleet: Fleet) -> None:
    """The other one ends as it would, no further one is started, status and retry know which one it was."""
    with two_calls_under_way(fleet) as (terminal, process, children):
        os.kill(children["a"], signal.SIGKILL)
        terminal.wait_for("north/a: interrupted")
        fleet.faults("north")
        assert terminal.wait(process) == 130

    report = latest(fleet)
    assert statuses(report) == {"north/a": "interrupted", "north/b": "done", "north/c": "not_started"}
    assert report["agencies"][0]["problem"] == "signal 9 ended the run"
    assert "interrupted" in fleet.run("status", "north/a").out
    again = fleet.report("retry", "--rest")
    assert statuses(again) == {"north/a": "done", "north/c": "done"}
    check_charged_once(fleet)
