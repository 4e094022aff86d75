"""Phrases that several renderers share. They are as raw as the document: whoever shows one escapes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.render.numbers import count
from plan.records.diagnostic import OriginRecord
from plan.records.document import Action, ChangeRecord, ManualStepRecord, PlanDocument

ACTIONS: Final[Sequence[Action]] = ("create", "update", "delete", "forget")
GLYPHS: Final[Mapping[Action, str]] = {"create": "+", "update": "~", "delete": "-", "forget": "∅"}
VERBS: Final[Mapping[Action, str]] = {"create": "create", "update": "change", "delete": "end", "forget": "forget"}
GRAVE: Final = ("permanent", "one-shot")  # effects that no later change makes good, but for charges
GUARD: Final = "guard"  # the effect of changes to what applies may do
_EFFECTS: Final = {"billed": "charge", "permanent": "permanent change", "one-shot": "one-shot"}
_LIMITS: Final = {"per month": "this month", "max monthly": "a month for all accounts"}


def verdict(document: PlanDocument, manual: int | None = None) -> str:
    """The changes, counted in a few words: `2 to create, 1 to change, 1 by hand`. `manual` counts others."""
    by_hand = document["summary"]["manual"] if manual is None else manual
    summary = document["summary"]
    parts = [settings_verdict(document)] if summary["settings"] else []
    parts += [f"{summary[key]:,} to {VERBS[key]}" for key in ACTIONS if summary[key]]
    parts = parts or ["nothing to change"]
    if by_hand:
        parts.append(f"{by_hand:,} by hand")
    return ", ".join(parts)


def guards(document: PlanDocument) -> list[ChangeRecord]:
    """The changes of settings that guard every apply: what a reviewer reads first."""
    return [change for change in document["resource_changes"] if change["effect"] == GUARD]


def settings_verdict(document: PlanDocument) -> str:
    """The number of changed settings, or `settings to record` where the ledger knows of none yet."""
    changed = document["totals"]["settings_changed"]
    return f"{count(changed, 'setting')} to change" if changed else "settings to record"


def outdated(document: PlanDocument) -> str:
    """Why a document of an older format is shown, and no more; empty where it is of today's."""
    version = str(document["format_version"])
    if not version.startswith("1."):
        return ""
    return f"a document of format {version}: its digest does not cover all that it shows. Plan again to apply it"


def action(change: ChangeRecord) -> Action:
    """The first of a change's actions; there is one in every format so far."""
    return change["change"]["actions"][0]


def stated(change: ChangeRecord) -> Sequence[str]:
    """The reason that the file gives for a block, as one sentence or none."""
    reason = change.get("stated", "")
    return (f"the file says why: {reason}",) if reason else ()


def sort_of_step(step: ManualStepRecord) -> str:
    """The topic of a manual step, or the kind of its resource: how `totals.manual_topics` counts."""
    return step["topic"] or step["address"].partition(".")[0]


def drift(document: PlanDocument) -> str:
    """The number of attributes that somebody changed at the portal; empty where there is none."""
    number = document["summary"]["drift"]
    return f"{count(number, 'attribute')} changed at the portal since the last apply" if number else ""


def left_out(document: PlanDocument) -> str:
    """The number of declared resources that were not looked at; empty where there is none."""
    number = document["left_out"]
    return f"{count(number, 'declared resource')} not looked at: the plan is of a part" if number else ""


def charge(change: ChangeRecord) -> str | None:
    """The amount that a billed change charges at once; None where nothing is charged."""
    if change["effect"] != "billed":
        return None
    price = change["price"]
    if not (price and price["now"]):
        return "price not told by the portal"
    return f"at most {price['now']}" if price.get("at_most") else str(price["now"])


def charges_now(document: PlanDocument) -> str | None:
    """The amount that an apply would charge at once; None where nothing is charged."""
    summary = document["summary"]
    if not summary["effects"].get("billed"):
        return None
    return " + ".join(summary["charges_now"]) or "an amount that the portal does not tell"


def irreversible(document: PlanDocument) -> str:
    """The changes that cannot be undone, counted; empty where there is none."""
    counts = document["totals"]["irreversible"]
    return " · ".join(count(counts[effect], words) for effect, words in _EFFECTS.items() if effect in counts)


def approval(document: PlanDocument, how: str) -> str:
    """Return the command that approves exactly this plan, or the digest that a merge approves."""
    commands = {"apply": "agencyfile apply --approved ", "approve": "agencyfile approve "}
    return f"{commands.get(how, '')}{document['digest']}"


def requests(document: PlanDocument) -> str:
    """Requests made and predicted."""
    summary = document["summary"]
    return f"{count(summary['reads'], 'read')} made · {count(summary['writes'], 'write')} predicted"


def budget(document: PlanDocument) -> Iterator[tuple[str, str, bool]]:
    """For each limit: what is spent of it with this plan, its name, and whether that is too much."""
    totals = document["totals"]
    is_billed = charges_now(document) is not None
    limits = [*(totals["budget"] if is_billed else []), *([totals["max_monthly"]] if totals["max_monthly"] else [])]
    for limit in limits:
        amount = limit["total"].partition(" ")[0]
        yield f"{amount} of {limit['most']}", _LIMITS.get(limit["name"], limit["name"]), limit["over"] is not None


def place(origin: OriginRecord | None) -> str:
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
