"""Approval: a reviewed plan holds for exactly what was reviewed."""

from dataclasses import dataclass, replace

from plan.address import Address
from plan.change import Step, Update
from plan.plan import Plan


@dataclass(frozen=True, slots=True)
class Deviation:
    """An approved step and what would be done for its address now."""

    approved: Step
    fresh: Step


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fresh plan makes of an approved one.

    `plan` holds the approved steps that still stand; `deviations` are approved objects that have changed since;
    `settled` were approved and need nothing any more; `unapproved` appeared since, and are left out.
    """

    plan: Plan
    deviations: tuple[Deviation, ...]
    settled: tuple[Address, ...]
    unapproved: tuple[Address, ...]
    same_file: bool

    @property
    def holds(self) -> bool:
        """Does the approval hold?"""
        return self.same_file and not self.deviations


def compare(approved: Plan, fresh: Plan) -> Comparison:
    """Hold `fresh`, made just now, against `approved`.

    A step stands when its object is as it was read then and the calls are the same, or when what is left to do is a
    part of what was approved: so an apply that was cut short resumes with the same approval. A change to an object
    that the plan does not name voids nothing.
    """
    now = {step.address: step for step in fresh.steps}
    then = {step.address: step for step in approved.steps}
    pairs = [(step, now[address]) for address, step in then.items() if address in now]
    standing = {old.address for old, new in pairs if _stands(old, new)}
    return Comparison(
        plan=replace(fresh, steps=tuple(step for step in fresh.steps if step.address in standing)),
        deviations=tuple(Deviation(old, new) for old, new in pairs if old.address not in standing),
        settled=tuple(address for address in then if address not in now),
        unapproved=tuple(address for address in now if address not in then),
        same_file=approved.agency == fresh.agency and approved.desired_digest == fresh.desired_digest,
    )


def _stands(approved: Step, fresh: Step) -> bool:
    return (approved.basis == fresh.basis and approved.calls == fresh.calls) or _is_remainder(approved, fresh)


def _is_remainder(approved: Step, fresh: Step) -> bool:
    """Was a first part of the approved calls made, by us, and is the rest just what is left?

    An account that was created and whose second call is still to come is planned as an update.
    """
    done = len(approved.calls) - len(fresh.calls)
    return (
        done > 0
        and isinstance(fresh.change, Update)
        and [call.digest() for call in approved.calls[done:]] == [call.digest() for call in fresh.calls]
    )
