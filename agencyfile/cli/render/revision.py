"""Differences between two revisions of an agency file as text, Markdown or JSON. They need no portal."""

from collections.abc import Iterator
from typing import Final

from agencyfile.cli.console import style
from agencyfile.cli.records import RevisedBlock, RevisedEdit, RevisionDocument
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.markdown.head import GUARDED
from agencyfile.cli.render.markdown.text import code, details, diff, prose, table
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.safe import one_line, shortened
from agencyfile.cli.render.wording import place, value_words
from plan.revision import ADDED, CHANGED, ENDED, TAKEN_OUT

GLYPHS: Final = {ADDED: "+", CHANGED: "~", TAKEN_OUT: "○", ENDED: "-"}
_COLORS: Final = {ADDED: "green", CHANGED: "yellow", TAKEN_OUT: "yellow", ENDED: "red"}
UNASKED: Final = "The portal was not asked: prices, what exists already and manual steps are not known."
_MOST: Final = 400  # rows of a table
_MOST_WORDS: Final = 50  # the gravest stand first


def render_revision_text(document: RevisionDocument) -> str:
    """For a terminal."""
    return "\n".join(_text(document)) + "\n"


def render_revision_markdown(document: RevisionDocument) -> str:
    """For a pull request; every name is shown as text."""
    return "\n\n".join(_markdown(document)) + "\n"


def _verdict(document: RevisionDocument) -> str:
    parts = [f"{number:,} {action}" for action, number in document["summary"]["actions"].items()]
    return ", ".join(parts) or "nothing differs"


def _text(document: RevisionDocument) -> Iterator[str]:
    yield style(f"agencyfile · {one_line(document['agency'])} · since {one_line(document['base'])}", bold=True)
    yield ""
    for change in document["changes"]:
        title = style(f"{GLYPHS[change['action']]} {one_line(change['address'])}", fg=_COLORS[change["action"]])
        yield f"{title} {change['action']} {style(one_line(place(change['origin'])), dim=True)}"
        if change["words"]:
            yield from (f"      {one_line(words)}" for words in change["words"])
            continue
        yield from (f"      {_edit(edit)}" for edit in change["edits"])
    yield from [""] if document["changes"] else []
    yield style(f"Offline: {_verdict(document)}.", bold=True)
    yield f"  {UNASKED}"


def _edit(edit: RevisedEdit) -> str:
    before, after = (shortened(value_words(value, {}), 200) for value in (edit["before"], edit["after"]))
    return f"{one_line(edit['attribute'])}  {before} → {after}"


def _markdown(document: RevisionDocument) -> Iterator[str]:
    yield f"### agencyfile · {code(document['agency'])} · **{_verdict(document)}** since {code(document['base'])}"
    yield prose(UNASKED)
    changes = document["changes"]
    if not changes:
        return
    words = [words for change in changes for words in change["words"]]
    if words:
        yield "\n".join([GUARDED, "", *(f"- {code(line)}" for line in words[:_MOST_WORDS])])
    shown, rest = cut_after(changes, _MOST)
    rows = (
        [GLYPHS[item["action"]], code(item["address"]), item["action"], code(place(item["origin"]))] for item in shown
    )
    yield table(("", "Object", "", "From"), rows)
    if rest.items:
        yield rest.words
        return
    edited = [change for change in changes if change["edits"]]
    if edited:
        lines = [line for change in edited for line in _diff(change)]
        yield details(f"Attributes of {count(document['summary']['edited'], 'block')}", diff(lines))


def _diff(change: RevisedBlock) -> Iterator[str]:
    yield f"@@ {one_line(change['address'])} @@"
    for edit in change["edits"]:
        yield f"- {edit['attribute']}: {shortened(value_words(edit['before'], {}), 1000)}"
        yield f"+ {edit['attribute']}: {shortened(value_words(edit['after'], {}), 1000)}"
