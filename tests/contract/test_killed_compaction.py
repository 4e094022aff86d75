"""A compaction of a long ledger file that is killed at any moment."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.ledger import fill
from sampling import sampled

from plan import FileStore, Ledger

ENTRIES = 10_001  # the entry that opens the ledger, and whole pairs
MOMENTS = 20
COMPACT = """\
import sys
from pathlib import Path
from plan import FileStore, Ledger
ledger = Ledger(FileStore(Path(sys.argv[1])), agency="northwind")
print(flush=True)
ledger.compact()
print(flush=True)
"""


def compact_and_kill(path: Path, delay: float) -> None:
    """Kill a compaction so many seconds after the ledger is open, which is as late as its end."""
    process = subprocess.Popen([sys.executable, "-c", COMPACT, str(path)], stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout as told:
        told.readline()
        time.sleep(delay)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()


def test_compaction_of_ten_thousand_entries_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """Whatever is left is the old ledger or the new one, whole: it holds the same facts, and goes on."""
    path = tmp_path / "ledger.jsonl"
    fill(FileStore(path), ENTRIES)
    content = path.read_bytes()
    facts = Ledger(FileStore(path), agency="northwind").history.facts()
    began = time.monotonic()
    Ledger(FileStore(path), agency="northwind").compact()
    longest = time.monotonic() - began
    serials = set()
    for moment in sampled(range(MOMENTS), every=10):
        path.write_bytes(content)
        compact_and_kill(path, longest * moment / MOMENTS)
        ledger = Ledger(FileStore(path), agency="northwind")
        serials.add(ledger.serial)
        assert ledger.history.facts() == facts
    ledger.compact()
    assert Ledger(FileStore(path), agency="northwind").history.facts() == facts
    assert serials <= {ENTRIES, ENTRIES + 1}
