"""Lists of the portal, read page by page, with the number of requests for each."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.catalogue import Catalogue, make_catalogue
from agencyfile.kinds.faults import Capped, Declined, Fault
from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.questions import ACCOUNTS, STATUS
from agencyfile.kinds.questions import SNAPSHOTS as SNAPSHOT_LIST
from agencyfile.kinds.readings import PRORATED
from agencyfile.kinds.rows import AccountRow, Listing, PlanRow, SnapshotRow, SourceRow, is_archived
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.apis.envelope import is_empty_list
from agencyfile.portal.apis.hub_api import SNAPSHOTS, SOURCES, HubApi
from agencyfile.portal.apis.wire import field_of, number_of, rows_of
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.faults import portal_error
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Answer, Request
from agencyfile.portal.lists.account_pages import AccountPage, AccountPages
from agencyfile.portal.lists.account_readings import (
    Words,
    asked_about,
    is_numbered,
    note_page,
    state_of,
    worded,
    words_for,
)
from agencyfile.portal.lists.pages import CursorWalk, NumberedWalk, Walk, read_all
from agencyfile.portal.observations import Observations
from plan.errors import PortalError
from plan.money import Money

T = TypeVar("T")
R = TypeVar("R", AccountRow, SnapshotRow)

PLANS: Final = "account_plans"
SOURCE_LIST: Final = "snapshot_source_list"


class PortalLists:
    """Reads lists and counts the requests. Each read has its own, so that the counts are those of one read.

    Every method raises `PortalError` if the portal cannot be read.
    """

    def __init__(
        self, endpoint: Endpoint, sending: Sending, agency: AgencyApi, hub: HubApi, observations: Observations
    ) -> None:
        self.endpoint = endpoint
        self.observations = observations
        self._sending = sending
        self._agency = agency
        self._hub = hub
        self.requests = Counter[str]()
        self.unreadable: str | None = None
        self._changes: dict[str, Mapping[str, Money]] = {}
        self._begun = time.monotonic()

    def accounts(self) -> Listing[AccountRow]:
        """Return every account, with its state in words. Of two rows of one name, return the one that is not archived.

        Where the states are numbers, one account is asked about, to learn what they mean; if its answer does not tell,
        the numbers stay, and `unreadable` says why.
        """
        listing = self._whole(ACCOUNTS, self._account_walk, _row_key)
        rows = tuple(_one_per_label(listing.rows))
        label = asked_about(rows)
        if label is not None:
            rows = tuple(worded(rows, self._words(rows, label)))
        return Listing(rows, listing.is_steady)

    def _words(self, rows: Sequence[AccountRow], label: str) -> Words:
        """Return what the numbers mean that the list gives for states, by the state of one account."""
        number = next(row.reseller_status for row in rows if account_label(row.account) == label)
        word = self.status(label)
        words = words_for(number, word)
        if not words:
            told = f"answers `{self._agency.shown(word)}`" if word else "answers no state"
            self.unreadable = f"{ACCOUNTS} gives `{number}` as the state of `{label}`, of which {STATUS} {told}"
        return words

    def status(self, label: str) -> str | None:
        """Return the state of one account in the portal's own word; None if the portal does not tell it."""

        def decode(answer: Answer) -> str | None:
            return state_of(self._agency.verdicts(STATUS)(answer), self.observations)

        return self._read(STATUS, self._agency.query(STATUS, {ACCOUNT: label}), decode)

    def find_accounts(self, labels: set[str]) -> Iterator[AccountRow]:
        """Yield the accounts of these names as they are read. Stop iterating once all are found, to save requests.

        A single name is searched for first. Only the whole list proves that a name is absent: the fields that `search`
        covers are not documented.

        Raises:
            PortalError: the list cannot be read, or never ends.
        """
        try:
            yield from self._found(labels)
        except Fault as fault:
            raise portal_error(fault, ACCOUNTS) from None

    def _found(self, labels: set[str]) -> Iterator[AccountRow]:
        if len(labels) == 1:
            for row in self._account_walk(search=next(iter(labels))).rows():
                if account_label(row.account) in labels:
                    yield self._told(row)
                    return
        yield from (self._told(row) for row in self._account_walk().rows() if account_label(row.account) in labels)

    def _told(self, row: AccountRow) -> AccountRow:
        """Return a row with its state in words. No number says that an account is still created, so it is asked about.

        One request for each account that was just created, and only where states are numbers.
        """
        word = self.status(account_label(row.account)) if is_numbered(row) and not is_archived(row) else None
        return replace(row, reseller_status=word) if word else row

    def catalogue(self) -> Catalogue:
        """Return the plans on offer, with the settings' words for them."""
        answer = self._read(PLANS, self._agency.query(PLANS, {}), self.plan_rows)
        try:
            return make_catalogue(answer, self.endpoint.plan_ids)
        except ValueError:
            raise PortalError(
                "portal.plan_ids cannot be used: its keys are tier/billing/contacts, trial or sandbox",
                fix="write each key like plus/monthly/1000",
            ) from None

    def price_of_change(self, label: str, plan_id: str) -> Money | None:
        """Return the price of a change of plan now; None if the portal does not tell it (`docs/portal.md` 1.4).

        One request for each account, until an answer has shown that this portal tells no such prices.
        """
        if self.observations.reading(PRORATED) == "absent":
            return None
        if label not in self._changes:
            self._changes[label] = self._read(PLANS, self._agency.query(PLANS, {ACCOUNT: label}), self._change_prices)
        return self._changes[label].get(plan_id)

    def _change_prices(self, answer: Answer) -> Mapping[str, Money]:
        rows = self.plan_rows(answer)
        told = {row.id: Money(row.currency.upper(), row.prorated) for row in rows if row.prorated is not None}
        if rows:
            self.observations.saw(PRORATED, "told" if told else "absent")
        return told

    def snapshots(self) -> Listing[SnapshotRow]:
        """Return every snapshot, whatever its status."""
        most = self.endpoint.limits.pages
        return self._whole(SNAPSHOT_LIST, lambda: CursorWalk(self._snapshot_page, _snapshot_key, most), _snapshot_key)

    def sources(self) -> Sequence[SourceRow]:
        """Return the accounts that snapshots can be taken of, with the numbers by which they are taken."""
        return self._read(SOURCE_LIST, self._hub_query(SOURCE_LIST, SOURCES, {}), self.source_rows)

    def _account_walk(self, search: str = "") -> NumberedWalk[AccountRow]:
        pages = AccountPages(self._account_page, search)
        return NumberedWalk(
            pages.fetch, _row_key, self.endpoint.first_page, self.endpoint.limits.pages, lambda: pages.total
        )

    def _account_page(self, parameters: Mapping[str, str]) -> AccountPage:
        return self._read(ACCOUNTS, self._agency.query(ACCOUNTS, parameters), self.account_rows)

    def _snapshot_page(self, cursor: str) -> tuple[Sequence[SnapshotRow], str]:
        parameters = {"limit": str(self.endpoint.hub_page)} | ({"next_cursor": cursor} if cursor else {})
        return self._read(SNAPSHOT_LIST, self._hub_query(SNAPSHOT_LIST, SNAPSHOTS, parameters), self.snapshot_rows)

    def account_rows(self, answer: Answer) -> AccountPage:
        """Return a page of `account_list`.

        Raises:
            Fault: the answer is none.
        """
        try:
            envelope = self._agency.decoder(ACCOUNTS)(answer)
        except Declined as fault:
            if is_empty_list(fault):
                return AccountPage()
            raise
        rows = rows_of(field_of(envelope, "accounts", name=ACCOUNTS), AccountRow, name=ACCOUNTS)
        note_page(self.observations, envelope)
        return AccountPage(rows, number_of(envelope.get("total")))

    def plan_rows(self, answer: Answer) -> Sequence[PlanRow]:
        """Return the plans that `account_plans` offers.

        Raises:
            Fault: the answer is none.
        """
        plans = field_of(self._agency.decoder(PLANS)(answer), "plans", name=PLANS)
        items = plans.values() if isinstance(plans, Mapping) else plans if isinstance(plans, list) else ()
        field = self.endpoint.tier_field
        rows = [{**item, "tier_word": item.get(field)} if isinstance(item, Mapping) else item for item in items]
        return rows_of(rows, PlanRow, name=PLANS)

    def snapshot_rows(self, answer: Answer) -> tuple[Sequence[SnapshotRow], str]:
        """Return the snapshots of a page, and the cursor of the next one.

        Raises:
            Fault: the answer is none.
        """
        document = self._hub.decoder(SNAPSHOT_LIST)(answer)
        rows = rows_of(field_of(document, "snapshots", name=SNAPSHOT_LIST), SnapshotRow, name=SNAPSHOT_LIST)
        return rows, str(document.get("next_cursor") or "")

    def source_rows(self, answer: Answer) -> Sequence[SourceRow]:
        """Return the accounts that a snapshot can be taken of.

        Raises:
            Fault: the answer is none.
        """
        document = self._hub.decoder(SOURCE_LIST)(answer)
        return rows_of(field_of(document, "accounts", name=SOURCE_LIST), SourceRow, name=SOURCE_LIST)

    def _hub_query(self, name: str, path: str, parameters: Mapping[str, str]) -> Request:
        try:
            return self._hub.query(name, path, parameters)
        except Fault as fault:
            raise portal_error(fault, name) from None

    def _check_time(self) -> None:
        """Check the time of one whole reading: a portal that is slow on every page never causes a timeout."""
        most = self.endpoint.limits.read_seconds
        if time.monotonic() - self._begun > most:
            raise Capped(
                f"reading the portal has taken longer than {most:g} seconds",
                fix="if it really takes that long: export AGENCYFILE_LIMIT_READ=SECONDS",
            )

    def _whole(self, name: str, begin: Callable[[], Walk[R]], key: Callable[[R], str]) -> Listing[R]:
        try:
            return read_all(begin, key)
        except Fault as fault:
            raise portal_error(fault, name) from None

    def _read(self, name: str, request: Request, decode: Callable[[Answer], T]) -> T:
        self.requests[name] += 1
        try:
            self._check_time()
            return self._sending.repeat(request, decode)
        except Fault as fault:
            raise portal_error(fault, name) from None


def _row_key(row: AccountRow) -> str:
    return f"{row.account}\n{is_archived(row) or ''}"


def _snapshot_key(row: SnapshotRow) -> str:
    return row.id


def _one_per_label(rows: Sequence[AccountRow]) -> Iterator[AccountRow]:
    chosen: dict[str, AccountRow] = {}
    for row in rows:
        label = account_label(row.account)
        if label not in chosen or (is_archived(chosen[label]) and not is_archived(row)):
            chosen[label] = row
    return iter(chosen.values())
