"""The list of changes: what an apply would do, one fold for each, with the controls that narrow the list down."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose, void
from agencyfile.cli.render.html.rows import cells, fact_list, fold, heading, mark
from agencyfile.cli.render.html.values import Referents, anchor, attribute_list, edit_list
from agencyfile.cli.render.html.wording import GLYPHS, OTHER, effect_words, money_of, verb
from agencyfile.cli.render.wording import VERBS
from plan.records.document import ChangeRecord, PlanDocument

_EFFECT_ORDER: Final = ("guard", "billed", "one-shot", "permanent", "reversible")


def render_changes(document: PlanDocument, referents: Referents) -> Markup | None:
    """Every change in the order of the plan."""
    changes, total = document["resource_changes"], document["totals"]["changes"]
    if not changes:
        return None
    return element(
        "section",
        element("div", heading("Changes", total), _folds(), class_="headed"),
        _facets(document),
        _search(total),
        element("ol", *_rows(changes, referents), class_="list", role="list"),
        element("p", "No change matches.", class_="note", id="no-match", hidden=True),
        id="changes",
    )


def _search(total: int) -> Markup:
    """The search field and how many changes it leaves; it stays in sight while the list scrolls."""
    field = void(
        "input",
        id="search",
        type="search",
        placeholder="Address, reason or file",
        aria_label="Search changes by address, reason or file",
        autocomplete="off",
        spellcheck="false",
    )
    shown = element("output", f"{total:,} of {total:,}", id="shown", for_="search")
    return element("div", field, shown, class_="search script", role="search")


def _facets(document: PlanDocument) -> Markup:
    """One group of switches for each thing to filter by."""
    totals = document["totals"]
    counted: Mapping[str, Mapping[str, int]] = {
        "Action": {VERBS[action]: number for action, number in totals["actions"].items()},
        "Effect": _gravest_first(document["summary"]["effects"]),
        "Kind": totals["kinds"],
    }
    groups = [_facet(title, numbers) for title, numbers in counted.items()]
    clear = element("button", "Clear filters", type="button", id="clear", hidden=True)
    return element("div", *groups, clear, class_="facets script")


def _folds() -> Markup:
    """Return the buttons that expand and collapse all changes on the page."""
    expand = element("button", "Expand all", type="button", id="expand")
    collapse = element("button", "Collapse all", type="button", id="collapse")
    return element("div", expand, " ", collapse, class_="script")


def _gravest_first(numbers: Mapping[str, int]) -> Mapping[str, int]:
    """Return the effects, the most serious first. Effects that this version does not know come last."""
    ordered = dict.fromkeys([*_EFFECT_ORDER, *numbers])
    return {effect: numbers[effect] for effect in ordered if effect in numbers}


def _facet(title: str, numbers: Mapping[str, int]) -> Markup:
    facet = title.lower()
    buttons = [
        element(
            "button",
            name_of(word),
            element("small", f"{number:,}"),
            type="button",
            data_facet=facet,
            value=word,
            aria_pressed="false",
        )
        for word, number in numbers.items()
    ]
    return element("div", element("span", title), *buttons, role="group", aria_label=f"Filter by {facet}")


def _rows(changes: Iterable[ChangeRecord], referents: Referents) -> Iterator[Markup]:
    seen: set[str] = set()
    for change in changes:
        address = str(change["address"])
        yield _row(change, referents, None if address in seen else anchor(address))
        seen.add(address)


def _row(change: ChangeRecord, referents: Referents, identity: str | None) -> Markup:
    action = verb(change)
    row = cells(
        mark(GLYPHS.get(action, OTHER), action, action if action in GLYPHS else "other"),
        name_of(change["address"]),
        prose(change["reason"]),
        effect=str(change["effect"]),
        money=money_of(change),
        origin=change["origin"],
    )
    return element(
        "li",
        fold(row, _attributes(change, referents), fact_list(_facts(change, referents))),
        id=identity,
        data_action=action,
        data_effect=str(change["effect"]),
        data_kind=str(change["kind"]),
    )


def _attributes(change: ChangeRecord, referents: Referents) -> Markup:
    if change["edits"]:
        shown = edit_list(change["edits"], change["origin"], referents)
    else:
        shown = attribute_list(change["change"]["after"] or change["removal"] or {}, referents)
    words = [element("li", name_of(words)) for words in change["words"]]
    return join([element("ul", *words, class_="words"), shown]) if words else shown


def _facts(change: ChangeRecord, referents: Referents) -> Iterator[tuple[str, Markup]]:
    """Yield further facts about a change."""
    words = effect_words(change)
    if words:
        yield "Effect", prose(words)
    if change.get("stated"):
        yield "The file says why", name_of(change["stated"])
    if change["remote_id"]:
        yield "Remote id", element("code", name_of(change["remote_id"]))
    if change["baseline"]:
        yield "Same name already", join([element("code", name_of(remote_id)) for remote_id in change["baseline"]], ", ")
    if change["depends_on"]:
        yield "After", join([referents.link(address) for address in change["depends_on"]], ", ")
    if change["calls"]:
        yield "Calls", join([element("code", name_of(call["operation"])) for call in change["calls"]], ", ")
    if change["forgets"]:
        yield "Forgets", join([referents.link(address) for address in change["forgets"]], ", ")
