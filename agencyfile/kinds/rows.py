"""Rows of the portal's lists, in the fields that are used (`docs/portal.md` 1.3, 1.4, 1.8).

The portal half decodes them (`agencyfile/portal/apis/wire.py`). A field without a default is required and must not
be empty. Any other field has its default if the portal leaves it out. Texts are stripped, except `Verbatim` ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Generic, NewType, TypeVar

Row = TypeVar("Row")

Verbatim = NewType("Verbatim", str)

EMPTY: Final = Verbatim("")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """All rows of a list, each once. `is_steady` is False when the list kept moving while it was read."""

    rows: tuple[Row, ...] = ()
    is_steady: bool = True


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One item of `account_list` (`docs/portal.md` 1.3). `client_email` is None where the portal does not list it."""

    account: str
    cname: str = ""
    planid: str = ""
    client_name: str = ""
    notification: str = ""
    subscribers: int = 0
    emails_sent: int = 0
    expire: str = ""
    expired: bool = False
    reseller_status: str = ""
    cancelled: bool = False
    client_email: str | None = None
    foreverfree: bool = False


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One item of `account_plans` (`docs/portal.md` 1.4); `tier_word` is the field that the settings name.

    `prorated` is the price of a change to this plan now, which some portals tell for one account (section 8, R11).
    """

    id: str
    tier_word: str = ""
    term: str = ""
    price: Decimal | None = None
    currency: str = ""
    limit_sub: int = 0
    prorated: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One item of the hub's snapshot list (`docs/portal.md` 1.8)."""

    id: str
    source_account_id: str = ""
    status: str = ""
    name: str = ""
    created_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One account that a snapshot can be taken of (`docs/portal.md` 1.8). Its name may be no label (section 8, R2)."""

    id: str
    account_name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class ChildAccountRow:
    """One account of the hub's list: a name and its times, without its state (`docs/portal.md` 1.8)."""

    id: str
    account_name: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CloningRow:
    """One job that fills an account from a snapshot (`docs/portal.md` 1.8)."""

    id: str
    target_account: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class OwnList(Generic[Row]):
    """A list of an account's own API (`docs/portal.md` section 3).

    In version 3 all its pages are read, or there is no list. Version 1 answers with the whole list at once.

    Attributes:
        name: its name in messages and counts of requests.
        row: the class of its rows.
        path: its path in version 3; empty for a list of version 1, whose action is `name`.
        holds: the field that holds the rows in version 3; version 1 numbers them.
        parameters: the parameters of the request; `limit` is the number of rows of a page in version 3, up to 100.
    """

    name: str
    row: type[Row]
    path: str = ""
    holds: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def is_archived(row: AccountRow) -> str | None:
    """Return the end state of an archived account: cancelled or expired (`docs/portal.md` rule 38); else None."""
    if row.cancelled or row.reseller_status.lower() in ("cancelled", "canceled"):
        return "cancelled"
    return "expired" if row.expired or row.reseller_status.lower() == "expired" else None
