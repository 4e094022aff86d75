"""The first lines: the verdict, the money, what cannot be undone, what to approve."""

import re
from collections.abc import Iterator
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.markdown.text import code, money, prose, table
from agencyfile.cli.render.numbers import count
from plan.records.document import PlanDocument

_MOST_SETTINGS: Final = 15  # the gravest stand first
_AMOUNT: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")
_LINE: Final = 200  # characters of one setting
_RECORDED: Final = "Settings, recorded for the first time:"
GUARDED: Final = "⚠️ **This changes what every apply may do:**"


def heading(document: PlanDocument) -> str:
    """One line: whose plan, how much would change, what it costs."""
    parts = ["### agencyfile", prose(document["agency"], 100), f"**{_verdict(document)}**", *_money(document)]
    if document["refusals"]:
        parts.append("⛔ **an apply refuses it**")
    if document["blocked"]:
        parts.append(f"⛔ **{count(document['totals']['blocked'], 'call')} with an unknown outcome**")
    return " · ".join(parts)


def outdated(document: PlanDocument) -> str:
    """Return a notice for a document of an older format; empty for one of today's."""
    words = wording.outdated(document)
    return f"⚠️ This is {prose(words)}." if words else ""


def facts(document: PlanDocument) -> str:
    """Render the facts that a reviewer needs for a decision, one row each."""
    rows = [
        ("Budget", _budget(document)),
        ("Cannot be undone", wording.irreversible(document)),
        ("API calls", wording.requests(document)),
        ("Manual steps", f"{document['summary']['manual']:,}" if document["summary"]["manual"] else ""),
        ("Left out", wording.left_out(document)),
        ("Approve", _approval(document)),
    ]
    return table(["", ""], [row for row in rows if row[1]])


def settings(document: PlanDocument) -> str:
    """Render changes of what an apply may do. They come before everything else and are the same in every stage."""
    guards = wording.guards(document)
    words = [words for change in guards for words in change["words"]]
    if not words:
        return ""
    is_first = all(wording.action(change) == "create" for change in guards)
    shown, rest = cut_after(words, _MOST_SETTINGS)
    lines = [*(f"- {code(line, _LINE)}" for line in shown), *([f"- {rest.words}"] if rest.items else [])]
    return "\n".join([_RECORDED if is_first else GUARDED, "", *lines])


def _verdict(document: PlanDocument) -> str:
    errors = document["totals"]["errors"]
    words = wording.verdict(document)
    return words if document["applicable"] else f"cannot be applied: {count(errors, 'error')}** · **{words}"


def _money(document: PlanDocument) -> Iterator[str]:
    now, summary = wording.charges_now(document), document["summary"]
    if now is None:
        return
    amounts = summary["charges_now"]
    words = " ".join(f"+{money(amount)}" for amount in amounts[:3]) if amounts else "a charge whose price is not told:"
    monthly = ", ".join(f"+{money(amount)}/month" for amount in summary["per_month"][:3])
    yield f"💳 **{words} now** (list price)" + (f", {monthly}" if monthly else "")


def _budget(document: PlanDocument) -> str:
    if wording.charges_now(document) is None:
        return ""
    parts = [
        f"{'⛔ **over:** ' if is_over else ''}{_spent(spent)} {prose(name, 40)}"
        for spent, name, is_over in wording.budget(document)
    ]
    return " · ".join(parts[:5])


def _spent(text: str) -> str:
    amount, _, most = text.partition(" of ")
    return f"{amount if _AMOUNT.fullmatch(amount) else code(amount)} of {money(most)}"


def _approval(document: PlanDocument) -> str:
    if not (document["applicable"] and document["resource_changes"]) or wording.outdated(document):
        return ""
    command = code(f"agencyfile apply --approved {document['digest']}")
    return f"{command} with the same part chosen" if document["left_out"] else command
