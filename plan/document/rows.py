"""Group the changes of a plan by client, the gravest first: the rows of a review."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from plan.address import Address
from plan.background import Background
from plan.billing import Recurrence, movement
from plan.call import Effect
from plan.change import FORGET, Create, Delete, Manual, PlannedChange
from plan.diagnostic import Severity
from plan.document.groups import groups_of
from plan.document.money import charge_of, recurring_of
from plan.plan import Plan
from plan.records.money import Rank, ReviewRecord, RowRecord

_RANKS: Final[Sequence[Rank]] = ("setting", "ending", "permanent", "charge", "reduction", "other")
_OF_EFFECTS: Final[Mapping[Effect, Rank]] = {
    Effect.GUARD: "setting",
    Effect.PERMANENT: "permanent",
    Effect.ONE_SHOT: "permanent",
    Effect.BILLED: "charge",
}


@dataclass(slots=True)
class _Row:
    """The changes and manual steps of one row, while they are gathered."""

    address: Address
    steps: list[PlannedChange] = field(default_factory=list)
    manual: list[Manual] = field(default_factory=list)


def rows_of(plan: Plan) -> list[RowRecord]:
    """Return one row for each client, template or other object that the plan is about."""
    background = plan.background or Background()
    created = {step.address for step in plan.steps if isinstance(step.change, Create)}
    rows: dict[Address, _Row] = {}
    for step in plan.steps:
        address = _home(step.address, background, created)
        rows.setdefault(address, _Row(address)).steps.append(step)
    for manual in plan.manual_steps:
        address = _home(manual.address, background, created)
        rows.setdefault(address, _Row(address)).manual.append(manual)
    asked = frozenset(plan.request.changed) if plan.request else frozenset()
    found = [_encoded(row, background, asked) for row in rows.values()]
    return sorted(found, key=lambda row: (_RANKS.index(row["rank"]), not row["changes"]))


def review_of(plan: Plan, rows: Sequence[RowRecord]) -> ReviewRecord:
    """Separate what this plan brings from what was there before: warnings, and manual steps."""
    background = plan.background or Background()
    created = {step.address for step in plan.steps if isinstance(step.change, Create)}
    concerned = {row["address"] for row in rows if row["changes"]}
    concerned |= {str(address) for address in plan.request.changed} if plan.request else set()
    new: list[int] = []
    standing: list[int] = []
    for place, found in enumerate(plan.diagnostics):
        address = found.address
        is_always_new = found.severity is Severity.ERROR or address is None or not plan.background
        homes = set() if address is None else {str(address), str(_home(address, background, created))}
        (new if is_always_new or not homes.isdisjoint(concerned) else standing).append(place)
    return {
        "diagnostics": new,
        "standing_diagnostics": standing,
        "standing_warnings": len(standing),
        "manual_steps": sum(len(row["manual_steps"]) for row in rows),
        "standing_steps": sum(len(row["standing_steps"]) for row in rows),
        "groups": groups_of(plan, rows),
    }


def _home(address: Address, background: Background, created: Collection[Address]) -> Address:
    """Return the address of the row that a resource stands in: that of its client, or of the template it carries.

    What comes with a new account stands in the account's row. A template that is changed stands in a row of its own,
    however many accounts it reaches.
    """
    owner = background.owners.get(address, address)
    return owner if owner in created else background.sources.get(address, owner)


def _encoded(row: _Row, background: Background, asked: Collection[Address]) -> RowRecord:
    own = [step for step in row.steps if step.address == row.address]
    others = [step for step in row.steps if step.address != row.address]
    recurrence = next((step.recurrence for step in own if step.recurrence), Recurrence(None, None))
    is_asked = bool(row.steps) or row.address in asked
    steps = [(manual.id, is_asked or manual.address in asked) for manual in row.manual]
    return {
        "address": str(row.address),
        "client": background.clients.get(row.address, ""),
        "rank": _rank(row.steps),
        "plan_before": recurrence.before.plan if recurrence.before else None,
        "plan_after": recurrence.after.plan if recurrence.after else None,
        "now": charge_of(call for step in row.steps for call in step.calls),
        "recurring": recurring_of(row.steps),
        "changes": [str(step.address) for step in (*own, *others)],
        "kinds": dict(Counter(step.address.kind for step in others)),
        "manual_steps": [step for step, is_new in steps if is_new],
        "new_steps": sum(is_new for _, is_new in steps),
        "standing_steps": [step for step, is_new in steps if not is_new],
        "reached": _reached(row, background),
        "paid_until": background.paid_until.get(row.address, ""),
    }


def _reached(row: _Row, background: Background) -> int:
    """Return the number of accounts that a template reaches, by calls and by hand."""
    carriers = [*(step.address for step in row.steps), *(manual.address for manual in row.manual)]
    return len({address for address in carriers if background.sources.get(address) == row.address})


def _rank(steps: Iterable[PlannedChange]) -> Rank:
    return min(map(_rank_of, steps), key=_RANKS.index, default="other")


def _rank_of(step: PlannedChange) -> Rank:
    change = step.change
    if isinstance(change, Delete):
        return "other" if change.action == FORGET else "ending"
    if change.effect in _OF_EFFECTS:
        return _OF_EFFECTS[change.effect]
    found = movement([step.recurrence] if step.recurrence else [])
    return "reduction" if any(amount < 0 for amount in found.difference.amounts.values()) else "other"
