"""One function per form of value: it returns the value in its canonical form, or refuses it by a rule."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pydantic_core import PydanticCustomError

from agencyfile.fields.recipients import SAMPLES, is_private_key, is_recipient, is_signer
from agencyfile.fields.vocabulary import (
    BILLINGS,
    PAID_TIERS,
    PORTAL_STATES,
    RESENDS,
    STATUS_HINTS,
    STATUSES,
    TIER_ALIASES,
    TIERS,
)
from agencyfile.fields.wording import either, listed, nearest, shown

_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_TOP_LEVEL: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_HOST_LENGTH: Final = 253  # RFC 1035
_LOCAL_LENGTH: Final = 64  # RFC 5321
_RATE: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*/\s*s")
_DURATION: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(ms|s|m|h)")
_ACCOUNT_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_REFERENCE: Final = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_PLAN_KEY: Final = re.compile(r"([a-z]+)/([a-z]+)/([1-9][0-9]{0,9})")
_PSEUDO_ZONES: Final = ("localtime", "Factory", "posixrules")
_NAME_LENGTH: Final = 100
_SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*%")
_SMALLEST_SHARE: Final = Decimal("0.01")
_SHORTEST_LEASE: Final = 10.0  # seconds


def refusal(rule: str, detail: str, fix: str = "") -> PydanticCustomError:
    """Return the error that a field raises: the broken rule, the detail and the fix."""
    return PydanticCustomError(rule, "{detail}", {"detail": detail, "fix": fix})


def is_label(text: str) -> bool:
    """Is `text` one lower-case RFC 1123 label of at most 63 characters?"""
    return _LABEL.fullmatch(text) is not None


def is_account_name(text: str) -> bool:
    """Is `text` a label, or one with underscores, which some portals take instead (`docs/portal.md` section 8)?"""
    return _ACCOUNT_NAME.fullmatch(text) is not None


def parse_label(text: str) -> str:
    """An agency's name: one label, because it names the ledger and the lease."""
    if is_label(text):
        return text
    guess = suggested_label(text)
    raise refusal(
        "agency-name",
        f"{shown(text)} is not a label: 1 to 63 lower-case letters, digits and hyphens, none at either end.",
        f"write {guess}" if guess else "",
    )


def suggested_label(text: str) -> str | None:
    """The label that `text` most likely means, or None."""
    guess = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63].rstrip("-")
    return guess or None


def parse_name(text: str) -> str:
    """A client's name: any text but blank."""
    if not text.strip():
        raise refusal("client", "The name is blank. The portal wants a name for every client.")
    return text


def is_block_name(text: str) -> bool:
    """May a snapshot or template bear this name?"""
    return 0 < len(text) <= _NAME_LENGTH and text == text.strip() and text.isprintable()


def parse_email(text: str) -> str:
    """One e-mail address without display name (`docs/portal.md` rules 25 and 26)."""
    local, at, host = text.rpartition("@")
    is_local = len(local) <= _LOCAL_LENGTH and _LOCAL.fullmatch(local)
    if at and is_local and host_problem(host.lower()) is None:
        return text
    raise refusal("email", f"{shown(text)} is not an e-mail address.")


@lru_cache(maxsize=65536)
def host_problem(host: str) -> str | None:
    """Why `host` is no host name with a top-level domain (RFC 952, 1123, 2181), or None when it is one."""
    if not host.isascii():
        return "it has letters that are not ASCII; write its punycode form (xn--...)"
    if len(host) > _HOST_LENGTH:
        return f"it is longer than {_HOST_LENGTH} characters"
    labels = host.split(".")
    for label in labels:
        if not is_label(label):
            return f"{shown(label)} is not 1 to 63 letters, digits and hyphens" if label else "a label is empty"
    if not _TOP_LEVEL.fullmatch(labels[-1]):
        return f"{shown(labels[-1])} is not a top-level domain"
    return None if len(labels) > 1 else "it is a single word"


def parse_domain(text: str) -> str:
    """An account's own domain, in lower case (`docs/portal.md` rule 53)."""
    host = text.lower()
    problem = host_problem(host)
    if problem is None:
        return host
    if is_label(host):
        raise refusal("domain-single-word", f"{shown(text)} has no top-level domain; the portal refuses it.")
    bare = re.sub(r"^[a-z]+://", "", host).partition("/")[0].strip(".")
    fix = f"write {bare}" if bare != host and host_problem(bare) is None else ""
    raise refusal("domain", f"{shown(text)} is not a domain: {problem}.", fix)


def one_of(
    rule: str,
    what: str,
    words: tuple[str, ...],
    hints: dict[str, str] | None = None,
    known: str = "the portal knows",
) -> Callable[[str], str]:
    """A field that is one word of a list, in lower case whatever the case in the file."""

    def parse(text: str) -> str:
        word = text.lower()
        if word in words:
            return word
        guess = (hints or {}).get(word) or nearest(word, words)
        raise refusal(rule, f"{shown(text)} is not {what}: {known} {listed(words)}.", f"write {guess}" if guess else "")

    return parse


def parse_status(text: str) -> str:
    """Return a status that an account can be given. The portal has others (`docs/portal.md` rule 45)."""
    word = text.lower()
    if word not in PORTAL_STATES:
        return one_of("status", "a status", STATUSES, STATUS_HINTS)(text)
    fix = "write an entry under removed with action: cancel" if word.startswith("cancel") else ""
    raise refusal(
        "status",
        f"{shown(text)} is a state that the portal gives: an account can be told to be {either(STATUSES)}.",
        fix,
    )


def parse_tier(text: str) -> str:
    """A tier of an account; the portal's older words are taken for today's (`docs/portal.md` rule 30)."""
    word = text.lower()
    if word == "sandbox":
        raise refusal(
            "plan-tier-sandbox",
            "A sandbox is a tier of its own: no account is one, and none can be turned into one.",
        )
    word = TIER_ALIASES.get(word, word)
    return one_of("plan-tier", "a tier", TIERS, {"free": "trial", "basic": "starter"})(word)


def parse_plan_id(number: int) -> int:
    """The portal's number of a plan; 0 is the plan of accounts that are free for ever (`docs/portal.md` section 8)."""
    return number if number == 0 else parse_count(number)


def parse_count(number: int) -> int:
    """A whole number above zero."""
    if number > 0:
        return number
    raise refusal("plan-number", f"{number} is not above zero.")


@lru_cache(maxsize=1024)
def _is_timezone(name: str) -> bool:
    """Look one name up; listing all of them costs more than the rest of a small file."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only files that name a time zone pay for it

    if name in _PSEUDO_ZONES or name.startswith(("posix/", "right/")):
        return False
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    from zoneinfo import available_timezones  # noqa: PLC0415 - same

    return frozenset(available_timezones())


def parse_timezone(name: str) -> str:
    """A name of the IANA list; anything when this machine has no list to compare with."""
    if _is_timezone(name):
        return name
    known = _timezones()
    if not known:
        return name
    guess = nearest(name, known)
    raise refusal("timezone", f"{shown(name)} is not a time zone of the IANA list.", f"write {guess}" if guess else "")


def needs_unit(rule: str, unit: str) -> Callable[[object], object]:
    """Refuses a bare number where a quantity is expected: 2 what?"""

    def check(value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise refusal(rule, f"{value} has no unit.", f"write {value}{unit}")
        return value

    return check


def parse_rate(text: str) -> float:
    """Requests per second, written `5/s`."""
    found = _RATE.fullmatch(text)
    rate = float(found.group(1)) if found else 0.0
    if rate > 0:
        return rate
    raise refusal("rate-limit", f"{shown(text)} is not a number of requests per second above zero.")


def parse_duration(text: str) -> float:
    """Seconds, written with their unit: `500ms`, `2s`, `30m`, `1h`."""
    found = _DURATION.fullmatch(text)
    seconds = float(found.group(1)) * _SECONDS[found.group(2)] if found else 0.0
    if seconds > 0:
        return seconds
    raise refusal("duration", f"{shown(text)} is not a duration above zero.")


def parse_share(text: str) -> float:
    """A share from 1 % to 100 %, as a number up to 1."""
    found = _SHARE.fullmatch(text)
    share = Decimal(found.group(1)) / 100 if found else Decimal(0)
    if _SMALLEST_SHARE <= share <= 1:
        return float(share)
    raise refusal("share", f"{shown(text)} is not a share from 1% to 100%.")


def parse_resend(text: str) -> bool:
    """May a call be sent again? `never`, or `after-window`."""
    word = text.lower()
    if word in RESENDS:
        return word != "never"
    raise refusal("resend", f"{shown(text)} is neither never nor after-window.")


def parse_lease(text: str) -> float:
    """A duration that is long enough to renew a lease in time."""
    seconds = parse_duration(text)
    if seconds >= _SHORTEST_LEASE:
        return seconds
    raise refusal("lease-duration", f"{shown(text)} is too short: a lease is renewed while it runs, over the network.")


def parse_first_page(value: object) -> object:
    """`auto`, 0 or 1."""
    if value == "auto" or (isinstance(value, int) and not isinstance(value, bool) and value in (0, 1)):
        return value
    raise refusal("first-page", f"{shown(value)} is none of auto, 0 and 1.")


def parse_seats(number: int) -> int:
    """Return the number of people who may use an addon."""
    if number > 0:
        return number
    raise refusal("addon-seats", f"{number} is not above zero.", "write a number above zero, or conversations: false")


def needs_seats(value: object) -> object:
    """Refuse an addon that is only switched on: it is bought by the seat."""
    if value is None or value is False or isinstance(value, dict):
        return value
    detail = "true does not say for how many people it is."
    if value is not True:
        detail = f"{shown(value)} is neither a mapping with seats nor false."
    raise refusal("addon-seats", detail, "write {seats: NUMBER}, or false")


def parse_extended(value: object) -> object:
    """Return whether a trial is extended. A number is refused: one extension exists (`docs/portal.md` rule 43)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 1:
        raise refusal("trial-extended-once", f"{value} is not possible: support extends a trial once, and never again.")
    return value


def parse_reactivations(number: int) -> int:
    """Return how many reactivations a cancelled account may have, in all (`docs/portal.md` section 8, R8)."""
    if number > 0:
        return number
    raise refusal("reactivations", f"{number} is not above zero.")


def parse_plan_key(text: str) -> str:
    """A plan by its words: `TIER/BILLING/CONTACTS`, or `trial` or `sandbox` alone."""
    found = _PLAN_KEY.fullmatch(text)
    if text in ("trial", "sandbox") or (found and found.group(1) in PAID_TIERS and found.group(2) in BILLINGS):
        return text
    raise refusal("plan-ids", f"{shown(text)} is not a plan: expected TIER/BILLING/CONTACTS, trial or sandbox.")


def parse_secret(value: object) -> str:
    """The name of the environment variable that a secret comes from; the value itself is never repeated."""
    if isinstance(value, str):
        found = _REFERENCE.fullmatch(value)
        if found:
            return found.group(1)
        if "${env:" in value:
            raise refusal(
                "environment-reference", "The text is not ${env:NAME} alone, with a name of letters, digits and _."
            )
    raise refusal(
        "plaintext-secret", "A key stands here in plain text, and everybody who can read the file can use it."
    )


def refuse_bare_key(value: object) -> object:
    """Refuse anything but an address where an API's address and key belong: it may be the key, in plain text."""
    if value is None or isinstance(value, dict | bool) or (isinstance(value, str) and "://" in value):
        return value
    raise refusal(
        "plaintext-secret",
        "What stands here is no mapping of an address and a key. It may be the key itself, and is not repeated.",
        "write {url: https://HOST, key: ${env:NAME}}",
    )


def parse_signer(text: str) -> str:
    """Return a signer: a name, and the public half of an SSH key."""
    if is_private_key(text):
        raise refusal(
            "plaintext-secret",
            "A private key stands here. It must be taken as known to others from now on.",
            "make a new key pair, and write its public half here",
        )
    if is_signer(text):
        return " ".join(text.split()[:3])
    raise refusal("signer", "The text is not a name, the type of an SSH key and the key.")


def parse_recipient(text: str) -> str:
    """A public key: age X25519, ssh-ed25519 or ssh-rsa."""
    if is_private_key(text):
        raise refusal(
            "plaintext-secret",
            "A private key stands here. It must be taken as known to others from now on.",
            "make a new key pair, and write its public half (age1...) here",
        )
    if text in SAMPLES:
        raise refusal(
            "sample-recipient",
            "This key is a sample of a manual: you hold no identity that opens what is sealed to it.",
        )
    if is_recipient(text):
        return text
    raise refusal("recipient", "The text is not a whole public key: its form, length or checksum is wrong.")


def parse_reason(text: str) -> str:
    """Why something is ended: any text but blank."""
    if not text.strip():
        raise refusal("removal-reason", "The reason is blank. It goes to the portal, the ledger and the review.")
    return text


def parse_block_reason(text: str) -> str:
    """Why a block overrides something: any text but blank."""
    if not text.strip():
        raise refusal("block-reason", "The reason is blank. It is there for the review.")
    return text


def parse_version(value: object) -> object:
    """The version of the format: 1."""
    if type(value) is int and value == 1:
        return value
    raise refusal("version", f"{shown(value)} is not a version of the format that this release reads: it reads 1.")
