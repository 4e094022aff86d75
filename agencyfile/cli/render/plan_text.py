"""The plan document as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from agencyfile.cli.render.safe import one_line, printable

Document = Mapping[str, Any]

_GLYPHS = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "delete": ("-", "red"),
    "forget": ("∅", "yellow"),
}
_VERDICTS = (("create", "to create"), ("update", "to change"), ("delete", "to end"))
_EFFECTS = {"one-shot": "can be done once only", "permanent": "cannot be undone"}


def render_plan(document: Document) -> str:
    """Every change with its reason, its edits and its place, then what they come to."""
    return "\n".join(_lines(document)) + "\n"


def render_verdict(document: Document) -> str:
    """One line: how much would change."""
    summary = document["summary"]
    parts = [f"{summary[key]} {words}" for key, words in _VERDICTS if summary[key]]
    if summary["manual"]:
        parts.append(f"{summary['manual']} by hand")
    return ", ".join(parts) or "nothing to change"


def _lines(document: Document) -> Iterator[str]:
    yield click.style(f"agencyfile · {one_line(document['agency'])}", bold=True)
    yield ""
    for change in document["resource_changes"]:
        yield from _change(change, document["remote_ids"])
        yield ""
    for step in document["manual_steps"]:
        yield from _manual_step(step)
        yield ""
    for intent in document["blocked"]:
        yield from _blocked(intent)
        yield ""
    yield from _summary(document)


def _change(change: Document, remote_ids: Mapping[str, str]) -> Iterator[str]:
    verb = change["change"]["actions"][0]
    glyph, color = _GLYPHS[verb]
    yield " ".join(
        [
            click.style(f"{glyph} {one_line(change['address'])}", fg=color, bold=True),
            *_money(change),
            click.style(_place(change["origin"]), dim=True),
        ]
    )
    if verb == "update":
        yield from _edits(change["edits"], remote_ids)
        return
    yield f"    {one_line(change['reason'])}"
    yield from _pairs(change["change"]["after"] or change["removal"], remote_ids)


def _money(change: Document) -> list[str]:
    if change["effect"] == "billed":
        price = change["price"]
        amount = price["now"] if price and price["now"] else "price not told by the portal"
        kind = " (list price difference)" if change["change"]["actions"] == ["update"] else ""
        return [click.style(f"charges {amount}{kind}", fg="magenta", bold=True)]
    words = _EFFECTS.get(change["effect"])
    return [click.style(words, fg="red")] if words else []


def _pairs(attributes: Mapping[str, Any], remote_ids: Mapping[str, str]) -> Iterator[str]:
    width = max((len(name) for name in attributes), default=0)
    for name, value in attributes.items():
        yield f"      {name:<{width}}  {_value(value, remote_ids)}"


def _edits(edits: Sequence[Document], remote_ids: Mapping[str, str]) -> Iterator[str]:
    width = max(len(edit["attribute"]) for edit in edits)
    for edit in edits:
        before, after = _value(edit["before"], remote_ids), _value(edit["after"], remote_ids)
        place = click.style(_place(edit["origin"]), dim=True)
        arrow = f"{click.style(before, fg='red')} → {click.style(after, fg='green')}"
        yield f"      {edit['attribute']:<{width}}  {arrow}  {place}".rstrip()


def _value(value: object, remote_ids: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        if value.keys() == {"reference"}:
            remote_id = remote_ids.get(value["reference"])
            return f"{one_line(value['reference'])} {f'(#{remote_id})' if remote_id else '(known after apply)'}"
        return ", ".join(f"{key}: {_value(item, remote_ids)}" for key, item in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_value(item, remote_ids) for item in value) + "]"
    if value is None or value == "":
        return "(none)"
    return one_line(str(value))


def _manual_step(step: Document) -> Iterator[str]:
    title = click.style(f"☐ {one_line(step['address'])}", fg="cyan", bold=True)
    yield f"{title} by hand: {one_line(step['title'])} {click.style(_place(step['origin']), dim=True)}"
    yield f"    {one_line(step['reason'])}"
    yield from (f"      {line}" for line in printable(step["text"]).splitlines())


def _blocked(intent: Document) -> Iterator[str]:
    title = click.style(f"? {one_line(intent['address'])} outcome unknown", fg="red", bold=True)
    yield f"{title}: {intent['operation']} of {intent['time']} (ledger entry {intent['serial']})"
    yield f"    {one_line(intent['message'])}"
    yield "    nothing is planned or sent for this address until it is known what the portal did"


def _summary(document: Document) -> Iterator[str]:
    summary = document["summary"]
    yield click.style(f"Plan: {render_verdict(document)}.", bold=True)
    rows = [
        *_money_rows(summary),
        *_budget_rows(document),
        ("Requests", f"{_count(summary['reads'], 'read')} made, {_count(summary['writes'], 'write')} predicted"),
    ]
    if summary["unmanaged"]:
        rows.append(("Not touched", f"{_count(summary['unmanaged'], 'live object')} that no block names"))
    if document["resource_changes"]:
        rows.append(("Digest", document["digest"]))
    yield from (f"  {name:<17} {text}" for name, text in rows)


def _money_rows(summary: Document) -> Iterator[tuple[str, str]]:
    billed, permanent = summary["effects"].get("billed", 0), summary["effects"].get("permanent", 0)
    if billed:
        now = " + ".join(summary["charges_now"]) or "an amount that the portal does not tell"
        monthly = " + ".join(summary["per_month"])
        more = f", {monthly} per month more" if monthly else ""
        yield "Card", f"{now} now{more} (list prices, before any partner discount)"
    final = [_count(billed, "charge")] if billed else []
    final += [_count(permanent, "permanent change")] if permanent else []
    if final:
        yield "Cannot be undone", ", ".join(final)


def _budget_rows(document: Document) -> Iterator[tuple[str, str]]:
    if document["summary"]["effects"].get("billed"):
        for limit in document["budget"]:
            spent = "" if limit["spent"].startswith("0.00 ") else f", {limit['spent']} of it spent before this"
            yield f"Most {limit['name']}", f"{limit['most']}{spent}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _place(origin: Document | None) -> str:
    return f"{one_line(origin['file'])}:{origin['line']}" if origin else ""
