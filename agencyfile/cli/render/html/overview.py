"""The first screen: the verdict, the money, what cannot be undone, and what to approve."""

from collections.abc import Iterator

from agencyfile.cli.render import money
from agencyfile.cli.render.html.budget import render_budget
from agencyfile.cli.render.html.markup import Markup, element, join, name_of
from agencyfile.cli.render.html.wording import GLYPHS, MANUAL, OTHER, verb
from agencyfile.cli.render.numbers import count
from agencyfile.cli.render.wording import (
    ACTIONS,
    VERBS,
    guards,
    outdated,
    requests,
    settings_verdict,
)
from plan.records.document import PlanDocument


def render_overview(document: PlanDocument, approval: str) -> Markup:
    """Render the facts that a reviewer reads first."""
    facts = [join([element("dt", name), element("dd", value)]) for name, value in _facts(document, approval)]
    first = (_outdated(document), *_settings(document), *_refusals(document))
    return join([_verdict(document), *first, element("dl", *facts, class_="overview")])


def _verdict(document: PlanDocument) -> Markup:
    """Each verb with its sign."""
    summary = document["summary"]
    parts = [
        _part(GLYPHS.get(verb(change), OTHER), verb(change), settings_verdict(document)) for change in guards(document)
    ]
    words = ((VERBS[action], summary[action]) for action in ACTIONS if summary[action])
    parts += [_part(GLYPHS[word], word, f"{number:,} to {word}") for word, number in words]
    if summary["manual"]:
        parts.append(_part(MANUAL, "manual", f"{summary['manual']:,} by hand"))
    return element("h1", join(parts, " ") if parts else "Nothing to change")


def _part(glyph: str, kind: str, words: str) -> Markup:
    known = kind if kind in (*GLYPHS, "manual") else "other"
    return element("span", element("b", glyph, class_=f"mark {known}", aria_hidden="true"), words)


def _outdated(document: PlanDocument) -> Markup | None:
    words = outdated(document)
    return element("p", f"This is {words}.", class_="refusal") if words else None


def _settings(document: PlanDocument) -> Iterator[Markup]:
    """Yield the changes of what an apply may do; they come before everything else."""
    for change in guards(document):
        if verb(change) == "create":
            continue
        words = (element("li", name_of(words)) for words in change["words"])
        yield element(
            "div", element("p", "This changes what every apply may do:"), element("ul", *words), class_="guard"
        )


def _refusals(document: PlanDocument) -> Iterator[Markup]:
    """Yield the reasons why an apply refuses this plan."""
    totals = document["totals"]
    if not document["applicable"]:
        words = f"An apply refuses this plan: it has {count(totals['errors'], 'error')}."
        yield element("p", element("a", words, href="#diagnostics"), class_="refusal")
    for refusal in document["refusals"]:
        yield element(
            "p", f"An apply refuses this plan: {refusal['message']}. Fix: {refusal['fix']}.", class_="refusal"
        )
    if document["blocked"]:
        words = f"What came of {count(totals['blocked'], 'call')} is not known. Settle that first."
        yield element("p", element("a", words, href="#blocked"), class_="refusal")


def _facts(document: PlanDocument, approval: str) -> Iterator[tuple[str, Markup]]:
    yield "Card", _card(document)
    yield from _per_month(document)
    budget = render_budget(document)
    if budget:
        yield "Budget", budget
    yield "Cannot be undone", _lasting(document)
    yield from _asked(document)
    yield from _beside(document)
    yield "API calls", join([requests(document)])
    if document["resource_changes"] and not outdated(document):
        yield from _approval(document, approval)


def _beside(document: PlanDocument) -> Iterator[tuple[str, Markup]]:
    """Yield a link to each of the other sections, with the number of its entries."""
    summary, totals = document["summary"], document["totals"]
    found = (
        ("Manual steps", "manual-steps", count(summary["manual"], "manual step")),
        ("Warnings", "diagnostics", count(totals["warnings"], "warning")),
        ("Drift", "drift", _drift_words(document)),
        ("Not touched", "not-touched", f"{count(summary['unmanaged'], 'live object')} that no block names"),
    )
    for title, section, words in found:
        if not words.startswith("0 "):
            yield title, element("a", words, href=f"#{section}")
    if document["left_out"]:
        yield (
            "Not looked at",
            join([f"{count(document['left_out'], 'resource')} of the file, outside the part that was chosen"]),
        )


def _drift_words(document: PlanDocument) -> str:
    objects = count(document["totals"]["drifted_objects"], "object")
    return f"{count(document['summary']['drift'], 'attribute')} of {objects} not as last applied"


def _card(document: PlanDocument) -> Markup:
    """Render the charges to the card, at list prices."""
    now = money.now(document["money"]["now"])
    if not now:
        return Markup("nothing is charged")
    return join([element("b", f"{now} now"), element("small", "list prices, before any partner discount")], " ")


def _per_month(document: PlanDocument) -> Iterator[tuple[str, Markup]]:
    """Yield what recurs, and the part of it that no block names."""
    net, outside = money.net(document), document["money"]
    if net and document["resource_changes"]:
        yield "Per month", element("b", net)
    if outside["unmanaged_objects"]:
        words = f"{count(outside['unmanaged_objects'], 'account')}, {money.per_month(outside['unmanaged'])} a month"
        yield "Billed, in no block", element("a", words, href="#not-touched")


def _asked(document: PlanDocument) -> Iterator[tuple[str, Markup]]:
    """Yield who made the commits, and since when."""
    request = document["request"]
    if request and request["authors"]:
        names = [
            join([name_of(author["name"]), f" ({count(author['commits'], 'commit')})"]) for author in request["authors"]
        ]
        yield "Asked by", join([join(names, ", "), f" since {request['since'][:16]}"])


def _lasting(document: PlanDocument) -> Markup:
    """Each count leads to what it counts."""
    numbers = document["summary"]["effects"]
    nouns = (("billed", "charge"), ("permanent", "permanent change"), ("one-shot", "one-shot change"))
    parts = [
        element("a", count(numbers[effect], noun), href="#changes", data_show=effect, class_=f"effect {effect}")
        for effect, noun in nouns
        if effect in numbers
    ]
    by_hand = document["totals"]["manual_one_shot"]
    if by_hand:
        words = count(by_hand, "one-shot manual step")
        parts.append(element("a", words, href="#manual-steps", class_="effect one-shot"))
    return join(parts, " ") if parts else Markup("nothing")


def _approval(document: PlanDocument, approval: str) -> Iterator[tuple[str, Markup]]:
    """Yield the command that approves exactly this plan. A plan with errors has a digest but no such command."""
    digest = element("code", name_of(document["digest"]), id="digest")
    if not document["applicable"]:
        yield "Digest", join([digest, _copy("digest")], " ")
        return
    if document["refusals"]:
        yield "Approve", join(["an apply refuses this plan: ", digest])
        return
    if approval == "merge":
        yield "Approve", join(["merging approves exactly this plan: ", digest, " ", _copy("digest")])
        return
    words = "agencyfile approve " if approval == "approve" else "agencyfile apply --approved "
    command = element("code", words, digest, id="command")
    yield "Approve", join([command, element("span", _copy("digest"), " ", _copy("command"), class_="script")], " ")


def _copy(identity: str) -> Markup:
    """The button that copies the text of an element."""
    return element("button", f"Copy {identity}", type="button", data_copy=identity, class_="script")
