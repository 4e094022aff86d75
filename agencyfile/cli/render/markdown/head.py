"""The first lines: the verdict, the money, what cannot be undone, what to approve."""

import re
from collections.abc import Iterator
from typing import Final

from agencyfile.cli.render import money, wording
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.markdown.text import code, prose, table
from agencyfile.cli.render.markdown.text import money as amount_of
from agencyfile.cli.render.numbers import count
from plan.records.document import PlanDocument

_MOST_SETTINGS: Final = 15  # the gravest stand first
_AMOUNT: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")
_MOST_AUTHORS: Final = 5
_LINE: Final = 200  # characters of one setting
_RECORDED: Final = "Settings, recorded for the first time:"
GUARDED: Final = "⚠️ **This changes what every apply may do:**"


def heading(document: PlanDocument) -> str:
    """One line: whose plan, how much would change, what it costs."""
    parts = ["### agencyfile", prose(document["agency"], 100), f"**{_verdict(document)}**", *_money(document)]
    left = document["money"]["left"]
    if document["money"]["left_objects"]:
        words = count(document["money"]["left_objects"], "block")
        parts.append(f"⚠️ **{words} left the file, still billed {money.per_month(left)} a month**")
    if document["refusals"]:
        parts.append("⛔ **an apply refuses it**")
    if document["blocked"]:
        parts.append(f"⛔ **{count(document['totals']['blocked'], 'call')} with an unknown outcome**")
    return " · ".join(parts)


def outdated(document: PlanDocument) -> str:
    """Return a notice for a document of an older format; empty for one of today's."""
    words = wording.outdated(document)
    return f"⚠️ This is {prose(words)}." if words else ""


def facts(document: PlanDocument, approval: str) -> str:
    """Render the facts that a reviewer needs for a decision, one row each."""
    rows = [
        ("Budget", _budget(document)),
        ("Cannot be undone", wording.irreversible(document)),
        ("API calls", wording.requests(document)),
        ("Asked by", asked(document)),
        ("Manual steps", f"{document['review']['manual_steps']:,}" if document["review"]["manual_steps"] else ""),
        ("Left out", wording.left_out(document)),
        ("Approve", _approval(document, approval)),
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
    words = wording.verdict(document, document["review"]["manual_steps"])
    return words if document["applicable"] else f"cannot be applied: {count(errors, 'error')}** · **{words}"


def _money(document: PlanDocument) -> Iterator[str]:
    words = money.now(document["money"]["now"])
    if words:
        yield f"💳 **{words} now** (list price)"
    net = money.net(document)
    if net and document["resource_changes"]:
        yield f"per month **{net}**"


def asked(document: PlanDocument) -> str:
    """Return the authors of the request, and since when; empty where the plan does not tell."""
    request = document["request"]
    if request is None or not request["authors"]:
        return ""
    shown, rest = cut_after(request["authors"], _MOST_AUTHORS)
    names = ", ".join(f"{code(author['name'], 60)} ({count(author['commits'], 'commit')})" for author in shown)
    more = f" {rest.words}" if rest.items else ""
    return f"{names}{more} since {code(request['since'][:16])}"


def _budget(document: PlanDocument) -> str:
    parts = [
        f"{'⛔ **over:** ' if is_over else ''}{_spent(spent)} {prose(name, 40)}"
        for spent, name, is_over in wording.budget(document)
    ]
    return " · ".join(parts[:5])


def _spent(text: str) -> str:
    amount, _, most = text.partition(" of ")
    return f"{amount if _AMOUNT.fullmatch(amount) else code(amount)} of {amount_of(most)}"


def _approval(document: PlanDocument, approval: str) -> str:
    if not (document["applicable"] and document["resource_changes"]) or wording.outdated(document):
        return ""
    if document["refusals"]:
        return "⛔ An apply refuses this plan, so there is nothing to approve."
    return (
        f"{_HOW[approval]} {code(wording.approval(document, approval))}{_PART if document['left_out'] else ''}".strip()
    )


_PART: Final = " with the same part chosen"
_HOW: Final = {"merge": "Merging approves exactly this plan:", "approve": "", "apply": ""}
