"""Which texts are a legal account name, domain, mail address, language, time zone, country or currency."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

HOST_SUFFIX = ".activehosted.com"
MAX_DOMAIN = 253
MAX_DIGITS = 18
LARGEST = 2**63 - 1  # of the database, and of the 64 bits that the hub's document gives its integers

_LONGEST = len(str(LARGEST))

# The known set of docs/portal.md 1.2, and Polish from the hub's examples.
LANGUAGES = (
    "english",
    "spanish",
    "portuguese",
    "portuguese - brazil",
    "finnish",
    "german",
    "french",
    "danish",
    "dutch",
    "chinese",
    "italian",
    "turkish",
    "polish",
)

# ISO 3166-1 alpha-2, as of 2024.
COUNTRIES = frozenset(
    re.findall(
        "..",
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCN"
        "COCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHM"
        "HNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMK"
        "MLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURW"
        "SASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVI"
        "VNVUWFWSYEYTZAZMZW",
    )
)

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_UNDERSCORE_NAME = re.compile(r"[a-z0-9_]{1,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TOP_LEVEL = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_MAIL = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@([^\s@]+)")


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON text that can be written into a database.

    Raises:
        ValueError: The text is not JSON, is nested too deeply, or holds half a character or an infinite number.
    """
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("The JSON text is nested too deeply.") from error
    return value


def parse_number(text: str) -> int | None:
    """Return the number that plain decimal digits stand for, as long as the database can hold it; None for others."""
    number = parse_digits(text)
    return number if number is not None and number <= LARGEST else None


def parse_digits(text: str) -> int | None:
    """Return the number that decimal digits stand for, 10 to the power of 19 for a larger one; None for others."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= _LONGEST else 10**_LONGEST


def account_label(text: str) -> str:
    """Return the bare label of an account name, however it was written (docs/portal.md 1.5)."""
    label = text.strip().lower()
    label = label.split("://", 1)[-1].split("/", 1)[0]
    return label.removesuffix(HOST_SUFFIX)


def is_label(text: str) -> bool:
    """Say whether a text is one RFC 1123 label, the form of an account name (docs/portal.md 1.5)."""
    return _LABEL.fullmatch(text) is not None


def is_underscore_name(text: str) -> bool:
    """Say whether a text is a name of letters, digits and underscores, another reading of names (R5)."""
    return _UNDERSCORE_NAME.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """Say whether a text is a domain with a top level, as a CNAME must be (docs/portal.md rule 53)."""
    labels = text.lower().split(".")
    return (
        len(text) <= MAX_DOMAIN
        and len(labels) > 1
        and all(map(is_label, labels))
        and _TOP_LEVEL.fullmatch(labels[-1]) is not None
    )


def is_mail(text: str) -> bool:
    """Say whether a text has the shape of a mail address."""
    match = _MAIL.fullmatch(text)
    return match is not None and is_domain(match[1])


def is_language(text: str) -> bool:
    """Return whether a text is one of the known languages, named in lower-case English (docs/portal.md 1.2)."""
    return text in LANGUAGES


@lru_cache(maxsize=1024)
def is_timezone(text: str) -> bool:
    """Say whether a text is the IANA name of a time zone (docs/portal.md 1.2)."""
    try:
        return ZoneInfo(text).key == text
    except (KeyError, ValueError, OSError):
        return False


def is_country(text: str) -> bool:
    """Say whether a text is an ISO 3166-1 alpha-2 code (docs/portal.md rule 29)."""
    return text in COUNTRIES


def is_currency(text: str) -> bool:
    """Say whether a text has the shape of an ISO 4217 code; which ones the vendor bills in is not published."""
    return _CURRENCY.fullmatch(text) is not None
