"""Drift with its reference and its place, as a document that renderers draw from."""

from collections.abc import Mapping

from agencyfile.cli.records import DriftDocument, DriftSummary, PlacedDrift
from agencyfile.cli.workspace import Workspace
from plan import Address, History, Kind, Origin, Reading, Resource
from plan.document import encode_drift
from plan.drift import Drift, find_drift
from plan.forms import encode_origin
from plan.planning_context import PlanningContext


def drift_document(
    workspace: Workspace, reading: Reading, kinds: Mapping[str, Kind], history: History
) -> DriftDocument:
    """Every drift between `reading` and what was last applied.

    Each attribute has `reference`, which is `ledger` where it is known what was applied last, and `file` where the
    ledger has never seen it applied, so that it is what the file declares; `is_blocked`: the outcome of a call of our
    own is not known there, and may be all of it; `origin`: where it is declared.
    """
    resources = {resource.address: resource for resource in workspace.agency_file.resources}
    blocked = history.open_intents.keys()
    items: list[PlacedDrift] = [
        {
            **encode_drift(drift),
            "reference": "ledger" if drift.is_recorded else "file",
            "is_blocked": drift.address in blocked,
            "origin": encode_origin(_origin(drift, resources)),
        }
        for drift in find_drift(PlanningContext(kinds, reading, history))
    ]
    objects = {item["address"] for item in items}
    summary: DriftSummary = {"attributes": len(items), "objects": len(objects)}
    return {"agency": workspace.agency, "summary": summary, "drift": items}


def _root(attributes: Mapping[str, Origin], dotted: str) -> str | None:
    """The attribute that a dotted word belongs to; None where there is none."""
    while dotted and dotted not in attributes:
        dotted = dotted.rpartition(".")[0]
    return dotted or None


def _origin(drift: Drift, resources: Mapping[Address, Resource]) -> Origin:
    """Return the place of the value, or else of the attribute, or else of the block."""
    resource = resources[drift.address]
    word = _root(resource.origins, drift.attribute)
    return resource.origin_of(word) if word else resource.origin
