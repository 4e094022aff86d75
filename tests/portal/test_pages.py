"""Lists in pages: complete, each row once, with the fewest requests, whatever the portal counts from."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agencyfile.portal.lists.pages import CursorWalk, NumberedWalk, read_all


class Pages:
    """A list in pages of two; `answers` overrides what a request, counted from 1, is answered."""

    def __init__(self, rows: Any, *, first: int = 0, beyond: str = "empty", answers: Any = None) -> None:
        self.rows = list(rows)
        self.first = first
        self.beyond = beyond
        self.answers = answers or {}
        self.asked: list[int] = []

    def fetch(self, number: int) -> Any:
        """One page."""
        self.asked.append(number)
        number = self.answers.get(len(self.asked), number)
        place = max(0, number - self.first)
        last = max(0, (len(self.rows) - 1) // 2)
        if place > last and self.beyond == "last":
            place = last
        return self.rows[2 * place : 2 * place + 2]


def _read(pages: Pages, first: int | None = None) -> tuple[str, bool]:
    listing = read_all(lambda: NumberedWalk(pages.fetch, str, first), str)
    return "".join(listing.rows), listing.is_steady


@pytest.mark.parametrize("rows", ["", "a", "ab", "abc", "abcdef"])
@pytest.mark.parametrize(("counts_from", "first", "more"), [(0, 0, 1), (1, 1, 1), (0, None, 1), (1, None, 2)], ids=str)
def test_walk_asks_the_formula(rows: Any, counts_from: int, first: int | None, more: int) -> None:
    """Pages + 1, and one more when the first page had to be found out."""
    pages = Pages(rows, first=counts_from)

    assert _read(pages, first) == (rows, True)
    held = (len(rows) + 1) // 2
    probe = first is None and not held and counts_from == 0
    assert len(pages.asked) == held + more + probe


@pytest.mark.parametrize("rows", ["a", "abcd"])
@pytest.mark.parametrize(("counts_from", "first"), [(0, 0), (1, 1), (0, None), (1, None)])
def test_walk_ends_where_the_last_page_comes_for_ever(rows: Any, counts_from: int, first: int | None) -> None:
    """Two pages in a row without anything new are the end."""
    pages = Pages(rows, first=counts_from, beyond="last")

    assert _read(pages, first) == (rows, True)
    assert len(pages.asked) <= (len(rows) + 1) // 2 + 4


def test_walk_of_a_portal_that_answers_page_0_empty_goes_on() -> None:
    """An empty page 0 is not the end while page 1 may be the first."""
    pages = Pages("abc", first=1)
    fetch = pages.fetch
    walk = NumberedWalk(lambda number: [] if number == 0 else fetch(number), str, None)

    assert "".join(walk.rows()) == "abc"


@pytest.mark.parametrize("request_number", [2, 3, 4])
def test_walk_with_a_repeated_page_is_done_again(request_number: int) -> None:
    """A page that comes twice hides another one."""
    pages = Pages("abcdef", answers={request_number: request_number - 2})

    rows, is_steady = _read(pages, 0)
    assert sorted(rows) == list("abcdef")
    assert is_steady


def test_walk_that_never_is_steady_says_so() -> None:
    """A list that moves all the time is read three times, and what was seen counts."""
    number = iter(range(100))

    def fetch(page: int) -> Any:
        turn = next(number)
        return ["a", f"{turn}"] if page < 2 else []

    listing = read_all(lambda: NumberedWalk(fetch, str, 0), str)
    assert not listing.is_steady
    assert len(listing.rows) == 7


def test_walk_fetches_only_what_is_asked_for() -> None:
    """Whoever has found what he looks for stops."""
    pages = Pages("abcdef")
    rows = NumberedWalk(pages.fetch, str, 0).rows()
    assert [next(rows), next(rows)] == ["a", "b"]
    assert pages.asked == [0]


@pytest.mark.parametrize(
    ("answers", "rows", "steady"),
    [
        ({"": ("ab", "x"), "x": ("c", "")}, "abc", True),
        ({"": ("", "")}, "", True),
        ({"": ("ab", "")}, "ab", True),
    ],
)
def test_cursor_walk_ends_without_a_cursor(answers: Any, rows: Any, *, steady: bool) -> None:
    """An empty cursor ends the list."""
    listing = read_all(lambda: CursorWalk(answers.__getitem__, str), str)

    assert ("".join(listing.rows), listing.is_steady) == (rows, steady)


@given(
    rows=st.integers(0, 20),
    size=st.integers(1, 5),
    counts_from=st.sampled_from([0, 1]),
    is_known=st.booleans(),
    beyond=st.sampled_from(["empty", "last"]),
    repeated=st.integers(2, 6),
)
def test_walk_with_one_page_repeated_is_complete(
    rows: int, size: int, counts_from: int, *, is_known: bool, beyond: str, repeated: int
) -> None:
    """Whatever the portal counts from, however it ends its list, whichever single page it repeats."""
    asked: list[int] = []
    last = max(0, (rows - 1) // size)

    def fetch(number: int) -> list[str]:
        asked.append(number)
        place = max(0, number - counts_from - (len(asked) == repeated))
        place = min(place, last) if beyond == "last" else place
        return [f"{row}" for row in range(rows)][place * size : place * size + size]

    # Page 1 as a copy of page 0, in a portal that counts from 0, looks like a portal that counts from 1.
    assume(is_known or counts_from == 1 or repeated != 2)
    first = counts_from if is_known else None
    listing = read_all(lambda: NumberedWalk(fetch, str, first), str)

    assert sorted(listing.rows, key=int) == [f"{row}" for row in range(rows)]


def test_cursor_walk_ends_where_a_cursor_leads_in_circles() -> None:
    """A portal that never ends its list does not keep us for ever."""
    asked = []

    def fetch(cursor: str) -> Any:
        asked.append(cursor)
        return "ab", "x"

    listing = read_all(lambda: CursorWalk(fetch, str), str)

    assert "".join(listing.rows) == "ab"
    assert not listing.is_steady
    assert len(asked) == 9


def test_cursor_walk_with_a_repeated_page_asks_again() -> None:
    """A repeated page carries the cursor that was asked for."""
    answers = iter([("ab", "x"), ("ab", "x"), ("c", "")])
    walk = CursorWalk(lambda _: next(answers), str)

    assert "".join(walk.rows()) == "abc"
