"""Phrases that several renderers share. They are as raw as the document: whoever shows one escapes it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Document = Mapping[str, Any]

GLYPHS: Final = {"create": "+", "update": "~", "delete": "-", "forget": "∅"}
VERBS: Final = {"create": "create", "update": "change", "delete": "end", "forget": "forget"}
GRAVE: Final = ("permanent", "one-shot")  # effects that no later change makes good, but for charges
GUARD: Final = "guard"  # the effect of changes to what applies may do
_EFFECTS: Final = {"billed": "charge", "permanent": "permanent change", "one-shot": "one-shot"}
_LIMITS: Final = {"per month": "this month"}


def verdict(document: Document) -> str:
    """How much would change, in a few words: `2 to create, 1 to change, 1 by hand`."""
    summary = document["summary"]
    parts = [settings_verdict(change) for change in guards(document)]
    parts += [f"{summary[key]:,} to {verb}" for key, verb in VERBS.items() if summary.get(key)]
    parts = parts or ["nothing to change"]
    if summary["manual"]:
        parts.append(f"{summary['manual']:,} by hand")
    return ", ".join(parts)


def guards(document: Document) -> list[Document]:
    """The changes of settings that guard every apply: what a reviewer reads first."""
    return [change for change in document["resource_changes"] if change["effect"] == GUARD]


def settings_verdict(change: Document) -> str:
    """How many settings change; `settings to record` where the ledger knows of none yet."""
    is_first = action(change) == "create"
    return "settings to record" if is_first else f"{count(len(change['words']), 'setting')} to change"


def outdated(document: Document) -> str:
    """Why a document of an older format is shown, and no more; empty where it is of today's."""
    version = str(document["format_version"])
    if not version.startswith("1."):
        return ""
    return f"a document of format {version}: its digest does not cover all that it shows. Plan again to apply it"


def error_count(document: Document) -> int:
    """How many errors the plan has; with any, it cannot be applied."""
    return sum(found["severity"] == "error" for found in document["diagnostics"])


def action(change: Document) -> str:
    """The first of a change's actions; there is one in every format so far."""
    return str(change["change"]["actions"][0])


def name_of_step(step: Document) -> str:
    """What a manual step is called by; before format 1.1 it had no name of its own."""
    return str(step.get("id") or step["address"])


def drift(document: Document) -> str:
    """How much somebody changed at the portal; empty where nothing is."""
    number = len(document.get("drift", []))
    return f"{count(number, 'attribute')} changed at the portal since the last apply" if number else ""


def left_out(document: Document) -> str:
    """What of the file was not looked at, if anything."""
    number = document.get("left_out", 0)
    return f"{count(number, 'declared resource')} not looked at: the plan is of a part" if number else ""


def charge(change: Document) -> str | None:
    """What a billed change charges at once; None where nothing is charged."""
    if change["effect"] != "billed":
        return None
    price = change["price"]
    return str(price["now"]) if price and price["now"] else "price not told by the portal"


def charges_now(document: Document) -> str | None:
    """What an apply would charge at once; None where nothing is charged."""
    summary = document["summary"]
    if not summary["effects"].get("billed"):
        return None
    return " + ".join(summary["charges_now"]) or "an amount that the portal does not tell"


def irreversible(document: Document) -> str:
    """What cannot be undone, counted; empty where everything can."""
    counts = dict(document["summary"]["effects"])
    by_hand = sum(step["effect"] == "one-shot" for step in document["manual_steps"])
    counts["one-shot"] = counts.get("one-shot", 0) + by_hand
    return " · ".join(count(counts[effect], words) for effect, words in _EFFECTS.items() if counts.get(effect))


def requests(document: Document) -> str:
    """Requests made and predicted."""
    summary = document["summary"]
    return f"{count(summary['reads'], 'read')} made · {count(summary['writes'], 'write')} predicted"


def budget(document: Document) -> Iterator[tuple[str, str, bool]]:
    """For each limit: what is spent of it with this plan, its name, and whether that is too much."""
    for limit in document["budget"]:
        most, currency = _amount(limit["most"])
        spent, _ = _amount(limit["spent"])
        now = sum(amount for amount, unit in map(_amount, document["summary"]["charges_now"]) if unit == currency)
        name = str(limit["name"])
        yield f"{spent + now:.2f} of {limit['most']}", _LIMITS.get(name, name), spent + now > most


def count(number: int, noun: str) -> str:
    """`1 read`, `2,000 reads`."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def place(origin: Document | None) -> str:
    """`clients/acme.yaml:3`; empty where there is none."""
    return f"{origin['file']}:{origin['line']}" if origin else ""


def value_words(value: object, remote_ids: Mapping[str, str]) -> str:
    """A value of the document as a person reads it."""
    if isinstance(value, Mapping):
        if value.keys() == {"reference"}:
            remote_id = remote_ids.get(value["reference"])
            return f"{value['reference']} {f'(#{remote_id})' if remote_id else '(known after apply)'}"
        return ", ".join(f"{key}: {value_words(item, remote_ids)}" for key, item in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(value_words(item, remote_ids) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "(none)" if value is None or value == "" else str(value)


def _amount(money: str) -> tuple[Decimal, str]:
    amount, _, currency = money.partition(" ")
    try:
        return Decimal(amount), currency
    except InvalidOperation:
        return Decimal(0), ""
