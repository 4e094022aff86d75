"""The first Ctrl-C at a terminal ends every wait: nobody waits for a portal that does not answer."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import forks
import pytest
import requests
from forks import wait_until
from rehearsal import Ran, Rehearsal
from sampling import thinned
from stories import agency
from terminals import Terminal

from plan import FileStore, Ledger

APPLY = ("apply", "-auto-approve", "--allow", "billed,guard")
FOR_EVER = {"kind": "late_answer", "seconds": None}
# Seconds. A portal that says nothing is given up after 60 s, and each read is tried four times.
GIVEN_UP = 45.0


@dataclass(frozen=True)
class Waiting:
    """A command that waits, and its terminal."""

    process: forks.Process
    terminal: Terminal

    def interrupt(self) -> Ran:
        """Press Ctrl-C once; the command ends before it would have given up by itself."""
        begun = time.monotonic()
        self.terminal.press_interrupt()
        code = self.terminal.wait(self.process)
        assert time.monotonic() - begun < GIVEN_UP, self.terminal.text
        return Ran(code, self.terminal.text, "")


@contextmanager
def started(rehearsal: Rehearsal, *words: str, **environment: str) -> Iterator[Waiting]:
    """Start a command at a terminal; it is hung up when the block ends."""
    with Terminal(width=120) as terminal:
        process = terminal.start(
            *words,
            "-f",
            rehearsal.file,
            folder=rehearsal.folder,
            environment={**rehearsal.environment, **environment},
        )
        yield Waiting(process, terminal)


def is_held(rehearsal: Rehearsal, kind: str = "late_answer") -> Callable[[], bool]:
    """Is there a request that met such a fault?"""
    return lambda: any(row["fault"] == kind for row in rehearsal.book("requests"))


def settings(rehearsal: Rehearsal, **words: object) -> None:
    """Change settings of the running portal."""
    requests.post(f"{rehearsal.portal.url}/_portal/settings", json=words, timeout=600).raise_for_status()


@pytest.fixture
def slow(rehearsal: Rehearsal) -> Any:
    """One new account, at a portal that needs an hour to make it."""
    settings(rehearsal, provisioning=3600.0)
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    yield rehearsal
    rehearsal.faults()
    settings(rehearsal, provisioning=0.05)


# The examination waits for answers, and never for a pause: it says that the portal asks for one.
READING: Final = (("plan",), ("drift",), ("accounts", "list"), APPLY)
PAUSE: Final = {"kind": "rate_limited", "retry_after": 3600}


@pytest.mark.parametrize(
    ("words", "fault"),
    thinned([(("doctor",), FOR_EVER), *((words, fault) for words in READING for fault in (FOR_EVER, PAUSE))], every=4),
    ids=str,
)
def test_ctrl_c_ends_a_command_that_reads_the_portal(
    slow: Rehearsal, words: tuple[str, ...], fault: Mapping[str, object]
) -> None:
    """While an answer is held back, and while the portal has asked for a pause: 130, nothing sent, no lease kept."""
    slow.faults({"action": "account_list", "nth": 1, "times": None, **fault})
    with started(slow, *words) as waiting:
        wait_until(is_held(slow, str(fault["kind"])), "the request that nobody answers")
        ran = waiting.interrupt()

    assert ran.code == 130, ran
    assert "interrupted" in ran.out
    assert "Traceback" not in ran.out
    assert slow.writes() == []


@pytest.mark.parametrize(
    "where",
    thinned(["between two looks", "during a look", "during the question for a price", "during a pause"], every=2),
)
def test_ctrl_c_ends_an_apply_that_waits(slow: Rehearsal, where: str) -> None:
    """The charge is recorded, the lease is given back, and the next apply goes on."""
    is_price = where.endswith("price")
    first = "600" if where == "between two looks" else "0.02"
    if is_price:  # a plan asks once; a charge asks again
        slow.environment["AGENCYFILE_RATE_LIMIT"] = "10000"
        slow.faults({"action": "account_plans", "nth": 2, **FOR_EVER})
    with started(slow, *APPLY, AGENCYFILE_WAIT_FIRST=first) as waiting:
        if is_price:
            wait_until(is_held(slow), "the question for a price")
        else:
            wait_until(lambda: '"outcome"' in _text(slow.ledger), "the outcome of the creation")
        if where == "during a look":
            slow.faults({"action": "account_list", "nth": 1, "times": None, **FOR_EVER})
            wait_until(is_held(slow), "the look")
        if where == "during a pause":
            slow.faults({"action": "account_list", "nth": 1, "times": None, **PAUSE})
            wait_until(is_held(slow, "rate_limited"), "the pause")
        ran = waiting.interrupt()

    ledger = Ledger(FileStore(slow.ledger), agency="northwind")
    assert ran.code == 130, ran
    assert "stopping:" in ran.out
    assert ledger.history.open_intents == {}
    assert ledger.history.lease is None
    assert len(slow.book("charges")) == (0 if is_price else 1)
    slow.faults()
    settings(slow, provisioning=0.0)
    if is_price:
        slow.apply()
    assert slow.run(*APPLY).code == 0
    assert len(slow.book("charges")) == 1


@pytest.mark.parametrize("where", ["between two looks", "during a look"])
def test_ctrl_c_ends_a_reconciliation_that_waits(slow: Rehearsal, where: str) -> None:
    """The call stays open, and the lease is given back."""
    slow.environment["AGENCYFILE_SETTLE"] = "3600"
    slow.faults({"action": "account_add", "kind": "drop_before_commit", "times": None})
    assert slow.run(*APPLY).code == 5
    slow.faults(*([{"action": "account_list", "times": None, **FOR_EVER}] if where == "during a look" else []))
    before = len(slow.book("requests"))
    with started(slow, "ledger", "reconcile", "--wait", AGENCYFILE_WAIT_FIRST="600") as waiting:
        if where == "during a look":
            wait_until(is_held(slow), "the look")
        else:
            wait_until(lambda: len(slow.book("requests")) > before, "the first look")
        ran = waiting.interrupt()

    ledger = Ledger(FileStore(slow.ledger), agency="northwind")
    assert ran.code == 130, ran
    assert list(map(str, ledger.history.open_intents)) == ["account.acme"]
    assert ledger.history.lease is None


def test_ctrl_c_ends_the_wait_for_somebody_elses_lease(slow: Rehearsal) -> None:
    """The lease of the other run stays."""
    slow.faults({"action": "account_add", **FOR_EVER})
    with started(slow, *APPLY) as other:
        wait_until(is_held(slow), "the other run's call")
        with started(slow, *APPLY, "--lock-timeout", "1h") as mine:
            mine.terminal.wait_for("waiting:")
            ran = mine.interrupt()
        assert ran.code == 130, ran
        assert Ledger(FileStore(slow.ledger), agency="northwind").history.lease is not None
        slow.faults()
        ran = other.interrupt()

    assert ran.code == 130, ran
    assert Ledger(FileStore(slow.ledger), agency="northwind").history.open_intents == {}


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
