"""Drift as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from agencyfile.cli.render.folding import Line, painted, span
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.wording import count, place

Document = Mapping[str, Any]

_FROM_FILE: Final = "held against the file: the ledger has never seen it applied"
_BLOCKED: Final = "may be a call of our own whose outcome is not known: agencyfile ledger reconcile"


def render_drift(document: Document, *, width: int | None) -> str:
    """What was applied and what is live, by object; then what to do about it; `width` is that of a terminal, if any."""
    return "".join(f"{row}\n" for line in _lines(document) for row in painted(line, width))


def drift_words(item: Document) -> str:
    """One attribute in a sentence."""
    notes = "".join(f" ({note})" for note in _notes(item))
    return f"{item['attribute']} of {item['address']} is {_value(item['live'])}, not {_value(item['applied'])}{notes}."


def _lines(document: Document) -> Iterator[Line]:
    items = document["drift"]
    if not items:
        yield Line([span("no drift: the portal is as it was last applied")])
        return
    by_object = [(address, list(found)) for address, found in groupby(items, key=lambda item: item["address"])]
    for address, found in by_object:
        yield Line([span(one_line(address), fg="yellow", bold=True)])
        yield from _attributes(found)
        yield Line([])
    verb = "differs" if len(items) == 1 else "differ"
    numbers = f"{count(len(items), 'attribute')} of {count(len(by_object), 'object')}"
    yield Line([span(f"{numbers} {verb} from what was last applied.")])
    yield Line([span("  To set it back   agencyfile plan shows what an apply would do")], 19)
    yield Line([span("  To keep it       write it into the file")], 19)


def _attributes(items: Sequence[Document]) -> Iterator[Line]:
    """One line each; a note that is true of all of them stands above them, once."""
    notes = [list(_notes(item)) for item in items]
    shared = notes[0] if all(found == notes[0] for found in notes) else []
    yield from (_note(note, 4) for note in shared)
    width = max(len(one_line(item["attribute"])) for item in items)
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


def _notes(item: Document) -> Iterator[str]:
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
