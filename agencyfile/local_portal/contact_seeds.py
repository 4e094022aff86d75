"""Seeds of contacts and customer numbers: what a portal is given to start with.

``customers`` is a list of ``{"number", "name", "domains"}``. ``contacts`` is a list of ``{"email", "name", "phone",
"language", "group", "verified", "subscriptions"}``; a subscription is ``{"number", "name"}``, with ``level`` and
``object`` where it is not for the whole customer number.
"""

from __future__ import annotations

from typing import Any

from agencyfile.local_portal.contacts import ACCOUNT, SUBSCRIPTIONS, add_number, add_person, allow_domain, subscribe
from agencyfile.local_portal.control_input import BadOrder, Item, read_list, read_map, read_value
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn

_CUSTOMER = {"number", "name", "domains"}
_TEXTS = ("email", "name", "phone", "language")
_CONTACT = {*_TEXTS, "group", "verified", "subscriptions"}
_SUBSCRIPTION = {"number", "name", "level", "object"}


def plant_contacts(turn: Turn, body: Item) -> None:
    """Add the customer numbers and contacts of a seed.

    Raises:
        BadOrder: The seed cannot be used.
    """
    try:
        for each in read_list(body, "customers"):
            _plant_customer(turn, read_map(each, _CUSTOMER, "a customer"))
        for each in read_list(body, "contacts"):
            _plant_contact(turn, read_map(each, _CONTACT, "a contact"))
    except Refusal as refusal:
        raise BadOrder(refusal.message) from refusal


def _plant_customer(turn: Turn, item: Item) -> None:
    number = read_value(item, "a customer", "number", str, "")
    if not number:
        raise BadOrder("A customer needs a number.")
    add_number(turn, number, read_value(item, number, "name", str, ""))
    for domain in read_list(item, "domains"):
        allow_domain(turn, number, str(domain), turn.now)


def _plant_contact(turn: Turn, item: Item) -> None:
    fields = {name: read_value(item, "a contact", name, str, "") for name in _TEXTS}
    email = fields["email"]
    row = add_person(turn, fields, is_group=read_value(item, email, "group", bool, default=False))
    if read_value(item, email, "verified", bool, default=True):
        turn.rows.run("UPDATE contact_people SET verified = 1 WHERE id = ?", (row["id"],))
    for each in read_list(item, "subscriptions"):
        number, place, name = _read_subscription(each, email)
        subscribe(turn, number, place, (name,), (row,))


def _read_subscription(value: Any, email: str) -> tuple[str, tuple[str, str], str]:
    item = read_map(value, _SUBSCRIPTION, f"a subscription of {email}")
    texts = {name: read_value(item, email, name, str, "") for name in _SUBSCRIPTION}
    level = texts["level"] or ACCOUNT
    if texts["name"] not in SUBSCRIPTIONS.get(level, ()):
        raise BadOrder(f"{email}: {texts['name']!r} is no subscription of the level {level}.")
    return texts["number"], (level, texts["object"]), texts["name"]
