"""What stands beside the changes: unknown outcomes, diagnostics, manual steps, drift, and what is not touched."""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose
from agencyfile.cli.render.html.rows import cells, fact_list, fold, heading, mark
from agencyfile.cli.render.html.values import Referents, difference_list, edit_list
from agencyfile.cli.render.html.wording import MANUAL
from agencyfile.cli.render.instruction import Part, parts_of
from agencyfile.cli.render.wording import Document, count

_NUMBERED: Final = re.compile(r"\d+\. ")


def render_blocked(document: Document) -> Markup | None:
    """Addresses whose last call has no known outcome."""
    note = "Nothing is planned or sent for these addresses until it is known what the portal did."
    return _section("blocked", "Outcome unknown", note, [_intent(intent) for intent in document["blocked"]])


def render_diagnostics(document: Document, referents: Referents) -> Markup | None:
    """Errors, then warnings."""
    found = sorted(document["diagnostics"], key=lambda diagnostic: diagnostic["severity"] != "error")
    return _section("diagnostics", "Diagnostics", None, [_diagnostic(item, referents) for item in found])


def render_manual_steps(document: Document, referents: Referents) -> Markup | None:
    """What only a human can do, as a checklist."""
    note = "Only a human can do these. An apply sends nothing of them."
    return _section(
        "manual-steps", "Manual steps", note, [_manual(step, referents) for step in document["manual_steps"]]
    )


def render_drift(document: Document, referents: Referents) -> Markup | None:
    """What is live and differs from what was last applied, by object."""
    found: Sequence[Document] = document.get("drift", ())
    note = "Last applied → live. Where nothing was applied yet, the file stands for it."
    by_address = groupby(found, key=lambda row: str(row["address"]))
    return _section("drift", "Drift", note, [_drifted(address, list(rows), referents) for address, rows in by_address])


def render_unmanaged(document: Document) -> Markup | None:
    """Live objects that no block names."""
    addresses: Sequence[str] = document["unmanaged"]
    if not addresses:
        return None
    note = element("p", "Live objects that no block names. Nothing touches them.", class_="note")
    names = element("ul", *(element("li", name_of(address)) for address in addresses), class_="names")
    whole = element("details", element("summary", "Show their addresses"), names, class_="more")
    return element("section", heading("Not touched", len(addresses)), note, whole, id="not-touched")


def _section(identity: str, title: str, note: str | None, items: Sequence[Markup]) -> Markup | None:
    if not items:
        return None
    said = element("p", note, class_="note") if note else None
    return element(
        "section", heading(title, len(items)), said, element("ul", *items, class_="list", role="list"), id=identity
    )


def _intent(intent: Document) -> Markup:
    words = f"{intent['operation']} of {intent['time']}, ledger entry {intent['serial']}"
    row = cells(mark("?", "outcome unknown", "unknown"), name_of(intent["address"]), name_of(words))
    return element("li", element("div", *row, class_="row"), element("p", prose(str(intent["message"]))))


def _diagnostic(found: Document, referents: Referents) -> Markup:
    severity = str(found["severity"])
    sign = mark("×" if severity == "error" else "!", severity, severity)  # noqa: RUF001 - a cross, as wide as the plus
    row = cells(sign, name_of(found["summary"]), name_of(found["rule"]), origin=found["origin"])
    fix = [("Fix", prose(found["fix"]))] if found["fix"] else []
    about = [("Address", referents.link(found["address"]))] if found["address"] else []
    return element(
        "li", element("div", *row, class_="row"), element("p", prose(found["detail"])), fact_list([*fix, *about])
    )


def _manual(step: Document, referents: Referents) -> Markup:
    row = cells(
        mark(MANUAL, "by hand", "manual"),
        name_of(step["address"]),
        prose(step["title"]),
        effect=str(step.get("effect", "manual")),
        origin=step["origin"],
    )
    text = element("div", *map(_part, parts_of(step["text"])), class_="steps")
    edits = edit_list(step["edits"], step["origin"], referents) if step["edits"] else None
    return element("li", fold(row, text, edits, fact_list(_manual_facts(step, referents))))


def _part(part: Part) -> Markup:
    """What is to be copied as it stands, or sentences to read."""
    if part.is_verbatim:
        return element("pre", "\n".join(part.lines))
    return join([element("p", prose(line), class_="step" if _NUMBERED.match(line) else None) for line in part.lines])


def _manual_facts(step: Document, referents: Referents) -> Iterator[tuple[str, Markup]]:
    yield "Why", prose(step["reason"])
    if step.get("id"):
        yield "Step", element("code", name_of(step["id"]))
    if step.get("after"):
        yield "After", join([referents.link(address) for address in step["after"]], ", ")
    if step.get("effect") == "one-shot":
        yield "Effect", Markup("can be done once only")
    if step.get("closes") == "evidence" and step.get("id"):
        command = f"agencyfile steps done {shlex.quote(step['id'])} --evidence '…'"
        yield "When done", element("code", name_of(command))
    if step.get("closes") == "portal":
        yield "When done", Markup("closes by itself when the portal shows it")


def _drifted(address: str, rows: Sequence[Document], referents: Referents) -> Markup:
    row = cells(mark("≠", "drift", "drift"), referents.link(address), join([count(len(rows), "attribute")]))
    differences = ((item["attribute"], item["applied"], item["live"], "") for item in rows)
    return element("li", element("div", *row, class_="row"), difference_list(differences, referents))
