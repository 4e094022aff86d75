"""Belgian enterprise numbers, which are VAT numbers too (`docs/portal.md` 4.4)."""

import re
from typing import Final

from agencyfile.fields.values import refusal

_SEPARATORS: Final = re.compile(r"[\s./-]+")
_NUMBER: Final = re.compile(r"[01][0-9]{9}")
_OLD_NUMBER: Final = re.compile(r"[1-9][0-9]{8}")  # issued before 2005; a leading zero makes it one of today
_MODULUS: Final = 97


def normal_form(text: str) -> str:
    """Return the digits of a number, without its prefix and separators, and with the zero that old numbers lack."""
    digits = _SEPARATORS.sub("", text)
    if digits[:2].upper() == "BE":
        digits = digits[2:]
    return f"0{digits}" if _OLD_NUMBER.fullmatch(digits) else digits


def is_enterprise_number(digits: str) -> bool:
    """Return whether ten digits are a number by the strict rule: the check digits are 01 to 97.

    The shortcut that divides all ten digits by 97 also accepts 00, 98 and 99. No number is issued with them.
    """
    return _NUMBER.fullmatch(digits) is not None and _MODULUS - int(digits[:8]) % _MODULUS == int(digits[8:])


def parse_enterprise_number(text: str) -> str:
    """Return an enterprise number as ten digits. The message repeats no digit: it may be a person's number."""
    digits = normal_form(text)
    if is_enterprise_number(digits):
        return digits
    if not _NUMBER.fullmatch(digits):
        raise refusal("enterprise-number", "An enterprise number has ten digits, and begins with 0 or 1.")
    raise refusal("enterprise-number", "The last two digits are not the check digits of the first eight.")
