"""A real process, asked to stop by a real signal."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import evidence
import forks
import pytest
from forks import wait_until
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")
APPLY = ("apply", "-auto-approve", "--allow", "billed,guard")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_apply_interrupted_finishes_and_records_the_call_under_way(
    rehearsal: Rehearsal, number: signal.Signals
) -> None:
    """Exit 130, no open intent, every charge in the ledger, the lease given back; a re-run finishes."""
    names = [f"client{position}" for position in range(4)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    rehearsal.faults({"action": "account_add", "nth": 2, "times": 1, "kind": "late_answer", "seconds": None})
    process = forks.start(*APPLY, folder=rehearsal.folder, environment=rehearsal.environment)
    wait_until(lambda: len(rehearsal.book("charges")) == 2, "the second charge, whose answer is held back")
    process.send_signal(number)
    wait_until(lambda: "stopping:" in process.err, "the signal is taken")
    rehearsal.faults()
    ran = process.wait()
    said = ran.out + ran.err

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    charged = [charge["account"] for charge in rehearsal.book("charges")]
    assert ran.code == 130, said
    assert ledger.history.open_intents == {}
    assert ledger.history.lease is None
    assert sorted(charge.address.name for charge in ledger.history.charges) == sorted(charged)
    assert sorted(charged) == names[:2]
    assert "the apply was interrupted" in said
    rehearsal.apply()
    assert sorted(charge["account"] for charge in rehearsal.book("charges")) == sorted(names)


def test_apply_ends_in_order_while_ctrl_c_is_held_down(rehearsal: Rehearsal) -> None:
    """What is left after the second is short: the outcome, the lease and the report are written all the same."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "late_answer", "seconds": None})
    process = forks.start(*APPLY, folder=rehearsal.folder, environment=rehearsal.environment)
    wait_until(lambda: rehearsal.book("charges"), "the charge, whose answer is held back")
    while process.is_running():
        process.send_signal(signal.SIGINT)
        time.sleep(0.001)
    rehearsal.faults()
    ran = process.wait()
    said = ran.out + ran.err

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    assert ran.code == 5, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "agencyfile ledger resolve account.acme --adopted" in said
    assert list(map(str, ledger.history.open_intents)) == ["account.acme"]
    assert ledger.history.lease is None


def test_ctrl_c_while_standard_error_waits_for_its_reader_is_heeded(rehearsal: Rehearsal) -> None:
    """The handler prints nothing: it may run inside a write to the very stream that it would print to."""
    names = [f"client{position}" for position in range(40)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    reader, writer = os.pipe()
    os.write(writer, b"-" * fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096))  # full: the first event has to wait
    process = subprocess.Popen(
        [AGENCYFILE, *APPLY],
        cwd=rehearsal.folder,
        env={**os.environ, **rehearsal.environment, "PYTHONUNBUFFERED": ""},  # a stream with a buffer has a lock
        stdout=subprocess.DEVNULL,
        stderr=writer,
    )
    os.close(writer)
    wait_until(lambda: '"lease"' in _text(rehearsal.ledger), "the lease, after which events are printed")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    with os.fdopen(reader, "rb") as output:
        said = output.read().decode()
    evidence.keep(said)

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    assert process.wait() == 130, said
    assert "bug in agencyfile" not in said
    assert ledger.history.open_intents == {}
    assert ledger.history.lease is None
    assert len(ledger.history.charges) == len(rehearsal.book("charges")) < len(names)


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
