"""Leases: one writer at a time, through the ledger itself."""

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from engine.toy import MemoryStore

from agencyfile.cli.fixes import fix_of
from plan import Address, LeaseHeld, Ledger, LedgerConflict
from plan.ledger import EntryType
from plan.ledger.lease import Lease

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def opened(store: MemoryStore, now: datetime = NOON) -> Ledger:
    """The ledger as a process that starts now sees it."""
    return Ledger(store, agency="toy", now=lambda: now)


def taken(store: MemoryStore, now: datetime = NOON) -> Ledger:
    """The ledger with the lease taken."""
    ledger = opened(store, now)
    ledger.acquire(holder="ann", run="https://ci.example/1", duration=MINUTE)
    return ledger


def test_lease_held_names_its_holder_and_how_to_break_it() -> None:
    """A second writer is told who, where, until when, and what to do."""
    store = MemoryStore()
    taken(store)

    with pytest.raises(LeaseHeld) as caught:
        opened(store).acquire(holder="bob", run=None, duration=MINUTE)

    assert "ann" in str(caught.value)
    assert "https://ci.example/1" in str(caught.value)
    assert caught.value.lease.id in fix_of(caught.value)


@pytest.mark.parametrize(("later", "is_free"), [(MINUTE - timedelta(seconds=1), False), (MINUTE, True)])
def test_lease_expires(later: timedelta, is_free: bool) -> None:  # noqa: FBT001
    """After its time anybody may take it."""
    store = MemoryStore()
    taken(store)

    if is_free:
        taken(store, NOON + later)
    else:
        with pytest.raises(LeaseHeld):
            taken(store, NOON + later)


def test_lease_of_a_dead_process_is_over() -> None:
    """A killed run does not hold the next one up."""
    lease = _taken_by("pass")

    assert lease.is_over(NOON)
    assert not Lease.take(holder="ann", run=None, now=NOON, duration=MINUTE).is_over(NOON)


def test_lease_of_a_process_that_ended_and_was_not_fetched_is_over() -> None:
    """A container without an init process never fetches them."""
    with subprocess.Popen([sys.executable, "-c", _TAKE], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        lease = Lease.parse(json.loads(child.stdout.read()))
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert lease.is_over(NOON)


@pytest.mark.parametrize("word", ["boot", "namespace"])
def test_lease_of_another_boot_or_container_is_alive_until_it_expires(
    word: Literal["boot", "namespace"],
) -> None:
    """Two containers of one host name: the process ids of the one say nothing about the other's."""
    lease = _taken_by("pass")
    assert lease.process
    strange: dict[str, Any] = {word: "another"}
    elsewhere = dataclasses.replace(lease, process=dataclasses.replace(lease.process, **strange))

    assert not elsewhere.is_over(NOON)
    assert elsewhere.is_over(NOON + MINUTE)


def test_lease_whose_process_id_is_another_process_now_is_over() -> None:
    """Process ids are given out again: the start time tells one process from the next."""
    lease = Lease.take(holder="ann", run=None, now=NOON, duration=MINUTE)
    assert lease.process
    assert lease.process.started
    earlier = dataclasses.replace(lease.process, started=lease.process.started - 1)

    assert dataclasses.replace(lease, process=earlier).is_over(NOON)


def test_lease_of_an_older_version_is_alive_until_it_expires() -> None:
    """It says a host name and a process id, which are not enough."""
    body = _taken_by("pass").body()
    del body["process"]
    lease = Lease.parse(body)

    assert not lease.is_over(NOON)
    assert lease.is_over(NOON + MINUTE)


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare(1)")
def test_lease_of_a_living_process_in_another_container_is_not_taken_over(tmp_path: Path) -> None:
    """A real namespace of its own, the same host name: its process id is nobody's here, and it is alive."""
    ran, unused = tmp_path / "lease", _unused_process_id()
    numbered = f'echo {unused - 1} > /proc/sys/kernel/ns_last_pid; "$@"; exit'
    line = ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", numbered, "sh"]
    line += [sys.executable, "-c", _TAKE_AND_STAY, str(ran)]
    container = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while not ran.exists() and container.poll() is None:
            time.sleep(0.01)
        if container.poll() is not None:
            pytest.skip("namespaces of process ids are not allowed here")
        lease = Lease.parse(json.loads(ran.read_text()))
        assert lease.host == socket.gethostname()
        assert lease.pid in (unused, 2)  # 2 where /proc/sys cannot be written
        assert not lease.is_over(NOON)
    finally:
        container.communicate(timeout=600)


def _unused_process_id() -> int:
    """Return a number that no process of this machine has."""
    return next(number for number in range(20_000, 30_000) if not Path(f"/proc/{number}").exists())


_TAKE = """\
import json
from datetime import UTC, datetime, timedelta
from plan.ledger.lease import Lease
now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
print(json.dumps(Lease.take(holder="ann", run=None, now=now, duration=timedelta(minutes=1)).body()), flush=True)
"""
_TAKE_AND_STAY = f"""\
import contextlib, os, sys
with open(sys.argv[1] + ".new", "w") as file, contextlib.redirect_stdout(file):
    {_TAKE.replace(chr(10), chr(10) + "    ")}
os.rename(sys.argv[1] + ".new", sys.argv[1])
sys.stdin.read()
"""


def _taken_by(last_line: str) -> Lease:
    """The lease that a process took which is gone by now."""
    done = subprocess.run([sys.executable, "-c", _TAKE + last_line], stdout=subprocess.PIPE, text=True, check=True)
    return Lease.parse(json.loads(done.stdout))


def test_lease_is_renewed_when_half_of_it_is_over() -> None:
    """A long apply keeps its turn, and writes no more than it must."""
    store, clock = MemoryStore(), [NOON]
    ledger = Ledger(store, agency="toy", now=lambda: clock[0])
    ledger.acquire(holder="ann", run=None, duration=MINUTE)
    entries = len(store.entries)
    clock[0] = NOON + timedelta(seconds=30)
    ledger.keep()
    assert len(store.entries) == entries
    clock[0] = NOON + timedelta(seconds=31)
    ledger.keep()

    assert len(store.entries) == entries + 1
    lease = opened(store).history.lease
    assert lease is not None
    assert lease.expires == clock[0] + MINUTE


def test_lease_released_is_free_and_a_foreign_release_is_none() -> None:
    """Giving back ends one's own lease, not the next one."""
    store = MemoryStore()
    first = taken(store)
    first.release()
    second = taken(store)
    second.append((EntryType.RELEASE, None, {"lease": "somebody-elses"}))

    assert opened(store).history.lease is not None


def test_lease_broken_by_a_person_stops_its_holder_at_the_next_entry() -> None:
    """Whoever lost the lease cannot write any more."""
    store = MemoryStore()
    first = taken(store)
    lease = opened(store).history.lease
    assert lease is not None
    opened(store).append((EntryType.RELEASE, None, {"lease": lease.id}))

    with pytest.raises(LedgerConflict):
        first.append((EntryType.READY, Address("thing", "a"), {"remote_id": "1"}))


def test_lease_is_taken_at_the_entry_that_was_read() -> None:
    """Who planned on an older ledger cannot take the lease: the plan may not be true any more."""
    store = MemoryStore()
    stale = opened(store)
    taken(store).release()

    with pytest.raises(LedgerConflict):
        stale.acquire(holder="bob", run=None, duration=MINUTE)


def test_lease_survives_its_entry() -> None:
    """Law 9 for leases."""
    lease = Lease.take(holder="ann", run=None, now=NOON, duration=MINUTE)

    assert Lease.parse(lease.body()) == lease
    assert (lease.host, lease.pid) == (socket.gethostname(), os.getpid())


def test_compacted_ledger_keeps_every_fact() -> None:
    """What all entries add up to is the same before and after, and the chain goes on."""
    store = MemoryStore()
    ledger = taken(store)
    body = {"operation": "make", "price": "49.00 USD", "sent": {"total": 3}}
    ledger.append((EntryType.INTENT, Address("paid", "a"), body))
    ledger.append((EntryType.OUTCOME, Address("paid", "a"), {"intent": ledger.serial, "result": "confirmed"}))
    ledger.append((EntryType.INTENT, Address("paid", "b"), body))
    ledger.append(
        (EntryType.OUTCOME, Address("paid", "b"), {"intent": ledger.serial, "result": "unknown", "message": "?"})
    )
    ledger.append((EntryType.BASELINE, Address("credit", "a.email"), {"sent": {"total": 5}}))
    before = opened(store).history.facts()

    ledger.compact()
    after = opened(store)

    assert after.history.facts() == before
    assert len(store.entries) == 1
    after.append((EntryType.RECONCILED, Address("paid", "b"), {"intent": 5, "result": "absent"}))
    assert opened(store).history.open_intents == {}
