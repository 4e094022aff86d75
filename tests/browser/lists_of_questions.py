"""The numbered lists of S002, the text on common questions of agencies."""

import requests
from browser.legend import LEGEND
from browser.numbered_list import NumberedList
from browser.person import AGENCY, Person


def _logged_in(person: Person) -> None:
    person.log_in()


def _add_new(person: Person) -> None:
    person.press("Add new")


def _fill_all(person: Person) -> None:
    person.fill_account("acmegym")
    person.type("Custom domain (CNAME)", "mail.acmegym.example")
    person.choose("Language", "Chinese")
    person.choose("Time zone", "Europe/Brussels")
    person.choose("Country", "BE")


def _plan(person: Person) -> None:
    person.choose("Tier", "Pro")
    person.choose("Plans", "Annual plans")
    person.choose("Contact limit", "2,500 contacts")
    person.sees("$2,080 once a year")
    person.choose("Plans", "Monthly plans")


def _pay(person: Person) -> None:
    person.sees("$208 once a month")
    person.press("Add & pay now")


def _has_account(person: Person) -> None:
    """All that was typed is in the account; the card was charged what stood at the bottom, once."""
    account = person.account("acmegym")
    wanted = {
        "cname": "mail.acmegym.example",
        "client_name": "Client acmegym",
        "client_email": "owner@acmegym.example",
        "notification": AGENCY,
        "language": "chinese",
        "timezone": "Europe/Brussels",
        "country": "BE",
    }
    assert {name: account[name] for name in wanted} == wanted
    assert person.charges() == [("acmegym", 208)]
    assert person.fact("User name") == "admin"
    person.sees("never sends account information to your clients")


def _client_writes(person: Person) -> None:
    person.press("Contact support")
    person.type("From", "owner@acme.example")
    person.type("Subject", "Please move our account")
    words = (
        f"Our account is acme.activehosted.com, its administrator owner@acme.example, our agency {AGENCY}. We agree."
    )
    person.type("Message", words)


def _agency_in_copy(person: Person) -> None:
    person.type("Cc", AGENCY)
    person.press("Send")
    person.sees("owner@acme.example", AGENCY)


def _support_moves(person: Person) -> None:
    """Support takes care of the rest and writes when it is done."""
    person.press("Support desk")
    person.press("Please move our account")
    person.press("Move the account in")
    person.type("Client name", "Acme")
    person.press("Move in and answer")
    person.press("Resold")
    assert person.rows() == ["acme"]
    assert (person.account("acme")["client_email"], person.charges()) == ("owner@acme.example", [])
    person.press("Mailbox")
    person.press("Re: Please move our account")
    person.sees(AGENCY, "acme.activehosted.com is now in the agency's partner portal.")


def _locked_out(person: Person) -> None:
    person.seed({"account": "acme", "client_email": "owner@acme.example", "password": "forgotten-by-all"})
    person.log_in()


def _send_reset(person: Person) -> None:
    person.open("/accounts/acme/admin/login")
    person.press("Forgotten your password?")
    person.type("Email", "owner@acme.example")
    person.press("Send the link")
    person.press("Mailbox of this stand-in")
    person.press("Reset your password")
    person.page.find(".mail a").click()
    person.type("New password", "chosen by the client")
    person.press("Save")
    _client_gets_in(person, "chosen by the client")


def _set_password(person: Person) -> None:
    person.open("/partner/")
    person.press_in("acme", "Login")
    person.press("Settings")
    person.type("New password for admin", "chosen by the agency")
    person.press("Save the password")
    person.press("Log out of the account")


def _client_logs_in(person: Person) -> None:
    """The client gets in with the new password, and not with the old one."""
    _client_gets_in(person, "chosen by the agency")
    order = {"account": "acme", "username": "admin", "password": "chosen by the client"}
    assert requests.post(f"{person.portal.url}/_portal/login", json=order, timeout=60).json() == {"ok": False}


def _client_gets_in(person: Person, password: str) -> None:
    person.open("/accounts/acme/admin/login")
    person.type("User name", "admin")
    person.type("Password", password)
    person.press("Log in")
    assert person.title() == "Overview"


def _resold_plus(person: Person) -> None:
    person.seed({"account": "acme", "plan": {"tier": "plus", "contacts": 1000}})
    person.log_in()


def _caret(person: Person) -> None:
    person.unfold("acme")


def _choose_edit(person: Person) -> None:
    person.press("Edit")
    assert person.title() == "Edit acme"


def _upgrade(person: Person) -> None:
    person.sees("without your discount")
    person.choose("Tier", "Pro")
    person.choose("Plans", "Monthly plans")
    person.choose("Contact limit", "2,500 contacts")
    person.sees("$208 once a month")
    person.press("Change plan")
    person.sees("The plan is now Pro monthly, 2,500 contacts.")


def _upgrade_by_api(person: Person) -> None:
    person.press("Agency API")
    person.sees("account_edit", person.portal.agency_api)
    query = {"api_key": person.portal.agency_key, "api_action": "account_edit", "api_output": "json"}
    data = {"account": "acme", "plan": "341"}
    assert requests.post(person.portal.agency_api, params=query, data=data, timeout=60).json()["result_code"] == 1


def _is_upgraded(person: Person) -> None:
    """Each change was charged once, with the difference of the list prices; page and API have one state."""
    assert person.account("acme")["planid"] == 341
    assert person.charges() == [("acme", 208 - 50), ("acme", 384 - 208)]
    person.open("/partner/accounts/acme")
    person.sees("Pro monthly, 5,000 contacts")


LISTS = (
    NumberedList(
        seed="S002",
        heading="The Resold page in the dashboard: the legend of its picture",
        given=LEGEND.given,
        steps=LEGEND.steps,
        then=LEGEND.then,
    ),
    NumberedList(
        seed="S002",
        heading="How do I add a new resold account to my dashboard?",
        given=_logged_in,
        steps=(
            ('in the tab "Resold" click "Add new"', _add_new),
            ('fill in the fields of "Add a new account"', _fill_all),
            ('in "Plan" choose a tier, monthly or annual, and a contact limit', _plan),
            ('click "Add & pay now"; the amount is shown at the bottom', _pay),
        ),
        then=_has_account,
    ),
    NumberedList(
        seed="S002",
        heading="How do I add an existing account to my dashboard?",
        given=_logged_in,
        steps=(
            ("the client writes to support: account, address of its administrator, your address", _client_writes),
            ("the client puts you in copy", _agency_in_copy),
        ),
        then=_support_moves,
    ),
    NumberedList(
        seed="S002",
        heading="A client has forgotten the password",
        given=_locked_out,
        steps=(
            ('send an email from the log-in page of the account: "Forgotten"', _send_reset),
            ('log in with the button "Login" and set a new password in the settings', _set_password),
        ),
        then=_client_logs_in,
    ),
    NumberedList(
        seed="S002",
        heading="How do I upgrade my resold accounts?",
        given=_resold_plus,
        steps=(
            ("click the caret beside the account", _caret),
            ("choose Edit", _choose_edit),
            ("choose tier, frequency and contacts; the list price is shown", _upgrade),
            ("or use account_edit of the agency API", _upgrade_by_api),
        ),
        then=_is_upgraded,
    ),
)
