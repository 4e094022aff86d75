"""Email credits of accounts: what their own APIs tell is left, beside the totals that the ledger knows as granted."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from agencyfile.cli.records import AccountListing, CreditListing
from agencyfile.cli.workspace import Workspace
from plan import History
from plan.errors import PortalError

if TYPE_CHECKING:
    from agencyfile.portal.reader import PortalReader


def with_balances(
    accounts: Iterable[AccountListing], workspace: Workspace, reader: "PortalReader", urls: Mapping[str, str]
) -> list[AccountListing]:
    """Return the accounts with their credits: one request for each whose own API a key opens.

    An account without a key has None. So has the balance of one whose API does not tell it (`docs/portal.md` rule 71).
    """
    from agencyfile.kinds.account_key.completion import key_address  # noqa: PLC0415 - only with a portal

    history = workspace.unsealing.history = workspace.portal_ledger().history
    found: list[AccountListing] = []
    for account in accounts:
        name = account["name"]
        url = urls.get(name) or workspace.unsealing.address_of_key(key_address(name))
        is_asked = url is not None and not account["archived"]
        credit = CreditListing(left=_left(reader, name, url), granted=_granted(history, name)) if is_asked else None
        found.append({**account, "email_credits": credit})
    return found


def _left(reader: "PortalReader", name: str, url: str | None) -> int | None:
    from agencyfile.kinds.credit.balance import CREDITS, whole  # noqa: PLC0415 - as above

    try:
        return whole(reader.view(name, url).get(CREDITS))
    except PortalError:
        return None


def _granted(history: History, name: str) -> int | None:
    from agencyfile.kinds.credit.resource import email_credit  # noqa: PLC0415 - as above

    total = (history.sent(email_credit(name)) or {}).get("total")
    return total if isinstance(total, int) else None
