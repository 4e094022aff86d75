"""The portal's pages in a real browser: accessibility, looks, the keyboard, paper, and one charge."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from browser.page import Page
from browser.person import Person
from selenium.webdriver import Keys
from selenium.webdriver.common.action_chains import ActionChains

from agencyfile.local_portal import RunningPortal

TOP = Path(__file__).parents[2]
SCREENSHOTS = TOP / "build" / "screenshots" / "portal"
CHECKER = TOP / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = {"desktop": (1280, 900), "phone": (360, 780)}
TIERS = ("starter", "plus", "pro", "enterprise")
LONG = "a-very-long-account-name-that-somebody-chose-of-60-characters"

# Every page, as the person of the fixture finds them; what is behind a form that was refused comes in tests of its own.
PAGES = {
    "login": "/partner/login",
    "resold": "/partner/resold",
    "resold-all": "/partner/resold?state=all&order=expiry&page=2",
    "resold-none": "/partner/resold?search=nobody",
    "account": "/partner/accounts/studio-03",
    "account-new": "/partner/accounts/new",
    "account-ready": "/partner/accounts/studio-03/ready",
    "account-edit": "/partner/accounts/studio-03/edit",
    "account-cancel": "/partner/accounts/studio-03/cancel",
    "account-renew": "/partner/accounts/studio-00/change",
    "account-renew-trial": "/partner/accounts/old-trial/change",
    "account-branding": "/partner/accounts/studio-03/branding",
    "snapshots": "/partner/snapshots",
    "snapshot-delete": "/partner/snapshots/1/delete",
    "defaults": "/partner/defaults",
    "templates": "/partner/defaults/templates",
    "template-designer": "/partner/defaults/templates/designer",
    "template-basic": "/partner/defaults/templates/basic",
    "template-old": "/partner/defaults/templates/old",
    "template-old-choice": "/partner/defaults/templates/old?source=template-fitness",
    "credit-prepaid": "/partner/credit/prepaid",
    "credit-sms": "/partner/credit/sms",
    "credit-compatibility": "/partner/credit/compatibility",
    "billing-profile": "/partner/billing/profile",
    "billing-history": "/partner/billing/history",
    "questions": "/partner/questions",
    "api": "/partner/api",
    "commission": "/partner/commission",
    "support": "/partner/support",
    "mailbox": "/partner/mailbox",
    "mail": "/partner/mailbox/1",
    "desk": "/partner/desk",
    "desk-mail": "/partner/desk/1",
    "contacts": "/partner/contacts",
    "contacts-found": "/partner/contacts?search=jane",
    "contact-edit": "/partner/contacts/edit/jane@acme.example",
    "customer": "/partner/contacts/customers/OCN-1",
    "customer-domains": "/partner/contacts/customers/OCN-1/domains",
    "contacts-set": "/partner/contacts/set",
    "contacts-verify": "/partner/contacts/verify/nobody",
    "me": "/partner/me",
    "absent": "/partner/nothing",
    "hosted": "/accounts/template-fitness/admin/",
    "hosted-settings": "/accounts/template-fitness/admin/settings",
    "hosted-campaigns": "/accounts/template-fitness/admin/campaigns",
    "hosted-templates": "/accounts/template-fitness/admin/templates",
    "hosted-template-new": "/accounts/template-fitness/admin/templates/new",
    "hosted-template-import": "/accounts/template-fitness/admin/templates/import",
    "hosted-login": "/accounts/template-fitness/admin/login",
    "hosted-forgotten": "/accounts/template-fitness/admin/forgotten",
    "books": "/_portal/",
}
SHOWN = ("resold", "account-new", "account-edit", "account-renew-trial", "snapshots", "defaults", "credit-sms",
         "billing-history", "desk-mail", "hosted-templates", "login", "account", "books", "contacts", "customer",
         "contact-edit")  # fmt: skip


CUSTOMERS = [
    {"number": "OCN-1", "name": "Acme GmbH & Co. <KG>", "domains": ["acme.example"]},
    {"number": "OCN-2", "name": "Acme", "domains": ["acme.example"]},
]
CONTACTS = [
    {
        "email": "jane@acme.example",
        "name": "Jane Doe",
        "verified": False,
        "subscriptions": [
            {"number": "OCN-1", "name": "Planned Works"},
            {"number": "OCN-1", "name": "Reactive Service", "level": "service", "object": "SVC-1"},
        ],
    },
    {"email": f"{'long-' * 9}name@acme.example", "name": "X" * 90, "group": True},
]


@pytest.fixture(scope="module")
def agency(portal: RunningPortal) -> RunningPortal:
    """A portal with 45 accounts in every state, snapshots, templates, charges, credit and a mail to support."""
    _order(portal, "reset", {})
    _order(portal, "seed", {"accounts": [*map(_studio, range(45)), *_others()], "snapshots": _snapshots()})
    _order(portal, "seed", {"customers": CUSTOMERS, "contacts": CONTACTS})
    template = {"name": "Welcome", "html": "<p>Hello</p>", "tags": ["start", "new"]}
    _order(
        portal, "act", {"action": "account_settings", "templates": [template], "branding": {"siteName": "Northwind"}}
    )
    return portal


@pytest.fixture
def person(page: Page, agency: RunningPortal) -> Person:
    """Somebody who has logged in to the portal and to one account."""
    page.resize(*VIEWS["desktop"])
    someone = Person(page, agency)
    someone.open("/partner/login")
    page.driver.delete_all_cookies()
    someone.log_in()
    someone.open("/partner/accounts/template-fitness/login")
    return someone


@pytest.fixture(scope="module")
def checker() -> str:
    """The checker's script, as npm installed it."""
    if not CHECKER.exists():
        pytest.fail(f"{CHECKER} is not installed. `make test-browser` installs it.")
    return CHECKER.read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def busy(agency: RunningPortal) -> None:
    """A mail waits at the support desk and some credit was bought, before any page is looked at."""
    with requests.Session() as session:
        _log_in(session, agency)
        mail = {
            "body": "From: owner@acme.example\nTo: help@activecampaign.com\nSubject: Move us\n\nacme.activehosted.com"
        }
        _send(session, agency, "/partner/support", "mail", mail)
        _send(session, agency, "/partner/credit/sms", "buy", {"amount": "500"})
        _send(session, agency, "/partner/credit/sms", "allocate", {"account": "studio-03", "credits": "100"})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_checker_finds_nothing_on_any_page(person: Person, checker: str, view: str, theme: str) -> None:
    """No violation of any weight, nothing wider than the view, and no word on the console."""
    person.page.resize(*VIEWS[view])
    person.page.emulate(prefers_color_scheme=theme)
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        person.open(path)
        found[name] = _violations(person.page, checker)
        if not person.page.run("document.documentElement.scrollWidth <= innerWidth"):
            found[name].append("wider than the view")
        if name in SHOWN:
            _screenshot(person.page, f"{name}-{view}-{theme}", VIEWS[view])
            person.page.resize(*VIEWS[view])
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert [message for message in person.page.console if "404" not in message] == []


@pytest.mark.parametrize("view", VIEWS)
def test_form_that_is_refused_says_why_to_everybody(person: Person, checker: str, view: str) -> None:
    """The summary has the focus and leads to each field, which is marked, and keeps what was typed."""
    person.page.resize(*VIEWS[view])
    person.open("/partner/accounts/new")
    person.type("Account", "two words")
    person.type("Client name", "Acme")
    person.type("Client email", "nobody")
    person.type("Notification email", "me@northwind.example")
    person.press("Add & pay now")

    assert person.page.run("document.activeElement.getAttribute('role')") == "alert"
    assert str(person.page.run("document.title")).startswith("Error: ")
    person.sees("'two words' is not a valid account name", "'nobody' is not a valid email address.")
    assert person.field("Client name").get_attribute("value") == "Acme"
    for label in ("Account", "Client email"):
        field = person.field(label)
        described = (field.get_attribute("aria-describedby") or "").split()
        assert field.get_attribute("aria-invalid") == "true"
        assert "is not a valid" in person.page.text(f"#{described[-1]}")
    person.control("'nobody' is not a valid email address.").click()
    assert person.page.run("document.activeElement.id") == "order-client_email"
    assert _violations(person.page, checker) == []
    _screenshot(person.page, f"refused-{view}-light", VIEWS[view])


@pytest.mark.parametrize("view", VIEWS)
def test_every_page_of_a_journey_passes_the_checker(person: Person, checker: str, view: str) -> None:
    """The second and the third journey, their search, the window, and a form that is refused."""
    person.page.resize(*VIEWS[view])
    seen = {}
    person.open("/partner/contacts/set")
    person.press("By subscription")
    seen["place"] = _problems(person, checker)
    person.choose("Customer number", "OCN-1")
    person.press("Next")
    seen["names"] = _problems(person, checker)
    person.tick("Planned Works")
    person.press("Next")
    seen["people"] = _problems(person, checker)
    for search in ("max@other.example", "jane"):
        person.type("Search by e-mail", search)
        person.press("Search")
        seen[f"results of {search}"] = _problems(person, checker)
    person.press("Choose jane@acme.example")
    person.press("Submit")
    seen["confirm"] = _problems(person, checker)
    person.open("/partner/contacts/set")
    person.press("By user")
    person.type("Search by e-mail", "max@other.example")
    person.press("Search")
    person.press("Add a contact")
    seen["window"] = _problems(person, checker)
    person.type("Search by e-mail", "max@other.example")
    person.press("Search")
    person.type("Name", "Max")
    person.press("Submit")
    seen["refused"] = _problems(person, checker)
    person.sees("Email domain not allowed")
    _screenshot(person.page, f"contact-refused-{view}-light", VIEWS[view])
    assert {name: problems for name, problems in seen.items() if problems} == {}


def _problems(person: Person, checker: str) -> list[str]:
    found = _violations(person.page, checker)
    is_narrow = person.page.run("document.documentElement.scrollWidth <= innerWidth")
    return found if is_narrow else [*found, "wider than the view"]


def test_menu_of_an_account_opens_by_keyboard_and_passes_the_checker(person: Person, checker: str) -> None:
    """The caret is a control with a name; Enter opens it, Tab goes into it."""
    person.open("/partner/resold")
    caret = person.page.find("tbody summary")
    assert caret.accessible_name.startswith("More for ")
    caret.send_keys(Keys.ENTER)
    ActionChains(person.page.driver).send_keys(Keys.TAB).perform()

    assert person.page.run("document.activeElement.textContent") == "Edit"
    assert _violations(person.page, checker) == []
    _screenshot(person.page, "menu-desktop-light", VIEWS["desktop"])


@pytest.mark.parametrize("name", ["resold", "account-new", "account-edit", "defaults", "hosted-templates", "customer"])
def test_keyboard_reaches_every_control_and_focus_is_seen(person: Person, name: str) -> None:
    """Tab goes through every control in reading order; what has the focus has an outline."""
    person.open(PAGES[name])
    wanted = person.page.run(f"{REACHED}.length")
    assert isinstance(wanted, int)
    seen = set()
    for _ in range(wanted):
        ActionChains(person.page.driver).send_keys(Keys.TAB).perform()
        assert person.page.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
        seen.add(person.page.run(PLACE))
    assert seen == set(range(wanted))


def test_amount_and_button_follow_the_plan_without_a_script(person: Person) -> None:
    """Every plan shows its own amount, and only the button that fits it."""
    person.page.set_scripts(enabled=False)
    person.open("/partner/accounts/new")
    for tier, plans, contacts, amount in (
        ("Starter", "Monthly plans", "500 contacts", "$16 once a month"),
        ("Plus", "Annual plans", "1,000 contacts", "$500 once a year"),
        ("Enterprise", "Annual plans", "100,000 contacts", "$75,000 once a year"),
    ):
        person.choose("Tier", tier)
        person.choose("Plans", plans)
        person.choose("Contact limit", contacts)
        assert person.page.text("output") == f"Amount before your discount: {amount}"
        assert [person.offers(text) for text in BUTTONS] == [True, False, False]
    for tier, wanted in (("Trial", [False, False, True]), ("Sandbox", [False, True, False])):
        person.choose("Tier", tier)
        assert person.page.text("output") == "Amount before your discount: $0"
        assert [person.offers(text) for text in BUTTONS] == wanted


def test_going_back_and_sending_again_charges_once(person: Person) -> None:
    """A person goes back to the form and presses the button again: one account, one charge."""
    before = len(person.charges())
    person.open("/partner/accounts/new")
    person.fill_account("twice")
    person.press("Add & pay now")
    password = person.fact("Password")
    assert password
    person.page.driver.back()
    person.fill_account("twice")
    person.press("Add & pay now")
    assert len(person.charges()) == before + 1


def test_paper_has_the_list_and_no_controls(person: Person) -> None:
    """Printed, a page is its content: no menu, no buttons, no filters."""
    person.page.emulate(media="print")
    person.open("/partner/resold")

    shown = person.page.text()
    assert "studio-" in shown
    assert not [word for word in ("Billing profile", "Log out", "Login", "Show") if word in shown.split("\n")]


# What Tab stops at; what stands in a closed menu, or is hidden by the style sheet, is not reached.
CONTROLS = ":is(a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'])"
REACHED = f"[...document.querySelectorAll({json.dumps(CONTROLS)})].filter((one) => one.checkVisibility())"
PLACE = f"{REACHED}.indexOf(document.activeElement)"
BUTTONS = ("Add & pay now", "Add sandbox", "Add trial")


def _violations(page: Page, checker: str) -> list[str]:
    page.driver.execute_script(checker)
    found: list[dict[str, Any]] = page.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((found) => done(found.violations));"
    )
    return [f"{each['impact']} {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


def _screenshot(page: Page, name: str, size: tuple[int, int]) -> None:
    """Take a picture of the whole page, for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = page.run("document.documentElement.scrollHeight")
    assert isinstance(height, int)
    page.resize(size[0], min(height, 2600))
    page.screenshot(SCREENSHOTS / f"{name}.png")


def _studio(number: int) -> dict[str, Any]:
    name = f"studio-{number:02}"
    plan = {
        "tier": TIERS[number % 4],
        "billing": ("monthly", "annual")[number % 2],
        "contacts": (500, 2500)[number % 2],
    }
    more = {"expire": "2026-11-01"} if number % 11 == 0 else {}
    return {
        "account": name,
        "client_name": f"Studio {number:02} GmbH & Co. <KG>",
        "client_email": f"owner@{name}.example",
        "notification": "billing@northwind.example",
        "plan": plan if number % 5 else {"tier": "trial"},
        "status": "disabled" if number % 13 == 5 else "active",
        "cname": f"mail.{name}.example" if number % 3 == 0 else "",
        "created_at": f"2026-0{1 + number % 9}-1{number % 10}T10:00:00Z",
        **more,
    }


def _others() -> list[dict[str, Any]]:
    templates = [{"name": "News", "html": "<p>", "tags": ["a", "b"]}, {"name": "Old look", "designer": True}]
    contents = {"campaigns": 3, "automations": 12, "pipelines": ["Sales", "Members"]}
    return [
        {"account": "template-fitness", "plan": {"tier": "sandbox"}, "templates": templates, "contents": contents},
        {"account": "old-trial", "plan": {"tier": "trial"}, "expire": "2026-10-01"},
        {"account": "cancelled", "status": "cancelled"},
        {"account": LONG, "client_name": "X" * 90, "client_email": f"someone@{'long-' * 9}name.example"},
    ]


def _snapshots() -> list[dict[str, str]]:
    source = "template-fitness"
    before = {"name": "fitness 2021", "source": source, "created_at": "2021-05-01T10:00:00Z"}
    return [{"name": "fitness v1", "source": source}, before]


def _order(portal: RunningPortal, name: str, body: Any) -> None:
    answer = requests.post(f"{portal.url}/_portal/{name}", json=body, timeout=60)
    assert answer.ok, answer.text


def _log_in(session: requests.Session, portal: RunningPortal) -> None:
    _send(session, portal, "/partner/login", "login", {"user": "agency"})


def _send(session: requests.Session, portal: RunningPortal, path: str, form: str, fields: dict[str, str]) -> None:
    page = session.get(portal.url + path, timeout=60).text
    token = page.partition(f'value="{form}"')[0].rpartition('name="token" value="')[2].partition('"')[0]
    defaults = {"sender": "", "recipient": "help@activecampaign.com", "copy": "", "subject": ""}
    data = {**defaults, **fields, "form": form, "token": token}
    answer = session.post(portal.url + path, data=data, timeout=60)
    assert answer.ok, answer.text
