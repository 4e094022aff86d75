"""The pages of contacts over HTTP: what the operator's help says of addresses, domains, journeys and the export."""

import csv
import io
import re
from typing import Any

import pytest
import requests
from local_portal.portal_client import Client
from local_portal.visitor import Visitor
from openpyxl import load_workbook

CONTACTS = "/partner/contacts"
SEED: dict[str, Any] = {
    "customers": [
        {"number": "OCN-1", "name": "Acme", "domains": ["acme.example"]},
        {"number": "OCN-2", "name": "Acme", "domains": ["other.example"]},
    ],
    "contacts": [
        {
            "email": "jane@acme.example",
            "name": "=Jane, <b>",
            "phone": "+32 2 555 01 01",
            "subscriptions": [
                {"number": "OCN-1", "name": "Planned Works"},
                {"number": "OCN-1", "name": "Reactive Service", "level": "service", "object": "SVC-1"},
            ],
        },
    ],
}


@pytest.fixture
def operator(client: Client, visitor: Visitor) -> Visitor:
    """Somebody in front of two customer numbers and one contact."""
    client.order("seed", SEED)
    return visitor


def journey(operator: Visitor, subscription: str = "planned-works") -> str:
    """Begin the first journey; return the path of its page."""
    answer = operator.fill(f"{CONTACTS}/customers/OCN-1", f"add-{subscription}")
    return answer.url.removeprefix(operator.url)


def create(operator: Visitor, people: str, searched: str, **fields: str) -> requests.Response:
    """Create a contact in the window of a journey."""
    return operator.fill(f"{people.replace('/people', '/new')}?search={searched}", "contact", name="N", **fields)


def contact(client: Client, email: str) -> dict[str, Any]:
    """A contact as the book has it."""
    book = {each["email"]: each for each in client.book("contacts")["contacts"]}
    found: dict[str, Any] = book[email]
    return found


def test_contact_is_created_after_two_searches_and_verified_by_mail(client: Client, operator: Visitor) -> None:
    """No form before the second search; the address is the key; the mail's link verifies, without a log-in."""
    people = journey(operator)
    window = people.replace("/people", "/new")
    assert "Add a contact</a>" in operator.get(f"{people}?search=max@acme.example").text
    assert "Add a contact</a>" not in operator.get(f"{people}?search=jane").text
    assert 'id="form-contact"' not in operator.get(window).text
    assert 'id="form-contact"' not in operator.get(f"{window}?search=jane").text
    create(operator, people, "Max@acme.example")
    again = create(operator, people, "max2@acme.example", email="MAX@acme.example")
    assert again.status_code == 422
    assert "There is a contact with this address" in again.text
    operator.fill(people, "go-on")
    operator.fill(people.replace("/people", "/confirm"), "confirm")

    max_ = contact(client, "max@acme.example")
    assert (max_["verified"], [each["name"] for each in max_["subscriptions"]]) == (False, ["Planned Works"])
    link = re.findall(r"/partner/contacts/verify/[\w-]+", operator.get("/partner/mailbox/1").text)[0]
    assert not contact(client, "max@acme.example")["verified"], "looking at the link verifies nothing"
    stranger = Visitor(operator.url)
    assert "Your address is verified" in stranger.fill(link, "verify").text
    assert contact(client, "max@acme.example")["verified"]
    assert stranger.get(CONTACTS).url.endswith("/partner/login?to=%2Fpartner%2Fcontacts")


def test_group_contact_gets_no_mail(client: Client, operator: Visitor) -> None:
    """A team's mailbox needs no verification."""
    create(operator, journey(operator), "noc@acme.example", group="1")

    assert "No mail yet." in operator.get("/partner/mailbox").text
    assert "Not required" in operator.get(CONTACTS).text
    assert contact(client, "noc@acme.example")["group"]


def test_domain_that_is_not_allowed_is_refused_until_it_works(client: Client, operator: Visitor) -> None:
    """Only the list of the customer number counts, and a new entry works after a while."""
    client.order("settings", {"domain_time": 3600})
    people = journey(operator)
    domains = f"{CONTACTS}/customers/OCN-1/domains"
    assert "Email domain not allowed: other.example" in create(operator, people, "max@other.example").text
    assert "Write it without an @ sign." in operator.fill(domains, "domain", domain="@other.example").text
    assert "Works soon" in operator.fill(domains, "domain", domain="other.example").text
    assert "Email domain not allowed yet" in create(operator, people, "max@other.example").text
    client.order("settings", {"domain_time": 0})
    operator.fill(f"{CONTACTS}/customers/OCN-1/domains", "domain", domain="third.example")
    assert create(operator, people, "max@third.example").url.endswith("/people")


def test_journey_by_user_sets_one_contact_at_several_numbers(client: Client, operator: Visitor) -> None:
    """A number that does not allow the domain is refused; nothing is set before the last page."""
    begun = operator.fill(f"{CONTACTS}/set", "user").url.removeprefix(operator.url)
    assert "Choose a contact first." in operator.fill(begun, "go-on").text
    operator.fill(f"{begun}?search=jane", "choose-1")
    numbers = operator.fill(begun, "go-on").url.removeprefix(operator.url)
    refused = operator.fill(numbers, "numbers", **{"number-0": "1", "number-1": "1"})
    assert "Email domain not allowed: acme.example is not among the domains of OCN-2." in refused.text
    names = operator.fill(numbers, "numbers", **{"number-0": "1"}).url.removeprefix(operator.url)
    assert "Tick one subscription or more." in operator.fill(names, "names").text
    operator.fill(names, "names", **{"name-0": "1", "name-2": "1"})
    before = contact(client, "jane@acme.example")["subscriptions"]
    operator.fill(begun.replace("/people", "/confirm"), "confirm")

    after = contact(client, "jane@acme.example")["subscriptions"]
    assert [each["name"] for each in after if each not in before] == [
        "Default Service Notifications",
        "Product Communications",
    ]
    assert operator.get(begun).status_code == 404, "the journey has ended"


def test_level_with_an_object_needs_its_id(client: Client, operator: Visitor) -> None:
    """A service has one, the customer number itself has none."""
    place = operator.fill(f"{CONTACTS}/set", "subscription").url.removeprefix(operator.url)
    for level, object_ in (("service", ""), ("account", "SVC-1"), ("region", "X")):
        answer = operator.fill(place, "place", number="OCN-1", level=level, object=object_)
        assert "the level Account has none" in answer.text
    names = operator.fill(place, "place", number="OCN-1", level="service", object="SVC-2")
    people = operator.fill(names.url.removeprefix(operator.url), "names", **{"name-0": "1"}).url.removeprefix(
        operator.url
    )
    operator.fill(f"{people}?search=jane", "choose-1")
    operator.fill(people, "go-on")
    operator.fill(people.replace("/people", "/confirm"), "confirm")

    found = contact(client, "jane@acme.example")["subscriptions"]
    assert {"number": "OCN-1", "level": "service", "object": "SVC-2", "name": "Proactive Service Outage"} in found


def test_everything_but_the_address_changes_and_the_service_manager_deletes(client: Client, operator: Visitor) -> None:
    """The form has no field for the address; a deleted contact has no subscription left."""
    path = f"{CONTACTS}/edit/jane@acme.example"
    assert "email" not in operator.form(path, "contact").fields
    operator.fill(path, "contact", name="Jane Doe", email="other@acme.example", language="fr")
    assert contact(client, "jane@acme.example")["name"] == "Jane Doe"
    operator.fill(f"{CONTACTS}/customers/OCN-1", "remove-account--planned-works-1")
    assert [each["level"] for each in contact(client, "jane@acme.example")["subscriptions"]] == ["service"]
    operator.fill(path, "delete")

    assert client.book("contacts")["contacts"] == []
    assert operator.get(path).status_code == 404


def test_export_is_the_same_as_csv_and_as_workbook(operator: Visitor) -> None:
    """One row for each subscription, and no text that a spreadsheet would run."""
    text = operator.get(f"{CONTACTS}/export.csv")
    book = load_workbook(io.BytesIO(operator.get(f"{CONTACTS}/export.xlsx").content))
    rows = list(csv.reader(io.StringIO(text.text, newline="")))
    cells = [[cell.value or "" for cell in line] for line in book.active.iter_rows()]

    assert text.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    assert [row[:-1] for row in rows] == [row[:-1] for row in cells]
    assert rows[1][:10] == [
        "jane@acme.example", "=Jane, <b>", "+32 2 555 01 01", "", "no", "Verified", "OCN-1", "Account", "",
        "Planned Works",
    ]  # fmt: skip
    assert {cell.data_type for line in book.active.iter_rows() for cell in line} <= {"s", "n", "inlineStr"}
    assert "<b>" not in operator.get(CONTACTS).text


@pytest.mark.parametrize(
    "seed",
    [
        {"customers": [{"name": "no number"}]},
        {"customers": [{"number": "OCN-1", "domains": ["@acme.example"]}]},
        {"contacts": [{"email": "nobody"}]},
        {"contacts": [{"email": "a@b.example", "subscriptions": [{"number": "OCN-1", "name": "Nothing"}]}]},
        {"contacts": [{"email": "a@b.example", "surname": "X"}]},
    ],
)
def test_seed_that_makes_no_sense_is_refused(client: Client, seed: dict[str, Any]) -> None:
    """And nothing of it is kept."""
    answer = requests.post(f"{client.portal.url}/_portal/seed", json=seed, timeout=60)

    assert answer.status_code == 400
    assert client.book("contacts")["contacts"] == []
