"""The planner: what is desired, live and remembered, and the plan between them."""

import json
import random
from collections.abc import Mapping

import pytest
from engine.strategies import agencies, portals
from engine.test_apply import carry_out, plan_of
from engine.toy import KINDS, ORIGIN, MemoryStore, ToyPortal, resource
from hypothesis import given
from hypothesis import strategies as st

from plan import (
    Address,
    Create,
    CycleError,
    Delete,
    DocumentError,
    History,
    Ledger,
    Live,
    Origin,
    Plan,
    Reading,
    Reference,
    Removal,
    Resource,
    Update,
    Value,
    make_plan,
)
from plan.document import decode, encode
from plan.ledger import EntryType
from plan.planner import desired_digest
from plan.values import digest, plain

Objects = dict[Address, dict[str, Value]]


def plan_for(desired: list[Resource], *live: Live, history: History | None = None) -> Plan:
    """A plan from plain facts."""
    reading = Reading(live, tuple(desired))
    return make_plan(agency="toy", kinds=KINDS, declared=desired, reading=reading, history=history or History())


def test_plan_of_equal_sides_is_empty() -> None:
    """What is as declared needs nothing."""
    assert plan_for([resource("thing.a", size=1)], Live(Address("thing", "a"), {"size": 1, "colour": "red"})).is_empty


def test_plan_attribute_not_declared_is_not_managed() -> None:
    """What the file does not name is left alone."""
    plan = plan_for([resource("thing.a", size=2)], Live(Address("thing", "a"), {"size": 1, "colour": "red"}))

    (step,) = plan.steps
    assert isinstance(step.change, Update)
    assert [edit.attribute for edit in step.change.edits] == ["size"]
    assert "colour" not in step.calls[0].parameters


def test_plan_nested_value_names_the_word_that_differs() -> None:
    """An edit goes down to the leaf."""
    plan = plan_for(
        [resource("thing.a", size={"w": 1, "h": {"min": 2, "max": 5}})],
        Live(Address("thing", "a"), {"size": {"w": 1, "h": {"min": 2, "max": 4}, "d": 9}}),
    )

    (step,) = plan.steps
    assert isinstance(step.change, Update)
    assert [(edit.attribute, edit.before, edit.after) for edit in step.change.edits] == [
        ("size.d", 9, None),
        ("size.h.max", 4, 5),
    ]


def test_plan_attribute_the_api_cannot_change_is_a_manual_step() -> None:
    """A write-once attribute becomes words for a human, never a replacement."""
    plan = plan_for([resource("paid.a", shape="round")], Live(Address("paid", "a"), {"shape": "square"}))

    assert plan.is_empty
    assert [step.instruction.text for step in plan.manual_steps] == ["change shape of paid.a"]


def test_plan_attribute_the_portal_does_not_tell_is_compared_with_what_was_sent() -> None:
    """Write-once and unreadable: the ledger is the memory."""
    store = MemoryStore()
    carry_out(ToyPortal(), [resource("paid.a", shape="round", source="x")], store)
    history = Ledger(store, agency="toy").history

    same = plan_for([resource("paid.a", shape="round")], Live(Address("paid", "a"), {}), history=history)
    other = plan_for([resource("paid.a", shape="flat")], Live(Address("paid", "a"), {}), history=history)
    nothing_sent = plan_for([resource("paid.b", shape="flat")], Live(Address("paid", "b"), {}), history=history)

    assert (len(same.manual_steps), len(other.manual_steps), len(nothing_sent.manual_steps)) == (0, 1, 0)


def test_plan_attribute_of_creation_means_nothing_later() -> None:
    """A snapshot named in the defaults can change without touching accounts that exist."""
    live = Live(Address("thing", "a"), {"source": "old"})

    assert plan_for([resource("thing.a", source="new")], live) == plan_for([resource("thing.a", source="new")], live)
    assert plan_for([resource("thing.a", source="new")], live).is_empty


def test_plan_attribute_that_is_fixed_is_an_error() -> None:
    """What can never change is an error with the place and the fix."""
    plan = plan_for([resource("thing.a", material="wood")], Live(Address("thing", "a"), {"material": "iron"}))

    assert not plan.is_applicable
    assert [found.rule for found in plan.diagnostics] == ["attribute-fixed"]


def test_plan_archived_object_is_a_manual_step() -> None:
    """What the portal keeps as archived can only be renewed by a human."""
    plan = plan_for([resource("paid.a", size=1)], Live(Address("paid", "a"), {}, archived="cancelled"))

    assert plan.is_empty
    assert plan.manual_steps[0].instruction.title == "renew"


def test_plan_object_that_no_block_names_is_unmanaged() -> None:
    """It is listed, and nothing is planned for it."""
    plan = plan_for([], Live(Address("thing", "z"), {}), Live(Address("paid", "y"), {}))

    assert plan.is_empty
    assert plan.unmanaged == (Address("paid", "y"), Address("thing", "z"))


def test_plan_in_a_circle_is_refused_with_the_circle() -> None:
    """A circle of references is named."""
    with pytest.raises(CycleError, match="in a circle: "):
        plan_for(
            [
                resource("thing.a", source=Reference(Address("thing", "b"))),
                resource("thing.b", source=Reference(Address("thing", "a"))),
            ]
        )


def test_plan_declared_only_kinds_plan_nothing() -> None:
    """A kind without an object at the portal is declared and no more."""
    assert plan_for([resource("note.a", size=1)]).is_empty


@given(agencies(), portals())
def test_plan_applied_converges_and_touches_nothing_unmanaged(desired: list[Resource], objects: Objects) -> None:
    """Laws 1, 2, 4 and 6 over random agencies: one apply, then nothing; one charge each; foreign ones kept."""
    portal = ToyPortal(objects={address: dict(values) for address, values in objects.items()})
    store = MemoryStore()
    declared = {item.address for item in desired}
    foreign = {address: dict(values) for address, values in objects.items() if address not in declared}
    plan = plan_of(portal, desired, Ledger(store, agency="toy"))
    report, _ = carry_out(portal, desired, store)

    assert report.is_complete
    assert len(portal.sent) == len(plan.calls)
    assert plan_of(portal, desired, Ledger(store, agency="toy")).is_empty
    assert {address: portal.objects[address] for address in foreign} == foreign
    made = [call.address for call in portal.sent if call.operation == "make"]
    assert sorted(made) == sorted(declared - objects.keys())


@given(agencies(), portals(), st.randoms(use_true_random=False))
def test_plan_is_the_same_whatever_the_order(desired: list[Resource], objects: Objects, chance: random.Random) -> None:
    """Law 8: the same desired and live give byte-identical plans, in any order."""
    live = [Live(address, values) for address, values in objects.items()]
    shuffled, live_shuffled = list(desired), list(live)
    chance.shuffle(shuffled)
    chance.shuffle(live_shuffled)

    one = json.dumps(encode(plan_for(desired, *live)))
    other = json.dumps(encode(plan_for(shuffled, *live_shuffled)))

    assert one == other


@given(desired=agencies())
def test_plan_digest_of_what_is_declared_is_that_of_its_canonical_form(desired: list[Resource]) -> None:
    """It is computed in pieces: the same bytes."""
    removal = Removal(Address("thing", "gone"), "end", {"why": "é"}, ORIGIN)
    whole = [
        {str(item.address): plain(item.attributes) for item in desired},
        {str(removal.address): [removal.action, plain(removal.attributes)]},
    ]

    assert desired_digest(desired, [removal]) == digest(whole)


@given(agencies(), portals())
def test_plan_survives_its_document(desired: list[Resource], objects: Objects) -> None:
    """Law 9: a plan read back from its document is the plan."""
    plan = plan_for(desired, *(Live(address, values, remote_id="7") for address, values in objects.items()))

    assert decode(json.loads(json.dumps(encode(plan)))) == plan


def test_plan_with_everything_survives_its_document() -> None:
    """Law 9, for manual steps, diagnostics, open intents and creations that wait."""
    history = History()
    store = MemoryStore()
    ledger = Ledger(store, agency="toy")
    ledger.append((EntryType.INTENT, Address("paid", "lost"), {"operation": "make"}))
    history = ledger.history
    plan = plan_for(
        [
            resource("paid.lost"),
            resource("paid.a", shape="round", material="wood", size=3),
            resource("paid.b", source=Reference(Address("thing", "c"))),
            resource("thing.c"),
        ],
        Live(Address("paid", "a"), {"shape": "flat", "material": "iron", "size": 2}),
        Live(Address("thing", "c"), {}, ready=False),
        history=history,
    )

    assert all([plan.manual_steps, plan.diagnostics, plan.blocked, plan.provisioning])
    assert decode(json.loads(json.dumps(encode(plan)))) == plan


def _tampered(document: Mapping[str, object], **changes: object) -> dict[str, object]:
    return {**document, **changes}


def test_plan_document_that_was_tampered_with_is_refused() -> None:
    """A document whose digest does not fit, that is damaged, foreign or newer is a clear error."""
    document = encode(plan_for([resource("paid.a", size=1)]))
    change = {**document["resource_changes"][0], "effect": "reversible"}
    bad: list[object] = [
        _tampered(document, resource_changes=[change]),
        _tampered(document, resource_changes=[]),
        _tampered(document, format_version="3.0"),
        _tampered(document, resource_changes=[{}]),
        {"planned_values": {}},
        [],
        None,
        "plan",
    ]
    for case in bad:
        with pytest.raises(DocumentError) as caught:
            decode(case)
        assert caught.value.fix


def test_plan_digest_covers_what_a_reviewer_approves() -> None:
    """Any other effect, price, parameter, dependency or basis is another digest; the order of keys is not."""
    base = plan_for([resource("paid.a", size=1, colour="red")])
    same = plan_for([resource("paid.a", colour="red", size=1)])
    others = [
        plan_for([resource("paid.a", size=2, colour="red")]),
        plan_for([resource("thing.a", size=1, colour="red")]),
        plan_for([resource("paid.a", size=1, colour="red"), resource("thing.b")]),
        plan_for([resource("paid.a", size=1, colour="red")], Live(Address("paid", "a"), {"size": 0})),
    ]

    assert base.digest == same.digest
    assert len({plan.digest for plan in [base, *others]}) == 5
    assert all(isinstance(step.change, Create) for step in base.steps)


def test_plan_object_that_the_ledger_saw_come_to_be_is_never_made_again_by_itself() -> None:
    """A list that misses it is not to be trusted; when it is gone for good, a person says so."""
    store, desired = MemoryStore(), [resource("paid.a", size=1)]
    portal = ToyPortal()
    carry_out(portal, desired, store)
    portal.objects.clear()
    ledger = Ledger(store, agency="toy")

    refused = plan_of(portal, desired, ledger)
    ledger.append((EntryType.FORGOTTEN, Address("paid", "a"), {"reason": "gone"}))
    again = plan_of(portal, desired, ledger)

    assert [found.rule for found in refused.diagnostics] == ["object-not-listed"]
    assert refused.is_empty
    assert [call.operation for call in again.calls] == ["make"]


def test_plan_removal_of_an_object_that_the_ledger_knows_and_no_list_shows_is_an_error() -> None:
    """It is either missed by the list, and then its end would be left out, or gone, and then a person says so."""
    store, address = MemoryStore(), Address("paid", "a")
    portal = ToyPortal()
    carry_out(portal, [resource("paid.a", size=1)], store)
    kept = dict(portal.objects)
    portal.objects.clear()
    ledger, removal = Ledger(store, agency="toy"), Removal(address, "delete", {}, Origin("agency.yaml", 1, 1))

    missed = _plan_of_end(portal, ledger, removal)
    portal.objects.update(kept)
    found = _plan_of_end(portal, ledger, removal)
    portal.objects.clear()
    ledger.append((EntryType.FORGOTTEN, address, {"reason": "gone"}))

    assert [one.rule for one in missed.diagnostics] == ["object-not-listed"]
    assert not found.diagnostics
    assert [type(step.change) for step in found.steps] == [Delete]
    assert not _plan_of_end(portal, ledger, removal).diagnostics


def _plan_of_end(portal: ToyPortal, ledger: Ledger, removal: Removal) -> Plan:
    reading = portal.read([])
    return make_plan(
        agency="toy", kinds=portal.kinds, declared=[], reading=reading, history=ledger.history, removals=[removal]
    )


def test_plan_object_whose_remote_id_is_still_to_come_is_never_made_again_by_itself() -> None:
    """A run that ended between the answer and the remote id has made the object all the same."""
    ledger, address = Ledger(MemoryStore(), agency="toy"), Address("paid", "a")
    (intent,) = ledger.append((EntryType.INTENT, address, {"operation": "make", "creates": True}))
    ledger.append((EntryType.OUTCOME, address, {"intent": intent, "result": "confirmed", "remote_id": None}))

    plan = plan_of(ToyPortal(), [resource("paid.a", size=1)], ledger)

    assert [found.rule for found in plan.diagnostics] == ["object-not-listed"]
    assert plan.is_empty
