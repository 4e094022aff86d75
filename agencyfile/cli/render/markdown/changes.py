"""The changes: a row each, their attributes as a diff, and their numbers alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.markdown.text import NAME, SENTENCE, code, details, diff, money, prose, table
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line, shortened
from plan.records.diagnostic import OriginRecord
from plan.records.document import Action, ChangeRecord, ManualStepRecord, PlanDocument

_MOST_KINDS: Final = 20
_HEAD: Final = ("", "Object", "Why", "From")


def rows(document: PlanDocument) -> str:
    """One row per change and manual step: what, why, and where it is declared."""
    found = [
        *(_change(change) for change in document["resource_changes"] if change["effect"] != wording.GUARD),
        *(_manual_step(step) for step in document["manual_steps"]),
    ]
    return table(_HEAD, found) if found else ""


def diffs(document: PlanDocument) -> str:
    """Every attribute that a change sets, folded."""
    changes = [change for change in document["resource_changes"] if change["effect"] != wording.GUARD]
    if not changes:
        return ""
    lines = (line for change in changes for line in _diff(change, document))
    return details(f"Attributes of {count(document['totals']['object_changes'], 'change')}", diff(lines))


def counts(document: PlanDocument) -> str:
    """Render the number of changes of each kind of resource, by verb."""
    found = document["totals"]["objects"]
    verbs = [verb for verb in wording.ACTIONS if any(verb in numbers for numbers in found.values())]
    head = ["Kind", *(f"{wording.GLYPHS[verb]} to {wording.VERBS[verb]}" for verb in verbs)]
    kinds, _ = cut_after(sorted(found), _MOST_KINDS)
    return table(head, [[prose(kind, 40), *_numbers(found[kind], verbs)] for kind in kinds])


def _numbers(found: Mapping[Action, int], verbs: Sequence[Action]) -> Iterator[str]:
    yield from (f"{found.get(verb, 0):,}" for verb in verbs)


def grave(document: PlanDocument, most: int) -> str:
    """The changes that no later one makes good, but for charges: a short row each, up to `most` of them."""
    found = [change for change in document["resource_changes"] if change["effect"] in wording.GRAVE]
    if not found:
        return ""
    shown, rest = cut_after(found, most)
    rows = table(_HEAD, (_change(change, 60) for change in shown))
    return "\n\n".join(filter(None, ["Cannot be undone, besides charges:", rows, rest.words]))


def _change(change: ChangeRecord, most: int = NAME) -> list[str]:
    glyph = wording.GLYPHS[wording.action(change)]
    what = f"{glyph} {_effect(change)}".strip()
    return [what, code(change["address"], most), prose(change["reason"], most), _place(change["origin"], most)]


def _effect(change: ChangeRecord) -> str:
    charge = wording.charge(change)
    if charge is not None:
        return f"💳 {money(charge) if change['price'] and change['price']['now'] else charge}"
    return f"**{change['effect']}**" if change["effect"] in wording.GRAVE else ""


def _manual_step(step: ManualStepRecord) -> list[str]:
    what = "☐ **one-shot**" if step["effect"] == "one-shot" else "☐"
    return [what, code(step["id"]), prose(step["title"]), _place(step["origin"])]


def _place(origin: OriginRecord | None, most: int = NAME) -> str:
    return code(wording.place(origin), most) if origin else ""


def _diff(change: ChangeRecord, document: PlanDocument) -> Iterator[str]:
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


def _value(value: object, document: PlanDocument) -> str:
    return shortened(wording.value_words(value, document["remote_ids"]), SENTENCE)
