"""A real browser: Debian's chromium, driven by its own driver. `make test-browser` installs both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.page import Page
from browser.person import Person
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from agencyfile.local_portal import RunningPortal

HERE = Path(__file__).parent

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # a sandbox cannot be had by root in a container; the pages are our own
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--lang=en-US",
    "--window-size=1280,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # nothing leaves this machine
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make test` leaves out what is marked here: it needs Python and make alone."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One chromium for all tests of a worker, with an empty profile."""
    options = ChromeOptions()
    options.binary_location = _installed("chromium")
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(executable_path=_installed("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    """A new tab, with nothing emulated, whose console and requests begin empty."""
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    fresh = Page(browser)
    fresh.forget()
    yield fresh
    browser.close()
    browser.switch_to.window(first)


def _installed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.fail(f"{program} is not installed. `make test-browser` installs it.")
    return found


@pytest.fixture
def person(page: Page, portal: RunningPortal) -> Iterator[Person]:
    """Somebody who does what a plan asks of people, with scripts switched off."""
    page.resize(1280, 1400)
    page.set_scripts(enabled=False)
    someone = Person(page, portal)
    someone.open("/partner/login")
    page.driver.delete_all_cookies()
    someone.log_in()
    yield someone
    assert [message for message in page.console if "SEVERE" in message] == []
