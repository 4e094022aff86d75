"""Belgian national register numbers: they are personal data, so they are recognised, and never kept.

Eleven digits: year, month and day of birth, a serial number, and two check digits, 97 less the rest of the first nine
divided by 97. For people born since 2000 a 2 stands before the nine. Bis numbers, for people who are not in the
register, add 20 or 40 to the month (`docs/portal.md` 4.4).
"""

import re
from typing import Final

_MODULUS: Final = 97
_BIS: Final = 20
_MOST_MONTH: Final = 52
_MOST_DAY: Final = 31
_MONTHS: Final = 12
_DIGITS: Final = re.compile(r"[0-9]{11}")
_SEPARATORS: Final = re.compile(r"[\s./-]+")
_SIGN: Final = r"[ .\u00a0/-]"
_WRITTEN: Final = re.compile(
    rf"(?<![0-9+])[0-9]{{2}}{_SIGN}?[0-9]{{2}}{_SIGN}?[0-9]{{2}}{_SIGN}{{0,3}}[0-9]{{3}}{_SIGN}{{0,2}}[0-9]{{2}}(?![0-9])"
)
_TYPICAL: Final = re.compile(r"(?<![0-9])[0-9]{2}\.[0-9]{2}\.[0-9]{2}[ -]{1,3}[0-9]{3}[. -][0-9]{2}(?![0-9])")


def is_register_number(text: str) -> bool:
    """Return whether `text` is a valid number, with separators or without."""
    digits = _SEPARATORS.sub("", text)
    if not _DIGITS.fullmatch(digits):
        return False
    month, day = int(digits[2:4]), int(digits[4:6])
    if month > _MOST_MONTH or month % _BIS > _MONTHS or day > _MOST_DAY:
        return False
    check = int(digits[9:])
    return check in (_MODULUS - int(prefix + digits[:9]) % _MODULUS for prefix in ("", "2"))


def holds_register_number(text: str) -> bool:
    """Return whether a register number stands anywhere in `text`.

    What is written in the usual form, `00.00.00-000.00`, counts also where its check digits are wrong: it is a mistyped
    number, and personal data all the same.
    """
    if _TYPICAL.search(text):
        return True
    return any(is_register_number(found.group()) for found in _WRITTEN.finditer(text))
