"""What is asked about single accounts, where the answer to a call was lost, and never otherwise (`portal.md` 1.2, 1.8).

Every method raises `Fault` where there is no clean answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from agencyfile.activecampaign.agency_api import AgencyApi, Verdict
from agencyfile.activecampaign.hub_api import CHILD_ACCOUNTS, CLONINGS, HubApi
from agencyfile.activecampaign.names import account_label
from agencyfile.activecampaign.pages import CursorWalk, read_all
from agencyfile.activecampaign.sending import Sending
from agencyfile.activecampaign.transport import Answer
from agencyfile.activecampaign.wire import ChildAccountRow, CloningRow, Pagination, rows_of

Row = TypeVar("Row", ChildAccountRow, CloningRow)

STATUS: Final = "account_status"
NAME_CHECK: Final = "account_name_check"
HUB_LIST: Final = "child_account_list"
CLONING_LIST: Final = "clone_status_list"

_LARGEST_PAGE: Final = "1000"  # portal.md 1.8, both lists
# Cloning jobs that tell of an account which no list shows. One that succeeded has an account, which lists do show.
CLONING: Final = "in_progress"
_TELLING: Final = f"{CLONING},failed,cancelled"


class Questions:
    """Asks; the key of the hub may be missing, and then the hub is not to be asked."""

    def __init__(self, sending: Sending, agency: AgencyApi, hub: HubApi) -> None:
        self._sending = sending
        self._agency = agency
        self._hub = hub

    @property
    def has_hub(self) -> bool:
        """Can the hub be asked?"""
        return self._hub.has_key

    def status(self, label: str) -> str | None:
        """The state of an account in the portal's word; None where the portal knows no such account (INF, 1.3)."""
        verdict = self._ask(STATUS, label)
        word = self._agency.shown(verdict.fields.get("status") or "").lower()
        return word or None if verdict.is_yes else None

    def name_check(self, label: str) -> Verdict:
        """Is a name free? A no says why in its words."""
        return self._ask(NAME_CHECK, label)

    def hub_ids(self, label: str) -> tuple[str, ...]:
        """The hub's ids of the accounts of that name, archived ones too: it lists names, and no states."""
        by_name = {"search": label, "limit": _LARGEST_PAGE, "sort_by": "account_name", "sort_direction": "asc"}
        rows = self._hub_rows(_HubList(HUB_LIST, CHILD_ACCOUNTS, "hosted_accounts", by_name), ChildAccountRow)
        return tuple(row.id for row in rows if account_label(row.account_name) == label)

    def clonings(self) -> Mapping[str, str]:
        """The status of the cloning jobs that are under way or have failed, by the name of the account they fill."""
        wanted = {"status": _TELLING, "per_page": _LARGEST_PAGE}
        rows = self._hub_rows(_HubList(CLONING_LIST, CLONINGS, "items", wanted), CloningRow)
        under_way_last = sorted(rows, key=lambda row: row.status == CLONING)
        return {account_label(row.target_account): row.status for row in under_way_last}

    def _ask(self, action: str, label: str) -> Verdict:
        request = self._agency.query(action, {"account": label})
        return self._sending.repeat(request, self._agency.verdicts(action))

    def _hub_rows(self, source: "_HubList", model: type[Row]) -> tuple[Row, ...]:
        def decode(answer: Answer) -> tuple[Sequence[Row], str]:
            document = self._hub.decoder(source.name)(answer)
            rows = rows_of(document.get(source.field), model, name=source.name)
            return rows, _next_page(document) if rows else ""

        def fetch(page: str) -> tuple[Sequence[Row], str]:
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
    """The number of the next page, empty after the last one (`portal.md` 1.8)."""
    (pagination,) = rows_of([document.get("pagination") or {}], Pagination, name="pagination")
    return str(pagination.page + 1) if pagination.page < pagination.total_pages else ""
