"""The ledger as the engine uses it: facts to read, entries to append."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from plan.address import Address
from plan.errors import LedgerCorrupt, LedgerError
from plan.ledger.entry import FORMAT_VERSION, NO_PREVIOUS, Entry, EntryType, line_digest
from plan.ledger.history import History
from plan.ledger.store import LedgerStore

Draft = tuple[EntryType, Address | None, Mapping[str, object]]


class Ledger:
    """One agency's ledger, opened: `history` is what its entries add up to, kept up to date by `append`.

    Raises:
        LedgerError: it belongs to another agency, is of a newer format, is corrupt, or cannot be reached.
    """

    def __init__(
        self, store: LedgerStore, *, agency: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._agency = agency
        self._now = now
        entries = store.read(0)
        self._check_first(entries[0] if entries else None)
        self._serial = entries[-1].serial if entries else 0
        self._previous = line_digest(entries[-1].line()) if entries else NO_PREVIOUS
        self.history = self._fold(entries)

    @property
    def location(self) -> str:
        """Where it is kept."""
        return self._store.location

    @property
    def serial(self) -> int:
        """The serial of its last entry; 0 when it is empty."""
        return self._serial

    def append(self, *drafts: Draft) -> tuple[int, ...]:
        """Make entries of `drafts`, append them all or fail; return their serials.

        Raises:
            LedgerConflict: somebody else appended first.
            LedgerError: the store cannot be written.
        """
        if self._serial == 0:
            opened = {"agency": self._agency, "format_version": FORMAT_VERSION}
            drafts = ((EntryType.OPENED, None, opened), *drafts)
        entries = self._entries(drafts)
        self._store.append(entries, expected=self._serial)
        self._serial = entries[-1].serial
        self._previous = line_digest(entries[-1].line())
        for entry in entries:
            self.history.add(entry)
        return tuple(entry.serial for entry in entries if entry.type is not EntryType.OPENED)

    def _entries(self, drafts: tuple[Draft, ...]) -> tuple[Entry, ...]:
        time = self._now().isoformat(timespec="milliseconds")
        entries: list[Entry] = []
        previous = self._previous
        for serial, (entry_type, address, body) in enumerate(drafts, self._serial + 1):
            entry = Entry(serial, time, entry_type, address, body, previous)
            previous = line_digest(entry.line())
            entries.append(entry)
        return tuple(entries)

    def _fold(self, entries: Sequence[Entry]) -> History:
        try:
            return History.of(entries)
        except (KeyError, TypeError, ValueError) as error:
            raise LedgerCorrupt(self.location, f"an entry misses what its type promises ({error})") from None

    def _check_first(self, first: Entry | None) -> None:
        if first is None:
            return
        if first.type is not EntryType.OPENED:
            raise LedgerCorrupt(f"{self.location}:1", "the first entry does not say whose ledger this is")
        if first.body.get("format_version") != FORMAT_VERSION:
            raise LedgerError(
                f"the ledger {self.location} has format {first.body.get('format_version')}; this version reads format "
                f"{FORMAT_VERSION}",
                fix="use the version of agencyfile that wrote it, or a newer one",
            )
        if first.body.get("agency") != self._agency:
            raise LedgerError(
                f"the ledger {self.location} belongs to agency {first.body.get('agency')}, not {self._agency}",
                fix="point agency.ledger at this agency's own ledger, or mend agency.name",
            )
