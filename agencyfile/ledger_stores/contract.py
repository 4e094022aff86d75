"""The contract that every ledger store passes, as a suite for pytest.

A store's own test module subclasses `LedgerStoreContract` and says how to open the store; or `pytest_plugin` runs the
suite over a store that is installed. Nothing but tests imports this module, and it alone needs pytest.
"""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pytest

from plan import LedgerConflict, LedgerStore
from plan.ledger.entry import NO_PREVIOUS, Entry, EntryType, line_digest

Opener = Callable[[], LedgerStore]


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


def compaction(last: Entry, **body: object) -> Entry:
    """The entry that takes the place of all up to `last`."""
    previous = line_digest(last.line())
    return Entry(last.serial + 1, "2026-11-22T00:00:00.000+00:00", EntryType.COMPACTED, None, body, previous)


@cache
def long_chain(count: int) -> Sequence[Entry]:
    """Make a long chain once for all stores."""
    return chain(count)


def race(open_store: Opener, rounds: int) -> None:
    """Append one entry after another, as fast as it goes, until `rounds` of them have returned."""
    store = open_store()
    won = 0
    while won < rounds:
        entries = store.read(0)
        try:
            last = entries[-1] if entries else None
            store.append(chain(1, after=last), expected=last.serial if last else 0)
            won += 1
        except LedgerConflict:
            continue


def race_to_compact(open_store: Opener, rounds: int) -> None:
    """Compact again and again; each compaction tells how many entries went into it, over all."""
    store = open_store()
    won = 0
    while won < rounds:
        entries = store.read(0)
        if not entries:
            continue
        try:
            store.replace([compaction(entries[-1], total=total(entries))], expected=entries[-1].serial)
            won += 1
        except LedgerConflict:
            continue


def total(entries: Sequence[Entry]) -> int:
    """Count the entries that were ever appended, without compactions."""
    folded = entries[0].body.get("total", 0) if entries else 0
    assert isinstance(folded, int)
    return folded + sum(entry.type is not EntryType.COMPACTED for entry in entries)


def _race_in(
    environment: Mapping[str, str], task: Callable[[Opener, int], None], open_store: Opener, rounds: int
) -> None:
    """Carry out a task with the variables of its test: the server that forks it has those of an earlier one."""
    os.environ.clear()
    os.environ.update(environment)
    task(open_store, rounds)


def in_processes(*tasks: tuple[Callable[[Opener, int], None], Opener, int]) -> None:
    """Run `tasks` at the same time, each in a process of its own, to a clean end."""
    context = multiprocessing.get_context("forkserver")  # it has no threads, and imports everything once for all
    context.set_forkserver_preload([__name__, "plan.ledger.git_store"])
    environment = dict(os.environ)
    racers = [context.Process(target=_race_in, args=(environment, *task)) for task in tasks]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(120 + max(rounds for _, _, rounds in tasks))
    assert [racer.exitcode for racer in racers] == [0] * len(racers)


class LedgerStoreContract:
    """Laws of compare-and-append and compare-and-replace.

    `rounds` is how many appends each of two racing processes makes; `many` how long the longest ledger is.
    """

    rounds = 50
    many = 100_000

    @pytest.fixture(autouse=True)
    def races(self, request: pytest.FixtureRequest) -> None:
        """Take the number of rounds from the command line, where it is said (`--races`)."""
        self.rounds = request.config.getoption("races", None) or self.rounds

    @pytest.fixture
    def openers(self) -> tuple[Opener, Opener]:
        """Two ways to open one and the same store anew, as two processes would; they can be pickled."""
        raise NotImplementedError

    @pytest.fixture
    def one(self, openers: tuple[Opener, Opener]) -> LedgerStore:
        """The store."""
        return openers[0]()

    @pytest.fixture
    def other(self, openers: tuple[Opener, Opener]) -> LedgerStore:
        """The same store, opened by somebody else."""
        return openers[1]()

    def test_store_new_is_empty(self, one: LedgerStore) -> None:
        """A store that nobody wrote to has no entry and takes a first one after 0."""
        assert list(one.read(0)) == []
        assert one.append(chain(1), expected=0) == 1

    def test_store_appended_reads_back_equal(self, one: LedgerStore, other: LedgerStore) -> None:
        """Another process reads the entries that were appended, in order, from any serial."""
        entries = chain(5)
        one.append(entries[:2], expected=0)
        one.append(entries[2:], expected=2)

        for after in range(7):
            assert list(other.read(after)) == entries[after:]

    def test_store_moved_on_refuses_and_keeps_what_it_has(self, one: LedgerStore, other: LedgerStore) -> None:
        """Of two writers that saw the same end, the second is told, and its entries are nowhere."""
        one.read(0)
        other.read(0)
        one.append(chain(2), expected=0)

        with pytest.raises(LedgerConflict) as caught:
            other.append(chain(1), expected=0)

        assert (caught.value.expected, caught.value.found) == (0, 2)
        assert list(other.read(0)) == chain(2)

    def test_store_after_conflict_takes_an_append_at_the_true_end(self, one: LedgerStore, other: LedgerStore) -> None:
        """A writer that has caught up goes on."""
        one.append(chain(2), expected=0)
        seen = list(other.read(0))

        assert other.append(chain(1, after=seen[-1]), expected=2) == 3

    def test_store_expected_ahead_of_the_end_is_refused(self, one: LedgerStore) -> None:
        """Entries that would leave a hole are not taken."""
        entries = chain(3)
        one.append(entries[:1], expected=0)

        with pytest.raises(LedgerConflict):
            one.append(entries[2:], expected=2)
        with pytest.raises(ValueError, match="continue the serials"):
            one.append([entries[1], entries[1]], expected=1)

    @pytest.mark.long
    def test_store_of_two_racing_processes_loses_nothing(self, openers: tuple[Opener, Opener]) -> None:
        """Two processes that append as fast as they can: every append that returned is there, once, in one chain."""
        in_processes(*((race, opener, self.rounds) for opener in openers))

        assert len(openers[0]().read(0)) == 2 * self.rounds

    @pytest.mark.long
    def test_store_of_a_hundred_thousand_entries_is_read_whole(self, openers: tuple[Opener, Opener]) -> None:
        """A ledger of many years opens and goes on."""
        entries, store = long_chain(self.many), openers[0]()
        step = len(entries) // 4
        for start in range(0, len(entries), step):
            store.append(entries[start : start + step], expected=start)
        other = openers[1]()

        assert list(other.read(0)) == entries
        assert other.append(chain(1, after=entries[-1]), expected=len(entries)) == len(entries) + 1

    def test_store_compacted_goes_on_with_the_serials(self, one: LedgerStore, other: LedgerStore) -> None:
        """The compacted log is what stands in the store, and the next append follows it."""
        entries = chain(4)
        one.append(entries, expected=0)
        compacted = compaction(entries[-1], agency="northwind")

        assert one.replace([compacted], expected=4) == 5
        following = chain(2, after=compacted)
        assert one.append(following[:1], expected=5) == 6
        assert other.append(following[1:], expected=6) == 7
        assert list(one.read(0)) == list(other.read(0)) == [compacted, *following]

    def test_store_compacted_reads_from_any_serial(self, one: LedgerStore, other: LedgerStore) -> None:
        """`after` counts serials, not lines: whoever is behind the compaction gets it whole."""
        entries = chain(4)
        one.append(entries, expected=0)
        log = [compaction(entries[-1]), *chain(2, after=compaction(entries[-1]))]
        one.replace(log, expected=4)

        for after, first in ((0, 0), (3, 0), (4, 0), (5, 1), (6, 2), (7, 3), (8, 3)):
            assert list(other.read(after)) == log[first:]

    def test_store_compacted_behind_a_writer_tells_it(self, one: LedgerStore, other: LedgerStore) -> None:
        """A writer that saw the log before its compaction is refused, reads anew, and goes on."""
        entries = chain(4)
        one.append(entries, expected=0)
        other.read(0)
        one.replace([compaction(entries[-1])], expected=4)

        with pytest.raises(LedgerConflict) as caught:
            other.append(chain(1, after=entries[-1]), expected=4)

        assert (caught.value.expected, caught.value.found) == (4, 5)
        assert list(other.read(4)) == [compaction(entries[-1])]

    def test_store_moved_on_refuses_its_compaction(self, one: LedgerStore, other: LedgerStore) -> None:
        """A compaction of what is no longer all of it changes nothing."""
        entries = chain(4)
        one.append(entries[:3], expected=0)
        other.read(0)
        one.append(entries[3:], expected=3)

        with pytest.raises(LedgerConflict):
            other.replace([compaction(entries[2])], expected=3)

        assert list(one.read(0)) == entries

    def test_store_compacted_many_times_keeps_its_readers(self, one: LedgerStore, other: LedgerStore) -> None:
        """A store that is open through several compactions follows each."""
        last = chain(1)[0]
        one.append([last], expected=0)
        for _ in range(5):
            compacted = compaction(last)
            one.replace([compacted], expected=last.serial)
            (last,) = chain(1, after=compacted)
            other.append([last], expected=compacted.serial)
            assert list(one.read(0)) == [compacted, last]

    @pytest.mark.long
    def test_store_compacted_under_race_loses_nothing(self, openers: tuple[Opener, Opener]) -> None:
        """Appends and compactions at once: every append that returned is there or has gone into a compaction."""
        in_processes((race, openers[0], self.rounds), (race_to_compact, openers[1], self.rounds // 5))

        assert total(openers[0]().read(0)) == self.rounds
