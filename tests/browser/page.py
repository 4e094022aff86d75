"""One tab of a real browser, with everything that it said and asked for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement


@dataclass(slots=True)
class Page:
    """A tab of chromium.

    Whatever is not wrapped here is done with `driver`, which is selenium's: keys, waits, windows.

    Attributes:
        driver: Selenium's driver of the browser.
        console: Every message of the console since the test began, errors of the network and of the security policy
            among them: `SEVERE: text`.
        requests: Every URL that was asked for since the test began, the page itself first; `data:` URLs are none.
    """

    driver: Chrome
    _console: list[str] = field(default_factory=list)
    _requests: list[str] = field(default_factory=list)

    @property
    def console(self) -> list[str]:
        self._console += [f"{entry['level']}: {entry['message']}" for entry in self._log("browser")]
        return self._console

    @property
    def requests(self) -> list[str]:
        self._requests += _urls(self._log("performance"))
        return self._requests

    def open(self, page: Path | str) -> None:
        """Open a file as a double click opens it, or a URL, and wait until it has loaded."""
        self.driver.get(page.absolute().as_uri() if isinstance(page, Path) else page)

    def forget(self) -> None:
        """Begin anew with an empty console and no requests."""
        for kind, kept in (("browser", self._console), ("performance", self._requests)):
            self._log(kind)
            kept.clear()

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector; selenium's `NoSuchElementException` when there is none."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """Every element of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str = "body") -> str:
        """What a person can read in an element: hidden and folded text is not in it."""
        return self.find(selector).text

    def click(self, selector: str) -> None:
        """Press the mouse on an element, where a person can reach it."""
        self.find(selector).click()

    def run(self, script: str) -> object:
        """The value of a JavaScript expression in the page."""
        return self.driver.execute_script(f"return ({script});")

    def resize(self, width: int, height: int) -> None:
        """Set the size of the page's view, in CSS pixels; narrow as a telephone, too."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", size)

    def emulate(self, *, media: str = "", **features: str) -> None:
        """Prefer what a person may prefer: `media="print"`, `prefers_color_scheme="dark"`."""
        pairs = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", {"media": media, "features": pairs})

    def set_scripts(self, *, enabled: bool) -> None:
        """Let the pages that are opened from now on run their scripts, or not."""
        self.command("Emulation.setScriptExecutionDisabled", {"value": not enabled})

    def accessible(self) -> list[tuple[str, str]]:
        """What a screen reader is told: role and name of each node, in reading order, without the ignored ones."""
        nodes = self.command("Accessibility.getFullAXTree", {})["nodes"]
        return [(_value(node, "role"), _value(node, "name")) for node in nodes if not node["ignored"]]

    def screenshot(self, path: Path) -> Path:
        """Write what the view shows as a PNG, for a person to look at."""
        path.write_bytes(self.driver.get_screenshot_as_png())
        return path

    def command(self, name: str, parameters: Mapping[str, object]) -> dict[str, list[dict[str, object]]]:
        """One command of the DevTools protocol."""
        answer: dict[str, list[dict[str, object]]] = self.driver.execute_cdp_cmd(name, dict(parameters))
        return answer

    def _log(self, kind: str) -> list[dict[str, str]]:
        entries: list[dict[str, str]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return entries


def _urls(entries: list[dict[str, str]]) -> Iterator[str]:
    for entry in entries:
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = str(message["params"]["request"]["url"])
            if not url.startswith("data:"):
                yield url


def _value(node: Mapping[str, object], name: str) -> str:
    held = node.get(name)
    return str(held.get("value", "")) if isinstance(held, dict) else ""
