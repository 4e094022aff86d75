"""A ledger that names another place: the error says how to go on, and that works, through the command line."""

import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from contract.repositories import git, isolate, make_clone, make_remote
from full_disk import disk_of
from stores.test_moving import granted, workspace, write

from agencyfile.cli.app import run
from plan.errors import LedgerError
from plan.ledger.place import plain_place

OLD, NEW = "file:old.jsonl", "file:new.jsonl"
THREE = [f"credit.client{total}.email" for total in (1, 2, 3)]
COMMANDS = (["plan"], ["apply", "--auto-approve"], ["ledger", "show"], ["ledger", "verify"])


class Place:
    """An agency file in a clone, and nobody at the portal."""

    def __init__(self, folder: Path, portal: socket.socket, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._portal, self._capsys = folder, portal, capsys

    def run(self, place: str, *command: str) -> tuple[int, str]:
        """Run a command with the ledger at `place`; return its exit code and what it says of errors."""
        path = workspace(self.folder, place).path
        code = run([*command, "-f", str(path)])
        return code, self._capsys.readouterr().err

    def check_refused(self, place: str, old: str, commands: Sequence[Sequence[str]] = COMMANDS) -> None:
        """No command opens the ledger at `place`, and nothing is sent; the error says how to go on."""
        for command in commands:
            code, error = self.run(place, *command)
            assert code == 1, (command, error)
            assert f"says that its place is {old}, not {place}:" in error
            assert "was interrupted, the ledger was copied or renamed, or both names mean the same place" in error
            assert f"write ledger: {old} into the agency file and run agencyfile ledger move --to {place};" in error
            assert f"if it was renamed, copy it back to {old} first; if that is lost, run agencyfile ledger" in error
        with pytest.raises(BlockingIOError):
            self._portal.accept()

    def check_moved(self, old: str, new: str) -> None:
        """The fix of the error works: after it, the new place alone is the ledger."""
        assert self.run(old, "ledger", "move", "--to", new) == (0, "")
        assert granted(workspace(self.folder, new).ledger()) == THREE
        assert self.run(new, "ledger", "verify")[0] == 0
        with pytest.raises(LedgerError, match="was moved to"):
            workspace(self.folder, old).ledger()


@pytest.fixture
def here(
    tmp_path: Path, portal_door: socket.socket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Place:
    """A clone with a remote."""
    isolate(monkeypatch)
    return Place(make_clone(tmp_path / "clone", make_remote(tmp_path / "remote.git")), portal_door, capsys)


def test_ledger_that_was_copied_by_hand_is_refused_and_moves(here: Place) -> None:
    """The old file is still there: the move completes the copy and closes the old file."""
    write(workspace(here.folder, OLD).ledger(), 1, 2, 3)
    shutil.copy(here.folder / "old.jsonl", here.folder / "new.jsonl")
    here.check_refused(NEW, OLD)
    here.check_moved(OLD, NEW)


def test_ledger_that_was_renamed_by_hand_is_refused_and_moves_once_it_is_copied_back(here: Place) -> None:
    """Under neither name a command takes the ledger for an empty one."""
    write(workspace(here.folder, OLD).ledger(), 1, 2, 3)
    old, new = here.folder / "old.jsonl", here.folder / "new.jsonl"
    old.rename(new)
    here.check_refused(NEW, OLD)
    assert here.run(OLD, "ledger", "move", "--to", NEW)[0] == 1
    shutil.copy(new, old)
    here.check_moved(OLD, NEW)


def test_copy_whose_ledger_is_lost_becomes_the_ledger_by_a_restore(here: Place) -> None:
    """The backup is older than the copy: the restore keeps all of the copy, and asks for a reason."""
    write(workspace(here.folder, OLD).ledger(), 1, 2)
    backup = str(here.folder / "backup.jsonl")
    assert here.run(OLD, "ledger", "backup", backup)[0] == 0
    write(workspace(here.folder, OLD).ledger(), 3)
    (here.folder / "old.jsonl").rename(here.folder / "new.jsonl")
    here.check_refused(NEW, OLD)
    assert here.run(NEW, "ledger", "restore", backup)[0] == 4
    here.check_refused(NEW, OLD)
    assert here.run(NEW, "ledger", "restore", backup, "--reason", "the disk of the old one is gone") == (0, "")
    ledger = workspace(here.folder, NEW).ledger()
    assert granted(ledger) == THREE
    assert ledger.entries()[-1].body["kept"] == ledger.serial - 1
    assert here.run(NEW, "ledger", "restore", backup, "--reason", "again")[0] == 1


def test_ledger_that_was_restored_elsewhere_does_not_finish_an_old_move(here: Place) -> None:
    """Its entries tell of a move to a place that was lost since: that move is over."""
    write(workspace(here.folder, OLD).ledger(), 1, 2, 3)
    here.check_moved(OLD, NEW)
    backup, third = str(here.folder / "backup.jsonl"), "file:third.jsonl"
    assert here.run(NEW, "ledger", "backup", backup)[0] == 0
    for path in here.folder.glob("new.jsonl*"):
        path.unlink()
    assert here.run(third, "ledger", "restore", backup, "--reason", "nothing since") == (0, "")
    for path in workspace(here.folder, NEW).mark_paths():
        path.unlink(missing_ok=True)
    code, error = here.run(third, "ledger", "move", "--to", NEW)
    assert code == 1
    assert f"the ledger was in {NEW} before and is gone there" in error
    assert not (here.folder / "new.jsonl").exists()
    assert granted(workspace(here.folder, third).ledger()) == THREE


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("file:./a.jsonl", "file:a.jsonl"),
        ("file:.agencyfile//./a.jsonl", "file:.agencyfile/a.jsonl"),
        ("git+branch:./a", "git+branch:./a"),
        ("s3:bucket/a//b", "s3:bucket/a//b"),
    ],
)
def test_place_of_a_file_has_a_plain_spelling(text: str, plain: str) -> None:
    """Two spellings of one path are one place. Of other stores this is not known."""
    assert plain_place(text) == plain


def test_file_spelled_otherwise_is_the_same_ledger(here: Place) -> None:
    """In either direction, and for a move: it is nowhere else."""
    write(workspace(here.folder, "file:./old.jsonl").ledger(), 1, 2, 3)
    assert granted(workspace(here.folder, OLD).ledger()) == THREE
    assert granted(workspace(here.folder, "file:.//old.jsonl").ledger()) == THREE
    code, error = here.run(OLD, "ledger", "move", "--to", "file:./old.jsonl")
    assert (code, f"the ledger is in {OLD}" in error) == (64, True)
    here.check_moved(OLD, "file:./new.jsonl")
    assert granted(workspace(here.folder, NEW).ledger()) == THREE


def test_branch_of_one_remote_under_two_names_is_refused_and_moves(here: Place) -> None:
    """Only git knows that both names mean the same branch. A move to the other name writes it down."""
    old, new = "git+branch:ledger@origin", "git+branch:ledger@upstream"
    write(workspace(here.folder, old).ledger(), 1, 2, 3)
    git(here.folder, "remote", "add", "upstream", git(here.folder, "remote", "get-url", "origin"))
    here.check_refused(new, old, COMMANDS[:1])
    here.check_moved(old, new)


def test_restore_that_fails_in_the_middle_leaves_no_first_part(here: Place) -> None:
    """A first part of a backup would be a ledger that lacks charges. A full disk leaves what was there before."""
    write(workspace(here.folder, OLD).ledger(), 1, 2, 3)
    backup, ledger = here.folder / "backup.jsonl", here.folder / "old.jsonl"
    assert here.run(OLD, "ledger", "backup", str(backup))[0] == 0
    whole = ledger.read_bytes()
    begin = whole[: whole.index(b"\n") + 1]
    for held in (b"", begin):  # nothing is left of it, or its first entry
        ledger.write_bytes(held)
        for path in workspace(here.folder, OLD).mark_paths():
            path.unlink(missing_ok=True)
        with disk_of(len(whole) - 10):
            code, error = here.run(OLD, "ledger", "restore", str(backup), "--reason", "nothing since")
        assert (code, "cannot be written" in error) == (1, True), error
        assert ledger.read_bytes() == held
        assert here.run(OLD, "ledger", "restore", str(backup), "--reason", "nothing since")[0] == 0
        assert granted(workspace(here.folder, OLD).ledger()) == THREE
