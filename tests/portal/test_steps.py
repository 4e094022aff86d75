"""Step files: a resource and how it stands, and the exact manual steps; AGENCYFILE_UPDATE=1 writes what is expected."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agencyfile.kinds import make_kinds
from plan.address import Address, Origin
from plan.change import Edit, Manual
from plan.provider import HasManualRemovals, HasManualSteps, Renamable, ResourceStatus
from plan.resource import Live, Removal, Resource
from plan.values import value_from_plain

ORIGIN = Origin("agency.yaml", 1, 1)
STEPS = sorted((Path(__file__).parent / "steps").glob("*.json"))
KINDS = make_kinds()


def _attributes(document: Any) -> Any:
    return value_from_plain(document or {})


def _live(address: Address, document: Any) -> Live | None:
    if document is None:
        return None
    return Live(
        Address(address.kind, document.get("name", address.name)),
        _attributes(document.get("attributes")),
        archived=document.get("archived"),
        is_lost=document.get("is_lost", False),
    )


def _standing(address: Address, document: Any) -> ResourceStatus:
    return ResourceStatus(
        live=_live(address, document.get("live")),
        is_planned=document.get("is_planned", False),
        is_ours=document.get("is_ours", False),
        has_login=document.get("has_login", False),
        sent=_attributes(document.get("sent")),
        edited=frozenset(document.get("edited", ())),
    )


def _found(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    address = Address.parse(case["address"])
    kind = KINDS[address.kind]
    resource = Resource(address, _attributes(case.get("attributes")), ORIGIN, adopt=case.get("adopt", False))
    live = _live(address, case.get("live"))
    if "standing" in case:
        assert isinstance(kind, HasManualSteps)
        yield from map(_step, kind.manual_steps(resource, _standing(address, case["standing"])))
    elif "removal" in case:
        assert isinstance(kind, HasManualRemovals)
        assert live
        words = case["removal"]
        step = kind.manual_removal(Removal(address, words["action"], _attributes(words["attributes"]), ORIGIN), live)
        yield from (_step(step),) if step else ()
    elif case.get("ask") == "renaming":
        assert isinstance(kind, Renamable)
        assert live
        instruction = kind.renaming(resource, live)
        yield {"title": instruction.title, "text": instruction.text.split("\n")}
    else:
        before = _attributes(case.get("before"))
        edits = [Edit(name, before.get(name), resource.attributes[name]) for name in case.get("edits", ())]
        instruction = kind.revival(resource, live) if live else kind.instruction(resource, edits)
        yield {"title": instruction.title, "text": instruction.text.split("\n")}


def _step(step: Manual) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.instruction.title,
        "text": step.instruction.text.split("\n"),
        "reason": step.reason,
        "effect": step.effect.value,
        "closes": step.closes.value,
        "after": [str(address) for address in step.after],
    }


@pytest.mark.parametrize("path", STEPS, ids=[path.stem for path in STEPS])
def test_resource_as_it_stands_leads_to_its_steps(path: Path) -> None:
    """The words are what a person carries out: none is missing, and none is to be filled in that the file knows."""
    case = json.loads(path.read_text("utf-8"))

    found: Sequence[dict[str, Any]] = list(_found(case))

    if os.environ.get("AGENCYFILE_UPDATE"):
        path.write_text(json.dumps({**case, "expected": found}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(path.read_text("utf-8"))["expected"]


def test_step_files_are_there() -> None:
    """A folder that is not found would be no test at all."""
    assert len(STEPS) > 25
