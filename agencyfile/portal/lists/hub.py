"""The Partners Hub's lists with numbered pages: its accounts, and its cloning jobs (`docs/portal.md` 1.8).

Every method raises `Fault` if there is no clear answer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from agencyfile.kinds.questions import CLONINGS, HUB_ACCOUNTS
from agencyfile.kinds.rows import ChildAccountRow, CloningRow
from agencyfile.portal.apis.hub_api import CHILD_ACCOUNTS, CLONING_JOBS, HubApi
from agencyfile.portal.apis.wire import field_of, page_of, rows_of
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Answer
from agencyfile.portal.lists.pages import CursorWalk, read_all

Row = TypeVar("Row", ChildAccountRow, CloningRow)

_ACCOUNTS: Final = "hosted_accounts"
_LARGEST_PAGE: Final = "1000"  # docs/portal.md 1.8, both lists


class HubLists:
    """Reads lists of the hub, page by page; `requests` counts the requests."""

    def __init__(self, sending: Sending, hub: HubApi) -> None:
        self._sending = sending
        self._hub = hub
        self.requests = Counter[str]()

    def accounts(self, search: str = "") -> tuple[ChildAccountRow, ...]:
        """Return every account whose name contains `search`, archived ones too: the hub lists names without states."""
        wanted = {"search": search} if search else {}
        wanted |= {"limit": _LARGEST_PAGE, "sort_by": "account_name", "sort_direction": "asc"}
        return self._rows(_HubList(HUB_ACCOUNTS, CHILD_ACCOUNTS, _ACCOUNTS, wanted), ChildAccountRow)

    def clonings(self, statuses: str) -> tuple[CloningRow, ...]:
        """Return the cloning jobs in these comma-separated states."""
        wanted = {"status": statuses, "per_page": _LARGEST_PAGE}
        return self._rows(_HubList(CLONINGS, CLONING_JOBS, "items", wanted), CloningRow)

    def account_rows(self, answer: Answer) -> Sequence[ChildAccountRow]:
        """Return the accounts of a page.

        Raises:
            Fault: the answer is none.
        """
        return self._page(answer, _HubList(HUB_ACCOUNTS, CHILD_ACCOUNTS, _ACCOUNTS, {}), ChildAccountRow)[0]

    def _page(self, answer: Answer, source: "_HubList", model: type[Row]) -> tuple[Sequence[Row], str]:
        document = self._hub.decoder(source.name)(answer)
        rows = rows_of(field_of(document, source.field, name=source.name), model, name=source.name)
        return rows, _next_page(document) if rows else ""

    def _rows(self, source: "_HubList", model: type[Row]) -> tuple[Row, ...]:
        def decode(answer: Answer) -> tuple[Sequence[Row], str]:
            return self._page(answer, source, model)

        def fetch(page: str) -> tuple[Sequence[Row], str]:
            self.requests[source.name] += 1
            request = self._hub.query(source.name, source.path, {**source.parameters, "page": page or "1"})
            return self._sending.repeat(request, decode)

        return read_all(lambda: CursorWalk(fetch, _key), _key).rows


@dataclass(frozen=True, slots=True)
class _HubList:
    name: str
    path: str
    field: str
    parameters: Mapping[str, str]


def _key(row: ChildAccountRow | CloningRow) -> str:
    return row.id


def _next_page(document: Mapping[str, Any]) -> str:
    """Return the number of the next page; empty after the last one (`docs/portal.md` 1.8)."""
    pagination = page_of(document.get("pagination"))
    return str(pagination.page + 1) if pagination.page < pagination.total_pages else ""
