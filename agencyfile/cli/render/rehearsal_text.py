"""A rehearsal: as text for a terminal, and as one paragraph for a comment on a pull request."""

from collections.abc import Iterator
from typing import Final

from agencyfile.cli.console import style
from agencyfile.cli.rehearsal.records import ListedRecord, ListsRecord, RehearsalDocument
from agencyfile.cli.render import money
from agencyfile.cli.render.markdown.text import prose
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line

_MOST_FAILURES: Final = 3
_LONGEST: Final = 300


def render_rehearsal(document: RehearsalDocument) -> str:
    """Calls, card, lists before and after, and the plan that follows."""
    return "".join(f"{line}\n" for line in _lines(document))


def render_paragraph(document: RehearsalDocument) -> str:
    """One paragraph of Markdown: what a reviewer has to know of it."""
    if document["refusals"]:
        return "**Not rehearsed:** an apply would refuse this plan.\n"
    if document["ok"]:
        return f"🎭 **Rehearsed** on a copy of the portal: {', '.join(_facts(document))}.\n"
    reasons = [prose(text, _LONGEST) for text in [*_doubts(document), *document["failures"]][:_MOST_FAILURES]]
    return f"⚠️ **The rehearsal on a copy of the portal did not go as planned:** {'; '.join(reasons)}.\n"


def _facts(document: RehearsalDocument) -> Iterator[str]:
    yield f"{count(document['calls']['made'], 'call')} as predicted"
    yield f"{_sum(document['charges'])} on the card"
    yield f"{_sum(document['before']['per_month'])} → {_sum(document['after']['per_month'])} a month"
    yield "the next plan is empty"


def _doubts(document: RehearsalDocument) -> Iterator[str]:
    calls = document["calls"]
    if not document["same_plan"]:
        yield "the copy led to other calls than the portal"
    if calls["predicted"] != calls["made"]:
        yield f"{calls['made']} of {count(calls['predicted'], 'call')} were made"
    if document["next_plan"]["number"]:
        yield f"the next plan has {count(document['next_plan']['number'], 'change')}"


def _lines(document: RehearsalDocument) -> Iterator[str]:
    if document["refusals"]:
        yield style("Not rehearsed: an apply would refuse this plan.", bold=True, fg="red")
        return
    ok = document["ok"]
    yield style("Rehearsed on a copy of the portal: as planned." if ok else _bad_news(document), bold=True, fg=_ink(ok))
    yield from _calls(document)
    yield from _card(document)
    yield from _changed(document)
    yield from _sizes("Before", document["before"])
    yield from _sizes("After", document["after"])
    following = document["next_plan"]
    changes = count(following["number"], "change") if following["number"] else "empty"
    yield f"  Next plan  {changes}, {count(following['manual_steps'], 'manual step')} for people"
    yield from (f"             {one_line(address)}" for address in following["changes"])
    yield f"  The portal itself was only read: {count(document['requests'], 'request')}. Its ledger is as it was."
    yield from (f"  Not copied: {one_line(text)}" for text in document["left_out"])


def _ink(ok: bool) -> str:  # noqa: FBT001 - a value that is shown
    return "green" if ok else "red"


def _bad_news(document: RehearsalDocument) -> str:
    reasons = [*_doubts(document), *document["failures"][:_MOST_FAILURES]]
    return f"The rehearsal did not go as planned: {one_line('; '.join(reasons))}."


def _calls(document: RehearsalDocument) -> Iterator[str]:
    calls = document["calls"]
    yield (
        f"  Calls      {calls['made']:,} made, {calls['predicted']:,} predicted, "
        f"{calls['recorded']:,} writes in the local portal's book"
    )
    for made in document["made"]:
        why = f"  {one_line(made['message'])}" if made["message"] else ""
        mark = "" if made["outcome"] == "confirmed" else f"  {made['outcome']}"
        yield f"    {made['operation']:<24} {one_line(made['address'])}{mark}{why}"


def _card(document: RehearsalDocument) -> Iterator[str]:
    predicted = _sum(document["predicted_charges"])
    yield f"  Card       {_sum(document['charges'])} charged, {predicted} predicted (list prices)"
    for row in document["card"]:
        yield f"    {money.amount(row['amount']):>16}  {one_line(row['account'])}: {one_line(row['description'])}"


def _changed(document: RehearsalDocument) -> Iterator[str]:
    if document["changed"] or document["snapshots"]:
        yield "  Lists"
    for change in document["changed"]:
        before, after = change["before"], change["after"]
        yield f"    {one_line(change['address'])}: {' · '.join(_differences(before, after))}"
    for snapshot in document["snapshots"]:
        yield f"    snapshot {one_line(snapshot['name'])}: {snapshot['before']} → {snapshot['after']}"


def _differences(before: ListedRecord | None, after: ListedRecord | None) -> Iterator[str]:
    if before is None or after is None:
        yield "new" if before is None else "gone"
    for name in ("status", "plan", "client", "domain", "notification"):
        old, new = (str(one[name]) if one else "" for one in (before, after))
        if old != new:
            yield f"{name} {one_line(old) or '(none)'} → {one_line(new) or '(none)'}"


def _sizes(head: str, lists: ListsRecord) -> Iterator[str]:
    yield (
        f"  {head:<9}  {count(lists['accounts'], 'account')}, {lists['archived']:,} archived, "
        f"{count(lists['snapshots'], 'snapshot')}, {_sum(lists['per_month'])} a month"
    )


def _sum(amounts: list[str]) -> str:
    return " + ".join(map(money.amount, amounts)) or money.NOTHING
