"""A real process that moves a ledger, and is killed by SIGKILL while the server has its request."""

import os
import signal
import socket
from pathlib import Path

import forks
import pytest
from contract.repositories import isolate, make_clone
from sampling import sampled
from stores.states import States
from stores.test_moving import granted, workspace
from stores.test_unfinished import lease_is_over

from plan import Address, LedgerError
from plan.ledger import Draft, EntryType
from plan.ledger.bodies import SentBody

GRANTS = 1100  # two appends of the copy
COMMANDS = (["plan"], ["apply", "--auto-approve"], ["ledger", "show"])
MOST = 99


class Killer:
    """It kills a process when the server has its post: moments 0 and 1 are before and after the first one is stored."""

    def __init__(self, moment: int) -> None:
        self._left = moment
        self.pid = 0

    def is_killed(self) -> bool:
        """Return whether this is the moment; then the process is gone."""
        self._left -= 1
        if self._left != -1:
            return False
        forks.wait_until(lambda: self.pid, "the process is known")
        os.kill(self.pid, signal.SIGKILL)
        return True


def grant(number: int) -> Draft:
    """Return the entry of what was granted."""
    return EntryType.BASELINE, Address("credit", f"client{number}.email"), SentBody(sent={"total": number})


def move_killed(folder: Path, old: str, new: str, states: States, moment: int) -> bool:
    """Move the ledger in a process that is killed at that moment; return whether it was."""
    killer = Killer(moment)
    states.on_post = killer.is_killed
    try:
        process = forks.start("ledger", "move", "--to", new, "-f", workspace(folder, old).path, folder=folder)
        killer.pid = process.pid
        ran = process.wait()
    finally:
        states.on_post = lambda: False
    assert ran.code in (0, -signal.SIGKILL), ran
    return ran.code != 0


@pytest.mark.long
def test_move_killed_for_real_leaves_exactly_one_ledger(
    tmp_path: Path,
    kept_states: tuple[dict[str, str], States],
    monkeypatch: pytest.MonkeyPatch,
    portal_door: socket.socket,
) -> None:
    """Before and after each request, from the first probe to the entry that closes the copy."""
    environment, states = kept_states
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    isolate(monkeypatch)
    folder = make_clone(tmp_path / "clone")
    for moment in sampled(range(MOST), every=5):
        old, new = f"file:killed-{moment}.jsonl", f"http:killed-{moment}-{os.getpid()}"
        workspace(folder, old).ledger().append(*map(grant, range(GRANTS)))
        if not move_killed(folder, old, new, states, moment):
            assert moment > 11, "three probes, two appends of the copy and the end of it, before and after each"
            return
        _check_copy(folder, old, new, portal_door)
        _check_goes_on(folder, old, new)


def _check_copy(folder: Path, old: str, new: str, portal_door: socket.socket) -> None:
    """Whoever writes the new place into the file gets the error, until the copy is whole."""
    there = workspace(folder, new)
    held = there.store().read(0)
    if not held or any(entry.type is EntryType.MOVED for entry in held):
        return  # nothing of it is there, or all of it
    for command in COMMANDS:
        ran = forks.run(*command, "-f", there.path, folder=folder)
        assert ran.code == 1, ran
        assert f"says that its place is {old}, not {new}: a move was interrupted" in ran.err
    with pytest.raises(BlockingIOError):
        portal_door.accept()


def _check_goes_on(folder: Path, old: str, new: str) -> None:
    """The old place is the ledger unless it is closed already, and the same command ends the move."""
    grants = [*range(GRANTS)]
    if workspace(folder, old).moved_ledger().history.moved is None:
        lease_is_over(folder, old)
        workspace(folder, old).ledger().append(grant(GRANTS))
        grants.append(GRANTS)
    ran = forks.run("ledger", "move", "--to", new, "-f", workspace(folder, old).path, folder=folder)
    assert ran.code == 0, ran
    moved = workspace(folder, new).ledger()
    assert granted(moved) == sorted(f"credit.client{number}.email" for number in grants)
    with pytest.raises(LedgerError, match="was moved to"):
        workspace(folder, old).ledger()
