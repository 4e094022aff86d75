"""The numbered lists of the vendor's help, with what a person does at each step.

The help pages are not part of this repository; the words of each step are this project's own. S000 and S001 are the two
texts on account snapshots, the newer and the older one; S002 is the text on common questions of agencies.
"""

from collections.abc import Callable
from dataclasses import dataclass

import requests
from browser.legend import LEGEND
from browser.person import AGENCY, Person

Action = Callable[[Person], None]


@dataclass(frozen=True, kw_only=True)
class NumberedList:
    """One list.

    Attributes:
        seed: The text that it stands in.
        heading: The heading above it.
        given: What is there before.
        steps: Its steps in order: words, and what a person does.
        then: What is true afterwards.
    """

    seed: str
    heading: str
    given: Action
    steps: tuple[tuple[str, Action], ...]
    then: Action

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.seed}: {self.heading}"


def _nothing(person: Person) -> None:
    """Nothing is there; the person has not logged in."""


def _logged_in(person: Person) -> None:
    person.log_in()


def _log_in_and_add(person: Person) -> None:
    person.log_in()
    assert person.title() == "Resold"
    person.press("Add new")


def _fill(person: Person) -> None:
    assert person.title() == "Add a new account"
    person.fill_account("fitness-base")


def _product_and_tier(person: Person) -> None:
    person.choose("Product", "Em")
    person.choose("Tier", "Sandbox")


def _non_recurring_sandbox(person: Person) -> None:
    person.choose("Plans", "Non-recurring plans")
    person.choose("Tier", "Sandbox")


def _add_sandbox(person: Person) -> None:
    person.sees("$0")
    assert not person.offers("Add & pay now")
    person.press("Add sandbox")


def _has_sandbox(person: Person) -> None:
    """The login is shown, nothing was charged, and the button "Login" of the list leads into the account."""
    assert person.fact("Login URL") == "https://fitness-base.activehosted.com"
    assert person.fact("User name") == "admin"
    password = person.fact("Password")
    assert len(password) >= 20
    assert person.account("fitness-base")["plan"] == {
        "tier": "sandbox",
        "term": 0,
        "contacts": 100,
        "label": "Sandbox non recurring, 100 contacts",
    }
    assert person.charges() == []
    person.press("Back to your accounts")
    person.press_in("fitness-base", "Login")
    assert person.title() == "Overview"
    order = {"account": "fitness-base", "username": "admin", "password": password}
    assert requests.post(f"{person.portal.url}/_portal/login", json=order, timeout=60).json() == {"ok": True}


def _sandbox(person: Person) -> None:
    person.seed({"account": "fitness-base", "plan": {"tier": "sandbox"}, "contents": {"campaigns": 3, "images": ["a"]}})
    person.log_in()


def _open_snapshots(person: Person) -> None:
    person.press("Account Snapshots")
    person.sees("Create an Account Snapshot", "My snapshots")


def _choose_sandbox(person: Person) -> None:
    person.choose("Sandbox", "fitness-base")


def _name_snapshot(person: Person) -> None:
    person.type("Name", "acme gym")


def _create_snapshot(person: Person) -> None:
    person.press("Create snapshot")


def _confirm(person: Person) -> None:
    assert person.title() == "Create this snapshot?"
    assert person.book("snapshots") == []
    person.press("OK")


def _has_snapshot(person: Person) -> None:
    """It stands under "My snapshots" with its id, its source and its time."""
    (snapshot,) = person.book("snapshots")
    assert (snapshot["name"], snapshot["source"], snapshot["contents"]) == (
        "acme gym",
        "fitness-base",
        {"campaigns": 3},
    )
    assert person.rows() == ["acme gym"]
    person.sees(str(snapshot["id"]), "fitness-base", str(snapshot["created_at"])[:10])


def _snapshot(person: Person) -> None:
    _sandbox(person)
    person.seed(snapshots=[{"name": name, "source": "fitness-base"} for name in ("older", "acme gym")])


def _create_from(person: Person) -> None:
    person.press_in("acme gym", "Create an account")


def _is_chosen(person: Person) -> None:
    """The snapshot is chosen already; another one can be."""
    assert person.title() == "Add a new account"
    assert person.chosen("Snapshot").startswith("acme gym (")
    options = [option.text for option in person.field("Snapshot").find_elements("tag name", "option")]
    assert any(option.startswith("older (") for option in options)


def _choose_snapshot(person: Person) -> None:
    options = [option.text for option in person.field("Snapshot").find_elements("tag name", "option")]
    person.choose("Snapshot", next(option for option in options if option.startswith("acme gym (")))


def _is_redirected(person: Person) -> None:
    assert person.title() == "Add a new account"


def _fill_rest(person: Person) -> None:
    person.fill_account("acme-gym")
    person.choose("Tier", "Plus")
    person.choose("Contact limit", "1,000 contacts")


def _fill_and_pay(person: Person) -> None:
    _fill_rest(person)
    person.sees("$50 once a month")
    person.press("Add & pay now")


def _fill_and_add_paid(person: Person) -> None:
    _fill_rest(person)
    person.sees("$50 once a month")
    person.press("Add paid account")


def _has_clone(person: Person) -> None:
    """The card was charged the amount once; the account is a replica of the snapshot, but for images."""
    assert person.charges() == [("acme-gym", 50)]
    assert person.fact("Login URL") == "https://acme-gym.activehosted.com"
    assert person.fact("User name") == "admin"
    assert person.fact("Password")
    account = person.account("acme-gym")
    assert account["contents"] == {"campaigns": 3}
    assert account["snapshot_id"] == person.book("snapshots")[1]["id"]
    person.press("Back to your accounts")
    assert person.rows() == ["acme-gym", "fitness-base"]


def _add_list(person: Person) -> None:
    person.press("Add an account")


def _add_new(person: Person) -> None:
    person.press("Add new")


def _fill_all(person: Person) -> None:
    person.fill_account("acme-gym")
    person.type("Custom domain (CNAME)", "mail.acme-gym.example")
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
    account = person.account("acme-gym")
    wanted = {
        "cname": "mail.acme-gym.example",
        "client_name": "Client acme-gym",
        "client_email": "owner@acme-gym.example",
        "notification": AGENCY,
        "language": "chinese",
        "timezone": "Europe/Brussels",
        "country": "BE",
    }
    assert {name: account[name] for name in wanted} == wanted
    assert person.charges() == [("acme-gym", 208)]
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
    person.choose("Plans", "Annual plans")
    person.choose("Contact limit", "2,500 contacts")
    person.sees("$2,080 once a year")
    person.press("Change plan")
    person.sees("The plan is now Pro annual, 2,500 contacts.")


def _upgrade_by_api(person: Person) -> None:
    person.press("Agency API")
    person.sees("account_edit", person.portal.agency_api)
    query = {"api_key": person.portal.agency_key, "api_action": "account_edit", "api_output": "json"}
    data = {"account": "acme", "plan": "342"}
    assert requests.post(person.portal.agency_api, params=query, data=data, timeout=60).json()["result_code"] == 1


def _is_upgraded(person: Person) -> None:
    """Each change was charged once, with the difference of the list prices; page and API have one state."""
    assert person.account("acme")["planid"] == 342
    assert person.charges() == [("acme", 2080 - 50), ("acme", 3840 - 2080)]
    person.open("/partner/accounts/acme")
    person.sees("Pro annual, 5,000 contacts")


LISTS = (
    NumberedList(
        seed="S000",
        heading="Create a sandbox account",
        given=_nothing,
        steps=(
            ('log in to the partner portal and click "Add new" under "Resold"', _log_in_and_add),
            ('fill in the fields of "Add a new account"', _fill),
            ('in "Plan" choose the product "Em", then the tier "Sandbox"', _product_and_tier),
            ('click "Add sandbox"', _add_sandbox),
        ),
        then=_has_sandbox,
    ),
    NumberedList(
        seed="S000",
        heading="Create a snapshot of a sandbox account",
        given=_sandbox,
        steps=(
            ('in the tab "Resold" click "Account Snapshots"', _open_snapshots),
            ('in "Create an Account Snapshot" choose the sandbox from the list', _choose_sandbox),
            ("type a name for the snapshot", _name_snapshot),
            ('click "Create snapshot"', _create_snapshot),
            ('a message asks for confirmation: click "OK"', _confirm),
        ),
        then=_has_snapshot,
    ),
    NumberedList(
        seed="S000",
        heading="Create a client account from a snapshot: from Account Snapshots",
        given=_snapshot,
        steps=(
            ('in the tab "Resold" click "Account Snapshots"', _open_snapshots),
            ('find the snapshot and click "Create an account"', _create_from),
            ("the snapshot is chosen already; another one can be chosen", _is_chosen),
            ('fill in the other fields and click "Add & pay now"', _fill_and_pay),
        ),
        then=_has_clone,
    ),
    NumberedList(
        seed="S000",
        heading="Create a client account from a snapshot: from the list of accounts",
        given=_snapshot,
        steps=(
            ('click "Add an account"', _add_list),
            ('the page "Add a new account" opens', _is_redirected),
            ('under "Account Snapshot" choose the snapshot', _choose_snapshot),
            ('fill in the other fields and click "Add paid account"', _fill_and_add_paid),
        ),
        then=_has_clone,
    ),
    NumberedList(
        seed="S001",
        heading="Create a sandbox account",
        given=_nothing,
        steps=(
            ('log in to the dashboard and click "Add new" under "Resold"', _log_in_and_add),
            ('fill in the fields of "Add a new account"', _fill),
            ('in "Plan" choose "Non-recurring", then "Sandbox"', _non_recurring_sandbox),
            ('click "Add sandbox"', _add_sandbox),
        ),
        then=_has_sandbox,
    ),
    NumberedList(
        seed="S001",
        heading="Create a snapshot of a sandbox account",
        given=_sandbox,
        steps=(
            ('in the tab "Resold" click "Account Snapshots"', _open_snapshots),
            ('in "Create an Account Snapshot" choose the sandbox from the list', _choose_sandbox),
            ("type a name for the snapshot", _name_snapshot),
            ('click "Create snapshot"', _create_snapshot),
            ('a message asks for confirmation: click "OK"', _confirm),
        ),
        then=_has_snapshot,
    ),
    NumberedList(
        seed="S001",
        heading="Create a new account from a snapshot",
        given=_snapshot,
        steps=(
            ('in the tab "Resold" click "Account Snapshots"', _open_snapshots),
            ('find the snapshot and click "Create an account"', _create_from),
            ("the snapshot is chosen already; another one can be chosen", _is_chosen),
            ('fill in the other fields and click "Add & pay now"', _fill_and_pay),
        ),
        then=_has_clone,
    ),
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
