"""The support desk: what the vendor's support does on request (docs/portal.md rules 8, 34, 35 and 43, and 1.5).

Who rehearses plays support here: reads the mail, does what it asks, and the answer goes to its sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from agencyfile.local_portal.accounts import find_account
from agencyfile.local_portal.console_actions import act
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.mails import SUPPORT, close_mail, deliver, last_mails
from agencyfile.local_portal.pages.forms import Form, actions, button, form, link
from agencyfile.local_portal.pages.mail_pages import mail_lines, mail_of, shown_mail
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.plan_fields import PAID, chosen_plan, plan_fields
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, require, url
from agencyfile.local_portal.shapes import account_label

_SIZE = 100
_HOST = re.compile(r"([a-z0-9][a-z0-9-]{0,62})\.activehosted\.com", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@[a-z0-9.-]{1,250}[a-z0-9]", re.IGNORECASE)


def desk(visit: Visit) -> Page:
    """Return the mails that wait for support."""
    rows = last_mails(visit.turn, is_open=True, limit=_SIZE)
    lead = "Here you play the vendor's support: open a mail and do what it asks."
    return Page(title="Support desk", lead=lead, content=(mail_lines(rows, "desk"),))


def request(visit: Visit) -> Page:
    """Return one mail, and what support can do."""
    row = mail_of(visit)
    if not row["is_open"]:
        answered = element("p", "It was answered. ", link("Support desk", url("desk")))
        return Page(title=row["subject"] or "(no subject)", content=(*shown_mail(row), answered))
    tools = (_tool(visit, row, name) for name in _TOOLS)
    return Page(title=row["subject"] or "(no subject)", content=(*shown_mail(row), *tools))


def answer(visit: Visit) -> Moved:
    """Do what support was asked for, and answer the mail."""
    row = mail_of(visit)
    done = _DEEDS.get(visit.sent.get("form", ""))
    if done is None or not row["is_open"]:
        raise Problems({"": "It was answered already."})
    words = done(visit)
    close_mail(visit.turn, row["serial"])
    subject = f"Re: {row['subject']}"
    deliver(visit.turn, sender=SUPPORT, recipient=_reply_to(row), copy=row["copy"], subject=subject, body=words)
    visit.session.say("Done, and answered.")
    return Moved(url("desk"))


def _reply_to(row: Row) -> str:
    """Return whom support answers: the sender, or who is named in a mail that says no sender."""
    named = (address for address in _MAIL.findall(row["body"]) if address != SUPPORT)
    return row["sender"] or next(named, "")


def _tool(visit: Visit, row: Row, name: str) -> Markup:
    title, press, inputs = _TOOLS[name]
    fields = form(visit, name, **_guess(row))
    inside = fields.render(*inputs(fields), actions(button(press, kind="plain")))
    is_open = visit.sent.get("form") == name
    return element("details", element("summary", title), inside, class_="card tool", open=is_open)


def _guess(row: Row) -> Mapping[str, str]:
    """Return what the mail says of the account, to begin with."""
    text = f"{row['subject']}\n{row['body']}"
    hosts = [match.lower() for match in _HOST.findall(text)] or [""]
    address = next(iter(_MAIL.findall(row["sender"] or row["body"])), "")
    others = [host for host in hosts if host != hosts[0]] or [""]
    return {
        "account": hosts[0], "to": others[0], "client_email": address, "notification": row["copy"],
        "product": "em", "tier": "starter", "billing": "monthly", "contacts": "500",
    }  # fmt: skip


def _account(fields: Form) -> Iterator[Markup]:
    yield fields.text("account", "Account")


def _new_name(fields: Form) -> Iterator[Markup]:
    yield fields.text("account", "Account")
    yield fields.text("to", "New name")


def _newcomer(fields: Form) -> Iterator[Markup]:
    yield fields.text("account", "Account")
    yield fields.text("client_name", "Client name")
    yield fields.text("client_email", "Client email", kind="email")
    yield fields.text("notification", "Notification email", kind="email")
    yield plan_fields(fields, PAID)


def _reply(fields: Form) -> Iterator[Markup]:
    yield fields.area("words", "Answer", rows=4)


def _move_in(visit: Visit) -> str:
    require(visit, account="the account")
    label, plan = account_label(visit.text("account")), chosen_plan(visit)
    texts = {name: visit.text(name) for name in ("client_name", "client_email", "notification")}
    act(visit.turn, {"action": "move_in", "account": label, "planid": plan.planid, **texts})
    return f"{label}.activehosted.com is now in the agency's partner portal."


def _move_out(visit: Visit) -> str:
    return _do(visit, "delete", "{}.activehosted.com has left the partner portal. Its client owns and pays for it.")


def _rename(visit: Visit) -> str:
    require(visit, to="the new name")
    to = account_label(visit.text("to"))
    return _do(visit, "rename", f"{{}}.activehosted.com is now {to}.activehosted.com.", to=to)


def _extend(visit: Visit) -> str:
    return _do(visit, "extend_trial", "The trial {}.activehosted.com is extended. It cannot be extended again.")


def _custom_fields(visit: Visit) -> str:
    return _do(visit, "edit", "Custom fields are open in {}.activehosted.com.", custom_fields=True)


def _write(visit: Visit) -> str:
    require(visit, words="an answer")
    return visit.sent["words"]


def _do(visit: Visit, action: str, words: str, **fields: Any) -> str:
    require(visit, account="the account")
    label = find_account(visit.turn, visit.text("account"))["account"]
    act(visit.turn, {"action": action, "account": label, **fields})
    return words.format(label)


_TOOLS: Mapping[str, tuple[str, str, Callable[[Form], Iterator[Markup]]]] = MappingProxyType(
    {
        "move-in": ("Move the account in", "Move in and answer", _newcomer),
        "move-out": ("Move the account out", "Move out and answer", _account),
        "rename": ("Rename the account", "Rename and answer", _new_name),
        "extend": ("Extend the trial", "Extend and answer", _account),
        "custom-fields": ("Open custom fields", "Open and answer", _account),
        "answer": ("Answer alone", "Send", _reply),
    }
)
_DEEDS: Mapping[str, Callable[[Visit], str]] = MappingProxyType(
    {
        "move-in": _move_in,
        "move-out": _move_out,
        "rename": _rename,
        "extend": _extend,
        "custom-fields": _custom_fields,
        "answer": _write,
    }
)
