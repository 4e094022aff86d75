"""Changes made in the portal's web pages or by support.

An act is a JSON object, ``{"action": "rename", "account": "acme", "to": "zenith"}``. The actions, with their fields:

edit
    ``client_name``, ``client_email``, ``notification``, ``cname``, ``plan`` or ``planid`` (an upgrade is charged),
    ``language``, ``timezone``, ``status`` (``active``, ``disabled``) with ``lock_message``; and what grows by itself,
    ``subscribers``, ``emails_sent``, ``contents``. ``custom_fields`` is what support allows a sandbox (docs/portal.md
    rule 8). A country stays (rule 29).
rename
    ``to``: support renames; everything else stays (docs/portal.md 1.5).
expire, archive
    ``date``, yesterday when it is left out: the account ended then.
cancel
    ``reason``, ``retain_data``, ``date``.
renew
    ``plan`` or ``planid``, the plan it had when both are left out (rules 39, 40, 41, 44).
extend_trial
    Once only (rule 43).
delete
    The account is gone from every list, moved out (rule 35); its name stays taken.
move_in
    An account appears that was somebody else's (rule 34): the fields of a seeded account.
delete_snapshot
    ``snapshot``: its id.
new_key
    The user of the account makes another API key, random unless ``api_key`` is one; the old one is worth nothing.
addons
    ``scoring``, ``conversations``, ``seats``.
template_add, template_edit, template_delete
    ``name``, ``html``, ``text``, ``scope``, ``lists``, ``tags``, ``designer``; ``id`` for the latter two.
branding_edit
    ``branding``: fields in the words of the accounts' own API.
account_settings
    ``branding``, ``templates``, ``apply_to_existing``: the default account settings (rules 50, 57, 58).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agencyfile.local_portal import accounts, addons, defaults, renewals
from agencyfile.local_portal.brandings import change_branding, end_brandings
from agencyfile.local_portal.catalogue import Plan
from agencyfile.local_portal.clock import day_of, parse_moment
from agencyfile.local_portal.control_input import (
    BadOrder,
    Item,
    read_day,
    read_draft,
    read_list,
    read_map,
    read_plan,
    read_value,
)
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.orders import cname_problem, language_problem, mail_problem, name_problem, timezone_problem
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.request_log import without_secrets
from agencyfile.local_portal.seeds import plant, plant_key, take_name
from agencyfile.local_portal.shapes import account_label, parse_number
from agencyfile.local_portal.snapshots import delete_snapshot
from agencyfile.local_portal.templates import (
    add_template,
    delete_template,
    draft_of,
    edit_template,
    end_templates,
    find_template,
)

_DAY = 86400
_PLAIN = {"client_name": str, "lock_message": str, "subscribers": int, "emails_sent": int, "custom_fields": bool}
_CHECKED = ("client_email", "notification", "language", "timezone")
_TEMPLATE = ("name", "html", "text", "scope", "lists", "tags", "designer")


def act(turn: Turn, value: Any) -> dict[str, Any]:
    """Do one act, as a write of its own, and keep it in the book of acts.

    Raises:
        BadOrder: There is no such act, or the portal would not let a human do it.
    """
    item = read_map(value, None, "an act")
    deed = DEEDS.get(str(item.get("action")))
    if deed is None:
        raise BadOrder(f"action must be one of {', '.join(DEEDS)}.")
    # No request belongs to it: lists that are shown late know it by its place among the writes.
    write = turn.rows.insert("writes", {"time": turn.now, "request": 0})
    try:
        made = deed(replace(turn, write=write), item)
    except Refusal as refusal:
        raise BadOrder(refusal.message) from refusal
    parameters = {name: each for name, each in without_secrets(item).items() if name not in ("action", "account")}
    entry = {"time": turn.now, "action": item["action"], "account": _label(item), "parameters": json.dumps(parameters)}
    turn.rows.insert("acts", entry)
    return {"ok": True, **(made or {})}


def edit(turn: Turn, item: Item) -> None:
    """Change what the portal's pages let a human change."""
    row = _account(turn, item, "plan", "planid", "cname", "status", "contents", *_PLAIN, *_CHECKED)
    accounts.refuse_unless_settled(row)
    label = row["account"]
    changes = {name: read_value(item, label, name, kind, None) for name, kind in _PLAIN.items() if name in item}
    for name in _CHECKED:
        if name in item:
            changes[name] = _checked(name, read_value(item, label, name, str, ""))
    if "contents" in item:
        changes["contents"] = json.dumps(read_map(item["contents"], None, "contents"))
    if "status" in item:
        changes["status"] = _choice(item, "status", (accounts.ACTIVE, accounts.DISABLED))
    if changes:
        accounts.change_account(turn, row["id"], changes)
    _edit_order(turn, accounts.find_account(turn, label), item)


def rename(turn: Turn, item: Item) -> None:
    """Give an account another name; its id, its key and all that it holds stay."""
    row = _account(turn, item, "to")
    label = account_label(read_value(item, row["account"], "to", str, ""))
    if problem := name_problem(turn, label):
        raise problem
    accounts.change_account(turn, row["id"], {"account": label})


def expire(turn: Turn, item: Item) -> None:
    """Let an account have ended on a day."""
    row = _account(turn, item, "date")
    renewals.expire_account(turn, row, _date(turn, item))


def archive(turn: Turn, item: Item) -> None:
    """Have an account been archived since a day."""
    row = _account(turn, item, "date")
    text = _date(turn, item)
    if text >= day_of(turn.now):
        raise BadOrder("An account is archived since a day that has passed.")
    renewals.archive_account(turn, row, text)


def cancel(turn: Turn, item: Item) -> None:
    """Cancel an account, today or on an earlier day."""
    row = _account(turn, item, "reason", "retain_data", "date")
    reason = read_value(item, row["account"], "reason", str, "")
    retain = read_value(item, row["account"], "retain_data", bool, default=True)
    accounts.cancel_account(turn, row, reason=reason, retain_data=retain)
    if "date" in item:
        accounts.change_account(turn, row["id"], {"cancelled_at": parse_moment(_date(turn, item))})


def renew(turn: Turn, item: Item) -> None:
    """Bring an archived account back."""
    row = _account(turn, item, "plan", "planid")
    renewals.renew_account(turn, row, _plan(item, row))


def extend_trial(turn: Turn, item: Item) -> None:
    """Extend a trial."""
    renewals.extend_trial(turn, _account(turn, item))


def delete(turn: Turn, item: Item) -> None:
    """Move an account out, or forget it: no list shows it any more, and its name stays taken."""
    row = _account(turn, item)
    accounts.end_clonings(turn, row["id"])
    end_templates(turn, row["id"])
    end_brandings(turn, row["id"])
    accounts.change_account(turn, row["id"], {})
    turn.rows.run("DELETE FROM account_keys WHERE account_id = ?", (row["id"],))
    turn.rows.run("DELETE FROM accounts WHERE id = ?", (row["id"],))
    take_name(turn.rows, row["account"])


def move_in(turn: Turn, item: Item) -> None:
    """Have an account appear that was somebody else's until now."""
    turn.rows.run("DELETE FROM taken_names WHERE name = ?", (_label(item),))
    plant(turn, {"accounts": [{name: value for name, value in item.items() if name != "action"}]})
    turn.rows.run("UPDATE accounts SET made_by = ? WHERE account = ?", (turn.write, _label(item)))


def remove_snapshot(turn: Turn, item: Item) -> None:
    """Delete a snapshot."""
    given = read_map(item, {"action", "snapshot"}, "this act")
    delete_snapshot(turn, parse_number(str(given.get("snapshot"))) or 0)


def new_key(turn: Turn, item: Item) -> None:
    """Give an account another API key."""
    row = _account(turn, item, "api_key")
    plant_key(turn.rows, row["id"], {"api_key": secrets.token_hex(36), **item}, row["account"])


def change_addons(turn: Turn, item: Item) -> None:
    """Change the add-ons of an account."""
    row = _account(turn, item, "scoring", "conversations", "seats")
    if "scoring" in item:
        addons.set_scoring(turn, row, is_active=read_value(item, row["account"], "scoring", bool, default=False))
    if "conversations" in item:
        seats = read_value(item, row["account"], "seats", int, 0)
        status = _choice(item, "conversations", addons.CONVERSATIONS)
        addons.set_conversations(turn, accounts.find_account(turn, row["account"]), status, seats)


def template_add(turn: Turn, item: Item) -> dict[str, Any]:
    """Add a template inside an account, of any kind."""
    row = _account(turn, item, *_TEMPLATE)
    given = {name: item[name] for name in _TEMPLATE if name in item}
    return {"id": add_template(turn, row["id"], read_draft(given, row["account"]))}


def template_edit(turn: Turn, item: Item) -> None:
    """Change a template inside an account."""
    row = _account(turn, item, "id", *_TEMPLATE)
    template = find_template(turn, row["id"], parse_number(str(item.get("id"))) or 0)
    before = draft_of(template)
    given = {name: item.get(name, getattr(before, name)) for name in _TEMPLATE}
    edit_template(turn, template, read_draft(given, row["account"]))


def template_delete(turn: Turn, item: Item) -> None:
    """Delete a template inside an account."""
    row = _account(turn, item, "id")
    delete_template(turn, find_template(turn, row["id"], parse_number(str(item.get("id"))) or 0))


def branding_edit(turn: Turn, item: Item) -> None:
    """Brand one account."""
    row = _account(turn, item, "branding")
    change_branding(turn, row["id"], read_map(item.get("branding"), None, "branding"))


def account_settings(turn: Turn, item: Item) -> None:
    """Set what every new account gets, and brand those there are."""
    given = read_map(item, {"action", "branding", "templates", "apply_to_existing"}, "account_settings")
    is_applied = read_value(given, "account_settings", "apply_to_existing", bool, default=False)
    if "branding" in given:
        fields = read_map(given["branding"], None, "branding")
        defaults.set_branding(turn, fields, apply_to_existing=is_applied)
    if "templates" in given:
        drafts = [read_draft(each, "the default account settings") for each in read_list(given, "templates")]
        defaults.set_templates(turn, drafts)


DEEDS: Mapping[str, Callable[[Turn, Item], dict[str, Any] | None]] = {
    "edit": edit,
    "rename": rename,
    "expire": expire,
    "archive": archive,
    "cancel": cancel,
    "renew": renew,
    "extend_trial": extend_trial,
    "delete": delete,
    "move_in": move_in,
    "delete_snapshot": remove_snapshot,
    "new_key": new_key,
    "addons": change_addons,
    "template_add": template_add,
    "template_edit": template_edit,
    "template_delete": template_delete,
    "branding_edit": branding_edit,
    "account_settings": account_settings,
}


def _edit_order(turn: Turn, row: Row, item: Item) -> None:
    """Change the domain and the plan, which the agency API changes as well and by the same rules."""
    wanted = {"cname": read_value(item, row["account"], "cname", str, "").lower()} if "cname" in item else {}
    plan = _plan(item, row)
    if plan is not None:
        accounts.edit_account(turn, row, wanted, plan)
    elif wanted:
        if problem := cname_problem(turn, wanted["cname"], accounts.plan_of(row), row["id"]):
            raise problem
        accounts.change_account(turn, row["id"], dict(wanted))


def _plan(item: Item, row: Row) -> Plan | None:
    return read_plan(item, row["account"]) if "plan" in item or "planid" in item else None


def _account(turn: Turn, item: Item, *fields: str) -> Row:
    read_map(item, {"action", "account", *fields}, f"the act {item['action']}")
    return accounts.find_account(turn, str(item.get("account", "")))


def _checked(name: str, text: str) -> str:
    checks: Mapping[str, Callable[[str], Refusal | None]] = {
        "language": language_problem,
        "timezone": timezone_problem,
    }
    problem = checks[name](text) if name in checks else mail_problem(text, name)
    if problem is not None:
        raise problem
    return text


def _date(turn: Turn, item: Item) -> str:
    return read_day(item, str(item["account"]), "date", day_of(turn.now - _DAY))


def _choice(item: Item, name: str, choices: Sequence[str]) -> str:
    text = str(item.get(name))
    if text not in choices:
        raise BadOrder(f"{name} must be one of {', '.join(choices)}.")
    return text


def _label(item: Item) -> str | None:
    return account_label(str(item.get("account", ""))) or None
