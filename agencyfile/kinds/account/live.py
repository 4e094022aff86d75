"""Conversion of `account_list` rows to accounts and sandboxes (`docs/portal.md` 1.3)."""

from datetime import date

from agencyfile.kinds.account_states import CREATING, word_of_status
from agencyfile.kinds.catalogue import Catalogue
from agencyfile.kinds.days import is_beyond_recall, parse_day
from agencyfile.kinds.rows import AccountRow, is_archived
from plan.address import Address
from plan.resource import Live
from plan.values import Value


def is_creating(row: AccountRow) -> bool:
    """Return whether the portal is still provisioning the account (`docs/portal.md` 1.2)."""
    return row.reseller_status.lower() == CREATING


def status_of(row: AccountRow) -> str | None:
    """Return `active` or `disabled`; None if the portal's word is neither."""
    return word_of_status(row.reseller_status)


def live_account(address: Address, row: AccountRow, catalogue: Catalogue, remote_id: str | None, today: date) -> Live:
    """Return an account or a sandbox. Attributes missing in `account_list` are left out (`docs/portal.md` 1.3)."""
    archived = is_archived(row)
    status = status_of(row)
    attributes: dict[str, Value] = {
        "client.name": row.client_name,
        "notification": row.notification,
        "plan": catalogue.normal_form(row.planid),
        "domain": row.cname.lower(),  # as in the file: host names know no case
    }
    if status is not None:
        attributes["status"] = status
    if row.client_email is not None:  # not every portal lists it (section 8, R10)
        attributes["client.email"] = row.client_email
    return Live(
        address=address,
        attributes=attributes,
        remote_id=remote_id,
        ready=not is_creating(row),
        archived=archived,
        is_lost=archived is not None and is_beyond_recall(parse_day(row.expire), today),
        is_free=row.foreverfree,
        paid_until=row.expire if parse_day(row.expire) else "",
    )
