"""Values that a request of the soak carries: plausible ones, and what has broken servers."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

NAMES: Final = tuple(f"client{number}" for number in range(12))
SANDBOX: Final = "box"
PLANS: Final = ("1", "2", "121", "122", "221", "321", "421", "0", "7")

# Numbers at and beyond what 32, 53 and 64 bits hold, a float's end, and what reads as a number in one language only.
_NUMBERS: Final = (
    "-1", "0", "00", "1", "2", "3", "7", "999", "2147483648", "9007199254740993", str(2**63 - 1), str(2**63),
    "9" * 20, "9" * 400, "9" * 5000, "1e3", "1e400", "NaN", "-0", "+1", " 1", "1_000", "٣", "0x10", "1.5",
)  # fmt: skip
_TEXTS: Final = (
    "", " ", "a", "acme", "ACME", "%", "_", "'", '"', "';--", "<b>", "&amp;", "${env:HOME}", "../../etc/passwd", "\x00",
    "\r\nX: y", "\t", "\u202e", "\ud83d\ude00", "é", "\x7f", "[]", "{}", "null", "true", "ann@acme.example", "a@b",
    "mail.acme.example", "2024-01-31", "9999-12-31", "-infinity", "english", "Europe/Brussels", "Factory", "BE", "USD",
    "x" * 300, "é" * 2000, "%" * 5000,
)  # fmt: skip


def name(chance: random.Random) -> str:
    """Return the name of an account that there mostly is."""
    return chance.choice((*NAMES, *NAMES, SANDBOX, f"new{chance.randrange(40)}", text(chance)))


def number(chance: random.Random) -> str:
    """Return digits, or what looks like them."""
    return str(chance.randrange(1, 30)) if chance.random() < 0.6 else chance.choice(_NUMBERS)


def text(chance: random.Random) -> str:
    """Return a text, seldom a pleasant one."""
    if chance.random() < 0.1:
        return "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randrange(1, 30)))
    return chance.choice(_TEXTS)


def plausible(chance: random.Random) -> str:
    """Return what a field of a form may want: a name, an address, a number, a day, or nothing."""
    words = (
        "",
        "",
        "Ann Acme",
        "ann@acme.example",
        "agency@example.com",
        "mail.acme.example",
        "news",
        "5",
        "2027-01-31",
    )
    return chance.choice((*words, name(chance)))


def value(chance: random.Random, depth: int = 3) -> Any:
    """Return a value of JSON."""
    makers: Sequence[Callable[[], Any]] = (
        lambda: None,
        lambda: chance.choice((True, False)),
        lambda: chance.choice((0, 1, -1, 2**31, 2**63, 10**30, 10**400, 1.5, 1e300, -1e300)),
        lambda: text(chance),
        lambda: name(chance),
        lambda: chance.randrange(1, 40),
    )
    if depth and chance.random() < 0.25:
        items = [value(chance, depth - 1) for _ in range(chance.randrange(4))]
        return items if chance.random() < 0.5 else {text(chance): each for each in items}
    return chance.choice(makers)()


def distorted(chance: random.Random, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of which some are missing, have another value, or were never asked for."""
    found = {key: each for key, each in fields.items() if chance.random() > 0.06}
    for key in [*found]:
        if chance.random() < 0.12:
            found[key] = value(chance)
    if chance.random() < 0.08:
        found[text(chance)] = value(chance)
    return found


def as_json(chance: random.Random, found: Any) -> bytes:
    """Return a JSON text, now and then one that is cut off, or is none."""
    written = json.dumps(found).encode()
    odd = chance.random()
    if odd < 0.03:
        return written[: chance.randrange(len(written) + 1)]
    return chance.choice((b"[" * 5000, b"\xff", b"{}{}", b"NaN", b'"\\ud800"', b"")) if odd < 0.06 else written


def as_form(fields: Mapping[str, Any]) -> bytes:
    """Return fields as a form or a query; a list is written as PHP reads it."""
    pairs = []
    for key, each in fields.items():
        items = [(f"{key}[]", item) for item in each] if isinstance(each, list) else [(key, each)]
        pairs += [f"{_quoted(one)}={_quoted(other)}" for one, other in items]
    return "&".join(pairs).encode()


def _quoted(found: Any) -> str:
    return quote(str(found), safe="", errors="replace")
