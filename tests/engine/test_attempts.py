"""A call sets what no list shows, and its answer is never recorded: the former value is not believed any more."""

import pytest
from engine.test_apply import QUICK
from engine.test_manual_steps import Desk
from engine.toy import ToyVault, resource

from plan import Update
from plan.apply import Pace, Stop, apply
from plan.call import Outcome, Refused, Unknown
from plan.ledger import EntryType


def attempt(desk: Desk, size: int, answer: Outcome) -> None:
    """Apply another size, at a portal that gives this answer."""
    desk.portal.answers["set", "x"] = answer
    plan = desk.plan(resource("label.x", size=size, colour="red"))
    list(apply(plan, provider=desk.portal, ledger=desk.ledger, vault=ToyVault(), pace=QUICK))
    del desk.portal.answers["set", "x"]


@pytest.fixture
def desk() -> Desk:
    """A label of size 1, of which the ledger knows."""
    made = Desk()
    made.apply(resource("label.x", size=1, colour="red"))
    return made


def edits(desk: Desk, size: int) -> list[tuple[str, object, object]]:
    """The edits of a plan for that size."""
    steps = desk.plan(resource("label.x", size=size, colour="red")).steps
    changes = [step.change for step in steps if isinstance(step.change, Update)]
    return [(edit.attribute, edit.before, edit.after) for change in changes for edit in change.edits]


@pytest.mark.parametrize("is_compacted", [True, False])
def test_value_is_set_again_whatever_the_file_says_next(desk: Desk, is_compacted: bool) -> None:  # noqa: FBT001
    """Nobody knows the size; the colour was not touched. Once it is set, it is known again."""
    attempt(desk, 2, Unknown("the connection broke"))
    if is_compacted:
        desk.ledger.compact()

    assert edits(desk, 1) == [("size", None, 1)]
    assert edits(desk, 2) == [("size", None, 2)]

    desk.apply(resource("label.x", size=1, colour="red"))

    assert edits(desk, 1) == []
    assert edits(desk, 2) == [("size", 1, 2)]


def test_plan_of_before_the_attempt_is_another_plan(desk: Desk) -> None:
    """An approval holds for what was known of the object."""
    former = desk.plan(resource("label.x", size=3, colour="red")).digest
    attempt(desk, 2, Unknown("the connection broke"))

    assert desk.plan(resource("label.x", size=3, colour="red")).digest != former


def test_refused_value_has_not_changed_the_former_one(desk: Desk) -> None:
    """The answer is clear, and what was unknown before the refused call stays so."""
    attempt(desk, 2, Refused("too large"))
    assert edits(desk, 1) == []

    attempt(desk, 2, Unknown("the connection broke"))
    attempt(desk, 3, Refused("too large"))
    assert edits(desk, 1) == [("size", None, 1)]


def test_attempt_is_in_the_ledger_before_the_call(desk: Desk) -> None:
    """A run that is killed while it waits for the answer has told it."""
    types: list[EntryType] = []
    desk.portal.before_send = lambda _: types.append(list(desk.ledger.entries())[-1].type)
    desk.apply(resource("label.x", size=2, colour="red"))

    assert types == [EntryType.ATTEMPTED]


def test_object_that_is_forgotten_takes_its_attempts_along(desk: Desk) -> None:
    """A new one of that name begins anew."""
    attempt(desk, 2, Unknown("the connection broke"))
    label = resource("label.x").address
    desk.ledger.append((EntryType.FORGOTTEN, label, {"reason": "gone"}))

    assert desk.ledger.history.attempted(label) == frozenset()


def test_attempts_of_one_apply_are_one_append(desk: Desk) -> None:
    """An append to a ledger on a branch is a push: a hundred brandings must not be a hundred of them."""
    names = [f"label.l{number}" for number in range(20)]
    desk.apply(*(resource(name, size=1) for name in names))
    before = desk.store.appends
    desk.apply(*(resource(name, size=2) for name in names))

    types = [entry.type for entry in desk.ledger.entries()]
    assert types.count(EntryType.ATTEMPTED) == 20
    assert desk.store.appends - before < 20


def test_change_that_was_not_begun_is_no_attempt(desk: Desk) -> None:
    """A run that was stopped has announced it, and takes it back."""
    desk.apply(*(resource(f"label.l{number}", size=1) for number in range(20)))
    plan = desk.plan(*(resource(f"label.l{number}", size=2) for number in range(20)))
    stopped: list[Stop] = []
    desk.portal.before_send = lambda _: stopped.append(Stop.SOON)

    def stop() -> Stop:
        return stopped[-1] if stopped else Stop.NO

    list(apply(plan, provider=desk.portal, ledger=desk.ledger, vault=ToyVault(), pace=Pace(workers=1), stop=stop))
    history = desk.ledger.history

    sent = [number for number in range(20) if (history.sent(resource(f"label.l{number}").address) or {})["size"] == 2]
    assert 1 <= len(sent) < 20
    assert [history.attempted(resource(f"label.l{number}").address) for number in range(20)] == [frozenset()] * 20
