"""A place that a move has not wholly copied is no ledger: no command but the move opens it."""

import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sampling import thinned
from stores.conftest import PLACES, schemes
from stores.test_moving import granted, workspace, write

from agencyfile.cli.app import run
from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.ledger_moving import move_ledger
from agencyfile.cli.workspace import Workspace
from plan import Ledger, LedgerError
from plan.ledger import Entry, EntryType, LedgerStore, carrying
from plan.ledger.bodies import ReleaseBody

NewPlace = Callable[[str], str]
EVERY_CASE = [schemes(to, beside=(is_after,)) for to in PLACES for is_after in (False, True)]


class _Killed(BaseException):
    """The end of the process, where no code of its own runs any more."""


class _Dying:
    """A store at which the process dies before or after the append of a number."""

    def __init__(self, store: LedgerStore, counted: Iterator[bool], *, is_after: bool) -> None:
        self._store, self._counted, self._is_after = store, counted, is_after
        self.location = store.location

    def read(self, after: int) -> Sequence[Entry]:
        return self._store.read(after)

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        is_last = next(self._counted)
        if is_last and not self._is_after:
            raise _Killed
        serial = self._store.append(entries, expected=expected)
        if is_last:
            raise _Killed
        return serial

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        return self._store.replace(entries, expected=expected)


def move_killed(here: Workspace, to: str, number: int, monkeypatch: pytest.MonkeyPatch, *, is_after: bool) -> bool:
    """Move in batches of two entries, and die at an append in either place; return whether it died."""
    counted = iter([*([False] * number), True, *([False] * 99)])
    real = Workspace.store

    def dying(self: Workspace, place: str | None = None, *, is_accepted: bool = False) -> LedgerStore:
        return _Dying(real(self, place, is_accepted=is_accepted), counted, is_after=is_after)

    with monkeypatch.context() as patched:
        patched.setattr(carrying, "BATCH", 2)
        patched.setattr(Workspace, "store", dying)
        patched.setattr(Ledger, "release", lambda _: None)  # a process that is gone releases nothing
        try:
            move_ledger(here, to, patience=0)
        except _Killed:
            return True
    return False


def lease_is_over(folder: Path, place: str) -> None:
    """End the lease of a killed move, as time would."""
    ledger = workspace(folder, place).ledger()
    if ledger.history.lease:
        ledger.append((EntryType.RELEASE, None, ReleaseBody(lease=ledger.history.lease.id)))


@pytest.mark.parametrize(("to", "is_after"), thinned(EVERY_CASE, every=11))
def test_move_killed_at_any_append_leaves_exactly_one_ledger(
    folder: Path,
    new_place: NewPlace,
    monkeypatch: pytest.MonkeyPatch,
    portal_door: socket.socket,
    capsys: pytest.CaptureFixture[str],
    to: str,
    *,
    is_after: bool,
) -> None:
    """The unfinished copy refuses to plan and apply, the old place goes on, and the command run again ends the move."""
    for number in range(99):
        old, new = new_place("file"), new_place(to)
        here = workspace(folder, old)
        write(here.ledger(), 1, 2, 3)
        if not move_killed(here, new, number, monkeypatch, is_after=is_after):
            assert number > 4, "the copy has batches"
            return
        _check_new_place(folder, old, new, portal_door, capsys)
        here = workspace(folder, old)
        if workspace(folder, old).moved_ledger().history.moved is None:
            lease_is_over(folder, old)
            write(workspace(folder, old).ledger(), 4)
        here = workspace(folder, old)
        move_ledger(here, new, patience=0)
        moved = workspace(folder, new).ledger()
        assert list(moved.entries()) == list(here.store(old).read(0))
        assert {f"credit.client{total}.email" for total in (1, 2, 3)} <= {*granted(moved)}
        with pytest.raises(LedgerError, match="was moved to"):
            workspace(folder, old).ledger()


def _check_new_place(
    folder: Path, old: str, new: str, portal_door: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who writes the new place into the file gets nothing but the error, until the copy is whole."""
    there = workspace(folder, new)
    held = there.store().read(0)
    if not held or any(entry.type is EntryType.MOVED for entry in held):
        return  # nothing of it is there, or all that counts is
    for command in (["plan"], ["apply", "--auto-approve"], ["ledger", "show"], ["ledger", "verify"]):
        assert run([*command, "-f", str(there.path)]) == 1, command
        error = capsys.readouterr().err
        assert f"says that its place is {old}, not {new}: a move was interrupted" in error, error
        assert f"write ledger: {old} into the agency file and run agencyfile ledger move --to {new}" in error
    with pytest.raises(BlockingIOError):
        portal_door.accept()  # nobody has connected


def test_move_of_a_ledger_that_does_not_say_where_it_is_asks_for_a_compaction(
    folder: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older version opened it. It opens as ever; once compacted it names its place and moves."""
    old, new = new_place("file"), new_place("postgres")
    here = workspace(folder, old)
    write(Ledger(here.store(), agency="northwind"), 1, 2)
    command = ["ledger", "move", "--to", new, "-f", str(here.path)]
    assert granted(here.ledger()) == ["credit.client1.email", "credit.client2.email"]
    assert run(command) == 1
    assert "agencyfile ledger compact" in capsys.readouterr().err
    assert not here.store(new).read(0)
    here.ledger().compact()
    assert run(command) == 0
    assert granted(workspace(folder, new).ledger()) == ["credit.client1.email", "credit.client2.email"]


def test_move_back_to_a_place_that_was_wiped_is_refused(folder: Path, new_place: NewPlace) -> None:
    """The first entries name that place, so a copy of them alone would open there."""
    old, new = new_place("file"), new_place("postgres")
    here = workspace(folder, old)
    write(here.ledger(), 1)
    move_ledger(here, new, patience=0)
    for path in (folder / old.removeprefix("file:"), *here.mark_paths()):
        path.unlink()
    with pytest.raises(CommandExit, match=r"was in .* before and is gone there"):
        move_ledger(workspace(folder, new), old, patience=0)


def test_part_of_a_backup_in_another_place_is_no_ledger_until_the_restore_ends(
    folder: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a restore that was killed in the middle of its append."""
    here, backup = workspace(folder, new_place("file")), folder / "backup.jsonl"
    write(here.ledger(), 1, 2, 3)
    assert run(["ledger", "backup", str(backup), "-f", str(here.path)]) == 0
    lost = workspace(folder, new_place("http"))
    lost.store().append(here.store(here.place).read(0)[:2], expected=0)
    path = ["-f", str(lost.path)]
    assert run(["ledger", "show", *path]) == 1
    assert "says that its place is" in capsys.readouterr().err
    assert run(["ledger", "restore", str(backup), "--reason", "nothing since", *path]) == 0
    assert len(granted(lost.ledger())) == 3
