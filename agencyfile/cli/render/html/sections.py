"""Sections beside the changes: unknown outcomes, diagnostics, drift, and objects that are not touched."""

from collections.abc import Sequence
from itertools import groupby

from agencyfile.cli.render.html.markup import Markup, element, join, name_of, prose
from agencyfile.cli.render.html.rows import cells, fact_list, heading, mark, section
from agencyfile.cli.render.html.values import Referents, difference_list
from agencyfile.cli.render.numbers import count
from plan.records.diagnostic import DiagnosticRecord
from plan.records.document import DriftRecord, OpenCallRecord, PlanDocument


def render_blocked(document: PlanDocument) -> Markup | None:
    """Addresses whose last call has no known outcome."""
    note = "Nothing is planned or sent for these addresses until it is known what the portal did."
    return section(
        "blocked",
        "Outcome unknown",
        note,
        [_intent(intent) for intent in document["blocked"]],
        document["totals"]["blocked"],
    )


def render_diagnostics(document: PlanDocument, referents: Referents) -> Markup | None:
    """Errors, then warnings."""
    found = sorted(document["diagnostics"], key=lambda diagnostic: diagnostic["severity"] != "error")
    return section(
        "diagnostics",
        "Diagnostics",
        None,
        [_diagnostic(item, referents) for item in found],
        document["totals"]["diagnostics"],
    )


def render_drift(document: PlanDocument, referents: Referents) -> Markup | None:
    """Render live values that differ from those last applied, by object."""
    totals = document["totals"]
    note = "Last applied → live. Where nothing was applied yet, the file stands for it."
    by_address = groupby(document["drift"], key=lambda row: row["address"])
    items = [_drifted(address, list(rows), totals["drifted"][address], referents) for address, rows in by_address]
    return section("drift", "Drift", note, items, totals["drifted_objects"])


def render_unmanaged(document: PlanDocument) -> Markup | None:
    """Live objects that no block names."""
    addresses = document["unmanaged"]
    if not addresses:
        return None
    note = element("p", "Live objects that no block names. Nothing touches them.", class_="note")
    names = element("ul", *(element("li", name_of(address)) for address in addresses), class_="names")
    whole = element("details", element("summary", "Show their addresses"), names, class_="more")
    return element("section", heading("Not touched", document["summary"]["unmanaged"]), note, whole, id="not-touched")


def _intent(intent: OpenCallRecord) -> Markup:
    words = f"{intent['operation']} of {intent['time']}, ledger entry {intent['serial']}"
    row = cells(mark("?", "outcome unknown", "unknown"), name_of(intent["address"]), name_of(words))
    return element("li", element("div", *row, class_="row"), element("p", prose(str(intent["message"]))))


def _diagnostic(found: DiagnosticRecord, referents: Referents) -> Markup:
    severity = str(found["severity"])
    sign = mark("×" if severity == "error" else "!", severity, severity)  # noqa: RUF001 - a cross, as wide as the plus
    row = cells(sign, name_of(found["summary"]), name_of(found["rule"]), origin=found["origin"])
    fix = [("Fix", prose(found["fix"]))] if found["fix"] else []
    about = [("Address", referents.link(found["address"]))] if found["address"] else []
    return element(
        "li", element("div", *row, class_="row"), element("p", prose(found["detail"])), fact_list([*fix, *about])
    )


def _drifted(address: str, rows: Sequence[DriftRecord], number: int, referents: Referents) -> Markup:
    row = cells(mark("≠", "drift", "drift"), referents.link(address), join([count(number, "attribute")]))
    differences = ((item["attribute"], item["applied"], item["live"], "") for item in rows)
    return element("li", element("div", *row, class_="row"), difference_list(differences, referents))
