"""The rate limit that processes share by a file: over real processes, also while one of them is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agencyfile.portal.http.rate_limit import Closed
from agencyfile.portal.http.shared_rate import SharedRateLimit

_TURNS = """
import sys, time
from pathlib import Path
from agencyfile.portal.http.shared_rate import SharedRateLimit
limit = SharedRateLimit(float(sys.argv[1]), Path(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    limit.acquire()
    print(time.monotonic(), flush=True)
"""


def turns(path: Path, rate: float, count: int) -> "subprocess.Popen[str]":
    """Start a process that takes turns, and prints the moment of each."""
    arguments = [sys.executable, "-c", _TURNS, str(rate), str(path), str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_processes_that_share_a_file_take_turns_at_the_rate_of_one(tmp_path: Path) -> None:
    """Whoever comes: between two turns lies at least the interval, whichever process takes them."""
    processes = [turns(tmp_path / "key.rate", 100, 12) for _ in range(2)]

    moments = sorted(float(line) for process in processes for line in process.communicate()[0].split())

    assert len(moments) == 24
    # a moment is printed a little after its turn: what a process took to print may be missing from one gap alone
    assert moments[-1] - moments[0] >= 23 * 0.01 - 0.01


def test_one_turn_more_than_the_rate_takes_longer_than_a_second_by_what_requests_may_be_late(tmp_path: Path) -> None:
    """The first of six may reach the portal a tenth of a second late; still only five stand in each second."""
    now = 1000.0
    limit = SharedRateLimit(5, tmp_path / "key.rate", clock=lambda: now)
    moments = []
    for _ in range(12):
        while (wait := limit._take()) > 0:
            now += wait
        moments.append(now)

    assert min(later - first for first, later in zip(moments, moments[5:], strict=False)) >= 1.1 - 1e-6


def test_process_that_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    """The lock goes with the process; its turn is over after one interval."""
    path = tmp_path / "key.rate"
    killed = turns(path, 20, 1000)
    assert killed.stdout
    killed.stdout.readline()
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()

    SharedRateLimit(20, path).acquire()


def test_pause_of_one_holds_for_all(tmp_path: Path) -> None:
    """The portal asked one of them to wait: all of them use the same key."""
    one, other = (SharedRateLimit(1000, tmp_path / "key.rate") for _ in range(2))
    one.pause(0.2)
    began = time.monotonic()

    other.acquire()

    assert time.monotonic() - began >= 0.19


def test_moment_from_before_a_restart_of_the_machine_counts_as_free(tmp_path: Path) -> None:
    """The clock begins anew with the machine; nobody waits for days."""
    path = tmp_path / "key.rate"
    SharedRateLimit(1000, path, clock=lambda: 1e6).acquire()

    SharedRateLimit(1000, path).acquire()


def test_closed_limit_lets_nobody_through(tmp_path: Path) -> None:
    """As the limit of one process does."""
    limit = SharedRateLimit(1000, tmp_path / "key.rate")
    limit.close()

    with pytest.raises(Closed):
        limit.acquire()


def test_file_is_no_link_of_somebody_else(tmp_path: Path) -> None:
    """A link in the place of the file is not followed."""
    (tmp_path / "key.rate").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic"):
        SharedRateLimit(1000, tmp_path / "key.rate")
