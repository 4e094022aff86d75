"""Drift as text for a terminal."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

import click

from agencyfile.cli.render.safe import one_line

Document = Mapping[str, Any]

_NOTES: Final = {
    "file": "what the file declares; the ledger has never seen it applied",
    "blocked": "may be a call of our own whose outcome is not known: agencyfile ledger reconcile",
}


def render_drift(document: Document) -> str:
    """What was applied and what is live, by object; then what to do about it."""
    return "\n".join(_lines(document)) + "\n"


def drift_words(item: Document) -> str:
    """One attribute in a sentence."""
    notes = "".join(f" ({note})" for note in _notes(item))
    return f"{item['attribute']} of {item['address']} is {_value(item['live'])}, not {_value(item['applied'])}{notes}."


def _lines(document: Document) -> Iterator[str]:
    items = document["drift"]
    if not items:
        yield "no drift: the portal is as it was last applied"
        return
    addresses = 0
    for address, found in groupby(items, key=lambda item: item["address"]):
        addresses += 1
        yield click.style(one_line(address), fg="yellow", bold=True)
        yield from _attributes(list(found))
        yield ""
    verb = "differs" if len(items) == 1 else "differ"
    yield f"{_count(len(items), 'attribute')} of {_count(addresses, 'object')} {verb} from what was last applied."
    yield "  To set it back   agencyfile plan shows what an apply would do"
    yield "  To keep it       write it into the file"


def _attributes(items: list[Document]) -> Iterator[str]:
    width = max(len(one_line(item["attribute"])) for item in items)
    for item in items:
        arrow = f"{click.style(_value(item['applied']), fg='red')} → {click.style(_value(item['live']), fg='green')}"
        origin = item["origin"]
        place = click.style(f"{one_line(origin['file'])}:{origin['line']}", dim=True)
        yield f"    {one_line(item['attribute']):<{width}}  {arrow}  {place}"
        yield from (click.style(f"    {'':<{width}}  {note}", dim=True) for note in _notes(item))


def _notes(item: Document) -> Iterator[str]:
    if item["reference"] == "file":
        yield _NOTES["file"]
    if item["is_blocked"]:
        yield _NOTES["blocked"]


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        if value.keys() == {"reference"}:
            return one_line(str(value["reference"]))
        return ", ".join(f"{one_line(str(key))}: {_value(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return "(none)" if value is None or value == "" else one_line(str(value))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
