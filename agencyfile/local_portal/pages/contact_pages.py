"""Contact management: the list, a contact, a customer number with its subscriptions and domains (docs/portal.md 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from agencyfile.local_portal.contact_export import CSV, WORKBOOK, export_csv, export_workbook
from agencyfile.local_portal.contacts import (
    ACCOUNT,
    SUBSCRIPTIONS,
    allow_domain,
    change_person,
    delete_person,
    find_domains,
    find_number,
    find_numbers,
    find_people,
    find_person,
    status_of,
    subscriptions_of,
    unsubscribe,
    verify,
)
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent
from agencyfile.local_portal.pages.by_hand import by_hand
from agencyfile.local_portal.pages.forms import (
    Form,
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
from agencyfile.local_portal.pages.markup import Markup, element, void
from agencyfile.local_portal.pages.resold import moment
from agencyfile.local_portal.pages.visit import Download, Moved, Page, Visit, require, url
from agencyfile.local_portal.shapes import parse_number

STAND_IN = (
    "These pages are agencyfile's own stand-in. They follow the steps of an operator's public help, not its real pages."
)
_HEADS = ("E-mail", "Name", "Phone", "Language", "Group contact", "Status", "")
FIELDS = ("name", "phone", "language")


def management(visit: Visit) -> Page:
    """Return the list of contacts with its search, and the customer numbers."""
    search = " ".join(visit.query.get("search", "").split())
    people = find_people(visit.turn, search)
    numbers = find_numbers(visit.turn)
    empty = "No result." if search else "No contact yet."
    listed = table("Contacts", _HEADS, map(_line, people), empty=empty)
    lines = ((link(row["number"], url("contacts", "customers", row["number"])), row["name"]) for row in numbers)
    ways = actions(
        button_link("Set Subscription", url("contacts", "set"), kind="main"),
        button_link("Export as CSV", url("contacts", "export.csv")),
        button_link("Export as workbook", url("contacts", "export.xlsx")),
    )
    content = (
        ways,
        section("Contacts", search_form(url("contacts"), search), listed),
        section("Customer numbers", table("Customer numbers", ("Number", "Name"), lines, empty="None yet.")),
    )
    return Page(title="Contact management", lead=STAND_IN, content=content)


def search_form(to: str, search: str) -> Markup:
    """Return the search bar of a list of contacts."""
    field = void("input", type="search", id="search", name="search", value=search, autocomplete="off")
    row = element("div", element("label", "Search by e-mail", for_="search"), field, class_="field")
    return element("form", row, actions(button("Search")), method="get", action=to, role="search")


def edit(visit: Visit) -> Page:
    """Return the form of one contact."""
    row = find_person(visit.turn, visit.name)
    kept = {name: row[name] for name in FIELDS} | {"group": "1" if row["is_group"] else ""}
    fields = Form(visit, "contact", kept)
    inside = (*contact_fields(fields), actions(button("Submit"), link("Cancel", url("contacts"))))
    manager = form(visit, "delete").render(actions(button("Delete as the service manager", kind="danger")))
    note = "People cannot delete a contact: the service manager does. This button stands for that."
    pairs = (("E-mail", row["email"]), ("Status", status_of(row)))
    content = (facts(pairs), fields.render(*inside), section("For rehearsals", manager, note=note))
    return Page(title=f"Edit {row['email']}", lead="The address of a contact cannot change.", content=content)


def save(visit: Visit) -> Moved:
    """Save a contact, or delete it as the service manager would."""
    row = find_person(visit.turn, visit.name)
    if visit.sent.get("form") == "delete":
        with by_hand(visit.turn, "delete_contact", None, email=row["email"]) as turn:
            delete_person(turn, row["email"])
        visit.session.say(f"{row['email']} is deleted.")
        return Moved(url("contacts"))
    require(visit, name="a name")
    with by_hand(visit.turn, "edit_contact", None, email=row["email"]) as turn:
        change_person(turn, row["email"], sent_fields(visit), is_group=bool(visit.sent.get("group")))
    visit.session.say(f"{row['email']} is saved.")
    return Moved(url("contacts"))


def contact_fields(fields: Form) -> Iterator[Markup]:
    """Yield the fields of a contact that can change."""
    yield fields.text("name", "Name")
    yield fields.text("phone", "Phone")
    yield fields.text("language", "Language", hint="Two letters, as in fr.")
    yield fields.box("group", "Group contact", hint="A team's mailbox. It needs no verification.")


def sent_fields(visit: Visit) -> dict[str, str]:
    """Return the fields of a contact as they were sent."""
    return {name: visit.text(name) for name in FIELDS}


def customer(visit: Visit) -> Page:
    """Return the page of a customer number: each subscription with its contacts."""
    row = find_number(visit.turn, visit.name)
    found = subscriptions_of(visit.turn, row["number"])
    by_place = {key: list(rows) for key, rows in groupby(found, key=_place)}
    account = [(ACCOUNT, "", name) for name in SUBSCRIPTIONS[ACCOUNT]]
    others = [place for place in by_place if place[0] != ACCOUNT]
    parts = (_subscription(visit, place, by_place.get(place, [])) for place in (*account, *others))
    ways = actions(
        button_link("Allowed domains", url("contacts", "customers", row["number"], "domains")),
        button_link("Set Subscription", url("contacts", "set")),
    )
    return Page(title=f"Customer number {row['number']}", lead=row["name"], content=(ways, *parts))


def _place(row: Row) -> tuple[str, str, str]:
    return row["level"], row["object"], row["subscription"]


def _subscription(visit: Visit, place: tuple[str, str, str], people: Iterable[Row]) -> Markup:
    level, object_, name = place
    title = name if level == ACCOUNT else f"{name} of the {level} {object_}"
    add = None
    if level == ACCOUNT:
        fields = form(visit, f"add-{name.lower().replace(' ', '-')}")
        inside = (hidden("subscription", name), actions(button("Add a contact", aria_label=f"Add a contact to {name}")))
        add = fields.render(*inside, to=url("contacts", "customers", visit.name, "add"))
    lines = ((row["email"], row["name"], _state(row), _removal(visit, place, row)) for row in people)
    listed = table(f"Contacts of {title}", ("E-mail", "Name", "Status", ""), lines, empty="No contact.")
    return section(title, listed, add)


def _removal(visit: Visit, place: tuple[str, str, str], row: Row) -> Markup:
    level, object_, name = place
    label = f"Remove {row['email']} from {name}" + (f" of {object_}" if object_ else "")
    values = {"level": level, "object": object_, "name": name, "contact": str(row["id"])}
    inside = (*(hidden(key, value) for key, value in values.items()), button("Remove", kind="danger", aria_label=label))
    token = "-".join((level, object_, name, str(row["id"]))).lower().replace(" ", "-")
    return form(visit, f"remove-{token}").render(*inside)


def remove(visit: Visit) -> Moved:
    """End a subscription."""
    row = find_number(visit.turn, visit.name)
    place = (visit.text("level"), visit.text("object"))
    with by_hand(visit.turn, "unsubscribe", None, number=row["number"], name=visit.text("name")) as turn:
        unsubscribe(turn, row["number"], place, visit.text("name"), parse_number(visit.text("contact")) or 0)
    visit.session.say("The subscription is ended.")
    return Moved(url("contacts", "customers", row["number"]))


def domains(visit: Visit) -> Page:
    """Return the allowed domains of a customer number."""
    row = find_number(visit.turn, visit.name)
    fields = form(visit, "domain")
    lines = (
        (each["domain"], "Works" if each["usable_at"] <= visit.turn.now else "Works soon", moment(each["usable_at"]))
        for each in find_domains(visit.turn, row["number"])
    )
    hint = "Without an @ sign. It may take up to an hour until it works."
    content = (
        table("Allowed domains", ("Domain", "State", "Works from"), lines, empty="No domain is allowed."),
        fields.render(fields.text("domain", "Domain", hint=hint), actions(button("Add"))),
        element("p", link(f"Customer number {row['number']}", url("contacts", "customers", row["number"]))),
    )
    return Page(title=f"Allowed domains of {row['number']}", content=content)


def add_domain(visit: Visit) -> Moved:
    """Allow a domain, which works after a while."""
    row = find_number(visit.turn, visit.name)
    require(visit, domain="a domain")
    with by_hand(visit.turn, "allow_domain", None, number=row["number"], domain=visit.text("domain")) as turn:
        allow_domain(turn, row["number"], visit.text("domain"), turn.now + turn.settings.domain_time)
    visit.session.say("The domain is added.")
    return Moved(visit.path)


def verification(visit: Visit) -> Page:
    """Return the page that the link of a verification mail opens."""
    inside = actions(button("Verify my address"))
    return Page(title="Verify your email address", content=(form(visit, "verify").render(inside),), has_menu=False)


def verified(visit: Visit) -> Page:
    """Take the verification of an address."""
    row = verify(visit.turn, visit.name)
    if row is None:
        raise Absent("This link is not known.")
    return Page(title="Your address is verified", content=(element("p", row["email"]),), has_menu=False)


def as_csv(visit: Visit) -> Download:
    """Return the export as CSV."""
    return Download(export_csv(visit.turn.rows, visit.turn.now), CSV, "contacts.csv")


def as_workbook(visit: Visit) -> Download:
    """Return the export as a workbook."""
    return Download(export_workbook(visit.turn.rows, visit.turn.now), WORKBOOK, "contacts.xlsx")


def _line(row: Row) -> Iterator[Markup | str | None]:
    yield row["email"]
    yield row["name"]
    yield row["phone"]
    yield row["language"]
    yield "yes" if row["is_group"] else "no"
    yield _state(row)
    yield button_link("Edit", url("contacts", "edit", row["email"]), aria_label=f"Edit {row['email']}")


def _state(row: Row) -> Markup:
    words = status_of(row)
    is_pending = words.startswith("Pending")
    return element("span", f"\N{WARNING SIGN} {words}" if is_pending else words, class_="state")
