"""The twenty numbers in the picture of the Resold tab (S002), each tried out."""

from collections.abc import Callable
from dataclasses import dataclass

from browser.person import Person

Action = Callable[[Person], None]


@dataclass(frozen=True)
class _Legend:
    given: Action
    steps: tuple[tuple[str, Action], ...]
    then: Action


def _many(person: Person) -> None:
    accounts = (
        {"account": "gym", "plan": {"tier": "plus"}, "client_name": "City Gym", "expire": "2030-01-01"},
        {"account": "yearly", "plan": {"tier": "pro", "billing": "annual"}, "expire": "2029-06-01"},
        {"account": "lab", "plan": {"tier": "sandbox"}},
        {"account": "trial", "plan": {"tier": "trial"}, "expire": "2029-01-01"},
        {"account": "gone", "plan": {"tier": "starter"}, "expire": "2026-01-01"},
        {"account": "late-trial", "plan": {"tier": "trial"}, "expire": "2026-02-01"},
    )
    person.seed(*({**account, "created_at": f"2025-01-0{day}"} for day, account in enumerate(accounts, start=1)))
    person.log_in()


def _search(person: Person) -> None:
    person.type("Search accounts", "city GYM")
    person.press("Show")
    assert person.rows() == ["gym"]
    person.press("Resold")


def _plan_type(person: Person) -> None:
    for option, wanted in (("Trials", ["trial"]), ("Monthly", ["gym"]), ("Annual", ["yearly"])):
        person.choose("Plan type", option)
        person.press("Show")
        assert (option, person.rows()) == (option, wanted)
    person.press("Resold")


def _status(person: Person) -> None:
    assert person.chosen("Status") == "Active"
    assert person.rows() == ["trial", "lab", "yearly", "gym"]  # the newest first
    person.choose("Status", "Expired only")
    person.press("Show")
    assert person.rows() == ["late-trial", "gone"]
    person.choose("Status", "All statuses")
    person.press("Show")
    assert len(person.rows()) == 6


def _sort(person: Person) -> None:
    for option, wanted in (
        ("Expiry date", ["gone", "late-trial", "trial", "yearly", "gym", "lab"]),
        ("Account name", ["gone", "gym", "lab", "late-trial", "trial", "yearly"]),
        ("Oldest first", ["gym", "yearly", "lab", "trial", "gone", "late-trial"]),
    ):
        person.choose("Sort by", option)
        person.press("Show")
        assert (option, person.rows()) == (option, wanted)
    person.choose("Sort by", "Plan size")
    person.press("Show")
    assert set(person.rows()[:3]) == {"gym", "yearly", "gone"}


def _information(person: Person) -> None:
    person.sees("City Gym", "Plus monthly", "2030-01-01", "Expired")


def _login(person: Person) -> None:
    person.press_in("gym", "Login")
    assert person.title() == "Overview"
    person.press("Back to Resold")


def _update(person: Person) -> None:
    person.unfold("gym")
    person.press("Edit")
    person.type("Custom domain (CNAME)", "mail.gym.example")
    person.press("Save")
    assert person.account("gym")["cname"] == "mail.gym.example"
    person.press("Branding of this account")
    person.type("Site name", "Gym Mail")
    person.press("Save")
    assert [(each["account"], each["siteName"]) for each in person.book("brandings")] == [("gym", "Gym Mail")]
    person.press("Back to the account")
    assert person.offers("Change plan")
    person.press("Cancel this account")
    person.press("Cancel this account")
    assert person.account("gym")["status"] == "cancelled"


def _create(person: Person) -> None:
    person.press("Add new")
    assert person.title() == "Add a new account"


def _profile(person: Person) -> None:
    person.press("Billing profile")
    person.type("Company", "Northwind")
    person.press("Save")
    assert person.field("Company").get_attribute("value") == "Northwind"


def _history(person: Person) -> None:
    person.press("Billing history")
    assert person.fact("Charged to the card in all") == "$0"


def _prepaid(person: Person) -> None:
    person.press("Prepaid credit")
    person.choose("Amount", "$100")
    person.press("Buy")
    _allocate(person, "yearly", "60")
    assert person.fact("Left to allocate, USD") == "40"


def _sms(person: Person) -> None:
    person.press("SMS sending credits")
    person.choose("Amount", "500 credits for $15")
    person.press("Buy")
    _allocate(person, "yearly", "100")
    assert person.fact("Left to allocate") == "400"


def _compatibility(person: Person) -> None:
    person.press("Compatibility credits")
    before = int(person.fact("Left to allocate").replace(",", ""))
    person.choose("Amount", "50 credits for $10")
    person.press("Buy")
    _allocate(person, "lab", "25")
    assert person.fact("Left to allocate") == f"{before + 25:,}"
    assert person.account("lab")["compatibility_credits"] == 25


def _defaults(person: Person) -> None:
    person.press("Default account settings")
    person.type("Site name", "Northwind Mail")
    person.tick("Update all existing hosted accounts")
    person.press("Save")
    assert {each["siteName"] for each in person.book("brandings")} == {"Northwind Mail"}
    assert len(person.book("brandings")) == 6


def _questions(person: Person) -> None:
    person.press("Common questions")
    person.sees("How do I cancel an account?")


def _api(person: Person) -> None:
    person.press("Agency API")
    person.sees(person.portal.agency_api)


def _support(person: Person) -> None:
    person.press("Contact support")
    assert person.field("To").get_attribute("value") == "help@activecampaign.com"


def _me(person: Person) -> None:
    person.press("My account")
    assert person.fact("User name") == "agency"
    person.type("New password", "a long password")
    person.type("New password again", "a long password")
    person.press("Save")


def _log_out(person: Person) -> None:
    person.press("Log out")
    person.open("/partner/resold")
    assert person.title() == "Log in to your partner portal"
    person.type("Password", "a long password")
    person.press("Log in")


def _discount(person: Person) -> None:
    person.sees("Agency discount: 0 %", "Paying accounts: 2.")


def _one_state(person: Person) -> None:
    """What was bought was charged once each; what was allocated is in the book of grants."""
    assert person.charges() == [("", 100), ("", 15), ("", 10)]
    person.press("Billing history")
    person.sees("Prepaid credit: 100", "SMS sending credits: 500", "Compatibility credits: 50", "$125")


def _allocate(person: Person, account: str, number: str) -> None:
    person.type("Account", account)
    person.type("Credits", number)
    person.press("Allocate")


LEGEND = _Legend(
    given=_many,
    steps=(
        ("search accounts", _search),
        ("filter by plan type: trial, monthly, annual", _plan_type),
        ("filter by status: active, expired, both", _status),
        ("sort by expiry date", _sort),
        ("information on the account", _information),
        ("log in to the account", _login),
        ("update the plan, add a CNAME, cancel, and the white label of one account", _update),
        ("create a new account", _create),
        ("billing profile", _profile),
        ("billing history", _history),
        ("prepaid credit: add sums and apply them to any account", _prepaid),
        ("SMS sending credits: buy, and apply to accounts that send SMS", _sms),
        ("compatibility credits: buy, and apply to accounts", _compatibility),
        ("default account settings, applied to all resold accounts", _defaults),
        ("common questions", _questions),
        ("agency API", _api),
        ("contact support", _support),
        ("my account: user name, and another password", _me),
        ("log out", _log_out),
        ("discount, and the number of paying accounts", _discount),
    ),
    then=_one_state,
)
