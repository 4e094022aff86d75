"""Parsers of the fleet file's own values."""

import re
from typing import Final

from agencyfile.fields import values
from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown

LONGEST_SHOWN: Final = 31  # characters of what stands where the name of a key belongs; a key of the portal has more
REFERENCE: Final = r"^\$\{env:[A-Za-z_*][A-Za-z0-9_*]*\}$"
CHILD_VARIABLE: Final = r"^[A-Z][A-Z0-9_]*$"
CRON: Final = r"^\S+( +\S+){4}$"
_REFERENCE: Final = re.compile(r"\$\{env:([A-Za-z_*][A-Za-z0-9_*]*)\}")
_CHILD_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_FIELDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, weekday
_PART: Final = re.compile(r"(\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/([0-9]{1,2}))?")


def parse_name(text: str) -> str:
    """Return the name of a fleet, a group, a key or a wave."""
    if values.is_label(text):
        return text
    guess = values.suggested_label(text)
    raise refusal("fleet-name", f"{shown(text)} is no name here.", f"write {guess}" if guess else "")


def parse_key_name(text: str) -> str:
    """Return the name of a shared key. What is long, and no name, may be the key itself, and is not repeated."""
    if len(text) > LONGEST_SHOWN and not values.is_label(text):
        raise refusal(
            "plaintext-secret", "The name of a key belongs here; the value may be a key, and is not repeated."
        )
    return parse_name(text)


def parse_concurrency(number: int) -> int:
    """Return a number of children above zero."""
    if number > 0:
        return number
    raise refusal("fleet-concurrency", f"{number} is not above zero.")


def parse_reference(value: object) -> str:
    """Return the variable that a value comes from. `*` stands for the agency's name; the value is never repeated."""
    if isinstance(value, str):
        found = _REFERENCE.fullmatch(value)
        if found:
            return found.group(1)
        if "${env:" in value:
            raise refusal(
                "environment-reference",
                "The text is not ${env:NAME} alone, with a name of letters, digits, _ and * for the agency's name.",
            )
    raise refusal("plaintext-secret", "A value stands here in plain text; it may be a key, and is not repeated.")


def parse_child_variable(name: str) -> str:
    """Return the name of a variable that a child gets."""
    if _CHILD_VARIABLE.fullmatch(name):
        return name
    raise refusal("fleet-variable", f"{shown(name)} is not a variable in capitals, as in AGENCYFILE_IDENTITY.")


def parse_schedule(text: str) -> str:
    """Return five fields of cron: minute, hour, day of the month, month, day of the week; numbers alone."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise refusal("fleet-schedule", f"{shown(text)} has {len(fields)} fields, and five are expected.")
    for field, (least, most) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if not _is_part(part, least, most):
                raise refusal("fleet-schedule", f"{shown(part)} is not * or a number from {least} to {most}.")
    return " ".join(fields)


def _is_part(part: str, least: int, most: int) -> bool:
    found = _PART.fullmatch(part)
    if not found or found[2] == "0":
        return False
    ends = [int(end) for end in found[1].split("-")] if found[1] != "*" else [least, most]
    return all(least <= end <= most for end in ends) and ends == sorted(ends)
