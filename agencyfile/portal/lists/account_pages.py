"""Pages of `account_list`, whose size some portals let the caller choose (`docs/portal.md` 1.3 and section 8, R3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agencyfile.kinds.rows import AccountRow

LARGEST_PAGE: Final = 1000  # what the hub's lists allow; a portal that gives fewer rows just has more pages


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page, and the number of rows on all pages; 0 where the portal does not tell it."""

    rows: Sequence[AccountRow] = ()
    total: int = 0


class AccountPages:
    """The pages of one pass over the list, or over what a search finds.

    A portal that tells a total takes a size (R3). As 20 rows a page would make 5,000 requests of 100,000 accounts, the
    first page is then asked for again, and larger. One pass asks for one size, so that pages do not overlap.
    """

    def __init__(self, read: Callable[[Mapping[str, str]], AccountPage], search: str = "") -> None:
        self._read = read
        self._wanted = {"search": search} if search else {}
        self._is_begun = False
        self.total = 0

    def fetch(self, number: int) -> Sequence[AccountRow]:
        """Return the rows of one page."""
        page = self._page(number)
        if not self._is_begun and 0 < len(page.rows) < page.total:
            self._wanted["count"] = str(min(page.total, LARGEST_PAGE))
            page = self._page(number)
        self._is_begun, self.total = True, page.total or self.total
        return page.rows

    def _page(self, number: int) -> AccountPage:
        return self._read({"page": str(number), **self._wanted})
