"""Guards: checks over a whole plan that refuse an apply before anything is sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from plan.change import Create
from plan.plan import Plan
from plan.provider import Kind


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an apply is refused, and what to do about it."""

    rule: str
    message: str
    fix: str


def refusals(plan: Plan, kinds: Mapping[str, Kind], *, recipients: Collection[str]) -> tuple[Refusal, ...]:
    """Every guard that refuses `plan`."""
    return tuple(found for found in (_no_recipients(plan, kinds, recipients),) if found)


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
