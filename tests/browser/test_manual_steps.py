"""A plan's manual steps are carried out on the portal's pages, word by word, and the next plan no longer has them."""

from pathlib import Path
from typing import Any

import pytest
import requests
from browser.manual_agency import ACCOUNTS, FILE, HTML
from browser.person import Person
from browser.spoken_steps import carry_out
from rehearsal import Rehearsal

from agencyfile.local_portal import RunningPortal


@pytest.fixture
def rehearsed(portal: RunningPortal, tmp_path: Path) -> Rehearsal:
    """An agency whose plan has manual steps alone."""
    requests.post(f"{portal.url}/_portal/reset", timeout=60).raise_for_status()
    folder = tmp_path / "agency"
    folder.mkdir()
    rehearsal = Rehearsal(folder, portal)
    rehearsal.seed(accounts=ACCOUNTS)
    rehearsal.write(FILE)
    rehearsal.write(HTML, "newsletter.html")
    return rehearsal


def test_manual_steps_can_be_done_word_by_word(rehearsed: Rehearsal, person: Person) -> None:
    """Every sentence is done or says a fact. What the portal shows closes by itself; the rest stands in its books."""
    steps = _steps(rehearsed)
    assert {step["address"].partition(".")[0] for step in steps.values()} == KINDS

    unknown = {name: left for name, step in steps.items() if (left := carry_out(person, rehearsed.folder, step))}
    assert unknown == {}

    closed = {name for name, step in steps.items() if step["closes"] == "portal"}
    assert len(closed) == 5
    assert closed.isdisjoint(_steps(rehearsed))
    _check_books(rehearsed)


KINDS = {"settings", "sandbox", "account", "delivery", "branding", "credit"}


def _steps(rehearsed: Rehearsal) -> dict[str, dict[str, Any]]:
    return {step["id"]: step for step in rehearsed.plan()["manual_steps"]}


def _check_books(rehearsed: Rehearsal) -> None:
    """What no list shows was really done: settings, templates, brandings, credit, the trial and custom fields."""
    url = rehearsed.portal.url
    books = requests.get(f"{url}/_portal/books", timeout=60).json()
    accounts = {each["account"]: each for each in books["accounts"]}
    assert sorted(accounts) == ["acme", "comer", "gone", "lab", "weeks", "zenith"]
    assert (accounts["weeks"]["trial_extensions"], accounts["lab"]["custom_fields"]) == (1, True)
    assert accounts["gone"]["plan"]["label"] == "Pro annual, 2,500 contacts"

    assert books["defaults"]["branding"] == {
        "siteName": "Northwind Mail",
        "siteLogo": "https://northwind.example/logo.png",
        "copyright": "0",
    }
    assert [each["name"] for each in books["defaults"]["templates"]] == ["newsletter", "welcome", "promo"]
    brandings = {each["account"]: each for each in books["brandings"]}
    acme = {name: brandings["acme"][name] for name in ("siteName", "headerTextValue", "help", "copyright")}
    assert acme == {"siteName": "Acme Mail", "headerTextValue": "Hello", "help": "0", "copyright": "0"}
    assert brandings["gone"]["siteName"] == "Northwind Mail"

    own = [(each["name"], each["designer"], each["tags"]) for each in books["templates"] if each["account"] == "acme"]
    assert own == [("newsletter", False, ["fitness", "monthly"]), ("welcome", True, []), ("promo", True, [])]
    assert [each["content"] for each in books["templates"] if each["name"] == "newsletter"] == [HTML]
    assert [(each["pool"], each["credits"]) for each in books["grants"]] == [("prepaid", 50), ("sms", 500)]
    charged = [(each["account"], each["amount"]) for each in books["charges"]]
    assert charged == [("gone", 2080), ("", 50), ("", 15)]
