"""The changes: a row each, their attributes as a diff, and their numbers alone."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.markdown.text import NAME, SENTENCE, code, details, diff, money, prose, table
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.cli.render.wording import Document

_HEAD: Final = ("", "Object", "Why", "From")


def rows(document: Document) -> str:
    """One row per change and manual step: what, why, and where it is declared."""
    found = [
        *(_change(change) for change in document["resource_changes"] if change["effect"] != wording.GUARD),
        *(_manual_step(step) for step in document["manual_steps"]),
    ]
    return table(_HEAD, found) if found else ""


def diffs(document: Document) -> str:
    """Every attribute that a change sets, folded."""
    changes = [change for change in document["resource_changes"] if change["effect"] != wording.GUARD]
    if not changes:
        return ""
    lines = (line for change in changes for line in _diff(change, document))
    return details(f"Attributes of {wording.count(len(changes), 'change')}", diff(lines))


def counts(document: Document) -> str:
    """How many changes there are of each kind of resource, by verb."""
    changes = (change for change in document["resource_changes"] if change["effect"] != wording.GUARD)
    found = Counter((change["kind"], wording.action(change)) for change in changes)
    verbs = [verb for verb in wording.VERBS if any(action == verb for _, action in found)]
    kinds = sorted({kind for kind, _ in found})[:20]
    head = ["Kind", *(f"{wording.GLYPHS[verb]} to {wording.VERBS[verb]}" for verb in verbs)]
    return table(head, [[prose(kind, 40), *(f"{found[kind, verb]:,}" for verb in verbs)] for kind in kinds])


def grave(document: Document, most: int) -> str:
    """The changes that no later one makes good, but for charges: a short row each, up to `most` of them."""
    found = [change for change in document["resource_changes"] if change["effect"] in wording.GRAVE]
    if not found:
        return ""
    rest = len(found) - most
    shown = table(_HEAD, (_change(change, 60) for change in found[:most]))
    return "Cannot be undone, besides charges:\n\n" + shown + (f"\n\nand {rest:,} more" if rest > 0 else "")


def _change(change: Document, most: int = NAME) -> list[str]:
    glyph = wording.GLYPHS[wording.action(change)]
    what = f"{glyph} {_effect(change)}".strip()
    return [what, code(change["address"], most), prose(change["reason"], most), _place(change["origin"], most)]


def _effect(change: Document) -> str:
    charge = wording.charge(change)
    if charge is not None:
        return f"💳 {money(charge) if change['price'] and change['price']['now'] else charge}"
    return f"**{change['effect']}**" if change["effect"] in wording.GRAVE else ""


def _manual_step(step: Document) -> list[str]:
    what = "☐ **one-shot**" if step["effect"] == "one-shot" else "☐"
    return [what, code(wording.name_of_step(step)), prose(step["title"]), _place(step["origin"])]


def _place(origin: Document | None, most: int = NAME) -> str:
    return code(wording.place(origin), most) if origin else ""


def _diff(change: Document, document: Document) -> Iterator[str]:
    verb = wording.VERBS[wording.action(change)]
    yield f"@@ {one_line(change['address'])} @@ {verb} {wording.place(change['origin'])}".rstrip()
    if change["edits"]:
        for edit in change["edits"]:
            yield f"- {edit['attribute']}: {_value(edit['before'], document)}"
            yield f"+ {edit['attribute']}: {_value(edit['after'], document)}"
        return
    sign = "+" if verb == "create" else "-"
    for name, value in (change["change"]["after"] or change["removal"] or {}).items():
        yield f"{sign} {name}: {_value(value, document)}"


def _value(value: object, document: Document) -> str:
    return shortened(wording.value_words(value, document["remote_ids"]), SENTENCE)
