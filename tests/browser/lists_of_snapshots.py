"""The numbered lists of the two texts on account snapshots: S000, the newer one, and S001."""

import requests
from browser.numbered_list import NumberedList
from browser.person import Person


def _nothing(person: Person) -> None:
    """Nothing is there; the person has not logged in."""


def _log_in_and_add(person: Person) -> None:
    person.log_in()
    assert person.title() == "Resold"
    person.press("Add new")


def _fill(person: Person) -> None:
    assert person.title() == "Add a new account"
    person.fill_account("fitnessbase")


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
    assert person.fact("Login URL") == "https://fitnessbase.activehosted.com"
    assert person.fact("User name") == "admin"
    password = person.fact("Password")
    assert len(password) >= 20
    assert person.account("fitnessbase")["plan"] == {
        "tier": "sandbox",
        "term": 0,
        "contacts": 100,
        "label": "Sandbox non recurring, 100 contacts",
    }
    assert person.charges() == []
    person.press("Back to your accounts")
    person.press_in("fitnessbase", "Login")
    assert person.title() == "Overview"
    order = {"account": "fitnessbase", "username": "admin", "password": password}
    assert requests.post(f"{person.portal.url}/_portal/login", json=order, timeout=60).json() == {"ok": True}


def _sandbox(person: Person) -> None:
    person.seed({"account": "fitnessbase", "plan": {"tier": "sandbox"}, "contents": {"campaigns": 3, "images": ["a"]}})
    person.log_in()


def _open_snapshots(person: Person) -> None:
    person.press("Account Snapshots")
    person.sees("Create an Account Snapshot", "My snapshots")


def _choose_sandbox(person: Person) -> None:
    person.choose("Sandbox", "fitnessbase")


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
        "fitnessbase",
        {"campaigns": 3},
    )
    assert person.rows() == ["acme gym"]
    person.sees(str(snapshot["id"]), "fitnessbase", str(snapshot["created_at"])[:10])


def _snapshot(person: Person) -> None:
    _sandbox(person)
    person.seed(snapshots=[{"name": name, "source": "fitnessbase"} for name in ("older", "acme gym")])


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
    person.fill_account("acmegym")
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
    assert person.charges() == [("acmegym", 50)]
    assert person.fact("Login URL") == "https://acmegym.activehosted.com"
    assert person.fact("User name") == "admin"
    assert person.fact("Password")
    account = person.account("acmegym")
    assert account["contents"] == {"campaigns": 3}
    assert account["snapshot_id"] == person.book("snapshots")[1]["id"]
    person.press("Back to your accounts")
    assert person.rows() == ["acmegym", "fitnessbase"]


def _add_list(person: Person) -> None:
    person.press("Add an account")


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
)
