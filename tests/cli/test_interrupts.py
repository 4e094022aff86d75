"""A real process, asked to stop by a real signal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import evidence
import pytest
from forks import wait_until
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_apply_interrupted_finishes_and_records_the_call_under_way(
    rehearsal: Rehearsal, number: signal.Signals
) -> None:
    """Exit 130, no open intent, every charge in the ledger, the lease given back; a re-run finishes."""
    names = [f"client{position}" for position in range(4)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    rehearsal.faults({"action": "account_add", "nth": 2, "times": 1, "kind": "late_answer", "seconds": None})
    output = rehearsal.folder / "output.txt"
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [AGENCYFILE, "apply", "-auto-approve", "--allow", "billed,guard", "-f", rehearsal.file],
            env={**os.environ, **rehearsal.environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    wait_until(lambda: len(rehearsal.book("charges")) == 2, "the second charge, whose answer is held back")
    process.send_signal(number)
    wait_until(lambda: "stopping:" in output.read_text("utf-8"), "the signal is taken")
    rehearsal.faults()
    code = process.wait()
    said = output.read_text("utf-8")
    evidence.keep(said)

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    charged = [charge["account"] for charge in rehearsal.book("charges")]
    assert code == 130, said
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
    output = rehearsal.folder / "output.txt"
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [AGENCYFILE, "apply", "-auto-approve", "--allow", "billed,guard", "-f", rehearsal.file],
            env={**os.environ, **rehearsal.environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    wait_until(lambda: rehearsal.book("charges"), "the charge, whose answer is held back")
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.001)
    rehearsal.faults()
    said = output.read_text("utf-8")
    evidence.keep(said)

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    assert process.returncode == 5, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "agencyfile ledger resolve account.acme --adopted" in said
    assert list(map(str, ledger.history.open_intents)) == ["account.acme"]
    assert ledger.history.lease is None
