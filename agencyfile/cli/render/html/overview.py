"""The first screen: the verdict, the money, what cannot be undone, and what to approve."""

from collections import Counter
from collections.abc import Iterator, Sequence

from agencyfile.cli.render.html.budget import render_budget
from agencyfile.cli.render.html.markup import Markup, element, join, name_of
from agencyfile.cli.render.html.wording import GLYPHS, MANUAL, OTHER, amount, has_price, verb
from agencyfile.cli.render.wording import (
    GUARD,
    Document,
    count,
    error_count,
    guards,
    outdated,
    requests,
    settings_verdict,
)


def render_overview(document: Document) -> Markup:
    """What a reviewer reads before anything else."""
    facts = [join([element("dt", name), element("dd", value)]) for name, value in _facts(document)]
    first = (_outdated(document), *_settings(document), *_refusals(document))
    return join([_verdict(document), *first, element("dl", *facts, class_="overview")])


def _verdict(document: Document) -> Markup:
    """Each verb with its sign, in the order of the plan."""
    settings = guards(document)
    numbers = Counter(verb(change) for change in document["resource_changes"] if change["effect"] != GUARD)
    parts = [_part(GLYPHS.get(verb(change), OTHER), verb(change), settings_verdict(change)) for change in settings]
    parts += [_part(GLYPHS.get(word, OTHER), word, f"{number:,} to {word}") for word, number in numbers.items()]
    if document["manual_steps"]:
        parts.append(_part(MANUAL, "manual", f"{len(document['manual_steps']):,} by hand"))
    return element("h1", join(parts, " ") if parts else "Nothing to change")


def _part(glyph: str, kind: str, words: str) -> Markup:
    known = kind if kind in (*GLYPHS, "manual") else "other"
    return element("span", element("b", glyph, class_=f"mark {known}", aria_hidden="true"), words)


def _outdated(document: Document) -> Markup | None:
    words = outdated(document)
    return element("p", f"This is {words}.", class_="refusal") if words else None


def _settings(document: Document) -> Iterator[Markup]:
    """What changes of what an apply may do: before everything else."""
    for change in guards(document):
        if verb(change) == "create":
            continue
        words = (element("li", name_of(words)) for words in change["words"])
        yield element(
            "div", element("p", "This changes what every apply may do:"), element("ul", *words), class_="guard"
        )


def _refusals(document: Document) -> Iterator[Markup]:
    """What stands in the way, before anything is read."""
    errors = error_count(document)
    if not document["applicable"]:
        words = f"An apply refuses this plan: it has {count(errors, 'error')}."
        yield element("p", element("a", words, href="#diagnostics"), class_="refusal")
    for refusal in document.get("refusals", ()):
        yield element(
            "p", f"An apply refuses this plan: {refusal['message']}. Fix: {refusal['fix']}.", class_="refusal"
        )
    if document["blocked"]:
        words = f"What came of {count(len(document['blocked']), 'call')} is not known. Settle that first."
        yield element("p", element("a", words, href="#blocked"), class_="refusal")


def _facts(document: Document) -> Iterator[tuple[str, Markup]]:
    yield "Card", _card(document)
    budget = render_budget(document)
    if budget:
        yield "Budget", budget
    yield "Cannot be undone", _lasting(document)
    yield from _beside(document)
    yield "API calls", join([requests(document)])
    if document["resource_changes"] and not outdated(document):
        yield from _approval(document)


def _beside(document: Document) -> Iterator[tuple[str, Markup]]:
    """What the other sections hold."""
    warnings = sum(found["severity"] != "error" for found in document["diagnostics"])
    found = (
        ("Manual steps", "manual-steps", count(len(document["manual_steps"]), "manual step")),
        ("Warnings", "diagnostics", count(warnings, "warning")),
        ("Drift", "drift", _drift_words(document.get("drift", ()))),
        ("Not touched", "not-touched", f"{count(len(document['unmanaged']), 'live object')} that no block names"),
    )
    for title, section, words in found:
        if not words.startswith("0 "):
            yield title, element("a", words, href=f"#{section}")
    if document.get("left_out"):
        yield "Not looked at", join([f"{count(document['left_out'], 'resource')} of the file, outside the targets"])


def _drift_words(found: Sequence[Document]) -> str:
    objects = len({row["address"] for row in found})
    return f"{count(len(found), 'attribute')} of {count(objects, 'object')} not as last applied"


def _card(document: Document) -> Markup:
    """What is charged, at list prices."""
    summary = document["summary"]
    billed = [change for change in document["resource_changes"] if change["effect"] == "billed"]
    untold = sum(not has_price(change) for change in billed)
    now = [f"{amount(money)} now" for money in summary["charges_now"]]
    if untold:
        more = "and " if now else ""
        now.append(f"{more}{count(untold, 'charge')} whose price the portal does not tell")
    monthly = [f"{amount(money)} per month more" for money in summary["per_month"]]
    parts = [*(element("b", words) for words in now), *(element("span", words) for words in monthly)]
    if summary["charges_now"]:
        parts.append(element("small", "list prices, before any partner discount"))
    return join(parts, " ") if billed else Markup("nothing is charged")


def _lasting(document: Document) -> Markup:
    """Each count leads to what it counts."""
    numbers = Counter(str(change["effect"]) for change in document["resource_changes"])
    nouns = (("billed", "charge"), ("permanent", "permanent change"), ("one-shot", "one-shot change"))
    parts = [
        element("a", count(numbers[effect], noun), href="#changes", data_show=effect, class_=f"effect {effect}")
        for effect, noun in nouns
        if numbers[effect]
    ]
    by_hand = sum(step.get("effect") == "one-shot" for step in document["manual_steps"])
    if by_hand:
        words = count(by_hand, "one-shot manual step")
        parts.append(element("a", words, href="#manual-steps", class_="effect one-shot"))
    return join(parts, " ") if parts else Markup("nothing")


def _approval(document: Document) -> Iterator[tuple[str, Markup]]:
    """What holds for exactly this plan; with errors, the digest names it and approves nothing."""
    digest = element("code", name_of(document["digest"]), id="digest")
    if not document["applicable"]:
        yield "Digest", join([digest, _copy("digest")], " ")
        return
    command = element("code", "agencyfile apply --approved ", digest, id="command")
    yield "Approve", join([command, element("span", _copy("digest"), " ", _copy("command"), class_="script")], " ")


def _copy(identity: str) -> Markup:
    """The button that copies the text of an element."""
    return element("button", f"Copy {identity}", type="button", data_copy=identity, class_="script")
