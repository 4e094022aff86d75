"""Rows of a review that say the same: one change, for many clients."""

from collections.abc import Mapping, Sequence
from typing import Final

from plan.change import PlannedChange, Update
from plan.document.money import charge_of, recurring_of
from plan.plan import Plan
from plan.records.money import GroupRecord, RowRecord
from plan.values import canonical, plain

_LEAST: Final = 5  # rows: fewer are read as quickly one by one
_RANKS: Final = ("charge", "reduction", "other")  # what ends, or is permanent, is read one by one


def groups_of(plan: Plan, rows: Sequence[RowRecord]) -> list[GroupRecord]:
    """Return the groups of rows that change the same from the same values, in the order of their first rows."""
    steps = {str(step.address): step for step in plan.steps}
    topics = {manual.id: [manual.address.kind, manual.topic] for manual in plan.manual_steps}
    found: dict[str, list[RowRecord]] = {}
    for row in rows:
        own = [steps[address] for address in row["changes"]]
        if _may_be_grouped(row, own):
            by_hand = sorted(topics[step] for step in row["manual_steps"])
            found.setdefault(_likeness(row, own, by_hand), []).append(row)
    return [_group(alike, steps) for alike in found.values() if len(alike) >= _LEAST]


def _may_be_grouped(row: RowRecord, steps: Sequence[PlannedChange]) -> bool:
    is_plain = bool(steps) and not row["reached"]
    return is_plain and row["rank"] in _RANKS and all(isinstance(step.change, Update) for step in steps)


def _likeness(row: RowRecord, steps: Sequence[PlannedChange], by_hand: Sequence[object]) -> str:
    edits = [
        [step.address.kind, [[edit.attribute, plain(edit.before), plain(edit.after)] for edit in step.change.edits]]
        for step in steps
        if isinstance(step.change, Update)
    ]
    billed = [row["plan_before"], row["plan_after"], row["now"], row["recurring"]]
    return canonical([row["rank"], billed, dict(row["kinds"]), edits, list(by_hand)])


def _group(rows: Sequence[RowRecord], known: Mapping[str, PlannedChange]) -> GroupRecord:
    steps = [known[address] for row in rows for address in row["changes"]]
    return {
        "rows": [row["address"] for row in rows],
        "number": len(rows),
        "now": charge_of(call for step in steps for call in step.calls),
        "recurring": recurring_of(steps),
    }
