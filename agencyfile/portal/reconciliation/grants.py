"""A look at the balance before and after a grant, where the account's own API tells it."""

from collections.abc import Callable
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.portal.http.faults import Fault
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.reconciliation.account_queries import Questions
from agencyfile.portal.reconciliation.balances import SHOWN, Balance, Growth
from plan.call import Call
from plan.errors import PortalError

_TWICE: Final = 2


class Grants:
    """Watches grants; safe to use from several threads.

    Requests for each look, and only for an account whose `api` is declared: `account_view` there, and where that tells
    credits one search of `account_list` for the emails sent.
    """

    def __init__(
        self, lists: Callable[[], PortalLists], questions: Callable[[], Questions], tell: Callable[[str], None]
    ) -> None:
        self._lists = lists
        self._questions = questions
        self._tell = tell
        self._before: dict[str, Balance] = {}  # by account

    def baseline(self, call: Call) -> tuple[str, ...]:
        """The balance before `call`, as the ledger keeps it; empty where nothing tells it."""
        label = _label(call)
        self._before.pop(label, None)
        balance = self._balance(label) if call.operation == SHOWN else None
        if balance is None:
            return ()
        self._before[label] = balance
        return balance.words()

    def tell_of_repetition(self, call: Call) -> None:
        """Say it where the balance shows that `call`, which had its yes, was carried out more than once."""
        before = self._before.pop(_label(call), None) if call.operation == SHOWN else None
        now = self._balance(_label(call)) if before else None
        if before is None or now is None:
            return
        growth = Growth(before, now, int(str(call.parameters["credits"])))
        if growth.came >= _TWICE * growth.asked:
            self._tell(f"{call.address}: {growth}; look at the balance, what was granted cannot be taken back")

    def _balance(self, label: str) -> Balance | None:
        """None where the account's own API does not tell, or either list cannot be read: then a person looks."""
        try:
            left = self._questions().credits(label)
            row = None if left is None else next(self._lists().find_accounts({label}), None)
        except (Fault, PortalError):
            return None
        return None if left is None or row is None else Balance(left, row.emails_sent)


def _label(call: Call) -> str:
    return account_label(str(call.parameters.get("account", "")))
