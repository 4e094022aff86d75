"""Manual steps of a plan, carried out word by word: each sentence has what a person does at it, or it says a fact."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser.person import Person

_NUMBER = re.compile(r"^\d+\. ", re.MULTILINE)
_MAIL = re.compile(r"^(?:From|To): ", re.MULTILINE)


@dataclass
class Doing:
    """A person in the middle of a manual step.

    Attributes:
        person: Who does it.
        folder: The agency's folder, with the files that the steps name.
        mail: The mail that the step prints.
        link: The share link that was made.
        window: The window that the step began in.
    """

    person: Person
    folder: Path
    mail: str = ""
    link: str = ""
    window: str = ""


def carry_out(person: Person, folder: Path, step: dict[str, Any]) -> list[str]:
    """Do a manual step; return its sentences that no action knows."""
    words, mail = step["text"], ""
    if found := _MAIL.search(words):
        words, mail = words[: found.start()], words[found.start() :]
    doing = Doing(person, folder, mail, window=person.page.driver.current_window_handle)
    person.open("/partner/resold")
    unknown = [sentence for sentence in map(str.strip, _NUMBER.split(words)) if sentence and not _do(doing, sentence)]
    if person.page.driver.current_window_handle != doing.window:
        person.close_window(doing.window)
    return unknown


def _do(doing: Doing, sentence: str) -> bool:
    for pattern, action in SENTENCES.items():
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            action(doing, *match.groups())
            return True
    return any(re.fullmatch(pattern, sentence, re.DOTALL) for pattern in FACTS)


def _account(doing: Doing, name: str, choice: str) -> None:
    doing.person.open("/partner/resold")
    doing.person.choose("Status", "All statuses")
    doing.person.press("Show")
    if choice == "Edit":
        doing.person.unfold(name)
        doing.person.press("Edit")
    else:
        doing.person.press_in(name, choice)


def _menu(doing: Doing, entry: str) -> None:
    doing.person.press(entry)


def _set(doing: Doing, lines: str) -> None:
    for line in filter(None, map(str.strip, lines.split("\n"))):
        if match := re.fullmatch(r"(Hide|Show) (.+)\.", line):
            box = doing.person.field(f"Show {match[2]}")
            if box.is_selected() != (match[1] == "Show"):
                box.click()
        else:
            label, _, value = line.partition(": ")
            doing.person.type(label, "" if value == "(empty)" else value)


def _branding(doing: Doing, lines: str) -> None:
    doing.person.press("Branding of this account")
    _set(doing, lines)


def _no_branding(doing: Doing) -> None:
    doing.person.press("Branding of this account")
    doing.person.type("Site name", "")
    doing.person.press("Save")


def _tick(doing: Doing, box: str) -> None:
    doing.person.tick(box)


def _tick_and_manage(doing: Doing, box: str, link: str) -> None:
    doing.person.tick(box)
    doing.person.press(link)
    doing.person.other_window()


def _basic(doing: Doing, name: str, tags: str, file: str) -> None:
    doing.person.press("Basic template")
    doing.person.type("Name", name)
    doing.person.type("Tags", tags)
    doing.person.type("HTML code", (doing.folder / file).read_text(encoding="utf-8"))
    doing.person.press("Save")


def _designer(doing: Doing, name: str, link: str) -> None:
    doing.person.press("New designer template")
    doing.person.type("Template link", link)
    doing.person.type("Name", name)
    doing.person.press("Save")


def _old(doing: Doing, source: str, name: str) -> None:
    doing.person.press("Old designer template")
    doing.person.type("Account", source)
    doing.person.press("Continue")
    doing.person.choose(f"Template of {source}", f"{name} (no. 1)")
    doing.person.press("Save")


def _save(doing: Doing) -> None:
    if doing.person.page.driver.current_window_handle != doing.window:
        doing.person.close_window(doing.window)
    doing.person.press("Save")


def _change(doing: Doing, label: str, value: str) -> None:
    doing.person.type(label.capitalize(), value)


def _share(doing: Doing, account: str, template: str) -> None:
    doing.person.press_in(account, "Login")
    doing.person.press("Campaigns")
    doing.person.press("Manage templates")
    doing.person.press_in(template, "Share")
    doing.link = doing.person.page.text("[role=status]").rpartition(" ")[2]


def _templates(doing: Doing) -> None:
    doing.person.press("Campaigns")
    doing.person.press("Manage templates")


def _add_template(doing: Doing, name: str, tags: str) -> None:
    doing.person.press("Add template")
    doing.person.type("Name", name)
    doing.person.type("Tags", tags)


def _paste(doing: Doing, file: str) -> None:
    doing.person.type("HTML code", (doing.folder / file).read_text(encoding="utf-8"))
    doing.person.press("Save")


def _import(doing: Doing, link: str = "") -> None:
    doing.person.press("Add template")
    doing.person.press("Or import a template")
    doing.person.type("Template link", link or doing.link)


def _name(doing: Doing, name: str) -> None:
    doing.person.type("Name", name)
    doing.person.press("Save")


def _archived(doing: Doing, name: str) -> None:
    doing.person.choose("Status", "Archived")
    doing.person.press("Show")
    doing.person.press_in(name, "Renew")


def _plan(doing: Doing, tier: str, plans: str, contacts: str) -> None:
    doing.person.choose("Tier", tier.capitalize())
    doing.person.choose("Plans", f"{plans.capitalize()} plans")
    doing.person.choose("Contact limit", f"{int(contacts):,} contacts")
    doing.person.press("Renew & pay now")


def _buy(doing: Doing) -> None:
    doing.person.press("Buy")


def _allocate(doing: Doing, amount: str, account: str) -> None:
    doing.person.type("Account", account)
    doing.person.type("Credits", amount)
    doing.person.press("Allocate")


def _send(doing: Doing) -> None:
    """Paste the mail as it is printed; then be the vendor's support, which reads it and does what it asks."""
    doing.person.press("Contact support")
    doing.person.type("Message", doing.mail)
    doing.person.press("Send")
    subject = doing.person.title()
    tool, press = next(names for word, names in SUPPORT.items() if word in subject)
    doing.person.press("Support desk")
    doing.person.press(subject)
    doing.person.press(tool)
    doing.person.press(press)
    doing.person.press("Mailbox")
    doing.person.press(f"Re: {subject}")


SUPPORT = {
    "to our agency": ("Move the account in", "Move in and answer"),
    "out of our partner portal": ("Move the account out", "Move out and answer"),
    "Extend the trial": ("Extend the trial", "Extend and answer"),
    "Custom fields": ("Open custom fields", "Open and answer"),
    "Rename": ("Rename the account", "Rename and answer"),
}
SENTENCES: dict[str, Callable[..., None]] = {
    r"In the partner portal, open the list of accounts, find `([^`]+)` and choose (Edit|Login)\.": _account,
    r"In the partner portal, open the resold accounts and choose (.+?) (?:in the menu )?on the right\.": _menu,
    r"Set this, leaving the rest as it is:(.+)": _set,
    r"Open the branding of this one account and set this, leaving the rest as it is:(.+)": _branding,
    r"Take your branding out of it and save\.": _no_branding,
    r"Tick (Update all existing hosted accounts): .+": _tick,
    r"Under the defaults of new accounts tick (Add my templates), and choose (Manage templates)\.": _tick_and_manage,
    r"Choose the basic template, type the name `(.+)` and the tags (.+), paste the whole of `(.+)`, and save\.": _basic,
    r"Choose the new designer template, paste this link for `(.+)`: (.+), and save\.": _designer,
    r"Choose the old designer template, choose the account `(.+)`, continue, and choose `(.+)`\.": _old,
    r"Save\.(?: Where the portal .+)?": _save,
    r"Change the (.+) from `.*` to `(.+)`\.": _change,
    r"Log in to https://(.+)\.activehosted\.com and make a share link of its template `(.+)`\.": _share,
    r"On the overview of the campaigns choose Manage templates\.": _templates,
    r"Choose Add template, name it `(.+)`, add the tags (.+), and choose to write HTML\.": _add_template,
    r"Paste the whole of `(.+)` and save\.": _paste,
    r"Choose Add template, then Or import a template, and paste (?:this link: (.+)|the link\.)": _import,
    r"Name it `(.+)` and save\.": _name,
    r"In the partner portal, open the archived accounts, find `(.+)` and choose Renew\.": _archived,
    r"Choose the plan that the file declares: (\w+), (\w+), (\d+) contacts\. .+": _plan,
    r"Where less than that is left to allocate, choose an amount from the drop-down list and choose Buy\.": _buy,
    r"Allocate (\S+)(?: USD prepaid credit| SMS credits) to `(.+)`\.": _allocate,
    r"(?:Ask .+ to send|Put .+, and send|Send) the mail below.*": _send,
}
# Sentences that ask for nothing on a page.
FACTS = (
    r"Wait for .+",
    r"From then on the account is billed .+",
    r"If it ended more than a year ago .+",
    r"Every account that is created from now on .+",
    r"Charges of that account use it up .+",
    r"Where the portal does not offer it, look at the plan: .+",
    r"When that is done, record the new total, .+",
    r"When the account has left the portal's list, .+",
    r"Tell whoever logs in .+",
)
