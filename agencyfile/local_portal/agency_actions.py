"""The actions of the agency API (docs/portal.md 1.2): parameters in, the fields beyond the envelope out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyfile.local_portal import accounts, addons, catalogue
from agencyfile.local_portal.account_list import account_page, shown_name
from agencyfile.local_portal.accounts import price_of_change
from agencyfile.local_portal.credits import COMPATIBILITY, EMAIL, grant_credits
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.orders import Order, name_problem, order_problems
from agencyfile.local_portal.prices import plan_items
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label, parse_number

Parameters = Mapping[str, Any]
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """The function of an ``api_action``, whether it changes something, and the message of its success."""

    perform: Callable[[Turn, Parameters], Fields]
    is_write: bool
    message: str


def add(turn: Turn, parameters: Parameters) -> Fields:
    """Create an account; the answer holds the password, in clear, this once (docs/portal.md 1.2)."""
    order = Order(
        account=account_label(_text(parameters, "account")),
        plan=_ordered_plan(turn, parameters),
        cname=_text(parameters, "cname").lower(),
        client_name=_text(parameters, "name"),
        client_email=_text(parameters, "email"),
        notification=_text(parameters, "notification"),
        language=_text(parameters, "language") or "english",
        timezone=_text(parameters, "timezone") or "America/Chicago",
        snapshot_id=_number(parameters, "snapshot") if _text(parameters, "snapshot") else None,
    )
    for problem in order_problems(turn, order):
        raise problem
    password = accounts.create_account(turn, order)
    return {"account": shown_name(turn, order.account), "username": "admin", "password": password}


def edit(turn: Turn, parameters: Parameters) -> Fields:
    """Change cname, notification or plan; every other parameter is ignored (docs/portal.md 1.2)."""
    row = _account(turn, parameters)
    wanted = {name: _text(parameters, name) for name in ("cname", "notification") if name in parameters}
    if "cname" in wanted:
        wanted["cname"] = wanted["cname"].lower()
    accounts.edit_account(turn, row, wanted, _plan(parameters) if "plan" in parameters else None)
    return {}


def status(turn: Turn, parameters: Parameters) -> Fields:
    """Return the state of one account: active, disabled, creating or cancelled (docs/portal.md 1.2).

    Of an unknown one, one reading is a failure, and the other a success without a state (R20).
    """
    try:
        return {"status": _account(turn, parameters)["status"]}
    except Absent:
        if turn.settings.dialect.unknown_account == "failure":
            raise
        return {}


def status_set(turn: Turn, parameters: Parameters) -> Fields:
    """Disable (1) or enable (0) an account: the reverse of what the numbers suggest (docs/portal.md 1.2, traps)."""
    row = _account(turn, parameters)
    wanted = _choice(parameters, "status", ("0", "1"))
    accounts.set_status(turn, row, is_active=wanted == "0", message=_text(parameters, "message"))
    return {}


def cancel(turn: Turn, parameters: Parameters) -> Fields:
    """Cancel an account (docs/portal.md rule 37)."""
    row = _account(turn, parameters)
    retain = _choice(parameters, "retaindata", ("0", "1")) if _text(parameters, "retaindata") else "1"
    accounts.cancel_account(turn, row, reason=_text(parameters, "reason"), retain_data=retain == "1")
    return {}


def plans(turn: Turn, parameters: Parameters) -> Fields:
    """Return the catalogue as a map keyed by plan id (docs/portal.md 1.4).

    With an account, each plan may tell ``prorated``, the price of the change to it now (R11).
    """
    row = _account(turn, parameters) if _text(parameters, "account") else None
    if turn.view.is_emptied:
        return {"plans": []}
    items = plan_items(turn.rows)
    if row is None or turn.settings.dialect.prorated == "absent":
        return {"plans": items}
    return {
        "plans": {
            planid: {**item, "prorated": price_of_change(turn, row, int(planid))} for planid, item in items.items()
        }
    }


def name_check(turn: Turn, parameters: Parameters) -> Fields:
    """Succeed when a name is free; a taken one is a failure whose message says "taken" (docs/portal.md 1.2)."""
    if problem := name_problem(turn, account_label(_text(parameters, "account"))):
        raise problem
    return {}


def credits_apply(turn: Turn, parameters: Parameters) -> Fields:
    """Grant email sending credits (docs/portal.md 1.2)."""
    row = _account(turn, parameters)
    grant_credits(turn, row, EMAIL, _number(parameters, "credits"))
    return {}


def emailtest_credits_apply(turn: Turn, parameters: Parameters) -> Fields:
    """Grant email testing credits, the portal's compatibility credits (docs/portal.md 1.2, inferred)."""
    row = _account(turn, parameters)
    grant_credits(turn, row, COMPATIBILITY, _number(parameters, "credits"))
    return {}


def conversations(turn: Turn, parameters: Parameters) -> Fields:
    """Start, try or end the conversations add-on (docs/portal.md 1.2)."""
    row = _account(turn, parameters)
    accounts.refuse_cancelled(row)
    wanted = _choice(parameters, "status", addons.CONVERSATIONS)
    seats = _number(parameters, "seats") if wanted == addons.PAID else 0
    addons.set_conversations(turn, row, wanted, seats)
    return {}


def scoring(turn: Turn, parameters: Parameters) -> Fields:
    """Switch scoring on (1) or off (0): not as account_status_set has it (docs/portal.md 1.2, traps)."""
    row = _account(turn, parameters)
    accounts.refuse_cancelled(row)
    addons.set_scoring(turn, row, is_active=_choice(parameters, "status", ("0", "1")) == "1")
    return {}


def user_me(turn: Turn, parameters: Parameters) -> Fields:  # noqa: ARG001 - the shape of an action
    """Return the user a key belongs to; clients call it to test their key (docs/portal.md 1.2)."""
    return {"id": 1, "username": "admin", "first_name": "Agency", "last_name": "Partner", "email": ""}


def group_view(turn: Turn, parameters: Parameters) -> Fields:  # noqa: ARG001 - the shape of an action
    """Return a user group; clients call it to test their key (docs/portal.md 1.2)."""
    return {"id": _number(parameters, "id"), "title": "Admin", "descript": "Administrators"}


ACTIONS: Mapping[str, Action] = {
    "account_add": Action(add, is_write=True, message="Account created."),
    "account_edit": Action(edit, is_write=True, message="Account updated."),
    "account_list": Action(account_page, is_write=False, message="Success."),
    "account_status": Action(status, is_write=False, message="Success."),
    "account_status_set": Action(status_set, is_write=True, message="Account status updated."),
    "account_cancel": Action(cancel, is_write=True, message="Account cancelled."),
    "account_plans": Action(plans, is_write=False, message="Success."),
    "account_name_check": Action(name_check, is_write=False, message="The account name is available."),
    "account_credits_apply": Action(credits_apply, is_write=True, message="Credits applied."),
    "account_emailtest_credits_apply": Action(
        emailtest_credits_apply, is_write=True, message="Email testing credits applied."
    ),
    "account_conversations": Action(conversations, is_write=True, message="Conversations updated."),
    "account_scoring": Action(scoring, is_write=True, message="Scoring updated."),
    "user_me": Action(user_me, is_write=False, message="Success."),
    "group_view": Action(group_view, is_write=False, message="Success."),
}


def _account(turn: Turn, parameters: Parameters) -> Row:
    return accounts.find_account(turn, _text(parameters, "account"))


def _plan(parameters: Parameters) -> catalogue.Plan:
    planid = _number(parameters, "plan")
    plan = catalogue.find_plan(planid)
    if plan is None or plan.is_free:
        raise Refusal(f"Plan {planid} does not exist.", "plan")
    return plan


def _ordered_plan(turn: Turn, parameters: Parameters) -> catalogue.Plan:
    """Return the plan of a new account; with ``plan=0`` and ``free=1`` it is free for ever, in one reading (R18)."""
    is_free = turn.settings.dialect.free_plan == "accepted" and _text(parameters, "free") == "1"
    return catalogue.FREE_PLAN if is_free and _text(parameters, "plan") == "0" else _plan(parameters)


def _text(parameters: Parameters, name: str) -> str:
    return str(parameters.get(name, "")).strip()


def _number(parameters: Parameters, name: str) -> int:
    text = _text(parameters, name)
    if not text:
        raise Refusal(f"The {name} parameter is required.", name)
    number = parse_number(text)
    if number is None:
        raise Refusal(f"The {name} parameter must be a whole number.", name)
    return number


def _choice(parameters: Parameters, name: str, choices: Sequence[str]) -> str:
    text = _text(parameters, name)
    if text not in choices:
        raise Refusal(f"The {name} parameter must be one of: {', '.join(choices)}.", name)
    return text
