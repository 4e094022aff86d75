"""The three journeys that add contacts: from a customer number, by subscription, by user (docs/portal.md section 5).

A journey is kept between its pages as a draft. Each searches by address before it creates, and once more in the
window in which a contact is created.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from agencyfile.local_portal.contacts import (
    ACCOUNT,
    SUBSCRIPTIONS,
    add_person,
    check_domain,
    find_number,
    find_numbers,
    find_people,
    find_person,
    status_of,
    subscribe,
)
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.contact_pages import STAND_IN, contact_fields, search_form, sent_fields
from agencyfile.local_portal.pages.forms import (
    actions,
    button,
    button_link,
    facts,
    form,
    hidden,
    link,
    section,
    table,
)
from agencyfile.local_portal.pages.markup import Markup, element
from agencyfile.local_portal.pages.visit import Moved, Page, Problems, Visit, require, url

_BY_USER = "user"
_LONGEST = 100
Draft = dict[str, Any]


def set_subscription(visit: Visit) -> Page:
    """Return the page that begins the second and the third journey."""
    ways = (("subscription", "By subscription"), (_BY_USER, "By user"))
    forms = (form(visit, name).render(hidden("way", name), actions(button(text))) for name, text in ways)
    return Page(title="Set Subscription", lead=STAND_IN, content=tuple(forms))


def begin(visit: Visit) -> Moved:
    """Begin the second or the third journey."""
    way = _BY_USER if visit.sent.get("way") == _BY_USER else "subscription"
    code = _keep(visit, {"way": way, "numbers": [], "level": ACCOUNT, "object": "", "names": [], "people": []})
    return Moved(url("contacts", "journeys", code, "people" if way == _BY_USER else "place"))


def begin_at_customer(visit: Visit) -> Moved:
    """Begin the first journey: a contact is added beside one subscription of a customer number."""
    row = find_number(visit.turn, visit.name)
    name = visit.text("subscription")
    if name not in SUBSCRIPTIONS[ACCOUNT]:
        raise Absent("There is no such subscription.")
    draft = {"way": "page", "numbers": [row["number"]], "level": ACCOUNT, "object": "", "names": [name], "people": []}
    return Moved(url("contacts", "journeys", _keep(visit, draft), "people"))


def place(visit: Visit) -> Page:
    """Return the page on which the customer number and the level are chosen."""
    fields = form(visit, "place", level=ACCOUNT)
    numbers = [("", "Choose a number"), *((row["number"], row["number"]) for row in find_numbers(visit.turn))]
    levels = [(level, level.capitalize()) for level in SUBSCRIPTIONS]
    inside = (
        fields.choice("number", "Customer number", numbers),
        fields.choice("level", "Level", levels),
        fields.text(
            "object", "Id", hint="Of the service or the billing account. Leave it empty for the level Account."
        ),
        actions(button("Next"), link("Cancel", url("contacts"))),
    )
    return Page(title="Choose the customer number", content=(fields.render(*inside),))


def take_place(visit: Visit) -> Moved:
    """Take the customer number and the level."""
    require(visit, number="a customer number: choose one from the list")
    row, level, object_ = find_number(visit.turn, visit.text("number")), visit.text("level"), visit.text("object")
    if level not in SUBSCRIPTIONS or bool(object_) == (level == ACCOUNT) or len(object_) > _LONGEST:
        raise Problems({"object": "A service and a billing account have an id; the level Account has none."})
    _change(visit, numbers=[row["number"]], level=level, object=object_)
    return Moved(url("contacts", "journeys", visit.name, "names"))


def names(visit: Visit) -> Page:
    """Return the page on which subscriptions are ticked."""
    draft = _draft(visit)
    fields = form(visit, "names")
    boxes = (fields.box(_field("name", index), name) for index, name in enumerate(SUBSCRIPTIONS[draft["level"]]))
    inside = (*boxes, actions(button("Next"), link("Cancel", url("contacts"))))
    return Page(title="Choose the subscriptions", lead=_said(draft), content=(fields.render(*inside),))


def take_names(visit: Visit) -> Moved:
    """Take the subscriptions."""
    draft = _draft(visit)
    known = SUBSCRIPTIONS[draft["level"]]
    chosen = [name for index, name in enumerate(known) if visit.sent.get(_field("name", index))]
    if not chosen:
        raise Problems({_field("name", 0): "Tick one subscription or more."})
    _change(visit, names=chosen)
    return Moved(url("contacts", "journeys", visit.name, "confirm" if draft["way"] == _BY_USER else "people"))


def numbers(visit: Visit) -> Page:
    """Return the page of the third journey on which customer numbers are ticked."""
    fields = form(visit, "numbers")
    found = find_numbers(visit.turn)
    boxes = (fields.box(_field("number", index), row["number"]) for index, row in enumerate(found))
    inside = (*boxes, actions(button("Next"), link("Cancel", url("contacts"))))
    return Page(title="Choose the customer numbers", lead=_said(_draft(visit)), content=(fields.render(*inside),))


def take_numbers(visit: Visit) -> Moved:
    """Take the customer numbers."""
    found = [row["number"] for row in find_numbers(visit.turn)]
    chosen = [number for index, number in enumerate(found) if visit.sent.get(_field("number", index))]
    if not chosen:
        raise Problems({_field("number", 0): "Tick one customer number or more."})
    for person in _people(visit, _draft(visit)):
        try:
            check_domain(visit.turn, person["email"], chosen)
        except Refusal as refusal:
            raise Problems({_field("number", 0): refusal.message}) from refusal
    _change(visit, numbers=chosen)
    return Moved(url("contacts", "journeys", visit.name, "names"))


def people(visit: Visit) -> Page:
    """Return the page on which contacts are searched for and chosen. Those that were chosen stand at the bottom."""
    draft = _draft(visit)
    search = " ".join(visit.query.get("search", "").split())
    chosen = list(_people(visit, draft))
    found = find_people(visit.turn, search) if search else []
    add = button_link("Add a contact", url("contacts", "journeys", visit.name, "new"))
    parts = [search_form(visit.path, search)]
    if search:
        parts.append(_results(visit, found))
    if search and not found:
        parts.append(actions(add))
    lines = ((row["email"], row["name"], status_of(row)) for row in chosen)
    content = (
        *parts,
        section("Chosen contacts", table("Chosen contacts", ("E-mail", "Name", "Status"), lines, empty="None yet.")),
        _going_on(visit, draft),
    )
    return Page(title="Add contacts", lead=_said(draft), content=content)


def _results(visit: Visit, found: list[Row]) -> Markup:
    lines = ((row["email"], row["name"], _choice(visit, row)) for row in found)
    return table("Results", ("E-mail", "Name", ""), lines, empty="No result.")


def _choice(visit: Visit, row: Row) -> Markup:
    inside = (hidden("email", row["email"]), button("Choose", aria_label=f"Choose {row['email']}"))
    return form(visit, f"choose-{row['id']}").render(*inside, to=visit.path)


def _going_on(visit: Visit, draft: Draft) -> Markup:
    word = "Next" if draft["way"] == _BY_USER else "Submit"
    return form(visit, "go-on").render(actions(button(word), link("Cancel", url("contacts"))), to=visit.path)


def take_people(visit: Visit) -> Moved:
    """Choose one contact, or go on with those that were chosen."""
    draft = _draft(visit)
    if visit.sent.get("form") != "go-on":
        _choose(visit, find_person(visit.turn, visit.text("email")))
        return Moved(visit.path)
    if not draft["people"]:
        raise Problems({"": "Choose a contact first."})
    return Moved(url("contacts", "journeys", visit.name, "numbers" if draft["way"] == _BY_USER else "confirm"))


def new(visit: Visit) -> Page:
    """Return the window in which a contact is created, once a second search has found nothing."""
    search = " ".join(visit.query.get("search", visit.sent.get("email", "")).split())
    found = find_people(visit.turn, search) if search else []
    parts = [search_form(visit.path, search)]
    back = url("contacts", "journeys", visit.name, "people")
    if search and found:
        lines = ((row["email"], row["name"], _choice_from(visit, row, back)) for row in found)
        parts.append(table("Results", ("E-mail", "Name", ""), lines, empty=""))
    elif search:
        fields = form(visit, "contact", email=search)
        inside = (
            fields.text("email", "E-mail"),
            *contact_fields(fields),
            actions(button("Submit"), link("Cancel", back)),
        )
        parts += [element("p", "No result."), fields.render(*inside)]
    return Page(title="Add a contact", lead="Search once more before you create one.", content=tuple(parts))


def _choice_from(visit: Visit, row: Row, to: str) -> Markup:
    inside = (hidden("email", row["email"]), button("Choose", aria_label=f"Choose {row['email']}"))
    return form(visit, f"choose-{row['id']}").render(*inside, to=to)


def create(visit: Visit) -> Moved:
    """Create a contact and choose it."""
    require(visit, email="the e-mail address", name="a name")
    draft = _draft(visit)
    email = visit.text("email")
    check_domain(visit.turn, email, draft["numbers"] or _numbers_of(visit, email))
    fields = {"email": email, **sent_fields(visit)}
    with by_hand(visit.turn, "add_contact", None, email=email) as turn:
        row = add_person(turn, fields, is_group=bool(visit.sent.get("group")), address=visit.address)
    _choose(visit, row)
    visit.session.say("The new contact is at the bottom of the list.")
    return Moved(url("contacts", "journeys", visit.name, "people"))


def _numbers_of(visit: Visit, email: str) -> list[str]:
    """Return one customer number that allows the domain, or else all of them, none of which does."""
    found = [row["number"] for row in find_numbers(visit.turn)]
    for number in found:
        try:
            check_domain(visit.turn, email, (number,))
        except Refusal:
            continue
        return [number]
    return found


def confirmation(visit: Visit) -> Page:
    """Return what a journey is about to do."""
    draft = _draft(visit)
    emails = ", ".join(row["email"] for row in _people(visit, draft))
    pairs = (
        ("Customer numbers", ", ".join(draft["numbers"])),
        ("Level", f"{draft['level']} {draft['object']}".strip().capitalize()),
        ("Subscriptions", ", ".join(draft["names"])),
        ("Contacts", emails),
    )
    inside = actions(button("Submit"), link("Cancel", url("contacts")))
    return Page(title="Confirm your changes", content=(facts(pairs), form(visit, "confirm").render(inside)))


def confirm(visit: Visit) -> Moved:
    """Set what the journey chose."""
    draft = _draft(visit)
    chosen = list(_people(visit, draft))
    detail = {key: draft[key] for key in ("way", "numbers", "level", "object", "names")}
    with by_hand(visit.turn, "subscribe", None, **detail, emails=[row["email"] for row in chosen]) as turn:
        for number in draft["numbers"]:
            subscribe(turn, number, (draft["level"], draft["object"]), draft["names"], chosen)
    visit.turn.rows.run("DELETE FROM contact_drafts WHERE code = ?", (visit.name,))
    visit.session.say("The subscriptions are set.")
    return Moved(url("contacts", "customers", draft["numbers"][0]) if draft["numbers"] else url("contacts"))


def _said(draft: Mapping[str, Any]) -> str:
    words = (*draft["numbers"], f"{draft['level']} {draft['object']}".strip(), *draft["names"])
    return ", ".join(words) if draft["numbers"] else ""


def _people(visit: Visit, draft: Draft) -> Iterator[Row]:
    for email in draft["people"]:
        yield find_person(visit.turn, email)


def _choose(visit: Visit, row: Row) -> None:
    draft = _draft(visit)
    known = [] if draft["way"] == _BY_USER else [email for email in draft["people"] if email != row["email"]]
    _change(visit, people=[*known, row["email"]])


def _field(name: str, index: int) -> str:
    return f"{name}-{index}"


def _draft(visit: Visit) -> Draft:
    row = visit.turn.rows.first("SELECT draft FROM contact_drafts WHERE code = ?", (visit.name,))
    if row is None:
        raise Absent("This journey has ended.")
    draft: Draft = json.loads(row["draft"])
    return draft


def _keep(visit: Visit, draft: Draft) -> str:
    code = secrets.token_urlsafe(12)
    visit.turn.rows.insert("contact_drafts", {"code": code, "draft": json.dumps(draft)})
    return code


def _change(visit: Visit, **more: Any) -> None:
    draft = json.dumps(_draft(visit) | more)
    visit.turn.rows.run("UPDATE contact_drafts SET draft = ? WHERE code = ?", (draft, visit.name))
