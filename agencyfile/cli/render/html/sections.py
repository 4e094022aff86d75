"""What stands beside the changes: unknown outcomes, diagnostics, drift, and what is not touched."""

from collections.abc import Sequence
from itertools import groupby

from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose
from agencyfile.cli.render.html.rows import cells, fact_list, heading, mark, section
from agencyfile.cli.render.html.values import Referents, difference_list
from agencyfile.cli.render.wording import Document, count


def render_blocked(document: Document) -> Markup | None:
    """Addresses whose last call has no known outcome."""
    note = "Nothing is planned or sent for these addresses until it is known what the portal did."
    return section("blocked", "Outcome unknown", note, [_intent(intent) for intent in document["blocked"]])


def render_diagnostics(document: Document, referents: Referents) -> Markup | None:
    """Errors, then warnings."""
    found = sorted(document["diagnostics"], key=lambda diagnostic: diagnostic["severity"] != "error")
    return section("diagnostics", "Diagnostics", None, [_diagnostic(item, referents) for item in found])


def render_drift(document: Document, referents: Referents) -> Markup | None:
    """What is live and differs from what was last applied, by object."""
    found: Sequence[Document] = document.get("drift", ())
    note = "Last applied → live. Where nothing was applied yet, the file stands for it."
    by_address = groupby(found, key=lambda row: str(row["address"]))
    return section("drift", "Drift", note, [_drifted(address, list(rows), referents) for address, rows in by_address])


def render_unmanaged(document: Document) -> Markup | None:
    """Live objects that no block names."""
    addresses: Sequence[str] = document["unmanaged"]
    if not addresses:
        return None
    note = element("p", "Live objects that no block names. Nothing touches them.", class_="note")
    names = element("ul", *(element("li", name_of(address)) for address in addresses), class_="names")
    whole = element("details", element("summary", "Show their addresses"), names, class_="more")
    return element("section", heading("Not touched", len(addresses)), note, whole, id="not-touched")


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


def _drifted(address: str, rows: Sequence[Document], referents: Referents) -> Markup:
    row = cells(mark("≠", "drift", "drift"), referents.link(address), join([count(len(rows), "attribute")]))
    differences = ((item["attribute"], item["applied"], item["live"], "") for item in rows)
    return element("li", element("div", *row, class_="row"), difference_list(differences, referents))
