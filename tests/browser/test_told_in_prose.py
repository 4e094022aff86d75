"""What the vendor's help tells in prose and not in lists (S002), done on the portal's pages without a script."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from browser.page import Page
from browser.person import AGENCY, Person

from agencyfile.local_portal import RunningPortal


@pytest.fixture
def person(page: Page, portal: RunningPortal) -> Iterator[Person]:
    """Somebody who has logged in to an empty portal."""
    requests.post(f"{portal.url}/_portal/reset", timeout=60).raise_for_status()
    page.resize(1280, 1400)
    page.set_scripts(enabled=False)
    someone = Person(page, portal)
    someone.open("/partner/login")
    page.driver.delete_all_cookies()
    someone.log_in()
    yield someone
    assert all(url.startswith(portal.url) for url in page.requests)


def test_trial_is_created_expires_and_is_renewed_to_a_paid_plan(person: Person) -> None:
    """Non-recurring plans hold the trial; once expired it is found by its status, and "Renew" leads to a paid plan."""
    person.press("Add new")
    person.fill_account("trial-club")
    person.choose("Plans", "Non-recurring plans")
    person.choose("Tier", "Trial")
    person.press("Add trial")
    assert person.charges() == []
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    act = {"action": "expire", "account": "trial-club", "date": yesterday}
    requests.post(f"{person.portal.url}/_portal/act", json=act, timeout=60).raise_for_status()

    person.press("Resold")
    assert person.rows() == []
    for option in ("All statuses", "Expired only"):
        person.choose("Status", option)
        person.press("Show")
        assert person.rows() == ["trial-club"]
    person.press_in("trial-club", "Renew")
    assert person.title() == "Change your account"
    person.choose("Tier", "Plus")
    person.press("Renew & pay now")

    assert person.charges() == [("trial-club", 40)]
    assert person.account("trial-club")["plan"] == {
        "tier": "plus",
        "term": 1,
        "contacts": 500,
        "label": "Plus monthly, 500 contacts",
    }
    person.press("Mailbox")
    person.sees("trial-club was renewed", AGENCY)


def test_client_is_locked_out_after_five_tries_and_goes_back(person: Person) -> None:
    """The message has a link back to the log-in page, and for five minutes no password helps."""
    person.seed({"account": "acme", "password": "the right one"})
    person.open("/accounts/acme/admin/login")
    for _ in range(5):
        _try(person, "wrong")
        assert person.title() == "Failed attempt"
        person.press("Back")
    _try(person, "the right one")

    person.sees("Nobody can log in for 5 minutes.")


def test_account_is_cancelled_from_its_menu(person: Person) -> None:
    """The caret beside "Login", then "Edit", then "Cancel this account"; it is not deleted."""
    person.seed({"account": "acme"})
    person.press("Resold")
    person.unfold("acme")
    person.press("Edit")
    person.press("Cancel this account")
    person.type("Reason", "closed")
    person.press("Cancel this account")

    assert (person.account("acme")["status"], person.account("acme")["cancel_reason"]) == ("cancelled", "closed")
    assert person.rows() == ["acme"]


def test_account_is_moved_out_by_mail(person: Person) -> None:
    """The agency takes its branding out and writes to support; the account leaves the list."""
    person.seed({"account": "leaver", "branding": {"siteName": "Northwind"}})
    person.press("Resold")
    person.unfold("leaver")
    person.press("Branding")
    person.type("Site name", "")
    person.press("Save")
    person.press("Contact support")
    person.type("From", AGENCY)
    person.type("Subject", "Move leaver out")
    person.type("Message", "Account: leaver.activehosted.com, client: owner@leaver.example")
    person.press("Send")
    person.press("Support desk")
    person.press("Move leaver out")
    person.press("Move the account out")
    person.press("Move out and answer")
    person.press("Resold")

    assert person.rows() == []


def _try(person: Person, password: str) -> None:
    person.type("User name", "admin")
    person.type("Password", password)
    person.press("Log in")
