"""Drift as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from agencyfile.cli.records import DriftDocument, PlacedDrift
from agencyfile.cli.render.folding import Line, painted, span, widest
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.wording import place

_FROM_FILE: Final = "held against the file: the ledger has never seen it applied"
_BLOCKED: Final = "may be a call of our own whose outcome is not known: agencyfile ledger reconcile"


def render_drift(document: DriftDocument, *, width: int | None) -> str:
    """Render applied and live values by object, then what to do. `width` is the terminal's, None without one."""
    return "".join(f"{row}\n" for line in _lines(document) for row in painted(line, width))


def drift_words(item: PlacedDrift) -> str:
    """One attribute in a sentence."""
    notes = "".join(f" ({note})" for note in _notes(item))
    return f"{item['attribute']} of {item['address']} is {_value(item['live'])}, not {_value(item['applied'])}{notes}."


def _lines(document: DriftDocument) -> Iterator[Line]:
    items = document["drift"]
    if not items:
        yield Line([span("no drift: the portal is as it was last applied")])
        return
    for address, found in groupby(items, key=lambda item: item["address"]):
        yield Line([span(one_line(address), fg="yellow", bold=True)])
        yield from _attributes(list(found))
        yield Line([])
    summary = document["summary"]
    verb = "differs" if summary["attributes"] == 1 else "differ"
    numbers = f"{count(summary['attributes'], 'attribute')} of {count(summary['objects'], 'object')}"
    yield Line([span(f"{numbers} {verb} from what was last applied.")])
    yield Line([span("  To set it back   agencyfile plan shows what an apply would do")], 19)
    yield Line([span("  To keep it       write it into the file")], 19)


def _attributes(items: Sequence[PlacedDrift]) -> Iterator[Line]:
    """One line each; a note that is true of all of them stands above them, once."""
    notes = [list(_notes(item)) for item in items]
    shared = notes[0] if all(found == notes[0] for found in notes) else []
    yield from (_note(note, 4) for note in shared)
    width = widest(one_line(item["attribute"]) for item in items)
    for item, own in zip(items, notes, strict=True):
        yield Line(
            [
                span(f"    {one_line(item['attribute']):<{width}}  "),
                span(one_line(_value(item["applied"])), fg="red"),
                span(" → "),
                span(one_line(_value(item["live"])), fg="green"),
                span(f"  {one_line(place(item['origin']))}", dim=True),
            ],
            width + 6,
        )
        yield from (_note(note, width + 6) for note in own if not shared)


def _note(note: str, indent: int) -> Line:
    return Line([span(f"{' ' * indent}({note})", dim=True)], indent + 1)


def _notes(item: PlacedDrift) -> Iterator[str]:
    if item["reference"] == "file":
        yield _FROM_FILE
    if item["is_blocked"]:
        yield _BLOCKED


def _value(value: object) -> str:
    """A value that is there: a reference is the object of that name."""
    if isinstance(value, Mapping):
        if value.keys() == {"reference"}:
            return str(value["reference"])
        return ", ".join(f"{key}: {_value(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return "(none)" if value is None or value == "" else str(value)
