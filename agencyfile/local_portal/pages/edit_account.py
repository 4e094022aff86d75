"""The page that edits an account: data, state, add-ons and plan; and the page that cancels it."""

from __future__ import annotations

from collections.abc import Mapping

from agencyfile.local_portal import accounts, addons
from agencyfile.local_portal.catalogue import SANDBOX, find_plan
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.orders import mail_problem
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, button_link, form, link, section
from agencyfile.local_portal.pages.markup import Markup, element, join
from agencyfile.local_portal.pages.plan_fields import PAID, amount, chosen_plan, described, plan_fields, plan_values
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, url
from agencyfile.local_portal.shapes import parse_number

_DATA = ("client_name", "client_email", "notification", "cname")
_STATES = {accounts.ACTIVE: "Active", accounts.DISABLED: "Disabled: your client cannot log in, you still pay"}
_CONVERSATIONS = {"": "Not used", "trial": "Trial", "paid": "Paid", "cancel": "Cancelled"}


def edit(visit: Visit) -> Page:
    """Return the page of an account's data."""
    row = accounts.find_account(visit.turn, visit.name)
    name = row["account"]
    if row["status"] in (accounts.CANCELLED, accounts.CREATING):
        words = "It was cancelled. Renew it first." if row["status"] == accounts.CANCELLED else "It is being prepared."
        return Page(title=f"Edit {name}", content=(element("p", words), _back(name)))
    content = (
        section("Account and client", _data(visit, row)),
        section("White label", element("p", link("Branding of this account", url("accounts", name, "branding")))),
        section("State", _state(visit, row)),
        section("Add-ons", _addons(visit, row)),
        section("Plan", _plan(visit, row)),
        section("End", actions(button_link("Cancel this account", url("accounts", name, "cancel"), kind="danger"))),
    )
    return Page(title=f"Edit {name}", content=content)


def save(visit: Visit) -> Moved:
    """Carry out the form that was sent: data, state, add-ons or plan."""
    row = accounts.find_account(visit.turn, visit.name)
    accounts.refuse_unless_settled(row)
    forms = {"data": _save_data, "state": _save_state, "addons": _save_addons, "plan": _save_plan}
    if (form_of := forms.get(visit.sent.get("form", ""))) is None:
        raise Refusal("There is no such form.")
    form_of(visit, row)
    return Moved(url("accounts", row["account"], "edit"))


def cancellation(visit: Visit) -> Page:
    """Return the page that asks before an account is cancelled."""
    row = accounts.find_account(visit.turn, visit.name)
    name = row["account"]
    fields = form(visit, "cancel", retain="1")
    inside = (
        fields.text("reason", "Reason", hint="Optional."),
        fields.box("retain", "Keep the data for a renewal", hint="For a year. Without it the data is gone at once."),
        actions(button("Cancel this account", kind="danger"), link("Keep it", url("accounts", name, "edit"))),
    )
    words = "Nobody can log in any more, and it is no longer billed. It stays in your list: accounts are never deleted."
    return Page(title=f"Cancel {name}?", lead=words, content=(fields.render(*inside),))


def cancel(visit: Visit) -> Moved:
    """Cancel an account."""
    row = accounts.find_account(visit.turn, visit.name)
    reason, retain = visit.text("reason"), bool(visit.text("retain"))
    with by_hand(visit.turn, "cancel", row["account"], reason=reason, retain_data=retain) as turn:
        accounts.cancel_account(turn, row, reason=reason, retain_data=retain)
    visit.session.say(f"{row['account']} is cancelled.")
    return Moved(url("resold", state="all"))


def _back(name: str) -> Markup:
    return actions(button_link("Back", url("accounts", name)))


def _data(visit: Visit, row: Row) -> Markup:
    fields = form(visit, "data", **{name: row[name] for name in _DATA})
    hint = "An address that you read: billing, campaign approval and abuse reports go there."
    domain = "Optional. Not for sandboxes. Your DNS provider needs a CNAME record for it."
    return fields.render(
        fields.text("client_name", "Client name"),
        fields.text("client_email", "Client email", kind="email"),
        fields.text("notification", "Notification email", kind="email", hint=hint),
        fields.text("cname", "Custom domain (CNAME)", hint=domain),
        actions(button("Save")),
    )


def _save_data(visit: Visit, row: Row) -> None:
    given = {name: visit.text(name) for name in _DATA if name in visit.sent}
    given |= {"cname": given["cname"].lower()} if "cname" in given else {}
    changes = {name: value for name, value in given.items() if value != row[name]}
    if problem := mail_problem(changes.get("client_email", ""), "client_email"):
        raise problem
    if not changes:
        visit.session.say("Nothing was changed.")
        return
    with by_hand(visit.turn, "edit", row["account"], **changes) as turn:
        api = {name: value for name, value in changes.items() if name in ("cname", "notification")}
        accounts.edit_account(turn, row, api, None)
        if others := {name: value for name, value in changes.items() if name not in api}:
            accounts.change_account(turn, row["id"], others)
    visit.session.say("The account is saved.")


def _state(visit: Visit, row: Row) -> Markup:
    fields = form(visit, "state", status=row["status"], lock_message=row["lock_message"])
    return fields.render(
        fields.choice("status", "Status", _STATES.items()),
        fields.text("lock_message", "Message", hint="What your client reads on the log-in page of a disabled account."),
        actions(button("Save state", kind="plain")),
    )


def _save_state(visit: Visit, row: Row) -> None:
    status, message = visit.text("status"), visit.text("lock_message")
    if status not in _STATES:
        raise Problems({"status": "Choose a status."})
    with by_hand(visit.turn, "edit", row["account"], status=status) as turn:
        accounts.set_status(turn, row, is_active=status == accounts.ACTIVE, message=message)
    visit.session.say("The state is saved.")


def _addons(visit: Visit, row: Row) -> Markup:
    kept = {"scoring": "1" if row["scoring"] else "", "conversations": row["conversations"]}
    fields = form(visit, "addons", **kept, seats=str(row["conversation_seats"]))
    return fields.render(
        fields.box("scoring", "Scoring active", hint="Part of every Enterprise account."),
        fields.choice("conversations", "Conversations", _CONVERSATIONS.items()),
        fields.text("seats", "Seats", kind="number", hint="For paid conversations. Your card is charged for new ones."),
        actions(button("Save add-ons", kind="plain")),
    )


def _save_addons(visit: Visit, row: Row) -> None:
    scoring, wanted = bool(visit.text("scoring")), visit.text("conversations")
    seats = parse_number(visit.text("seats")) or 0
    if wanted not in _CONVERSATIONS or (wanted == "" and row["conversations"]):
        raise Problems({"conversations": "Conversations can be on trial, paid or cancelled."})
    with by_hand(visit.turn, "addons", row["account"], scoring=scoring, conversations=wanted, seats=seats) as turn:
        if scoring != bool(row["scoring"]):
            addons.set_scoring(turn, row, is_active=scoring)
        if wanted and (wanted, seats) != (row["conversations"], row["conversation_seats"]):
            addons.set_conversations(turn, accounts.find_account(turn, row["account"]), wanted, min(seats, 10**6))
    visit.session.say("The add-ons are saved.")


def _plan(visit: Visit, row: Row) -> Markup:
    plan = find_plan(row["planid"])
    if plan is None or plan.tier == SANDBOX:
        words = "A sandbox cannot be upgraded. Take a snapshot of it, and create an account from that."
        return element("p", words)
    kept: Mapping[str, str] = plan_values(plan)
    fields = form(visit, "plan", **{**kept, "tier": kept["tier"] if plan.is_paid else "starter"})
    now = element("p", "Now: ", described(plan, visit.turn.rows))
    note = "This is the list price, without your discount. An upgrade is charged at once."
    inside = (
        plan_fields(fields, PAID, title="Change the plan"),
        amount(visit.turn.rows, note=note),
        actions(button("Change plan")),
    )
    return join((now, fields.render(*inside)))


def _save_plan(visit: Visit, row: Row) -> None:
    plan = chosen_plan(visit)
    if plan.planid == row["planid"]:
        raise Problems({"tier": "The account has this plan already."})
    with by_hand(visit.turn, "edit", row["account"], planid=plan.planid) as turn:
        accounts.edit_account(turn, row, {}, plan)
    visit.session.say(f"The plan is now {plan.label}.")
