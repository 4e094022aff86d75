"""A real process, asked to stop by a real signal."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import evidence
import pytest
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_apply_interrupted_finishes_and_records_the_call_under_way(
    rehearsal: Rehearsal, number: signal.Signals
) -> None:
    """Exit 130, no open intent, every charge in the ledger, the lease given back; a re-run finishes."""
    names = [f"client{position}" for position in range(20)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    process = subprocess.Popen(
        [AGENCYFILE, "apply", "-auto-approve", "--allow", "billed", "-f", rehearsal.file],
        env={**os.environ, **rehearsal.environment, "AGENCYFILE_RATE_LIMIT": "20"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for_a_charge(rehearsal)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    evidence.keep(output)

    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    charged = [charge["account"] for charge in rehearsal.book("charges")]
    assert process.returncode == 130, output
    assert ledger.history.open_intents == {}
    assert ledger.history.lease is None
    assert sorted(charge.address.name for charge in ledger.history.charges) == sorted(charged)
    assert 0 < len(charged) < len(names)
    assert "the apply was interrupted" in output
    rehearsal.apply()
    assert sorted(charge["account"] for charge in rehearsal.book("charges")) == sorted(names)


def wait_for_a_charge(rehearsal: Rehearsal) -> None:
    """Until the first account was charged, or a minute has gone."""
    deadline = time.monotonic() + 60
    while not rehearsal.book("charges") and time.monotonic() < deadline:
        time.sleep(0.02)
