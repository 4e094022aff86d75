"""The changes: their attributes as a diff, and their numbers alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.render import wording
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.markdown.text import SENTENCE, details, diff, prose, table
from agencyfile.cli.render.safe import one_line, shortened
from plan.records.document import Action, ChangeRecord, PlanDocument

_MOST_KINDS: Final = 20


def diffs(document: PlanDocument) -> str:
    """Every attribute that a change sets, folded."""
    shown_above = _of_templates(document)
    changes = [
        change
        for change in document["resource_changes"]
        if change["effect"] != wording.GUARD and change["address"] not in shown_above
    ]
    if not changes:
        return ""
    alike: dict[tuple[str, ...], list[ChangeRecord]] = {}
    for change in changes:
        alike.setdefault((wording.action(change), *_diff(change, document)), []).append(change)
    lines = (line for (_, *body), found in alike.items() for line in (_title(found), *body))
    return details("Attributes that change", diff(lines))


def _title(changes: Sequence[ChangeRecord]) -> str:
    """Return the line above a diff: the object and its place, or the first of those that change alike."""
    (first, *_), rest = cut_after(changes, 1)
    verb = wording.VERBS[wording.action(first)]
    names = f"{one_line(first['address'])} {rest.words}".rstrip()
    return f"@@ {names} @@ {verb} {wording.place(first['origin']) if not rest.items else ''}".rstrip()


def _of_templates(document: PlanDocument) -> frozenset[str]:
    """The changes that carry a template's content, where its difference is shown once for all of them."""
    request = document["request"]
    shown = {content["address"] for content in request["contents"]} if request else set()
    rows = (row for row in document["rows"] if row["address"] in shown)
    return frozenset(address for row in rows for address in row["changes"])


def counts(document: PlanDocument) -> str:
    """Render the number of changes of each kind of resource, by verb."""
    found = document["totals"]["objects"]
    verbs = [verb for verb in wording.ACTIONS if any(verb in numbers for numbers in found.values())]
    head = ["Kind", *(f"{wording.GLYPHS[verb]} to {wording.VERBS[verb]}" for verb in verbs)]
    kinds, _ = cut_after(sorted(found), _MOST_KINDS)
    return table(head, [[prose(kind, 40), *_numbers(found[kind], verbs)] for kind in kinds])


def _numbers(found: Mapping[Action, int], verbs: Sequence[Action]) -> Iterator[str]:
    yield from (f"{found.get(verb, 0):,}" for verb in verbs)


def _diff(change: ChangeRecord, document: PlanDocument) -> Iterator[str]:
    if change["edits"]:
        for edit in change["edits"]:
            yield f"- {edit['attribute']}: {_value(edit['before'], document)}"
            yield f"+ {edit['attribute']}: {_value(edit['after'], document)}"
        return
    sign = "+" if wording.action(change) == "create" else "-"
    for name, value in (change["change"]["after"] or change["removal"] or {}).items():
        yield f"{sign} {name}: {_value(value, document)}"


def _value(value: object, document: PlanDocument) -> str:
    return shortened(wording.value_words(value, document["remote_ids"]), SENTENCE)
