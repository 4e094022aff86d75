"""Lists of accounts' own APIs, over real HTTP: all of their rows, or a reason why not (portal.md section 3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.rows import OwnList
from agencyfile.portal.connection import Connection
from plan.values import Secret


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of a list with pages."""

    id: str


TEXTS: Final = OwnList("text_list", TextRow, path="texts", holds="texts", parameters={"limit": "2"})


def _page(*ids: int, total: object = None) -> dict[str, Any]:
    """One answer. Old resources write the total as text, new ones as a number; some have none."""
    meta = {} if total is None else {"meta": {"total": total}}
    return {"texts": [{"id": str(number)} for number in ids], **meta}


def _ids(scripted: Any, *pages: dict[str, Any]) -> list[str]:
    """Read the list from a server that answers with these pages, in this order."""
    scripted.answers, scripted.asked = [], []
    for page in pages:
        scripted.answer(200, page)
    with _connected(scripted) as connection:
        return [row.id for row in connection.questions().own(TEXTS, "acme", scripted.url)]


@contextmanager
def _connected(scripted: Any) -> Iterator[Connection]:
    connection = Connection(scripted.endpoint(account_keys={"acme": Secret("sentinel account key")}))
    try:
        yield connection
    finally:
        connection.close()


@given(st.integers(0, 7), st.sampled_from([str, int]))
def test_list_is_read_to_the_total_that_it_tells(scripted: Any, count: int, form: type) -> None:
    """One request for each page, and none more."""
    numbers = list(range(count))
    pages = [numbers[at : at + 2] for at in range(0, count, 2)] or [[]]

    assert _ids(scripted, *(_page(*page, total=form(count)) for page in pages)) == [str(number) for number in numbers]
    offsets = [asked.get("offset", "0") for _, _, asked in scripted.asked]
    assert offsets == [str(2 * number) for number in range(len(pages))]
    assert {asked["limit"] for _, _, asked in scripted.asked} == {"2"}


@pytest.mark.parametrize(("pages", "requests"), [(((1,),), 1), (((1, 2), (3,)), 2), (((1, 2), ()), 2)])
def test_list_without_a_total_is_read_to_a_page_that_is_not_full(
    scripted: Any, pages: tuple[tuple[int, ...], ...], requests: int
) -> None:
    """Some resources tell no total."""
    assert _ids(scripted, *(_page(*page) for page in pages)) == [str(number) for page in pages for number in page]
    assert len(scripted.asked) == requests


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([_page(1, 2, total="3"), _page(2, total="3")], "changed while it was read"),
        ([_page(1, 2, total="3"), _page(1, 2, total="3")], "changed while it was read"),
        ([_page(1, 2, total="3"), _page(total="3")], "ends after 2 of 3 rows"),
        ([_page(total=1)], "ends after 0 of 1 rows"),
        ([_page(1, 2, total="4"), {"other": []}], "holds no `texts`"),
    ],
    ids=["moved", "repeated", "short", "empty", "another"],
)
def test_list_that_is_not_whole_is_no_list(scripted: Any, pages: list[dict[str, Any]], words: str) -> None:
    """Whoever looks for a row must not take a part of a list for all of it."""
    with pytest.raises(Unclear, match=words):
        _ids(scripted, *pages)
