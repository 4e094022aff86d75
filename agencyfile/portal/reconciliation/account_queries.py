"""What is asked about single accounts, where the answer to a call was lost, and never otherwise (`portal.md` 1.2, 1.8).

Every method raises `Fault` where there is no clean answer.
"""

from collections.abc import Mapping
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.portal.apis.account_api import AccountApis
from agencyfile.portal.apis.account_templates import basic_templates
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.apis.envelope import Verdict
from agencyfile.portal.apis.hub_api import HubApi
from agencyfile.portal.apis.wire import TemplateRow
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.lists.hub import CLONING_LIST, HUB_LIST, HubLists
from agencyfile.portal.reconciliation.balances import credits_shown

__all__ = ["CLONING", "CLONING_LIST", "HUB_LIST", "NAME_CHECK", "STATUS", "Questions"]

STATUS: Final = "account_status"
NAME_CHECK: Final = "account_name_check"

# Cloning jobs that tell of an account which no list shows. One that succeeded has an account, which lists do show.
CLONING: Final = "in_progress"
_TELLING: Final = f"{CLONING},failed,cancelled"


class Questions:
    """Asks; the key of the hub may be missing, and then the hub is not to be asked."""

    def __init__(self, sending: Sending, agency: AgencyApi, hub: HubApi, accounts: AccountApis) -> None:
        self._sending = sending
        self._agency = agency
        self._hub = hub
        self._accounts = accounts
        self._hub_lists = HubLists(sending, hub)

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
        return tuple(row.id for row in self._hub_lists.accounts(label) if account_label(row.account_name) == label)

    def clonings(self) -> Mapping[str, str]:
        """The status of the cloning jobs that are under way or have failed, by the name of the account they fill."""
        under_way_last = sorted(self._hub_lists.clonings(_TELLING), key=lambda row: row.status == CLONING)
        return {account_label(row.target_account): row.status for row in under_way_last}

    def templates(self, label: str, url: str) -> tuple[TemplateRow, ...]:
        """The basic templates in one account, by its own API."""
        return basic_templates(self._accounts.of(label, url))

    def credits(self, label: str) -> int | None:
        """The email credits that an account has left, by its own API; None where that does not tell."""
        return credits_shown(self._accounts.declared(label))

    def _ask(self, action: str, label: str) -> Verdict:
        request = self._agency.query(action, {"account": label})
        return self._sending.repeat(request, self._agency.verdicts(action))
