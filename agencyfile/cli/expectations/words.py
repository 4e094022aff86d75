"""The words of a file of expectations, and the rules that they may break."""

import re
from collections.abc import Callable
from typing import Final

from agencyfile.fields.values import one_of, refusal
from agencyfile.fields.wording import shown
from plan.money import Money
from plan.rule import Rule

ACTIONS: Final = ("create", "update", "delete", "forget")
STATUSES: Final = ("active", "disabled", "cancelled")
NOTHING: Final = "nothing"
ADDRESS: Final = r"^[a-z_]+\..+$"
RULE: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PATH: Final = r"^[^/\\~].*$"
AMOUNT: Final = r"^(nothing|-?[0-9]{1,15}(\.[0-9]{1,2})? [A-Z]{3})$"

RULES: Final = (
    Rule("expected-action", "Not an action", "write create, update, delete or forget", "language"),
    Rule("expected-address", "Not an address", "write KIND.NAME, as in account.acme", "language"),
    Rule("expected-amount", "Not an amount", "write an amount and a currency, as in 49 USD, or nothing", "language"),
    Rule("expected-rule", "Not the id of a rule", "write the id in brackets, as in unknown-key", "language"),
    Rule("expected-name", "Not a name for a case", "write a sentence on one line", "language"),
    Rule("expected-duplicate", "Two cases of one name", "give each case its own name", "language"),
    Rule("expected-path", "Not a file of this folder", "write a path below the folder of the agency file", "language"),
    Rule("expected-file", "File is not there", "correct the path", "language"),
    Rule("expected-status", "Not a state", "write active, disabled or cancelled", "language"),
    Rule("no-cases", "No case in the file", "add a case under cases", "language"),
)

parse_action: Final[Callable[[str], str]] = one_of(
    "expected-action",
    "an action",
    ACTIONS,
    {"add": "create", "new": "create", "change": "update", "edit": "update", "cancel": "delete", "remove": "delete"},
    "known are",
)
parse_status: Final[Callable[[str], str]] = one_of("expected-status", "a state", STATUSES, {"canceled": "cancelled"})


def parse_address(text: str) -> str:
    """Return an address of the form KIND.NAME."""
    if re.fullmatch(ADDRESS, text):
        return text
    raise refusal("expected-address", f"{shown(text)} is not a kind, a dot and a name.")


def parse_rule(text: str) -> str:
    """Return the id of a rule, of a guard or of a diagnostic."""
    if re.fullmatch(RULE, text):
        return text
    raise refusal("expected-rule", f"{shown(text)} is not the id of a rule.")


def needs_currency(value: object) -> object:
    """Refuse a number that stands where an amount of money is expected."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        fix = "write nothing" if value == 0 else f"write the currency, as in {value} USD"
        raise refusal("expected-amount", f"{value} has no currency.", fix)
    return value


def parse_amount(text: str) -> str:
    """Return an amount as documents write it, or `nothing`."""
    if not re.fullmatch(AMOUNT, text):
        raise refusal("expected-amount", f"{shown(text)} is not an amount and a currency of three capital letters.")
    return text if text == NOTHING else str(Money.parse(text))


def parse_title(text: str) -> str:
    """Return the name of a case."""
    if text.strip() == text and text:
        return text
    raise refusal("expected-name", f"{shown(text)} is blank, or has a space at an end.")


def parse_path(text: str) -> str:
    """Return a path that stays in its folder."""
    parts = text.replace("\\", "/").split("/")
    if text and parts[0] not in ("", "~") and ".." not in parts and "\0" not in text:
        return text
    raise refusal("expected-path", f"{shown(text)} is absolute, goes up, or is blank.")
