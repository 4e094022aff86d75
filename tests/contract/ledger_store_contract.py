"""The contract that every ledger store passes. A store's own test module subclasses it and makes the store."""

from collections.abc import Callable

import pytest

from plan import LedgerConflict, LedgerStore
from plan.ledger.entry import NO_PREVIOUS, Entry, EntryType, line_digest


def chain(count: int, *, after: Entry | None = None) -> list[Entry]:
    """`count` entries, linked to `after`."""
    entries: list[Entry] = []
    serial, previous = (after.serial, line_digest(after.line())) if after else (0, NO_PREVIOUS)
    for number in range(count):
        serial += 1
        body = {"agency": "northwind", "format_version": 1, "number": number, "text": "é\r\u2028\n"}
        entries.append(Entry(serial, "2026-11-21T00:00:00.000+00:00", EntryType.OPENED, None, body, previous))
        previous = line_digest(entries[-1].line())
    return entries


class LedgerStoreContract:
    """Laws of compare-and-append."""

    @pytest.fixture
    def make_store(self) -> Callable[[], LedgerStore]:
        """Open the same store anew, as another process would."""
        raise NotImplementedError

    def test_store_new_is_empty(self, make_store: Callable[[], LedgerStore]) -> None:
        """A store that nobody wrote to has no entry and takes a first one after 0."""
        store = make_store()

        assert list(store.read(0)) == []
        assert store.append(chain(1), expected=0) == 1

    def test_store_appended_reads_back_equal(self, make_store: Callable[[], LedgerStore]) -> None:
        """What was appended is what another process reads, in order, from any serial."""
        entries = chain(5)
        store = make_store()
        store.append(entries[:2], expected=0)
        store.append(entries[2:], expected=2)

        assert list(make_store().read(0)) == entries
        assert list(make_store().read(3)) == entries[3:]

    def test_store_moved_on_refuses_and_keeps_what_it_has(self, make_store: Callable[[], LedgerStore]) -> None:
        """Of two writers that saw the same end, the second is told, and its entries are nowhere."""
        first, second = make_store(), make_store()
        first.read(0)
        second.read(0)
        first.append(chain(2), expected=0)

        with pytest.raises(LedgerConflict) as caught:
            second.append(chain(1), expected=0)

        assert (caught.value.expected, caught.value.found) == (0, 2)
        assert list(make_store().read(0)) == chain(2)

    def test_store_after_conflict_takes_an_append_at_the_true_end(self, make_store: Callable[[], LedgerStore]) -> None:
        """A writer that has caught up goes on."""
        first, second = make_store(), make_store()
        first.append(chain(2), expected=0)
        seen = list(second.read(0))

        assert second.append(chain(1, after=seen[-1]), expected=2) == 3
