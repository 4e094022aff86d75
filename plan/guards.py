"""Guards: checks over a whole plan that refuse an apply before anything is sent."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from plan.address import Address
from plan.call import Effect
from plan.change import FORGET, Change, Create, Delete
from plan.plan import Plan
from plan.provider import Kind, Memory
from plan.refusal import Refusal

# Below this many live objects of a kind a share says nothing.
LEAST_OBJECTS: Final = 10


def refusals(
    plan: Plan,
    kinds: Mapping[str, Kind],
    *,
    recipients: Collection[str],
    is_ledger_lost: bool = False,
    most_changed: float = 1.0,
) -> tuple[Refusal, ...]:
    """Return the refusals of `plan`, one for each guard that it does not pass.

    Args:
        plan: what would be done.
        kinds: the provider's kinds.
        recipients: who can read passwords of new accounts.
        is_ledger_lost: would the ledger vanish with this machine (a file, in a CI run)?
        most_changed: the largest share of the live objects of a kind that may change or end at once; 1 is all of them.
    """
    shown = {name for name, kind in kinds.items() if kind.memory is Memory.PORTAL}
    found = (
        _no_recipients(plan, kinds, recipients),
        _over_budget(plan),
        _over_monthly(plan),
        _ledger_lost(plan, is_lost=is_ledger_lost),
    )
    return (*(refusal for refusal in found if refusal), *_too_many_changes(plan, shown, most_changed))


def shown_once(plan: Plan, kinds: Mapping[str, Kind]) -> list[Address]:
    """Return the addresses that the plan creates and whose password the portal shows once."""
    creations = [step.address for step in plan.steps if isinstance(step.change, Create)]
    return [address for address in creations if kinds[address.kind].has_credential]


def _too_many_changes(plan: Plan, kinds: Collection[str], most: float) -> Iterator[Refusal]:
    """Refuse too large a share of changed objects. New and forgotten objects do not count."""
    changed = Counter(
        step.address.kind for step in plan.steps if step.address.kind in kinds and not _is_harmless(step.change)
    )
    for kind, count in sorted(changed.items()):
        live = max(plan.managed.get(kind, 0), count)
        if live >= LEAST_OBJECTS and count > most * live:
            share = math.ceil(100 * count / live)
            yield Refusal(
                rule="share-of-changes",
                message=f"{count} of {live} live objects of kind {kind} would change or end; {most:.0%} may",
                fix="look for a change that was not meant; if all of it is, raise the share",
                needed=f"{share}%",
            )


def _is_harmless(change: Change) -> bool:
    return isinstance(change, Create) or (isinstance(change, Delete) and change.action == FORGET)


def _over_budget(plan: Plan) -> Refusal | None:
    reason = plan.budget.refuses(call.price for call in plan.calls if call.effect is Effect.BILLED)
    if reason is None:
        return None
    return Refusal("over-budget", reason, "take changes out, or have the budget raised")


def _over_monthly(plan: Plan) -> Refusal | None:
    reason = plan.budget.refuses_monthly(plan.movement)
    if reason is None:
        return None
    return Refusal("over-max-monthly", reason, "take changes out, or have max_monthly raised")


def _ledger_lost(plan: Plan, *, is_lost: bool) -> Refusal | None:
    must_remember = any(call.needs_intent for call in plan.calls)
    if not (is_lost and must_remember):
        return None
    return Refusal(
        rule="ledger-not-durable",
        message="a ledger in a file is discarded after this CI run, together with the record of charges",
        fix="keep it in the repository: agency.ledger: git+branch:agencyfile-ledger",
    )


def _no_recipients(plan: Plan, kinds: Mapping[str, Kind], recipients: Collection[str]) -> Refusal | None:
    created = shown_once(plan, kinds)
    if recipients or not created:
        return None
    return Refusal(
        rule="no-recipients",
        message=(
            f"creating {created[0]} shows its password once; no recipient is declared, so the password would be lost"
        ),
        fix="declare agency.credentials.recipients (an age public key)",
    )
