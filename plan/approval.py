"""Approval: a reviewed plan holds for exactly what was reviewed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from plan.address import Address
from plan.change import PlannedChange, Update
from plan.difference import ABSENT
from plan.ledger.approval import Approval, ApprovedStep
from plan.plan import Plan, approved_step, call_digests


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing a fresh plan with an approval.

    `plan` holds the approved steps that still stand; `deviations` are approved objects that have changed since, with
    what would be done for them now, and settings that would change and were not approved; `waiting` are approved ones
    that have not changed, with what they would have to wait for and nobody approved; `settled` were approved and need
    nothing any more; `unapproved` appeared since, and are left out. `same_ledger`: was the plan made on the ledger that
    there is now, or on one that had no entry?
    """

    plan: Plan
    deviations: tuple[PlannedChange, ...]
    waiting: Mapping[Address, tuple[Address, ...]]
    settled: tuple[Address, ...]
    unapproved: tuple[Address, ...]
    same_file: bool
    same_ledger: bool

    @property
    def holds(self) -> bool:
        """Does the approval hold?"""
        return self.same_file and self.same_ledger and not self.deviations and not self.waiting


def approval_of(plan: Plan, *, by: str, until: str | None = None) -> Approval:
    """Return the approval of `plan`; `until` is UTC, ISO 8601."""
    preimage = plan.preimage
    return Approval(preimage.digest(), by, until, preimage)


def compare(approval: Approval, fresh: Plan, *, made: Collection[Address] = ()) -> Comparison:
    """Compare `fresh`, made just now, with `approval`. `made` are the addresses that the ledger saw created.

    A step stands when its object is as it was read then and the calls are the same, or when what is left to do is a
    part of what was approved: so an apply that was cut short resumes with the same approval. An object that was to be
    created, and that somebody else has made since, is another object. A change to an object that the plan does not
    name voids nothing.
    """
    now = {step.address: step for step in fresh.steps}
    approved = [(then, now[address]) for address, then in approval.steps.items() if address in now]
    same = {step.address for then, step in approved if _stands(then, step, is_ours=step.address in made)}
    waiting = _waiting(now, same)
    return Comparison(
        plan=replace(fresh, steps=tuple(step for step in fresh.steps if step.address in same - waiting.keys())),
        deviations=tuple(step for step in fresh.steps if _deviates(step, approval, same)),
        waiting=waiting,
        settled=tuple(address for address in approval.steps if address not in now),
        unapproved=tuple(address for address in now if address not in approval.steps),
        same_file=approval.preimage is not None and approval.preimage.desired_digest == fresh.desired_digest,
        same_ledger=approval.preimage is None or approval.preimage.ledger in (None, fresh.ledger.identity),
    )


def _deviates(step: PlannedChange, approval: Approval, same: Collection[Address]) -> bool:
    """Is it another change than the approved one? What guards an apply is never left out: it decides over the rest."""
    return step.address not in same and (step.address in approval.steps or step.is_guard)


def _waiting(now: Mapping[Address, PlannedChange], same: Collection[Address]) -> dict[Address, tuple[Address, ...]]:
    """Return the steps of `same` that must wait for a step that is not among them."""
    found = {}
    for address in (address for address in now if address in same):
        missing = tuple(to for to in now[address].after if to in now and to not in same)
        if missing:
            found[address] = missing
    return found


def _stands(then: ApprovedStep, fresh: PlannedChange, *, is_ours: bool) -> bool:
    calls = call_digests(fresh)
    if fresh.is_guard:
        return then == approved_step(fresh)  # it takes no call: what is shown is all that there is
    if then.basis == fresh.basis and then.calls == calls:
        return True
    return (is_ours or then.basis != ABSENT) and _is_remainder(then, fresh, calls)


def _is_remainder(then: ApprovedStep, fresh: PlannedChange, calls: tuple[str, ...]) -> bool:
    """Was a first part of the approved calls made, by us, and is the rest just what is left?

    An account that was created and whose second call is still to come is planned as an update.
    """
    done = len(then.calls) - len(calls)
    return done > 0 and isinstance(fresh.change, Update) and then.calls[done:] == calls
