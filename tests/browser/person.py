"""A person at the portal's pages: finds things by what they are called, clicks, chooses and types. No script runs."""

from collections.abc import Iterator
from contextlib import suppress

import requests
from browser.page import Page
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from agencyfile.local_portal import RunningPortal

AGENCY = "me@northwind.example"


class Person:
    """Somebody in front of the portal's pages.

    Attributes:
        page: The tab.
        portal: The portal, for the books and the seeds.
    """

    def __init__(self, page: Page, portal: RunningPortal) -> None:
        self.page = page
        self.portal = portal

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.open(f"{self.portal.url}{path}")

    def log_in(self) -> None:
        """Log in to the partner portal, where the Resold tab is."""
        self.open("/partner/")
        self.press("Log in")

    def press(self, name: str) -> None:
        """Press a link, a button or a menu by its name, and wait for the page that comes."""
        element = self.control(name)
        before = self.page.find("html")
        leaves = element.tag_name != "summary"
        element.click()
        if leaves and len(self.page.driver.window_handles) == self._windows:
            WebDriverWait(self.page.driver, 20).until(lambda _: _is_gone(before))

    def press_in(self, row: str, name: str) -> None:
        """Press a link or a button in the row of a table."""
        before = self.page.find("html")
        _visible(self._row(row).find_elements(By.XPATH, f".//{_CONTROLS}[{_called(name)}]"), name).click()
        WebDriverWait(self.page.driver, 20).until(lambda _: _is_gone(before))

    def unfold(self, row: str) -> None:
        """Open the menu beside an account: the caret."""
        self._row(row).find_element(By.TAG_NAME, "summary").click()

    def control(self, name: str) -> WebElement:
        """The link, button or menu with a name that a person can see."""
        self._windows = len(self.page.driver.window_handles)
        found = self.page.driver.find_elements(By.XPATH, f"//{_CONTROLS}[{_called(name)}]")
        return _visible(found, name)

    def offers(self, name: str) -> bool:
        """Whether there is a link, button or menu of a name."""
        found = self.page.driver.find_elements(By.XPATH, f"//{_CONTROLS}[{_called(name)}]")
        return any(element.is_displayed() for element in found)

    def field(self, label: str) -> WebElement:
        """The field with a label that a person can see."""
        labels = self.page.driver.find_elements(By.XPATH, f"//label[{_called(label)}]")
        return self.page.driver.find_element(By.ID, _visible(labels, label).get_attribute("for") or "")

    def type(self, label: str, text: str) -> None:
        """Type a text into a field, in the place of what it held."""
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a drop-down list by its words."""
        Select(self.field(label)).select_by_visible_text(option)

    def chosen(self, label: str) -> str:
        """What a drop-down list shows."""
        return str(Select(self.field(label)).first_selected_option.text)

    def tick(self, label: str) -> None:
        """Tick a box."""
        box = self.field(label)
        if not box.is_selected():
            box.click()

    def other_window(self) -> None:
        """Go to the window that was opened."""
        driver = self.page.driver
        driver.switch_to.window(driver.window_handles[-1])

    def close_window(self, back: str) -> None:
        """Close a window and go back to another one."""
        self.page.driver.close()
        self.page.driver.switch_to.window(back)

    def sees(self, *texts: str) -> None:
        """Be sure that texts are on the page."""
        shown = self.page.text()
        missing = [text for text in texts if text not in shown]
        assert not missing, f"{missing} not on the page:\n{shown}"

    def sees_not(self, *texts: str) -> None:
        """Be sure that texts are not on the page."""
        shown = self.page.text("main")
        assert [text for text in texts if text in shown] == []

    def title(self) -> str:
        """The heading of the page."""
        return self.page.text("h1")

    def fact(self, name: str) -> str:
        """The value beside a name."""
        return str(self.page.driver.find_element(By.XPATH, f"//dt[{_called(name)}]/following-sibling::dd").text)

    def rows(self) -> list[str]:
        """The names in the first column of the table."""
        return [element.text.split("\n")[0] for element in self.page.find_all("tbody th")]

    def fill_account(self, name: str) -> None:
        """Fill the fields of a new account, but for its plan."""
        self.type("Account", name)
        self.type("Client name", f"Client {name}")
        self.type("Client email", f"owner@{name}.example")
        self.type("Notification email", AGENCY)

    def seed(self, *accounts: object, **more: object) -> None:
        """Have accounts that somebody made before."""
        seed = {"accounts": list(accounts), **more}
        requests.post(f"{self.portal.url}/_portal/seed", json=seed, timeout=60).raise_for_status()

    def book(self, name: str) -> list[dict[str, object]]:
        """A book of the portal."""
        answer = requests.get(f"{self.portal.url}/_portal/{name}", timeout=60)
        found: list[dict[str, object]] = answer.json()[name]
        return found

    def account(self, name: str) -> dict[str, object]:
        """An account as the portal's books have it."""
        return next(each for each in self.book("accounts") if each["account"] == name)

    def charges(self) -> list[tuple[object, object]]:
        """What the card was charged: accounts with amounts."""
        return [(each["account"], each["amount"]) for each in self.book("charges")]

    def _row(self, name: str) -> WebElement:
        rows = self.page.driver.find_elements(By.XPATH, f"//tbody/tr[th/descendant-or-self::*[{_called(name)}]]")
        return _visible(rows, name)


_CONTROLS = "*[self::a or self::button or self::summary]"


def _called(name: str) -> str:
    return f'normalize-space(.)="{name}" or @aria-label="{name}" or starts-with(@aria-label, "{name} ")'


def _visible(found: list[WebElement], name: str) -> WebElement:
    shown = list(_displayed(found))
    assert shown, f"nothing on the page is called {name!r}"
    return shown[0]


def _displayed(found: list[WebElement]) -> Iterator[WebElement]:
    for element in found:
        with suppress(WebDriverException):
            if element.is_displayed():
                yield element


def _is_gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except WebDriverException:  # a stale element, or in the middle of a change one of no document
        return True
    return False
