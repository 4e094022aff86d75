"""Every numbered list of the vendor's help, followed on the portal's pages, step by step, without a script."""

from collections.abc import Iterator

import pytest
import requests
from browser import lists_of_questions, lists_of_snapshots
from browser.numbered_list import NumberedList
from browser.page import Page
from browser.person import Person

from agencyfile.local_portal import RunningPortal

LISTS = (*lists_of_snapshots.LISTS, *lists_of_questions.LISTS)
# The help pages are not part of this repository; the words of each step in the table are this project's own.
# Seed, heading and number of steps of every numbered list of the help pages, counted there; the legend counts as one.
INVENTORY = {
    ("S000", "Create a sandbox account"): 4,
    ("S000", "Create a snapshot of a sandbox account"): 5,
    ("S000", "Create a client account from a snapshot: from Account Snapshots"): 4,
    ("S000", "Create a client account from a snapshot: from the list of accounts"): 4,
    ("S001", "Create a sandbox account"): 4,
    ("S001", "Create a snapshot of a sandbox account"): 5,
    ("S001", "Create a new account from a snapshot"): 4,
    ("S002", "The Resold page in the dashboard: the legend of its picture"): 20,
    ("S002", "How do I add a new resold account to my dashboard?"): 4,
    ("S002", "How do I add an existing account to my dashboard?"): 2,
    ("S002", "A client has forgotten the password"): 2,
    ("S002", "How do I upgrade my resold accounts?"): 4,
}


@pytest.fixture(params=["today", "vendor-2014"])
def person(request: pytest.FixtureRequest, page: Page, portal: RunningPortal) -> Iterator[Person]:
    """Somebody whom the portal does not know, at an empty portal. Nothing is asked for but this portal."""
    _order(portal, "reset", {})
    _order(portal, "settings", {"dialect": request.param})
    page.resize(1280, 1400)
    page.set_scripts(enabled=False)
    someone = Person(page, portal)
    someone.open("/partner/login")
    page.driver.delete_all_cookies()
    yield someone
    _order(portal, "reset", {})
    assert all(url.startswith(portal.url) for url in page.requests)


@pytest.mark.parametrize("each", LISTS, ids=lambda each: each.name)
def test_numbered_list_is_followed_step_by_step(person: Person, each: NumberedList) -> None:
    """A failure names the list and the step. Two dialects of the portal differ in no page."""
    each.given(person)
    for number, (words, action) in enumerate((*each.steps, ("and then", each.then)), start=1):
        try:
            action(person)
        except Exception as error:
            error.add_note(f"{each.name}, step {number}: {words}")
            raise
    assert [message for message in person.page.console if "SEVERE" in message] == []


def test_no_numbered_list_is_left_out() -> None:
    """Each list of the help pages is in the table, with all of its steps."""
    assert {(each.seed, each.heading): len(each.steps) for each in LISTS} == INVENTORY
    assert (len(LISTS), sum(INVENTORY.values())) == (12, 62)


def _order(portal: RunningPortal, name: str, value: object) -> None:
    requests.post(f"{portal.url}/_portal/{name}", json=value, timeout=60).raise_for_status()
