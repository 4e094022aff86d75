"""Guards: checks over a whole plan that refuse an apply before anything is sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plan.call import Effect
from plan.change import Create
from plan.plan import Plan
from plan.provider import Kind


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an apply is refused, and what to do about it."""

    rule: str
    message: str
    fix: str


def refusals(
    plan: Plan, kinds: Mapping[str, Kind], *, recipients: Collection[str], is_ledger_lost: bool = False
) -> tuple[Refusal, ...]:
    """Every guard that refuses `plan`.

    Args:
        plan: what would be done.
        kinds: the provider's kinds.
        recipients: who can read passwords of new accounts.
        is_ledger_lost: would the ledger vanish with this machine (a file, in a CI run)?
    """
    found = (_no_recipients(plan, kinds, recipients), _over_budget(plan), _ledger_lost(plan, is_lost=is_ledger_lost))
    return tuple(refusal for refusal in found if refusal)


def _over_budget(plan: Plan) -> Refusal | None:
    reason = plan.budget.refuses(call.price for call in plan.calls if call.effect is Effect.BILLED)
    if reason is None:
        return None
    return Refusal("over-budget", reason, "take changes out, or have the budget raised")


def _ledger_lost(plan: Plan, *, is_lost: bool) -> Refusal | None:
    must_remember = any(call.needs_intent for call in plan.calls)
    if not (is_lost and must_remember):
        return None
    return Refusal(
        rule="ledger-not-durable",
        message="a ledger in a file is gone with this CI run, and with it what was charged",
        fix="keep it in the repository: agency.ledger: git+branch:agencyfile-ledger",
    )


def _no_recipients(plan: Plan, kinds: Mapping[str, Kind], recipients: Collection[str]) -> Refusal | None:
    creations = [step.address for step in plan.steps if isinstance(step.change, Create)]
    shown_once = [address for address in creations if kinds[address.kind].has_credential]
    if recipients or not shown_once:
        return None
    return Refusal(
        rule="no-recipients",
        message=f"creating {shown_once[0]} shows its password once, and nobody is declared who could keep it",
        fix="declare agency.credentials.recipients (an age public key): agencyfile init makes one",
    )
