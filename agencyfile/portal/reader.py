"""The half of the provider that cannot change anything."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Self

from agencyfile.kinds import days, make_kinds, operation_named
from agencyfile.kinds.at_portal import PortalKind
from agencyfile.kinds.catalogue import Offer
from agencyfile.kinds.faults import Fault
from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.portal_view import PortalView
from agencyfile.kinds.readings import PRORATED
from agencyfile.portal.connection import Connection
from agencyfile.portal.lists.inventory import Inventory
from agencyfile.portal.lists.inventory_reader import take_inventory
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.observations import Observations
from agencyfile.portal.quoting import Clock, Quotes
from agencyfile.portal.reading import read_view, reading_of, watch
from agencyfile.portal.reconciliation.investigation import investigate
from plan.address import Address
from plan.call import Call
from plan.errors import PortalError
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.provider import Pending
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals
from plan.values import Secret

if TYPE_CHECKING:
    from agencyfile.portal.examination.result import Examination


class PortalReader:
    """Reads the portal by its lists.

    Requests of one `read`, nothing per object (retries after a failed request are not counted):

    * `account_list`, when any account, sandbox or snapshot is declared or any account or sandbox removed: its pages + 1
      (the empty one that ends it), and 1 more if `first_page` is left open and the portal counts from 1. A portal
      that repeats its last page for ever instead of ending with an empty one costs 1 more.
    * `account_plans`: 1, when some declared plan is a tier (a sandbox's always is), or an account that declares a plan
      id does not exist yet or has another plan: a price is needed then.
    * `snapshot_list`: its pages, when a snapshot is declared or removed.
    * `snapshot_source_list`: 1, when a snapshot is declared.
    * `account_plans` of an account: 1, when an account changes its plan; 1 for each such account, where the answer
      tells the price of the change.
    * `account_status`: 1, where `account_list` gives states as numbers, to learn what they mean.

    Credits are in no list. Single accounts are asked about by `investigate` alone.
    """

    def __init__(
        self, connection: Connection, clock: Clock = time.monotonic, today: Callable[[], date] = days.today
    ) -> None:
        self._connection = connection
        self._kinds = make_kinds(account_login=connection.endpoint.account_login)
        self._today = today
        self._view = PortalView()  # the last one of a `read`
        self._quotes = Quotes(lambda: connection.lists().catalogue(), clock)

    @property
    def kinds(self) -> Mapping[str, PortalKind]:
        """Return the kinds, in the order in which plans show them."""
        return self._kinds

    @property
    def observations(self) -> Observations:
        """Return the readings that the portal's answers have shown so far (`docs/portal.md` section 8)."""
        return self._connection.observations

    def examine(self, *, seconds: float) -> "Examination":
        """Ask which keys work and what the portal shows of itself, for at most so many seconds; nothing is raised.

        Requests, each once (twice after a 429): at most 8 to the agency API, 5 to the hub, and 3 to the own API of each
        account that declares one. `agencyfile/portal/examination/safe_reads.py` lists them.
        """
        from agencyfile.portal.examination.examiner import examine  # noqa: PLC0415 - no plan examines the portal

        return examine(self._connection, seconds)

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:
        """Read what `desired` and `removals` need.

        Raises:
            PortalError: the portal cannot be read.
        """
        lists, has_hub_key = self._connection.lists(), self._connection.hub.has_key
        view = read_view(lists, desired, removals, self._today(), has_hub_key=has_hub_key)
        self._view = view
        return replace(reading_of(view, lists), observed=self.observations.seen())

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        """Look for every signal of the outcome of `intents` at the portal.

        Requests: one steady pass over `account_list`, and one over `snapshot_list`, where any intent needs it; for a
        sandbox that is found, the list of sources once. For each account that is looked for and not listed:
        `account_status`, and if that does not know it, `account_name_check`, and with a hub key a search of the hub's
        accounts by its login name, and one by its client unless the hub has shown login names; the hub's cloning jobs
        once where one of those was to be made from a snapshot. For each cancellation that the list does not show:
        `account_status`. For each template that was added by an account's own API, and each grant before which its
        balance was known: one request to that API.

        Raises:
            PortalError: a list that is needed cannot be read.
        """
        return investigate(intents, self._connection.questions())

    def quote(self, call: Call) -> Price | None:
        """Return the charge for a billed call now: one request, whose answer is reused for ten seconds.

        For a change of plan, one more where the portal tells its price (`docs/portal.md` section 8, R11).

        Raises:
            PortalError: the portal cannot be read.
        """
        price = self._quotes.quote(call, self._view.catalogue)
        if "plan" not in call.parameters or call.is_create or self.observations.reading(PRORATED) != "told":
            return price
        now = self._connection.lists().price_of_change(str(call.parameters[ACCOUNT]), str(call.parameters["plan"]))
        return replace(price or Price(None, None), now=now) if now else price

    def baseline(self, call: Call) -> tuple[str, ...]:
        """Return the balance before a grant of email credits; empty for any other call, or if it cannot be read.

        Requests: none for an account whose `api` is not declared, else `account_view` of its own API, and if that
        has credits, a search of `account_list`.
        """
        return self._connection.baselines.look(operation_named(call.operation), call)

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        """Look once for pending objects: at most one pass over each list, which ends when all have been seen.

        An object that no list shows, for example a template, exists as soon as its call is confirmed.
        A single account is searched for; the whole list is read only if the search does not find it.

        Raises:
            PortalError: the portal cannot be read.
        """
        return watch(pending, _Look(self._connection.lists(), replace(self._view, today=self._today())))

    def inventory(self) -> Inventory:
        """Return everything that the portal lists, declared or not.

        Requests: `account_list` and `snapshot_list` by their pages as in `read`, `account_plans` 1,
        `snapshot_source_list` 1, `child_account_list` 1 for every 1,000 accounts. Without the hub's key the last three
        lists are not asked for.

        Raises:
            PortalError: the portal cannot be read.
        """
        return take_inventory(self._connection, self._today())

    def offers(self) -> tuple[Offer, ...]:
        """Return the plans that the portal sells, smallest tier first: one request.

        Raises:
            PortalError: the portal cannot be read.
        """
        return self._connection.lists().catalogue().offers()

    def view(self, account: str, url: str | None) -> Mapping[str, object]:
        """Return what an account's own API tells of the account: one request; `url` as in `sign_on`.

        Raises:
            PortalError: nothing opens the account's own API, or it tells nothing.
        """
        try:
            return self._connection.accounts.opened(account, url).view()
        except Fault as fault:
            raise PortalError(str(fault), fix=fault.fix) from None

    def sign_on(self, account: str, url: str | None, visitor: str) -> Secret:
        """Return the link by which the visitor from one address is logged in to an account: one request.

        Args:
            account: the account's name.
            url: the address of its API that a kept key is for; None where the agency file declares it.
            visitor: the IP address of the browser that opens the link.

        Raises:
            PortalError: nothing opens the account's own API, or it gives no token.
        """
        try:
            return self._connection.accounts.sign_on(account, url, visitor)
        except Fault as fault:
            raise PortalError(str(fault), fix=fault.fix) from None

    def close(self) -> None:
        """End all waiting and close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Look:
    """The lists for one look, with the reading that the plan was made from."""

    def __init__(self, lists: PortalLists, planned: PortalView) -> None:
        self.planned = planned
        self.find_accounts = lists.find_accounts
        self.snapshots = lists.snapshots
        self.sources = lists.sources
