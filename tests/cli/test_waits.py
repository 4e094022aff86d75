"""The first Ctrl-C at a terminal ends every wait: nobody waits for a portal that does not answer."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import evidence
import pytest
import requests
from forks import wait_until
from rehearsal import Ran, Rehearsal
from sampling import thinned
from stories import agency

from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")
TYPIST = Path(__file__).with_name("typist.py")
APPLY = ("apply", "-auto-approve", "--allow", "billed,guard")
FOR_EVER = {"kind": "late_answer", "seconds": None}
# Seconds. A portal that says nothing is given up after 60 s, and each read is tried four times.
GIVEN_UP = 45.0


@dataclass(frozen=True)
class Waiting:
    """A command at a terminal that waits, and the file that makes somebody type Ctrl-C there."""

    process: "subprocess.Popen[str]"
    signal: Path

    def interrupt(self) -> Ran:
        """Type Ctrl-C once; the command ends before it would have given up by itself."""
        begun = time.monotonic()
        self.signal.touch()
        out, _ = self.process.communicate(timeout=600)
        assert time.monotonic() - begun < GIVEN_UP, out
        evidence.keep(out)
        return Ran(self.process.returncode, out, "")


def start(rehearsal: Rehearsal, *words: str, **environment: str) -> Waiting:
    """Start a command at a terminal."""
    signal = rehearsal.folder / "now"
    process = subprocess.Popen(
        [sys.executable, TYPIST, r"\x03", AGENCYFILE, *words, "-f", rehearsal.file],
        env={**os.environ, **rehearsal.environment, "TYPIST_WHEN": str(signal), **environment},
        cwd=rehearsal.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Waiting(process, signal)


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
    waiting = start(slow, *words)
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
    waiting = start(slow, *APPLY, AGENCYFILE_WAIT_FIRST=first)
    if is_price:
        wait_until(is_held(slow), "the question for a price")
    else:
        wait_until(lambda: '"outcome"' in _text(slow.ledger), "the outcome of the creation")
    if where == "during a look":
        slow.faults({"action": "account_list", "nth": 1, "times": None, **FOR_EVER})
        wait_until(is_held(slow), "the look")
    if where == "during a pause":
        slow.faults({"action": "account_list", "nth": 1, "times": None, "kind": "rate_limited", "retry_after": 3600})
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
    waiting = start(slow, "ledger", "reconcile", "--wait", AGENCYFILE_WAIT_FIRST="600")
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
    other = start(slow, *APPLY)
    wait_until(is_held(slow), "the other run's call")
    mine = start(slow, *APPLY, "--lock-timeout", "1h", TYPIST_WHEN="", TYPIST_ASKED="waiting:")
    out, _ = mine.process.communicate(timeout=600)
    evidence.keep(out)
    assert mine.process.returncode == 130, out
    assert Ledger(FileStore(slow.ledger), agency="northwind").history.lease is not None
    slow.faults()
    other.signal.touch()
    out, _ = other.process.communicate(timeout=600)

    evidence.keep(out)
    assert other.process.returncode == 130, out
    assert Ledger(FileStore(slow.ledger), agency="northwind").history.open_intents == {}


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
