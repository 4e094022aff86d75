"""Everything that the portal lists, as rows: the objects of an agency, declared or not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.hosted import address_of
from agencyfile.kinds.account.live import is_creating, status_of
from agencyfile.kinds.account_states import CREATING
from agencyfile.kinds.catalogue import Catalogue, Offer
from agencyfile.kinds.days import is_beyond_recall, parse_day
from agencyfile.kinds.rows import AccountRow, ChildAccountRow, SnapshotRow, is_archived
from agencyfile.kinds.snapshot.live import FIRST_USABLE_DAY, snapshot_address
from agencyfile.kinds.snapshot_sources import Sources
from plan.address import Address
from plan.values import Value


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account or sandbox of the portal.

    Attributes:
        address: `account.NAME`, or `sandbox.NAME` where its plan's tier says so.
        listed_as: its name as the portal writes it.
        client_name: the client's name.
        notification: the address for the portal's mails.
        domain: its own host name, empty without one.
        plan: `id`, and if the catalogue has them `tier`, `billing`, `contacts` and `list_price`.
        status: `active`, `disabled`, `creating`, `cancelled`, `expired`, or a word of the portal that is not known.
        expires: the day until which it is paid, or its trial runs; None if it does not end, or is not clear.
        is_archived: it is cancelled or expired (rule 38).
        is_lost: it is archived, and for more than a year (rule 41).
        contacts: the number of its contacts.
        emails_sent: the number of emails that it has sent.
        remote_id: its number at the Partners Hub; None without the hub's key, or if the hub does not list it.
        created_at: from the hub, None as above.
        updated_at: from the hub, None as above.
        client_email: the client's address; None where the portal does not list it.
        is_free: the portal says that it is free for ever.
    """

    address: Address
    listed_as: str
    client_name: str
    notification: str
    domain: str
    plan: Mapping[str, Value]
    status: str
    expires: date | None
    is_archived: bool
    is_lost: bool
    contacts: int
    emails_sent: int
    remote_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    client_email: str | None = None
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """One snapshot of the portal; several may have the same name.

    Attributes:
        address: `snapshot.NAME`, where NAME may not be one that a file can declare.
        remote_id: its number.
        source_id: the number of the account that it was taken of.
        sandbox: `sandbox.NAME` of that account; None if the hub no longer lists it.
        status: `success`, `in_progress`, `failed`, `cancelled`.
        created_at: the time when it was begun.
        completed_at: the time when it was complete.
        is_usable: whether accounts can be created from it (rule 16).
    """

    address: Address
    remote_id: str
    source_id: str
    sandbox: Address | None
    status: str
    created_at: datetime | None = None
    completed_at: datetime | None = None
    is_usable: bool = True


@dataclass(frozen=True, slots=True)
class Inventory:
    """All objects of the portal. `reads` counts requests by list.

    `is_steady` is False if a list kept changing while it was read. `has_hub` is False without the hub's key: then
    snapshots and times are unknown, not absent.
    """

    accounts: tuple[AccountEntry, ...]
    snapshots: tuple[SnapshotEntry, ...]
    offers: tuple[Offer, ...]
    has_hub: bool = True
    is_steady: bool = True
    reads: Mapping[str, int] = field(default_factory=dict)


def account_entries(
    rows: Iterable[AccountRow], catalogue: Catalogue, children: Iterable[ChildAccountRow], today: date
) -> Iterator[AccountEntry]:
    """Return an entry for each row of `account_list`, with fields of the hub's latest row of that name."""
    known = {
        account_label(child.account_name): child for child in sorted(children, key=lambda child: _number(child.id))
    }
    for row in rows:
        address = address_of(row, catalogue, frozenset())
        yield _account_entry(address, row, catalogue, known.get(address.name), today)


def snapshot_entries(rows: Iterable[SnapshotRow], sources: Sources) -> Iterator[SnapshotEntry]:
    """Return an entry for each row of the snapshot list."""
    for row in rows:
        is_old = row.created_at is not None and row.created_at < FIRST_USABLE_DAY
        yield SnapshotEntry(
            address=snapshot_address(row),
            remote_id=row.id,
            source_id=row.source_account_id,
            sandbox=sources.sandbox_of(row.source_account_id),
            status=row.status,
            created_at=row.created_at,
            completed_at=row.completed_at,
            is_usable=row.status == "success" and not is_old,
        )


def _account_entry(
    address: Address, row: AccountRow, catalogue: Catalogue, child: ChildAccountRow | None, today: date
) -> AccountEntry:
    archived, expires = is_archived(row), parse_day(row.expire)
    return AccountEntry(
        address=address,
        listed_as=row.account,
        client_name=row.client_name,
        notification=row.notification,
        domain=row.cname.lower(),
        plan=catalogue.normal_form(row.planid),
        status=archived or (CREATING if is_creating(row) else status_of(row)) or row.reseller_status.lower(),
        expires=expires,
        is_archived=archived is not None,
        is_lost=archived is not None and is_beyond_recall(expires, today),
        contacts=row.subscribers,
        emails_sent=row.emails_sent,
        remote_id=child.id if child else None,
        created_at=child.created_at if child else None,
        updated_at=child.updated_at if child else None,
        client_email=row.client_email,
        is_free=row.foreverfree,
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
