"""Drift with its reference and its place, as a document that renderers draw from."""

from collections.abc import Mapping
from typing import Any

from agencyfile.cli.workspace import Workspace
from plan import Address, Origin, Plan, Resource
from plan.document import encode
from plan.drift import EXISTENCE, STATE, Drift
from plan.ledger import History
from plan.past import Past
from plan.values import Attributes

Document = dict[str, Any]


def drift_document(workspace: Workspace, plan: Plan, history: History) -> Document:
    """The drift of `plan` as the plan document has it.

    Each attribute has besides: `reference`, which is `ledger` where it is known what was applied last, and `file` where
    the ledger has never seen it applied, so that it is what the file declares; `is_blocked`: the outcome of a call of
    our own is not known there, and may be all of it; `origin`: where it is declared.
    """
    resources = {resource.address: resource for resource in workspace.agency_file.resources}
    past = Past(history, resources.values())
    blocked = {intent.address for intent in plan.blocked}
    items = [
        {
            **item,
            "reference": "ledger" if _is_known(drift, past) else "file",
            "is_blocked": drift.address in blocked,
            "origin": _origin(drift, resources)._asdict(),
        }
        for drift, item in zip(plan.drift, encode(plan)["drift"], strict=True)
    ]
    return {"agency": plan.agency, "drift": items}


def _is_known(drift: Drift, past: Past) -> bool:
    """Does the ledger know what was applied?"""
    if drift.attribute in (EXISTENCE, STATE):
        return past.has_come_to_be(drift.address)
    return _root(past.sent(drift.address) or {}, drift.attribute) is not None


def _root(attributes: Attributes, dotted: str) -> str | None:
    """The attribute that a dotted word belongs to; None where there is none."""
    while dotted and dotted not in attributes:
        dotted = dotted.rpartition(".")[0]
    return dotted or None


def _origin(drift: Drift, resources: Mapping[Address, Resource]) -> Origin:
    """Where the word itself is declared, or else the attribute, or else the block."""
    resource = resources[drift.address]
    word = _root(resource.origins, drift.attribute)
    return resource.origin_of(word) if word else resource.origin
