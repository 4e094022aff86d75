"""The copy: what the real portal lists, in the words of a local portal's seeds. Nothing is sent anywhere here.

No key and no password of the real portal is in it: every account gets a key and a password of its own.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.portal_readings import clear_readings
from agencyfile.cli.rehearsal.portal_rows import Seed, SeededAccount, SeededSnapshot
from agencyfile.cli.render.safe import one_line
from agencyfile.kinds import known_kind, operation_named
from agencyfile.kinds.catalogue import Offer
from agencyfile.kinds.readings import EDIT_CANCELLED, USER_ME_LOGIN
from agencyfile.kinds.readings import QUESTIONS as READINGS
from agencyfile.local_portal import Dialect
from agencyfile.local_portal.catalogue import FREE_PLAN, Plan
from agencyfile.local_portal.dialect import QUESTIONS, with_readings
from agencyfile.portal.lists.inventory import AccountEntry, Inventory, SnapshotEntry
from plan import History, Update
from plan import Plan as RealPlan

_PLENTY: Final = 10**12  # credits in the pools: no list tells how many there are
_STATUSES: Final = ("active", "disabled", "creating", "cancelled")
_TERMS: Final = {"monthly": 1, "annual": 12}

# Questions about how lists are spelled: the copy speaks as the local portal does, and means the same.
_SPELLING: Final = frozenset(
    {"status-words", "hub-account-name", "list-pages", "account-form", "list-types", "hub-wrong-method", "hub-more"}
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A portal to be.

    Attributes:
        catalogue: the plans that it sells, and those that accounts are on.
        dialect: the readings that the real portal has shown.
        seed: what it holds from the start.
        keys: the keys of accounts' own APIs there, by account name.
        passwords: the passwords of accounts there, by account name.
        left_out: what could not be copied, and what was assumed instead.
    """

    catalogue: tuple[Plan, ...]
    dialect: Dialect
    seed: Seed
    keys: Mapping[str, str] = field(repr=False)
    passwords: Mapping[str, str] = field(repr=False)
    left_out: tuple[str, ...] = ()


def copy_of(inventory: Inventory, history: History, seen: Mapping[str, tuple[str, ...]], plan: RealPlan) -> Copy:
    """Return a copy of what the portal lists, with what the ledger knows to be inside of accounts.

    Args:
        inventory: everything that the portal lists.
        history: the ledger.
        seen: the readings that the portal's answers have shown, by question.
        plan: the plan that is rehearsed.

    Raises:
        CommandExit: a number of the portal is none.
    """
    readings = {**(history.observed.readings if history.observed else {}), **clear_readings(seen)}
    hopes = {question: reading for question, reading in _hopes(plan) if question not in readings}
    names = [entry.address.name for entry in inventory.accounts]
    keys = {name: secrets.token_hex(36) for name in names}
    passwords = {name: secrets.token_urlsafe(15) for name in names}
    inside = _inside(history, set(names))
    numbers = {entry.sandbox.name: entry.source_id for entry in inventory.snapshots if entry.sandbox}
    snapshots = [
        _snapshot(entry, entry.sandbox.name)
        for entry in inventory.snapshots
        if entry.sandbox and entry.sandbox.name in keys and entry.address.name
    ]
    return Copy(
        catalogue=tuple(_plans(inventory)),
        dialect=_dialect({**readings, **hopes}),
        seed={
            "accounts": [
                {
                    **_account(entry, numbers.get(name), api_key=keys[name], password=passwords[name]),
                    **inside.get(name, {}),
                }
                for name, entry in zip(names, inventory.accounts, strict=True)
            ],
            "snapshots": snapshots,
            "credits": {"email": _PLENTY, "compatibility": _PLENTY},
        },
        keys=keys,
        passwords=passwords,
        left_out=(*_left_out(inventory, len(snapshots)), *map(_hope, hopes)),
    )


def _left_out(inventory: Inventory, snapshots: int) -> Iterator[str]:
    yield "credits: the portal does not report balances, so the copy has plenty"
    if not inventory.has_hub:
        yield "snapshots: they are not listed without the hub's key"
    if len(inventory.snapshots) > snapshots:
        yield f"{len(inventory.snapshots) - snapshots} snapshots, whose sandbox or name the portal does not list"
    unknown = sorted({entry.status for entry in inventory.accounts} - {*_STATUSES, "expired"})
    if unknown:
        yield f"states that are not known ({', '.join(map(one_line, unknown))}): those accounts are active in the copy"
    if not inventory.is_steady:
        yield "the lists kept changing while they were read"


def _plans(inventory: Inventory) -> Iterator[Plan]:
    sold = {offer.plan_id for offer in inventory.offers}
    yield from (_plan(offer) for offer in inventory.offers if offer.plan_id != str(FREE_PLAN.planid))
    former = {str(entry.plan["id"]) for entry in inventory.accounts} - sold - {str(FREE_PLAN.planid)}
    for plan_id in sorted(former):
        yield _made(Offer(plan_id, None, None), is_sold=False)


def _plan(offer: Offer) -> Plan:
    return _made(offer, is_sold=True)


def _made(offer: Offer, *, is_sold: bool) -> Plan:
    terms, price = offer.terms, offer.list_price
    contacts = terms.contacts if terms else None
    return Plan(
        planid=_number(offer.plan_id),
        tier=terms.tier if terms else f"plan-{offer.plan_id}",
        rank=0,
        term=_TERMS.get(str(terms.billing), 0) if terms else 1,
        contacts=contacts or 0,
        sends=0,
        price=_amount(price.amount) if price else 0,
        currency=price.currency if price else "USD",
        is_told=price is not None,
        is_sold=is_sold,
    )


def _amount(amount: Decimal) -> float:
    """Return a whole number where it is one, as the portal writes it."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _account(entry: AccountEntry, number: str | None, *, api_key: str, password: str) -> SeededAccount:
    known = entry.remote_id or number
    found: SeededAccount = {
        "account": entry.address.name,
        "planid": _number(str(entry.plan["id"])),
        "cname": entry.domain,
        "client_name": entry.client_name,
        "client_email": entry.client_email or "",
        "notification": entry.notification,
        "status": entry.status if entry.status in _STATUSES else "active",
        "expire": entry.expires.isoformat() if entry.expires else "",
        "subscribers": entry.contacts,
        "emails_sent": entry.emails_sent,
        "forever_free": entry.is_free,
        "api_key": api_key,
        "password": password,
    }
    if known:
        found["id"] = _number(known)
    if entry.created_at:
        found["created_at"] = entry.created_at.isoformat()
    return found


def _snapshot(entry: SnapshotEntry, sandbox: str) -> SeededSnapshot:
    found: SeededSnapshot = {
        "id": _number(entry.remote_id),
        "name": entry.address.name,
        "source": sandbox,
        "status": entry.status,
    }
    if entry.created_at:
        found["created_at"] = entry.created_at.isoformat()
    return found


def _inside(history: History, names: set[str]) -> Mapping[str, Mapping[str, Sequence[object]]]:
    """Return what the ledger knows to be inside of accounts, where a call would look for it."""
    found: dict[str, dict[str, list[object]]] = {}
    for address in history.addresses:
        sent, kind = history.sent(address), known_kind(address.kind)
        owner = kind.owner(address) or address
        if sent is None or owner.name not in names:
            continue
        for name, value in kind.seed(address, sent).items():
            found.setdefault(owner.name, {}).setdefault(name, []).append(value)
    return found


def _dialect(readings: Mapping[str, str]) -> Dialect:
    """Return what the portal was seen to do, now or by an earlier run, and what the plan hopes for."""
    known = {name: reading for name, reading in readings.items() if name in QUESTIONS and name not in _SPELLING}
    return with_readings(Dialect(), known)


def _hopes(plan: RealPlan) -> Iterator[tuple[str, str]]:
    """Yield the readings without which a call of the plan would fail. The portal may never have shown them."""
    if any(operation_named(call.operation).fetches_key for call in plan.calls):
        yield USER_ME_LOGIN.id, "key"
    updates = (step.change for step in plan.steps if isinstance(step.change, Update))
    if any(edit.attribute == "status" and edit.before == "cancelled" for change in updates for edit in change.edits):
        yield EDIT_CANCELLED.id, "reactivates"


def _hope(question: str) -> str:
    return f"{READINGS[question].asks}: nobody has seen what the portal does, so the copy does what the plan needs"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise CommandExit(
            ExitCode.ERROR,
            f"the portal has {one_line(text)} where a local portal can hold a number alone: nothing was rehearsed",
            fix="report it: a rehearsal cannot copy such a portal yet",
        )
    return int(text)
