"""A plan of contacts is carried out word by word in a browser, exported, and the next plan is empty."""

from pathlib import Path
from typing import Any

import pytest
import requests
from browser.contact_steps import Doing, carry_out, verify
from browser.person import Person
from rehearsal import Rehearsal

from agencyfile.local_portal import RunningPortal

TEN = [f"night{number}@acme.example" for number in range(6)]  # ten with those of the second half, who are known
KNOWN = [f"day{number}@acme.example" for number in range(4)]
FILE = f"""version: 1
agency:
  name: northwind
  ledger: file:.agencyfile/ledger.jsonl
  contacts: {{export: contacts.csv}}
contacts:
{"".join(f"  {email}: {{name: Watch}}" + chr(10) for email in (*TEN, *KNOWN))}
  noc@acme.example: {{name: Acme NOC, group: true, language: fr}}
  shared@acme.example: {{name: Shared, phone: "+32 2 555 01 01"}}
  zoe@acme.example: {{name: Zoe Peeters, language: nl}}
  jane@acme.example: {{name: Jane Doe, phone: "+32 2 555 01 02", language: en}}
  anna@new.example: {{name: Anna}}
  spare@acme.example: {{name: Spare}}
customers:
  OCN-1:
    subscriptions:
      planned-works: [{", ".join((*TEN, *KNOWN))}]
  OCN-2:
    subscriptions:
      planned-works: [shared@acme.example, jane@acme.example]
      default-service-notifications: [shared@acme.example, jane@acme.example]
    services:
      SVC-9: {{proactive-service-outage: [noc@acme.example, shared@acme.example]}}
  OCN-3: {{subscriptions: {{planned-works: [zoe@acme.example], product-communications: [zoe@acme.example]}}}}
  OCN-4: {{subscriptions: {{planned-works: [zoe@acme.example], product-communications: [zoe@acme.example]}}}}
  OCN-5: {{subscriptions: {{planned-works: [zoe@acme.example], product-communications: [zoe@acme.example]}}}}
  OCN-6:
    allowed_domains: [acme.example, new.example]
    subscriptions:
      planned-works: [anna@new.example, shared@acme.example]
"""
SEED: dict[str, Any] = {
    "customers": [{"number": f"OCN-{number}", "name": "Acme", "domains": ["acme.example"]} for number in range(1, 7)],
    "contacts": [
        *({"email": email, "name": "Watch"} for email in KNOWN),
        {"email": "jane@acme.example", "name": "Jane", "language": "en"},
        {
            "email": "old@acme.example",
            "name": "Old",
            "subscriptions": [{"number": "OCN-6", "name": "Planned Works"}],
        },
    ],
}


@pytest.fixture
def rehearsed(portal: RunningPortal, tmp_path: Path) -> Rehearsal:
    """An agency that declares contacts, and an operator who knows some of them."""
    requests.post(f"{portal.url}/_portal/reset", timeout=60).raise_for_status()
    requests.post(f"{portal.url}/_portal/settings", json={"domain_time": 0.5}, timeout=60).raise_for_status()
    requests.post(f"{portal.url}/_portal/seed", json=SEED, timeout=60).raise_for_status()
    folder = tmp_path / "agency"
    folder.mkdir()
    rehearsal = Rehearsal(folder, portal)
    for name in list(rehearsal.environment):
        if name.endswith("_KEY"):
            del rehearsal.environment[name]  # contacts need no key
    rehearsal.write(FILE)
    return rehearsal


@pytest.mark.parametrize("order", ["as printed", "from the end"])
def test_plan_of_contacts_is_done_word_by_word(rehearsed: Rehearsal, person: Person, order: str) -> None:
    """Three journeys, thirty changes: each contact is created once, whatever the order, and the next plan is empty."""
    _export(rehearsed, person)
    plan = rehearsed.plan()
    steps = plan["manual_steps"]
    texts = "\n".join(step["text"] for step in steps)
    assert _subscriptions(steps) == 25
    assert sum(len(step["edits"]) for step in steps) >= 30
    assert all(words in texts for words in ("Add a contact.", "choose By subscription", "choose By user"))
    assert sum("OCN-1" in step["title"] for step in steps) == 1, "ten contacts of one customer are one visit"

    doing = Doing(person)
    first, *rest = steps  # a domain, without which nobody can be added
    for step in (first, *(rest if order == "as printed" else reversed(rest))):
        assert carry_out(doing, step) == [], step["id"]
    verify(doing)

    _check_book(rehearsed)
    _export(rehearsed, person)
    after = rehearsed.plan()
    assert after["manual_steps"] == []
    assert {found["rule"] for found in after["diagnostics"]} == {"contacts-export-age"}
    assert rehearsed.run("drift").code == 0


def _subscriptions(steps: list[dict[str, Any]]) -> int:
    """How many subscriptions begin or end; one edit of a journey by user sets two."""
    edits = [edit for step in steps for edit in step["edits"]]
    at_customer = [edit for edit in edits if "subscribed" in (edit["before"], edit["after"])]
    by_user = [edit["after"] for edit in edits if edit["attribute"].startswith("record.at ")]
    return len(at_customer) + sum(map(len, by_user))


def _check_book(rehearsed: Rehearsal) -> None:
    book = requests.get(f"{rehearsed.portal.url}/_portal/books", timeout=60).json()
    people = {each["email"]: each for each in book["contacts"]}
    assert len(people) == len(book["contacts"]) == 17
    created = [each["parameters"]["email"] for each in book["acts"] if each["action"] == "add_contact"]
    assert len(created) == len(set(created)) == 11
    assert people["noc@acme.example"] | {"subscriptions": []} == {
        "email": "noc@acme.example",
        "name": "Acme NOC",
        "phone": "",
        "language": "fr",
        "group": True,
        "verified": False,
        "subscriptions": [],
    }
    assert people["jane@acme.example"]["name"] == "Jane Doe"
    assert people["old@acme.example"]["subscriptions"] == []
    assert [each["number"] for each in people["zoe@acme.example"]["subscriptions"]] == [
        "OCN-3",
        "OCN-4",
        "OCN-5",
    ] * 2 or (
        sorted({each["number"] for each in people["zoe@acme.example"]["subscriptions"]}) == ["OCN-3", "OCN-4", "OCN-5"]
    )


def _export(rehearsed: Rehearsal, person: Person) -> None:
    """Export the contacts as the browser's download does, with its session."""
    cookies = {each["name"]: each["value"] for each in person.page.driver.get_cookies()}
    answer = requests.get(f"{rehearsed.portal.url}/partner/contacts/export.csv", cookies=cookies, timeout=60)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (rehearsed.folder / "contacts.csv").write_bytes(answer.content)
