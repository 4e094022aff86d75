"""Answers to the questions of operations (`agencyfile/kinds/questions.py`; `docs/portal.md` 1.2, 1.8, section 3).

Single accounts are asked about only if the answer to a call was lost.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeVar

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.faults import Fault
from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.questions import CLONING, CLONINGS, HUB_ACCOUNTS, NAME_CHECK, STATUS, NameCheck
from agencyfile.kinds.readings import HUB_ACCOUNT_NAME
from agencyfile.kinds.rows import AccountRow, ChildAccountRow, Listing, OwnList, Row, SnapshotRow, SourceRow
from agencyfile.portal.apis.account_api import AccountApis
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.apis.envelope import Verdict
from agencyfile.portal.apis.hub_api import HubApi
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.lists.account_readings import state_of
from agencyfile.portal.lists.hub import HubLists
from agencyfile.portal.lists.own import read_own
from agencyfile.portal.lists.shared import PortalLists
from plan.errors import PortalError

T = TypeVar("T")

# Cloning jobs that tell of an account which no list shows. One that succeeded has an account, which lists do show.
_TELLING: Final = f"{CLONING},failed,cancelled"


class PortalQuestions:
    """Asks the portal. Each look has its own, so that lists are those of one look."""

    def __init__(
        self, lists: PortalLists, sending: Sending, agency: AgencyApi, hub: HubApi, accounts: AccountApis
    ) -> None:
        self._lists = lists
        self._sending = sending
        self._agency = agency
        self._hub = hub
        self._own = accounts
        self._hub_lists = HubLists(sending, hub)
        self._hub_faults: dict[str, Fault] = {}

    @property
    def hub_words(self) -> Endpoint:
        """Return the hub's words from the settings."""
        return self._lists.endpoint

    @property
    def has_hub(self) -> bool:
        """Return whether the hub can be asked. It needs a key."""
        return self._hub.has_key

    @property
    def hub_shows_labels(self) -> bool:
        """Return whether the hub has shown login names so far, and no others."""
        return self._lists.observations.reading(HUB_ACCOUNT_NAME) == "label"

    @cached_property
    def accounts(self) -> Listing[AccountRow]:
        """Return `account_list`."""
        return self._lists.accounts()

    @cached_property
    def snapshots(self) -> Listing[SnapshotRow]:
        """Return `snapshot_list`."""
        return self._lists.snapshots()

    @cached_property
    def sources(self) -> Sequence[SourceRow]:
        """Return the sources; none if the hub does not answer, since a number is looked up when it is needed."""
        try:
            return self._lists.sources() if self.has_hub else ()
        except PortalError:
            return ()

    @cached_property
    def clonings(self) -> Mapping[str, str]:
        """Return the state of cloning jobs that are under way or have failed, by the name of the account they fill."""
        rows = self._ask_hub(CLONINGS, lambda: self._hub_lists.clonings(_TELLING))
        under_way_last = sorted(rows, key=lambda row: row.status == CLONING)
        return {account_label(row.target_account): row.status for row in under_way_last}

    def account(self, label: str) -> AccountRow | None:
        """Return the row of an account in `accounts`."""
        return self._rows.get(label)

    def find_account(self, label: str) -> AccountRow | None:
        """Return the row of one account now."""
        return next(self._lists.find_accounts({label}), None)

    def status(self, label: str) -> str | None:
        """Return the state of an account in the portal's word; None if the portal has no such account (INF, 1.3)."""
        word = state_of(self._ask(STATUS, label), self._lists.observations)
        return self._agency.shown(word).lower() if word else None

    def name_check(self, label: str) -> NameCheck:
        """Return whether a name is free; if it is not, the portal's words say why."""
        verdict = self._ask(NAME_CHECK, label)
        return NameCheck(verdict.is_yes, verdict.words)

    def hub_accounts(self, search: str) -> Sequence[ChildAccountRow]:
        """Return the accounts whose name contains a text, archived ones too: the hub lists names without states."""
        return self._ask_hub(HUB_ACCOUNTS, lambda: self._hub_lists.accounts(search))

    def own(self, source: OwnList[Row], label: str, url: str | None) -> tuple[Row, ...]:
        """Return a list of the account's own API, at `url` if that is declared."""
        return read_own(self._own.opened(label, url), source)

    def view(self, label: str) -> Mapping[str, object]:
        """Return the account's own description of itself, if its API is declared."""
        return self._own.declared(label).view()

    @cached_property
    def _rows(self) -> Mapping[str, AccountRow]:
        return {account_label(row.account): row for row in self.accounts.rows}

    def _ask(self, action: str, label: str) -> Verdict:
        request = self._agency.query(action, {ACCOUNT: label})
        return self._sending.repeat(request, self._agency.verdicts(action))

    def _ask_hub(self, question: str, ask: Callable[[], T]) -> T:
        """Ask the hub a question, unless it has failed once: a second failure would delay every other call."""
        if question in self._hub_faults:
            raise self._hub_faults[question]
        try:
            return ask()
        except Fault as fault:
            self._hub_faults[question] = fault
            raise
