"""The report of an agency in a real browser: on a desk, on a telephone, at night and on paper."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from browser.page import Page
from rehearsal import Rehearsal
from stories import agency, live_account

from agencyfile.local_portal import RunningPortal

TOP = Path(__file__).parents[2]
CHECKER = TOP / "build" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = TOP / "build" / "screenshots"
DESKTOP, PHONE = (1280, 900), (360, 780)
PLANS = (
    {"tier": "plus", "billing": "monthly", "contacts": 1000},
    {"tier": "starter", "billing": "annual", "contacts": 500},
    {"tier": "pro", "billing": "monthly", "contacts": 2500},
)
NAMES = ("Acme Gym", "Harbor Rowing Club of the Northern Shore", "Ünï Cödé & Söhne", "<b>Bold</b>", "")


@pytest.fixture(scope="module")
def made(portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The page and the document of an agency of forty accounts with steps, drift, credits and a history."""
    requests.post(f"{portal.url}/_portal/reset", timeout=30).raise_for_status()
    folder = tmp_path_factory.mktemp("report") / "agency"
    folder.mkdir()
    rehearsal = Rehearsal(folder, portal)
    seeds = [
        live_account(
            f"studio-{number:02}",
            client_name=NAMES[number % 5],
            plan={"tier": "trial"} if number % 9 == 8 else PLANS[number % 3],
            expire=f"2027-{1 + number % 12:02}-{1 + number % 28:02}",
        )
        for number in range(40)
    ]
    rehearsal.seed(accounts=seeds)
    fresh = {f"fresh_{number}": "credits: {email: 500}, domain: mail.fresh.example" for number in range(1)}
    rehearsal.write(agency(rehearsal.recipient, **fresh))
    rehearsal.apply("--auto-approve", "--allow", "billed,permanent,guard")
    rehearsal.act_by_hand("account_edit", account="fresh-0", cname="other.example")
    page = folder / "report.html"
    ran = rehearsal.run("report", "--out", str(page), "--json")
    assert ran.code == 0, ran
    return page, json.loads(ran.out)


def test_page_shows_every_part_and_the_sums_of_the_document(made: tuple[Path, Any], page: Page) -> None:
    """A person reads the total, each client, each trial, the months, the steps, and who did what."""
    path, document = made
    page.resize(*DESKTOP)
    page.open(path)

    assert page.console == []
    assert page.requests == [path.as_uri()]
    total = document["total"]["per_month"][0].replace(" USD", "")
    assert f"{float(total):,.2f} USD" in page.text("h1")
    rows = {name: len(page.find_all(f"#{name} tbody tr")) for name in ("clients", "trials", "accounts", "history")}
    assert rows == {name: len(document[name]) for name in rows}
    assert len(page.find_all("#renewals > .wide tbody tr")) == 13
    assert page.run("document.querySelector('details table').checkVisibility()") is False
    page.click("#renewals summary")
    assert page.text("#renewals details tbody tr:first-child").startswith(_first_day(document))
    assert len(page.find_all("#steps tbody tr")) == document["counts"]["steps"]
    assert "<b>Bold</b>" in page.text("#clients")
    assert "other.example" in page.text("#drift")
    for link in page.find_all("nav a"):
        target = str(link.get_attribute("href")).partition("#")[2]
        assert page.find(f"#{target} h2").text == link.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_page_is_accessible_and_fits(
    made: tuple[Path, Any], page: Page, scheme: str, name: str, size: tuple[int, int]
) -> None:
    """axe-core finds nothing; the page itself never scrolls sideways, its wide tables do."""
    page.resize(*size)
    page.emulate(prefers_color_scheme=scheme)
    page.open(made[0])

    assert _violations(page) == []
    assert page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    _screenshot(page, f"report-{name}-{scheme}", size)


def test_page_on_paper_is_whole(made: tuple[Path, Any], page: Page) -> None:
    """Nothing is folded or cut: the renewals are there one by one."""
    page.resize(794, 1123)
    page.emulate(media="print")
    page.open(made[0])

    assert page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.run("[...document.querySelectorAll('details table')].every((one) => one.checkVisibility())")
    _screenshot(page, "report-print", (794, 1123))


def _first_day(document: Any) -> str:
    return next(str(one["day"]) for month in document["renewals"] for one in month["renewals"])


def _violations(page: Page) -> list[str]:
    page.driver.execute_script(CHECKER.read_text("utf-8"))
    found: list[dict[str, Any]] = page.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((found) => done(found.violations));"
    )
    return [f"{each['impact']} {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


def _screenshot(page: Page, name: str, size: tuple[int, int]) -> None:
    """Take a picture of the whole page, for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = page.run("document.documentElement.scrollHeight")
    assert isinstance(height, int)
    page.resize(size[0], min(height, 6000))
    page.screenshot(SCREENSHOTS / f"{name}.png")
