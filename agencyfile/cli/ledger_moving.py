"""Carry a ledger over to another place, and put a backup in the place of one that is lost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.lease import holder, turn
from agencyfile.cli.ledger_marks import noted_anchor
from agencyfile.cli.workspace import Workspace
from agencyfile.fields.ledger_places import parse_ledger
from plan import Ledger
from plan.ledger import Entry, EntryType
from plan.ledger.anchor import Anchor, Containment, containment
from plan.ledger.bodies import RestoredBody
from plan.ledger.carrying import carry, holds, missing_from
from plan.ledger.entry import line_digest
from plan.ledger.history import History
from plan.ledger.lines import Mark, scan
from plan.ledger.marks import HasMarks
from plan.ledger.place import plain_place
from plan.ledger.store import AppendsWhole

_REASON = "say what happened since, after a look at the portal: --reason 'nothing was charged or granted since Monday'"


def move_ledger(workspace: Workspace, place: str, *, patience: float) -> int:
    """Copy the ledger to `place`, close it here, and copy what closes it; return the serial of the last entry.

    All of it happens under the lease, which is an entry too: so nobody can write in the new place before the old one is
    closed. The order makes an interrupted move safe: until the old ledger is closed it is the ledger.

    Raises:
        CommandExit: `place` is none, or the present one.
        LedgerError: one of the two cannot be used, or the new place holds something else.
    """
    place = plain_place(place)
    _check_place(workspace, place)
    history = workspace.moved_ledger().history
    if not place == history.moved == history.place:
        with turn(workspace.ledger, duration=workspace.agency_file.settings.lease, patience=patience) as ledger:
            entries = ledger.entries()
            _check_copies(entries, workspace.store(place).read(0), place)
            carry(entries, lambda: workspace.store(place))
            ledger.keep()
            ledger.move(place, by=holder())
    return _finish(workspace, place)


def _finish(workspace: Workspace, place: str) -> int:
    """Copy the entries that close the old ledger, unless the new one has gone on already."""
    entries = workspace.store().read(0)
    held = workspace.store(place).read(0)
    closing = next(number for number in range(len(entries) - 1, -1, -1) if entries[number].type is EntryType.MOVED)
    has_gone_on = bool(held) and held[-1].serial >= entries[closing].serial and holds(held, entries[:closing])
    if not has_gone_on:
        carry(entries, lambda: workspace.store(place))
    return Ledger(workspace.store(place), agency=workspace.agency, place=place).serial


def _check_copies(entries: Sequence[Entry], held: Sequence[Entry], place: str) -> None:
    """Refuse a move of which some unfinished copy could be taken for the ledger of `place`.

    A copy is known by the place that its entries name. So its first entry must name one, and no part of it may name the
    new place before its last entry does.
    """
    history = History.of(entries[:1])
    if not history.place:
        raise CommandExit(
            ExitCode.ERROR,
            "an older version opened this ledger: its first entry does not say where it is, so an unfinished copy "
            "could be taken for the ledger; nothing was changed",
            fix="run agencyfile ledger backup FILE to keep every entry, then agencyfile ledger compact, then move it",
        )
    end = held[-1].serial if held else 0
    for entry in entries[1:]:
        if entry.serial > end and history.place == place:
            raise CommandExit(
                ExitCode.ERROR,
                f"the ledger was in {place} before and is gone there: an unfinished copy could be taken for it",
                fix="move it to a place where it never was, or run agencyfile ledger compact first",
            )
        history.add(entry)


def _check_place(workspace: Workspace, place: str) -> None:
    try:
        parse_ledger(place)
    except ValueError as error:
        raise CommandExit(ExitCode.USAGE, f"--to: {error}") from None
    if place == workspace.place:
        raise CommandExit(
            ExitCode.USAGE, f"the ledger is in {place}", fix="write the old place into agency.ledger until it is moved"
        )


def restore_ledger(workspace: Workspace, file: Path, *, reason: str, by: str | None) -> int:
    """Append what the ledger lacks of a backup, and a note of it, all or nothing; return the serial before the note's.

    By that note, a copy of a ledger whose own place is lost becomes the ledger.

    Raises:
        CommandExit: the file is no backup, nothing is lost, or nobody says what happened since.
        LedgerError: the ledger holds something else, cannot be read, or is held by somebody.
    """
    backup = _read(file)
    store = workspace.store(is_accepted=True)
    held = store.read(0)
    opened = _opened(workspace, held)
    if held and holds(held, backup):
        if opened.history.place in ("", workspace.place):
            raise CommandExit(
                ExitCode.ERROR,
                f"the ledger {store.location} holds all of {file} and goes on to entry {held[-1].serial}: "
                "nothing is lost",
                fix="leave it as it is; an older state cannot be put in its place",
            )
        backup = held  # it is a copy, of which nothing may be lost
    missing = missing_from(held, backup, store.location)
    lost = _lost(backup, [noted_anchor(), store.highest if isinstance(store, HasMarks) else None])
    if not reason:
        raise CommandExit(ExitCode.APPROVAL, f"{_loss(backup, lost)}; nothing was restored", fix=_REASON)
    _opened(workspace, backup)
    opened.check_free()
    note = _note(backup, lost, reason, by, workspace.place)
    append = store.append_whole if isinstance(store, AppendsWhole) else store.append
    append([*missing, note], expected=held[-1].serial if held else 0)
    return backup[-1].serial


def _loss(backup: Sequence[Entry], lost: Anchor | None) -> str:
    end = f"the last entry that is left is {backup[-1].serial} of {backup[-1].time[:19]}"
    if lost:
        return f"{end}, and entry {lost.serial} was seen: what was charged or granted in between would be sent again"
    return f"{end}: what was charged or granted since would be sent again"


def _lost(backup: Sequence[Entry], seen: Sequence[Anchor | None]) -> Anchor | None:
    """Return the farthest entry that was seen and is not in the backup."""
    found = [anchor for anchor in seen if anchor and not _is_in(backup, anchor)]
    return max(found, key=lambda anchor: anchor.serial, default=None)


def _is_in(entries: Sequence[Entry], anchor: Anchor) -> bool:
    return containment(entries, anchor) in (Containment.CONTAINED, Containment.COMPACTED)


def _note(backup: Sequence[Entry], lost: Anchor | None, reason: str, by: str | None, place: str) -> Entry:
    last = backup[-1]
    body: RestoredBody = {
        "reason": reason,
        "by": f"person {by}" if by else "person",
        "seen": str(lost or Anchor.of(backup)),
        "kept": last.serial,
        "place": place,
    }
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Entry(last.serial + 1, time, EntryType.RESTORED, None, body, line_digest(last.line()))


def _opened(workspace: Workspace, entries: Sequence[Entry]) -> Ledger:
    """Refuse another agency's entries, those of a newer version, and a ledger that was moved away."""
    opened = Ledger(_Held(entries), agency=workspace.agency)
    was_here = {workspace.place, ""} & {*opened.history.places[:-1]}
    return Ledger(_Held(entries), agency=workspace.agency, place=workspace.place) if was_here else opened


class _Held:
    """The entries of a file, to be opened as a ledger. It cannot be written."""

    location = "the backup"

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    def read(self, after: int) -> Sequence[Entry]:
        return [entry for entry in self._entries if entry.serial > after]

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        raise NotImplementedError

    replace = append


def _read(file: Path) -> Sequence[Entry]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{file} cannot be read: {error.strerror}") from None
    entries, mark = scan(content, Mark(), lambda number: f"{file}:{number}")
    if not entries or mark.size != len(content):
        raise CommandExit(ExitCode.ERROR, f"{file} is no whole backup", fix="use another one")
    return entries
