"""A ledger goes from any store to any other, whole, and is closed behind it; a backup takes back nothing unseen."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sampling import thinned
from stores.conftest import PAIRS, PLACES, SCHEMES, schemes
from stores.wiping import wipe

from agencyfile.cli import ledger_moving
from agencyfile.cli.app import run
from agencyfile.cli.ledger_moving import move_ledger
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Address, Ledger, LedgerConflict, LedgerError
from plan.errors import LeaseHeld
from plan.ledger import Entry, EntryType, LedgerStore, carrying
from plan.ledger.bodies import SentBody

NewPlace = Callable[[str], str]


def workspace(folder: Path, place: str) -> Workspace:
    """The agency with its ledger at `place`."""
    path = folder / "agency.yaml"
    path.write_text(f'version: 1\nagency: {{name: northwind, ledger: "{place}"}}\n', encoding="utf-8")
    return open_workspace(path, color=False)


def write(ledger: Ledger, *totals: int) -> None:
    """Record what was granted."""
    for total in totals:
        address = Address("credit", f"client{total}.email")
        ledger.append((EntryType.BASELINE, address, SentBody(sent={"total": total})))


def granted(ledger: Ledger) -> list[str]:
    """What the ledger knows to be granted."""
    return sorted(str(address) for address in ledger.history.addresses)


@pytest.mark.parametrize(("begin", "to"), thinned(PAIRS, every=17))
def test_ledger_moves_between_any_two_stores(
    folder: Path, new_place: NewPlace, monkeypatch: pytest.MonkeyPatch, begin: str, to: str
) -> None:
    """A writer who tries in between is kept out of both; who had the old one open loses; the new one goes on."""
    old, new = new_place(begin), new_place(to)
    here = workspace(folder, old)
    late = here.ledger()
    write(late, 1, 2, 3)
    tried: list[str] = []

    def carry(entries: Sequence[Entry], open_target: Callable[[], LedgerStore]) -> int:
        found = real_carry(entries, open_target)
        for place in () if tried else (old, new):  # when all of it is copied, and the old ledger is not yet closed
            try:
                Ledger(here.store(place), agency="northwind", place=place).acquire(
                    holder="eve", run=None, duration=timedelta(minutes=1)
                )
                tried.append(f"{place} let somebody in")
            except LedgerError as error:
                tried.append(type(error).__name__)
        return found

    real_carry = carrying.carry
    monkeypatch.setattr(ledger_moving, "carry", carry)
    before = list(here.store().read(0))
    serial = move_ledger(here, new, patience=0)  # the lease closes the old place, the unfinished copy the new one

    assert tried == ["LeaseHeld", "LedgerError"], tried
    with pytest.raises(LedgerConflict):
        write(late, 4)
    with pytest.raises(LedgerError, match=f"was moved to {re.escape(new)} and is closed"):
        here.ledger()
    there = workspace(folder, new)
    moved = there.ledger()
    assert moved.serial == serial
    assert list(moved.entries())[: len(before)] == before
    assert list(moved.entries()) == list(there.store(old).read(0))
    moved.check_free()
    write(moved, 5)
    assert granted(there.ledger()) == [f"credit.client{total}.email" for total in (1, 2, 3, 5)]


@pytest.mark.parametrize("begin", thinned(SCHEMES, every=4))
def test_ledger_that_was_compacted_moves_and_comes_back(folder: Path, new_place: NewPlace, begin: str) -> None:
    """A compacted log begins in the middle of its serials; the way back is a move like any other."""
    old, new = new_place(begin), new_place("postgres")
    here = workspace(folder, old)
    ledger = here.ledger()
    write(ledger, 1, 2)
    ledger.compact()
    write(ledger, 3)
    move_ledger(here, new, patience=0)
    there = workspace(folder, new)
    write(there.ledger(), 4)
    move_ledger(there, old, patience=0)

    assert granted(workspace(folder, old).ledger()) == [f"credit.client{total}.email" for total in (1, 2, 3, 4)]
    with pytest.raises(LedgerError, match="was moved to"):
        workspace(folder, new).ledger()


@pytest.mark.parametrize(
    ("to", "step"), thinned([schemes(to, beside=(step,)) for to in PLACES for step in range(4)], every=5)
)
def test_move_that_is_interrupted_is_finished_by_the_same_command(
    folder: Path, new_place: NewPlace, monkeypatch: pytest.MonkeyPatch, to: str, step: int
) -> None:
    """Wherever it stops, one of the two ledgers is open, and the command run again ends the move."""
    old, new = new_place("file"), new_place(to)
    here = workspace(folder, old)
    write(here.ledger(), 1, 2)
    left = [step]

    def broken(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(ledger_moving, "carry", broken(carrying.carry))
        patched.setattr(Ledger, "move", broken(Ledger.move))
        patched.setattr(Ledger, "keep", broken(Ledger.keep))
        with pytest.raises(KeyboardInterrupt):
            move_ledger(here, new, patience=0)
    move_ledger(here, new, patience=0)

    with pytest.raises(LedgerError, match="was moved to"):
        here.ledger()
    assert granted(workspace(folder, new).ledger()) == ["credit.client1.email", "credit.client2.email"]


def test_move_refuses_a_place_that_holds_another_ledger(folder: Path, new_place: NewPlace) -> None:
    """Nothing is mixed; the old ledger stays open."""
    old, new = new_place("file"), new_place("postgres")
    write(workspace(folder, new).ledger(), 9)
    here = workspace(folder, old)
    write(here.ledger(), 1)

    with pytest.raises(LedgerError, match="holds another ledger"):
        move_ledger(here, new, patience=0)
    assert granted(here.ledger()) == ["credit.client1.email"]
    here.ledger().check_free()


def test_move_waits_for_nobody_who_writes(folder: Path, new_place: NewPlace) -> None:
    """The lease of a running apply keeps the ledger where it is."""
    here = workspace(folder, new_place("file"))
    here.ledger().acquire(holder="ci", run=None, duration=timedelta(minutes=5))

    with pytest.raises(LeaseHeld):
        move_ledger(here, new_place("s3"), patience=0)


def test_move_by_the_command_line(folder: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what to write into the agency file; a place that is none is a usage error."""
    here, new = workspace(folder, new_place("file")), new_place("postgres")
    write(here.ledger(), 1)
    path = ["-f", str(here.path)]
    assert run(["ledger", "move", "--to", "postgres://host/x", *path]) == 64
    assert run(["ledger", "move", "--to", new, *path]) == 0
    assert f"ledger: '{new}'" in capsys.readouterr().out
    assert run(["ledger", "show", *path]) == 1
    assert f"says ledger: {new}" in capsys.readouterr().err


@pytest.mark.parametrize("scheme", thinned(SCHEMES, every=3))
def test_backup_of_a_lost_ledger_is_restored_by_who_says_what_happened_since(
    folder: Path, new_place: NewPlace, scheme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a reason nothing is restored; with one, the ledger itself tells whoever reads it later."""
    here = workspace(folder, new_place(scheme))
    write(here.ledger(), 1, 2)
    path, backup = ["-f", str(here.path)], folder / "backup.jsonl"
    assert run(["ledger", "backup", str(backup), *path]) == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    assert run(["ledger", "backup", str(backup), *path]) == 1
    assert run(["ledger", "restore", str(backup), "--reason", "try", *path]) == 1
    assert "holds all of" in capsys.readouterr().err

    lost = workspace(folder, new_place(scheme))  # as after the loss of the store
    path = ["-f", str(lost.path)]
    assert run(["ledger", "restore", str(backup), *path]) == 4
    assert "would be sent again; nothing was restored" in capsys.readouterr().err
    assert list(lost.store().read(0)) == []
    assert run(["ledger", "restore", str(backup), "--reason", "nothing since Monday", "--by", "ann", *path]) == 0

    ledger = lost.ledger()
    assert granted(ledger) == granted(here.ledger())
    last = ledger.entries()[-1]
    assert (last.type, last.body["reason"], last.body["by"]) == (
        EntryType.RESTORED,
        "nothing since Monday",
        "person ann",
    )
    write(ledger, 3)
    assert run(["ledger", "verify", *path]) == 0


@pytest.mark.parametrize("scheme", thinned([case for case in SCHEMES if case.id != "git+branch"], every=3))
def test_older_backup_cannot_come_back_unseen(
    folder: Path, new_place: NewPlace, scheme: str, every_server: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A ledger that holds more stays. One that is lost comes back with the note of what this machine saw of it."""
    place = new_place(scheme)
    here = workspace(folder, place)
    path, backup = ["-f", str(here.path)], folder / "backup.jsonl"
    write(here.ledger(), 1)
    assert run(["ledger", "backup", str(backup), *path]) == 0
    write(here.ledger(), 2)
    assert run(["ledger", "restore", str(backup), "--reason", "roll back", *path]) == 1
    assert "an older state cannot be put in its place" in capsys.readouterr().err
    seen = here.ledger().position.anchor
    if scheme == "file":
        (folder / place.removeprefix("file:")).unlink()
    else:
        wipe(place, every_server)
    for command in (["show"], ["restore", str(backup)]):
        assert run(["ledger", *command, *path]) in (1, 4)
    assert f"entry {seen.serial if seen else 0} was seen" in capsys.readouterr().err

    assert run(["ledger", "restore", str(backup), "--reason", "client2 got nothing", *path]) == 0
    assert here.ledger().entries()[-1].body["seen"] == str(seen)


def test_restore_takes_no_broken_backup(folder: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> None:
    """A torn file, an empty one, another agency's, one that is not there."""
    here = workspace(folder, new_place("postgres"))
    path, backup = ["-f", str(here.path)], folder / "backup.jsonl"
    other = Ledger(here.store(new_place("file")), agency="southwind", now=lambda: datetime.now(UTC))
    write(other, 1)
    whole = "".join(f"{entry.line()}\n" for entry in other.entries())
    for content, words in (
        (whole, "belongs to agency southwind"),
        (whole[:-5], "no whole backup"),
        ("", "no whole backup"),
        (whole.replace("total", "tolal", 1), "chain of digests" if whole.count("\n") > 2 else ""),
    ):
        backup.write_text(content, encoding="utf-8")
        assert run(["ledger", "restore", str(backup), "--reason", "x", *path]) == 1
        assert words in capsys.readouterr().err
    assert run(["ledger", "restore", str(folder / "none"), "--reason", "x", *path]) == 1
    assert list(here.store().read(0)) == []


def test_migrate_prints_what_makes_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """Without an agency file."""
    assert run(["ledger", "migrate"]) == 0
    assert "CREATE TABLE IF NOT EXISTS agencyfile.entries" in capsys.readouterr().out
