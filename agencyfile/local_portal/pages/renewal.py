"""The page "Change your account": archived accounts are renewed there (docs/portal.md rules 39 to 41 and 44)."""

from __future__ import annotations

from agencyfile.local_portal.accounts import find_account
from agencyfile.local_portal.catalogue import SANDBOX, TRIAL, find_plan
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.mails import VENDOR, deliver
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import actions, button, button_link, form, section
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.new_account import wait_of
from agencyfile.local_portal.pages.plan_fields import PAID, amount, chosen_plan, plan_fields, plan_values
from agencyfile.local_portal.pages.visit import Moved, Page, Visit, url
from agencyfile.local_portal.renewals import archived_since, renew_account
from agencyfile.local_portal.request_context import Turn


def change(visit: Visit) -> Page:
    """Return the page on which an archived account is renewed."""
    row = find_account(visit.turn, visit.name)
    name, since = row["account"], archived_since(row, visit.turn.now)
    plan = find_plan(row["planid"])
    if since is None:
        words = "It is neither cancelled nor expired."
        way = actions(button_link("Edit it", url("accounts", name, "edit")))
        return Page(title="Change your account", content=(element("p", f"{name}: {words}"), way))
    if plan is not None and plan.tier == SANDBOX:
        words = (
            f"{name} is a sandbox, and sandboxes are not renewed. Create another one; its snapshots stay as they are."
        )
        return Page(title="Change your account", content=(element("p", words),))
    is_trial = plan is not None and plan.tier == TRIAL
    free = section("Go on with the trial", _free(visit, row)) if is_trial else None
    lead = f"{name} was archived on {since}. After a year its data is gone."
    return Page(title="Change your account", lead=lead, content=(free, element("section", _paid(visit, row))))


def renew(visit: Visit) -> Moved:
    """Renew an account: charge for a paid plan once, and write to the agency when it is done."""
    row = find_account(visit.turn, visit.name)
    name = row["account"]
    plan = None if visit.sent.get("form") == "free" else chosen_plan(visit)
    parameters = {"planid": plan.planid} if plan else {}
    with by_hand(visit.turn, "renew", name, **parameters) as turn:
        renew_account(turn, row, plan)
        _tell(turn, row)
    visit.session.say(f"{name} is being renewed. A mail tells {row['notification'] or 'you'} when it is done.")
    return Moved(url("resold"), wait_of(visit.turn))


def _free(visit: Visit, row: Row) -> Markup:
    used = "It was used." if row["free_renewals"] else "There is no second one."
    words = element("p", f"A trial has one free renewal of two weeks. {used}")
    return element("div", words, form(visit, "free").render(actions(button("Renew the trial", kind="plain"))))


def _paid(visit: Visit, row: Row) -> Markup:
    plan = find_plan(row["planid"])
    kept = dict(plan_values(plan)) if plan is not None else {}
    fields = form(visit, "renew", **{**kept, "tier": kept.get("tier", "") if plan and plan.is_paid else "starter"})
    note = "Your card is charged at once, and then on the account's own renewal day."
    inside = (
        plan_fields(fields, PAID),
        amount(visit.turn.rows, note=note),
        actions(button("Renew & pay now", kind="good")),
    )
    return fields.render(*inside)


def _tell(turn: Turn, row: Row) -> None:
    words = f"The account {row['account']}.activehosted.com is back. We do not write to your client."
    deliver(turn, sender=VENDOR, recipient=row["notification"], subject=f"{row['account']} was renewed", body=words)
