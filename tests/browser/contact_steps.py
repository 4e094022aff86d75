"""Manual steps about contacts, carried out word by word on the stand-in's pages."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from browser.person import Person

_NUMBER = re.compile(r"^\d+\. ", re.MULTILINE)
_QUOTED = re.compile(r"`([^`]+)`")
_WAIT = 20.0  # seconds


@dataclass
class Doing:
    """A person in the middle of the steps.

    Attributes:
        person: Who does them.
        asked: Addresses that got a verification mail, as the steps say.
    """

    person: Person
    asked: list[str] = field(default_factory=list)


def carry_out(doing: Doing, step: dict[str, Any]) -> list[str]:
    """Do a manual step; return its sentences that no action knows."""
    sentences = filter(None, map(str.strip, _NUMBER.split(step["text"])))
    return [sentence for sentence in sentences if not _do(doing, sentence)]


def verify(doing: Doing) -> None:
    """Be everybody who got a mail: open it, follow its link, and press the button."""
    for email in doing.asked:
        doing.person.open("/partner/mailbox")
        row = f"//tbody/tr[td[normalize-space(.)='{email}']]//a"
        doing.person.page.driver.find_element("xpath", row).click()
        doing.person.page.find("pre a").click()
        doing.person.press("Verify my address")
        doing.person.sees("Your address is verified", email)


def _do(doing: Doing, sentence: str) -> bool:
    for pattern, action in SENTENCES.items():
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            action(doing, *match.groups())
            return True
    return False


def _management(doing: Doing) -> None:
    doing.person.open("/partner/resold")
    doing.person.press("Contact management")


def _customer(doing: Doing, number: str) -> None:
    _management(doing)
    doing.person.press(number)


def _begin(doing: Doing, way: str) -> None:
    _management(doing)
    doing.person.press("Set Subscription")
    doing.person.press(f"By {way}")


def _beside(doing: Doing, subscription: str) -> None:
    doing.person.press(f"Add a contact to {subscription}")


def _search(doing: Doing, email: str) -> None:
    doing.person.type("Search by e-mail", email)
    doing.person.press("Search")


def _choose(doing: Doing, email: str) -> None:
    _search(doing, email)
    doing.person.press(f"Choose {email}")


def _create(doing: Doing, email: str, lines: str) -> None:
    _search(doing, email)
    if doing.person.offers(f"Choose {email}"):
        doing.person.press(f"Choose {email}")
        return
    doing.person.press("Add a contact")
    assert not doing.person.page.find_all("#contact-email"), "a contact could be created without a second search"
    _search(doing, email)
    if doing.person.offers(f"Choose {email}"):
        doing.person.press(f"Choose {email}")
        return
    _fill(doing, lines)
    doing.person.press("Submit")


def _fill(doing: Doing, lines: str) -> None:
    for line in filter(None, map(str.strip, lines.split("\n"))):
        label, _, value = line.partition(": ")
        if label == "Group contact":
            box = doing.person.field(label)
            if box.is_selected() != (value == "yes"):
                box.click()
        else:
            doing.person.type(label, value)


def _mailed(doing: Doing, email: str) -> None:
    if email not in doing.asked:
        doing.asked.append(email)


def _place(doing: Doing, number: str, level: str, object_: str | None = None) -> None:
    doing.person.choose("Customer number", number)
    doing.person.choose("Level", level)
    doing.person.type("Id", object_ or "")
    doing.person.press("Next")


def _tick(doing: Doing, boxes: str) -> None:
    for label in _QUOTED.findall(boxes):
        doing.person.tick(label)
    doing.person.press("Next")


def _next(doing: Doing) -> None:
    doing.person.press("Next")


def _submit(doing: Doing) -> None:
    doing.person.press("Submit")


def _submit_twice(doing: Doing) -> None:
    doing.person.press("Submit")
    doing.person.sees("Confirm your changes")
    doing.person.press("Submit")


def _edit(doing: Doing, email: str) -> None:
    _management(doing)
    _search(doing, email)
    doing.person.press(f"Edit {email}")


def _remove(doing: Doing, subscription: str, _level: str | None, object_: str | None, email: str) -> None:
    of = f" of {object_}" if object_ else ""
    doing.person.press(f"Remove {email} from {subscription}{of}")


def _allow(doing: Doing, domain: str) -> None:
    doing.person.press("Allowed domains")
    doing.person.type("Domain", domain)
    doing.person.press("Add")


def _wait(doing: Doing) -> None:
    ends = time.monotonic() + _WAIT
    while "Works soon" in doing.person.page.text("main"):
        assert time.monotonic() < ends
        time.sleep(0.1)
        doing.person.page.driver.refresh()


def _nothing(_: Doing) -> None:
    return None


SENTENCES: dict[str, Callable[..., None]] = {
    r"In the operator's portal, open Contact management and choose the customer number `([^`]+)`\.": _customer,
    r"Beside `([^`]+)` choose Add a contact\.": _beside,
    r"Search for `([^`]+)` and choose it\.": _choose,
    r"Search for `([^`]+)`\. If it is shown, choose it\. If there is no result, choose Add a contact and search once "
    r"more for the same address\. If there is no result again, fill in this and choose Submit:(.+)": _create,
    r"The operator sends a verification mail to `([^`]+)`\. Notices are sent before it is answered, too\.": _mailed,
    r"Choose Submit, check the list, and choose Submit again to confirm\.": _submit_twice,
    r"In the operator's portal, open Contact management, choose Set Subscription, and choose By (\w+)\.": _begin,
    r"Choose the customer number `([^`]+)` and the level (\w+)(?:, type the id `([^`]+)`)?, and choose Next\.": _place,
    r"Tick (?:the customer numbers )?(`.+`), and choose Next\.": _tick,
    r"Choose Next\.": _next,
    r"Check the list, and choose Submit to confirm\.": _submit,
    r"Leave the journey there\.": _nothing,
    r"In the operator's portal, open Contact management, search for `([^`]+)`, and choose Edit\.": _edit,
    r"Set this, leaving the rest as it is:(.+)": _fill,
    r"Choose Submit\.": _submit,
    r"Below `([^`]+)`(?: of the (\w+) `([^`]+)`)? find `([^`]+)` and choose Remove\.": _remove,
    r"Choose Allowed domains, type `([^`]+)`, and choose Add\. Only a customer administrator can\.": _allow,
    r"Wait until the domain works: that may take up to an hour\.": _wait,
}
