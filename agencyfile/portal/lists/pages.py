"""Lists in pages, whose size, first number and length the portal does not report (`docs/portal.md` 1.3, 1.8).

A pass that reads a row twice may have missed another one: the list moved, or a page was repeated. Such a pass is
unsteady, and the list is read again, up to `PASSES` times. Rows found in any pass count.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Final, Generic, Protocol, TypeVar

from agencyfile.kinds.faults import Capped
from agencyfile.kinds.rows import Listing

Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
Key = Callable[[Row], str]

PASSES: Final = 3
MOST_PAGES: Final = 5000
_BARREN_PAGES: Final = 2
_MOST_BARREN: Final = 5


class Walk(Protocol[Row_co]):
    """One pass over a list; `is_steady` is valid once all its rows have been taken."""

    is_steady: bool

    def rows(self) -> Iterator[Row_co]:
        """Yield the rows, each once, fetched on demand."""


class NumberedWalk(Generic[Row]):
    """One pass over numbered pages.

    It ends with an empty page, or with two pages in a row without new rows: one such page may be a repeated one, two
    mean a portal that gives the same answer to every number beyond the end. A pass that brought fewer rows than
    `total`, where the portal tells one, is unsteady. With `first` None it begins with page 0. A portal that counts from
    1 answers that empty or like page 1; neither is taken for the end.

    Requests: pages + 1 where the first number is known or is 0, pages + 2 where it is found out to be 1.
    """

    def __init__(
        self,
        fetch: Callable[[int], Sequence[Row]],
        key: Key[Row],
        first: int | None,
        most: int = MOST_PAGES,
        total: Callable[[], int] = lambda: 0,
    ) -> None:
        self._fetch = fetch
        self._seen = _Seen(key)
        self._first = first
        self._most = most
        self._total = total
        self.is_steady = True

    def rows(self) -> Iterator[Row]:
        """Yield the rows, each once, fetched on demand."""
        barren = 0
        for number in count(self._first or 0):
            check_pages(number - (self._first or 0), self._most)
            page = self._fetch(number)
            fresh = self._seen.take(page)
            yield from fresh
            if not page and not self._may_precede_the_first(number):
                self.is_steady = self.is_steady and not barren and self._seen.count >= self._total()
                return
            if fresh:
                self.is_steady = self.is_steady and not barren and len(fresh) == len(page)
                barren = 0
            elif page and not self._may_be_the_first(number):
                barren += 1
            if barren == _BARREN_PAGES:
                self.is_steady = self.is_steady and self._seen.count >= self._total()
                return

    def _may_precede_the_first(self, number: int) -> bool:
        return self._first is None and number == 0

    def _may_be_the_first(self, number: int) -> bool:
        return self._first is None and number == 1


class CursorWalk(Generic[Row]):
    """One pass over pages that each name the next one; it ends where none is named.

    A repeated cursor is followed once more, since a repeated page has it too; the second time it ends the pass. Several
    pages in a row that name a next one but have no new rows are no list.
    """

    def __init__(
        self, fetch: Callable[[str], tuple[Sequence[Row], str]], key: Key[Row], most: int = MOST_PAGES
    ) -> None:
        self._fetch = fetch
        self._seen = _Seen(key)
        self._most = most
        self.is_steady = True

    def rows(self) -> Iterator[Row]:
        """Yield the rows, each once, fetched on demand."""
        asked = Counter[str]()
        cursor, barren = "", 0
        while asked[cursor] < _BARREN_PAGES:
            check_pages(asked.total(), self._most)
            asked[cursor] += 1
            page, cursor = self._fetch(cursor)
            fresh = self._seen.take(page)
            self.is_steady = self.is_steady and len(fresh) == len(page)
            yield from fresh
            if not cursor:
                return
            barren = 0 if fresh else barren + 1
            if barren > _MOST_BARREN:
                raise Capped(
                    f"{barren} pages in a row named another one and brought nothing new",
                    fix="try again; if it stays so, ask the vendor",
                )


def check_pages(read: int, most: int) -> None:
    """Check that fewer than `most` pages were read.

    Raises:
        Capped: there were more.
    """
    if read >= most:
        raise Capped(
            f"the list goes on after {most:,} pages",
            fix="if the portal really has that many: export AGENCYFILE_LIMIT_PAGES=NUMBER",
        )


def read_all(begin: Callable[[], Walk[Row]], key: Key[Row]) -> Listing[Row]:
    """Read a list by walks that `begin` makes, until one is steady."""
    found: dict[str, Row] = {}
    for _ in range(PASSES):
        walk = begin()
        found |= {key(row): row for row in walk.rows()}
        if walk.is_steady:
            return Listing(tuple(found.values()))
    return Listing(tuple(found.values()), is_steady=False)


class _Seen(Generic[Row]):
    def __init__(self, key: Key[Row]) -> None:
        self._key = key
        self._keys: set[str] = set()

    @property
    def count(self) -> int:
        """Return the number of rows that were seen."""
        return len(self._keys)

    def take(self, page: Sequence[Row]) -> list[Row]:
        """Return the rows of `page` that are new, and remember them."""
        fresh = [row for row in page if self._key(row) not in self._keys]
        self._keys.update(map(self._key, page))
        return fresh
