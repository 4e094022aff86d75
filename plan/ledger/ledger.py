"""The ledger as the engine uses it: facts to read, entries to append."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from plan.address import Address
from plan.errors import LeaseHeld, LedgerCorrupt, LedgerError
from plan.ledger.anchor import Anchor, Containment, containment
from plan.ledger.bodies import MovedBody, OpenedBody, ReleaseBody
from plan.ledger.entry import FORMAT_VERSION, NO_PREVIOUS, Entry, EntryType, line_digest
from plan.ledger.history import History
from plan.ledger.lease import Lease
from plan.ledger.lines import collector_paused
from plan.ledger.place import plain_place
from plan.ledger.position import Position
from plan.ledger.store import LedgerStore

Draft = tuple[EntryType, Address | None, Mapping[str, object]]


class Ledger:
    """One agency's ledger, opened: `history` is what its entries add up to, kept up to date by `append`.

    `anchors` are entries that were noted elsewhere: the ledger must hold them. `place` is what agency.ledger says: a
    ledger whose entries name another place is refused: it was moved there, or this is a copy of it. None opens it all
    the same, to finish a move.

    Raises:
        LedgerError: it lacks an anchor, names another place, belongs to another agency, is of a newer format, is
            corrupt, or cannot be reached.
    """

    def __init__(
        self,
        store: LedgerStore,
        *,
        agency: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        anchors: Sequence[Anchor] = (),
        place: str | None = None,
    ) -> None:
        self._store = store
        self._place = None if place is None else plain_place(place)
        self._agency = agency
        self._now = now
        self._anchors = tuple(anchors)
        self._serial, self._previous = 0, NO_PREVIOUS
        self.history = History()
        with collector_paused():  # until the entries are gone again, so that nobody walks through them
            self._load()
        self._lease: Lease | None = None
        self._duration = timedelta()

    def _load(self) -> None:
        entries = self._store.read(0)
        self._check_anchor(entries)
        if entries:
            self._check_first(entries[0])
            self.history = self._fold(entries)
            self._check_place()
            self._serial = entries[-1].serial
            self._previous = line_digest(entries[-1].line())

    @property
    def location(self) -> str:
        """Human-readable location."""
        return self._store.location

    @property
    def serial(self) -> int:
        """The serial of its last entry; 0 when it is empty."""
        return self._serial

    @property
    def position(self) -> Position:
        """Its last entry, and its identity."""
        identity = None if self.history.is_blank else self.history.identity
        return Position(self._serial, self._previous, identity)

    def append(self, *drafts: Draft) -> tuple[int, ...]:
        """Make entries of `drafts`, append them all or fail; return their serials.

        Raises:
            LedgerConflict: somebody else appended first.
            LedgerError: the store cannot be written.
        """
        if self._serial == 0:
            opened: OpenedBody = {"agency": self._agency, "format_version": FORMAT_VERSION}
            if self._place:
                opened["place"] = self._place
            drafts = ((EntryType.OPENED, None, opened), *drafts)
        entries, last = self._entries(drafts)
        self._store.append(entries, expected=self._serial)
        self._advance(entries, last)
        return tuple(entry.serial for entry in entries if entry.type is not EntryType.OPENED)

    def acquire(
        self,
        *,
        holder: str,
        run: str | None,
        duration: timedelta,
        beside: Sequence[Draft] = (),
        request: str | None = None,
    ) -> None:
        """Take the lease: from now on this process alone may write.

        The append fails if the ledger has moved since it was read, so a plan that was made on it is current. `beside`
        are entries that are appended with the lease.

        Raises:
            LeaseHeld: somebody else has it.
            LedgerConflict: somebody wrote since this ledger was read: read it anew.
            LedgerError: the store cannot be written.
        """
        self.check_free()
        lease = Lease.take(holder=holder, run=run, now=self._now(), duration=duration, request=request)
        self.append((EntryType.LEASE, None, lease.body()), *beside)
        self._lease, self._duration = lease, duration

    def check_free(self) -> None:
        """Raise an error if another process holds the lease.

        Raises:
            LeaseHeld: somebody else has the lease.
        """
        held = self.history.lease
        if held and not held.is_over(self._now()):
            raise LeaseHeld(held)

    def entries(self) -> Sequence[Entry]:
        """Return every entry that the store holds, read anew.

        Raises:
            LedgerError: the store cannot be read.
        """
        return self._store.read(0)

    def keep(self) -> None:
        """Renew the lease when half of its time is over; without a lease, nothing.

        Raises:
            LedgerConflict: it was broken, or has expired and somebody else took it.
            LedgerError: the store cannot be written.
        """
        if self._lease and self._now() > self._lease.expires - self._duration / 2:
            self._lease = self._lease.renewed(self._now(), self._duration)
            self.append((EntryType.LEASE, None, self._lease.body()))

    def release(self) -> None:
        """Release the lease. A lease that another process has taken since is left alone."""
        if self._lease:
            lease, self._lease = self._lease, None
            with contextlib.suppress(LedgerError):
                self.append((EntryType.RELEASE, None, ReleaseBody(lease=lease.id)))

    def move(self, to: str, *, by: str) -> None:
        """Close this ledger: it goes on at the place `to`. The lease is released by the same append.

        Raises:
            LedgerConflict: somebody else appended first.
            LedgerError: the store cannot be written.
        """
        lease = self._lease
        released = [(EntryType.RELEASE, None, ReleaseBody(lease=lease.id))] if lease else []
        self.append((EntryType.MOVED, None, MovedBody(to=to, by=by)), *released)
        self._lease = None

    def compact(self) -> None:
        """Replace all entries by one that holds the facts they add up to.

        Raises:
            LedgerConflict: somebody else appended first.
            LedgerError: the store cannot be written.
        """
        facts = self.history.facts()
        if self._place:
            facts["place"] = self._place
        entries, last = self._entries(((EntryType.COMPACTED, None, facts),))
        self._store.replace(entries, expected=self._serial)
        self._advance(entries, last)

    def _advance(self, entries: Sequence[Entry], last: str) -> None:
        self._serial, self._previous = entries[-1].serial, last
        for entry in entries:
            self.history.add(entry)

    def _entries(self, drafts: tuple[Draft, ...]) -> tuple[tuple[Entry, ...], str]:
        """Return the entries of `drafts`, and the digest of the last one's line."""
        time = self._now().isoformat(timespec="milliseconds")
        entries: list[Entry] = []
        previous = self._previous
        for serial, (entry_type, address, body) in enumerate(drafts, self._serial + 1):
            entry = Entry(serial, time, entry_type, address, body, previous)
            previous = line_digest(entry.line())
            entries.append(entry)
        return tuple(entries), previous

    def _fold(self, entries: Sequence[Entry]) -> History:
        try:
            history = History.of(entries)
            _ = history.approval  # what an apply may go by is looked at before anything is written
        except (KeyError, TypeError, ValueError) as error:
            raise LedgerCorrupt(self.location, f"an entry misses what its type promises ({error})") from None
        return history

    def _check_anchor(self, entries: Sequence[Entry]) -> None:
        """Refuse a ledger that lacks a noted entry. One that was compacted since cannot tell, and is accepted."""
        for anchor in self._anchors:
            found = containment(entries, anchor)
            if found in (Containment.CONTAINED, Containment.COMPACTED):
                continue
            held = entries[-1].serial if entries else 0
            what = f"ends at entry {held}" if found is Containment.BEHIND else "holds another entry there"
            raise LedgerError(
                f"the ledger {self.location} lacks entry {anchor.serial}, which was noted outside of it: it {what}. "
                "It was rolled back, forked or replaced; nothing was changed",
                fix="put back the ledger that holds that entry, as in a clone that read it; find out who may write it",
            )

    def _check_place(self) -> None:
        """Refuse a ledger whose entries name another place: it was moved there, or this is a copy of it."""
        here, place = self._place, self.history.place
        if here is None or place in ("", here):
            return
        was_here = here in self.history.places or "" in self.history.places
        if was_here:
            raise LedgerError(
                f"the ledger {self.location} was moved to {place} and is closed; nothing was changed",
                fix=f"take the agency file of today, which says ledger: {place}",
            )
        raise LedgerError(
            f"the ledger at {self.location} says that its place is {place}, not {here}: a move was interrupted, the "
            "ledger was copied or renamed, or both names mean the same place; nothing was changed",
            fix=f"write ledger: {place} into the agency file and run agencyfile ledger move --to {here}; if it was "
            f"renamed, copy it back to {place} first; if that is lost, run agencyfile ledger restore BACKUP instead",
        )

    def _check_first(self, first: Entry) -> None:
        if first.type not in (EntryType.OPENED, EntryType.COMPACTED):
            raise LedgerCorrupt(f"{self.location}:1", "the first entry does not say whose ledger this is")
        if first.body.get("agency") != self._agency:
            raise LedgerError(
                f"the ledger {self.location} belongs to agency {first.body.get('agency')}, not {self._agency}",
                fix="point agency.ledger at this agency's own ledger, or fix agency.name",
            )
