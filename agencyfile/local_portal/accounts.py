"""The accounts of a portal: found, created, edited, disabled and cancelled.

Both APIs of the agency and the acts of humans come through here, so that each rule of docs/portal.md section 2.3 is
kept once. Inferred, since no source states it: a cancelled account keeps its name, and until it is renewed
nothing changes it; a paid account does not become a trial; an upgrade charges the difference of the two list prices, a
downgrade refunds nothing, another billing interval or currency charges a whole new term and refunds nothing; a paid
account is billed again when its term ends only if ``bill`` is told so.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from fractions import Fraction
from math import ceil
from typing import Any

from agencyfile.local_portal.catalogue import TRIAL, Plan, find_plan
from agencyfile.local_portal.clock import day_after_months, day_of, share_left
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.defaults import furnish
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.orders import Order, cname_problem, mail_problem
from agencyfile.local_portal.prepaid import use_prepaid
from agencyfile.local_portal.prices import currency_of, price_of
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label

ACTIVE = "active"
CREATING = "creating"
DISABLED = "disabled"
CANCELLED = "cancelled"

TRIAL_DAYS = 14
_DAY = 86400
_YEAR = 365 * _DAY


def find_account(turn: Turn, name: str) -> Row:
    """Return the account with a name.

    Raises:
        Refusal: No name was given.
        Absent: No account has this name; what the vendor answers is not documented (docs/portal.md 1.3).
    """
    if not name:
        raise Refusal("The account parameter is required.", "account")
    row = turn.rows.first("SELECT * FROM accounts WHERE account = ?", (account_label(name),))
    if row is None:
        raise Absent(f"Account '{name}' does not exist.", "account")
    return row


def create_account(turn: Turn, order: Order) -> str:
    """Create an account that was checked before, charge for it, and return its password, which is shown this once."""
    password = secrets.token_urlsafe(15)
    salt = secrets.token_bytes(16)
    row = {
        **order.columns(),
        "status": CREATING,
        "expire": first_expiry(order.plan, turn.now),
        "created_at": turn.now,
        "updated_at": turn.now,
        "due_at": turn.now + turn.settings.provisioning,
        "salt": salt,
        "password": hash_password(password, salt),
        "login": hash_password(password_digest(password), salt),
        "made_by": turn.write,
        "forever_free": int(order.plan.is_free),
    }
    account_id = turn.rows.insert("accounts", row)
    furnish(turn, account_id)
    if order.snapshot_id is not None:
        _start_cloning(turn, account_id, order.snapshot_id)
    charge(turn, order.account, price_of(turn.rows, order.plan), f"New account: {order.plan.label}", order.plan)
    return password


def edit_account(turn: Turn, row: Row, wanted: dict[str, str], plan: Plan | None) -> None:
    """Change the only attributes that can be changed: cname, notification and plan (docs/portal.md 1.2).

    Sources differ on a cancelled account (R8 of section 8): it can no longer be changed, or an edit starts its billing
    again.
    """
    if row["status"] == CANCELLED and turn.settings.dialect.edit_cancelled == "reactivates":
        row = _reactivated(turn, row, plan)
    refuse_unless_settled(row)
    current = plan_of(row)
    target = plan or current
    if plan is not None and plan != current:
        check_move(current, plan)
    if "cname" in wanted and (problem := cname_problem(turn, wanted["cname"], target, row["id"])):
        raise problem
    if "notification" in wanted and (problem := mail_problem(wanted["notification"], "notification")):
        raise problem
    changes: dict[str, Any] = dict(wanted)
    if target != current:
        charge(turn, row["account"], price_of_change(turn, row, target.planid), f"Upgrade: {target.label}", target)
        changes |= {"planid": target.planid, "expire": _next_expiry(turn, row, target), "forever_free": 0}
    change_account(turn, row["id"], changes)


def price_of_change(turn: Turn, row: Row, planid: int) -> float:
    """Return what a change of plan is charged now: the difference of two list prices, or the prorated price (R11).

    Prorated, what is left of the old term counts against the new price; within one billing interval both are for what
    is left of the term, which ends when it would have ended.
    """
    current, target = plan_of(row), find_plan(planid)
    if target is None or target == current:
        return 0
    new, old = price_of(turn.rows, target), price_of(turn.rows, current)
    if turn.settings.dialect.prorated == "absent" or not current.is_paid:
        is_other_currency = currency_of(turn.rows, current) != currency_of(turn.rows, target)
        return new if current.term != target.term or is_other_currency else max(0, new - old)
    left = share_left(row["expire"], current.term, turn.now)
    whole = Fraction(new) * left if target.term == current.term else Fraction(new)
    return max(0, ceil(whole - Fraction(old) * left))


def _next_expiry(turn: Turn, row: Row, target: Plan) -> str:
    is_kept = turn.settings.dialect.prorated == "told" and target.term == plan_of(row).term
    return str(row["expire"]) if is_kept else first_expiry(target, turn.now)


def _reactivated(turn: Turn, row: Row, plan: Plan | None) -> Row:
    """Bring a cancelled account back on a plan, which is charged at once, and return it.

    Inferred: it is in use at once, it keeps its plan where the edit names none, and its data is gone after a year (rule
    41), as it is where it was not to be retained.
    """
    current = plan_of(row)
    target = plan or current
    if target != current:
        check_move(current, target)
    if row["cancelled_at"] and turn.now - row["cancelled_at"] > _YEAR:
        raise Refusal(f"Account '{row['account']}' was archived over a year ago; its data is gone.", "account")
    changes = {"status": ACTIVE, "cancelled_at": None, "cancel_reason": "", "planid": target.planid}
    change_account(turn, row["id"], {**changes, "expire": first_expiry(target, turn.now)})
    charge(turn, row["account"], price_of(turn.rows, target), f"Reactivation: {target.label}", target)
    return find_account(turn, row["account"])


def set_status(turn: Turn, row: Row, *, is_active: bool, message: str) -> None:
    """Disable an account, with a message for the client who logs in, or enable it again (docs/portal.md 1.2)."""
    refuse_unless_settled(row)
    status, shown = (ACTIVE, "") if is_active else (DISABLED, message)
    change_account(turn, row["id"], {"status": status, "lock_message": shown})


def cancel_account(turn: Turn, row: Row, *, reason: str, retain_data: bool) -> None:
    """Cancel an account, which stays in the list; there is no deletion (docs/portal.md rules 36 to 38)."""
    refuse_cancelled(row)
    end_clonings(turn, row["id"])
    changes = {
        "status": CANCELLED,
        "cancelled_at": turn.now,
        "cancel_reason": reason,
        "retain_data": int(retain_data),
        "due_at": None,
    }
    change_account(turn, row["id"], changes | ({} if retain_data else {"contents": "{}"}))


def end_clonings(turn: Turn, account_id: int) -> None:
    """Cancel the jobs that still fill an account."""
    statement = (
        "UPDATE clonings SET status = 'cancelled', updated_at = ?, due_at = NULL WHERE target_id = ? AND due_at > 0"
    )
    turn.rows.run(statement, (turn.now, account_id))


def change_account(turn: Turn, account_id: int, changes: dict[str, Any]) -> None:
    """Write new values into an account and keep the row as it was, for lists that are shown late."""
    turn.rows.run("INSERT INTO accounts_past SELECT ?, * FROM accounts WHERE id = ?", (turn.write, account_id))
    columns = {**changes, "updated_at": turn.now}
    terms = ", ".join(f"{name} = ?" for name in columns)
    turn.rows.run(f"UPDATE accounts SET {terms} WHERE id = ?", [*columns.values(), account_id])  # noqa: S608


def refuse_cancelled(row: Row) -> None:
    """Refuse to go on with an account that was cancelled."""
    if row["status"] == CANCELLED:
        raise Refusal(f"Account '{row['account']}' is cancelled and can no longer be changed.", "account")


def refuse_unless_settled(row: Row) -> None:
    """Refuse to go on with an account that was cancelled or is still being created (docs/portal.md rule 33)."""
    refuse_cancelled(row)
    if row["status"] == CREATING:
        raise Refusal(f"Account '{row['account']}' is still being created; try again when it is active.", "account")


def charge(turn: Turn, account: str, amount: float, description: str, plan: Plan) -> None:
    """Charge the stored card at once (docs/portal.md rule 32), for what no prepaid credit covers (rule 66).

    Nothing is written for nothing.
    """
    left = use_prepaid(turn, account, amount, description) if amount > 0 else 0
    if left <= 0:
        return
    row = {"time": turn.now, "account": account, "amount": left, "currency": currency_of(turn.rows, plan)}
    turn.rows.insert("charges", row | {"description": description, "plan": plan.planid})


def is_expired(row: Row, now: float) -> bool:
    """Say whether the expiry date of an account has passed."""
    return bool(row["expire"]) and row["expire"] < day_of(now)


def first_expiry(plan: Plan, now: float) -> str:
    """Return the date until which a new plan runs; empty for a sandbox, which does not end (inferred)."""
    if plan.tier == TRIAL:
        return day_of(now + TRIAL_DAYS * _DAY)
    return day_after_months(now, plan.term) if plan.term else ""


def hash_password(password: str, salt: bytes) -> bytes:
    """Return what is kept of a password.

    The passwords are random and long, so that a plain keyed hash is as good as a slow one.
    """
    return hashlib.blake2b(password.encode(), key=salt).digest()


def has_password(row: Row, username: str, password: str) -> bool:
    """Say whether a client can log in; the user is always ``admin`` (docs/portal.md rule 72)."""
    usable = row["status"] not in (CANCELLED, CREATING) and bool(row["password"]) and username == "admin"
    return usable and hmac.compare_digest(row["password"], hash_password(password, row["salt"]))


def password_digest(password: str) -> str:
    """Return the form of a password that API calls carry, an MD5 digest (docs/portal.md section 3)."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def has_digest(row: Row, username: str, digest: str) -> bool:
    """Say whether a user and the digest of a password open the API of an account (docs/portal.md section 3)."""
    usable = bool(row["login"]) and username == "admin"
    return usable and hmac.compare_digest(row["login"], hash_password(digest.lower(), row["salt"]))


def plan_of(row: Row) -> Plan:
    """Return the plan of an account."""
    plan = find_plan(row["planid"])
    if plan is None:
        raise Refusal("The account is on a plan that is no longer sold.", "plan")
    return plan


def check_move(current: Plan, target: Plan) -> None:
    """Refuse a change of plan that the portal does not know (docs/portal.md rules 5 and 6)."""
    if target.is_free:
        raise Refusal("An account cannot be made free.", "plan")
    if target.is_sandbox:
        raise Refusal("A paid or trial account cannot be turned into a sandbox.", "plan")
    if current.is_sandbox:
        raise Refusal("A sandbox cannot be upgraded; create an account from a snapshot of it.", "plan")
    if target.tier == TRIAL:
        raise Refusal("A paid account cannot be turned into a trial.", "plan")


def _start_cloning(turn: Turn, account_id: int, snapshot_id: int) -> None:
    snapshot = turn.rows.first("SELECT * FROM snapshots WHERE id = ?", (snapshot_id,))
    if snapshot is None:
        raise Refusal("The snapshot does not exist.", "snapshot")
    row = {
        "id": _time_ordered_uuid(turn.now),
        "target_id": account_id,
        "source_id": snapshot["source_id"],
        "snapshot_id": snapshot_id,
        "status": "in_progress",
        "started_at": turn.now,
        "updated_at": turn.now,
        "due_at": turn.now + turn.settings.provisioning,
        "contents": without_images(snapshot["contents"]),
        "templates": snapshot["templates"],
    }
    turn.rows.insert("clonings", row)


def without_images(contents: str) -> str:
    """Return the contents of an account without its images, which are never copied (docs/portal.md rule 18)."""
    return json.dumps({name: value for name, value in json.loads(contents).items() if name != "images"})


def _time_ordered_uuid(now: float) -> str:
    text = f"{int(now * 1000):012x}7{secrets.token_hex(2)[:3]}8{secrets.token_hex(8)[:15]}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))
