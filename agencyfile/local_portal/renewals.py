"""Expiry, renewal, and the one extension of a trial (docs/portal.md rules 38 to 44).

Humans do all of this, on the portal's pages or by a mail to its support; no API does. What no source states and is
decided here (inferred): a renewed account is ``creating`` until it is back; the extension of a trial is as long as a
trial.
"""

from __future__ import annotations

from datetime import date, timedelta

from agencyfile.local_portal.accounts import (
    CANCELLED,
    CREATING,
    TRIAL_DAYS,
    change_account,
    charge,
    first_expiry,
    is_expired,
    plan_of,
    refuse_unless_settled,
)
from agencyfile.local_portal.catalogue import TRIAL, Plan
from agencyfile.local_portal.clock import day_of, parse_moment
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.prices import price_of
from agencyfile.local_portal.request_context import Turn

_DAYS_KEPT = 365


def expire_account(turn: Turn, row: Row, day: str) -> None:
    """Let an account end on a day; a day that has passed archives it (docs/portal.md rule 38)."""
    change_account(turn, row["id"], {"expire": day})


def archive_account(turn: Turn, row: Row, day: str) -> None:
    """Archive an account as of a past day, on which it was cancelled or expired (docs/portal.md rule 38)."""
    changes = {"cancelled_at": parse_moment(day)} if row["status"] == CANCELLED else {"expire": day}
    change_account(turn, row["id"], changes)


def extend_trial(turn: Turn, row: Row) -> None:
    """Extend a trial, once only (docs/portal.md rule 43)."""
    refuse_unless_settled(row)
    if plan_of(row).tier != TRIAL:
        raise Refusal(f"Account '{row['account']}' is not a trial.", "account")
    if row["trial_extensions"]:
        raise Refusal("A trial can be extended once only.", "account")
    begin = max(row["expire"], day_of(turn.now))
    expire = (date.fromisoformat(begin) + timedelta(days=TRIAL_DAYS)).isoformat()
    change_account(turn, row["id"], {"expire": expire, "trial_extensions": 1})


def renew_account(turn: Turn, row: Row, wanted: Plan | None) -> None:
    """Bring an archived account back, on its plan or another one (docs/portal.md rules 39, 40, 41 and 44).

    A paid plan is charged at once. A trial that stays one is free, once.
    """
    _refuse_unless_archived(turn, row)
    current = plan_of(row)
    plan = wanted or current
    if plan.is_sandbox or (plan.tier == TRIAL and current.tier != TRIAL):
        raise Refusal("An account is renewed as a paid account, or as the trial that it was.", "plan")
    if not plan.is_paid and row["free_renewals"]:
        raise Refusal("A trial is renewed for free once only; renew it to a paid plan.", "account")
    changes = {
        "planid": plan.planid,
        "expire": first_expiry(plan, turn.now),
        "status": CREATING,
        "due_at": turn.now + turn.settings.provisioning,
        "cancelled_at": None,
        "cancel_reason": "",
        "free_renewals": row["free_renewals"] + (0 if plan.is_paid else 1),
    }
    change_account(turn, row["id"], changes)
    charge(turn, row["account"], price_of(turn.rows, plan), f"Renewal: {plan.label}", plan)


def archived_since(row: Row, now: float) -> str | None:
    """Return the day since which an account is archived; None when it is not."""
    if row["status"] == CANCELLED:
        return day_of(row["cancelled_at"] or now)
    return str(row["expire"]) if is_expired(row, now) else None


def _refuse_unless_archived(turn: Turn, row: Row) -> None:
    since = archived_since(row, turn.now)
    if since is None:
        raise Refusal(f"Account '{row['account']}' is neither cancelled nor expired.", "account")
    if since < day_of(turn.now - _DAYS_KEPT * 86400):
        raise Refusal(f"Account '{row['account']}' was archived over a year ago; its data is gone.", "account")
