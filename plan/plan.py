"""The plan: ordered changes and what they were computed from."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from plan.address import Address
from plan.budget import Budget
from plan.call import Call, Effect
from plan.change import Create, Manual, Step
from plan.diagnostic import Diagnostic, has_errors
from plan.drift import Drift
from plan.ledger.history import OpenIntent
from plan.money import Money, total
from plan.refusal import Refusal
from plan.values import digest, plain


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply would do, and everything a reviewer needs to judge it.

    `steps` are in the order of their dependencies. `blocked` are addresses whose last call has no known outcome:
    nothing is planned for them. `unmanaged` are live objects that no block names: nothing touches them. `managed`
    counts, by kind, the live objects that the file names. `drift` is what somebody changed behind our back; what the
    steps undo of it is in them. `remote_ids` and `provisioning` cover the live objects that steps refer to. `reads`
    counts requests by list. `left_out` counts what is declared and was not looked at: then nothing is said of
    unmanaged objects. `refusals` are the guards that an apply of it would meet.
    """

    agency: str
    desired_digest: str
    steps: tuple[Step, ...] = ()
    manual_steps: tuple[Manual, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocked: tuple[OpenIntent, ...] = ()
    unmanaged: tuple[Address, ...] = ()
    remote_ids: Mapping[Address, str] = field(default_factory=dict)
    provisioning: tuple[Address, ...] = ()
    reads: Mapping[str, int] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    drift: tuple[Drift, ...] = ()
    managed: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Is there nothing for an apply to do? Manual steps are a human's."""
        return not self.steps

    @property
    def is_applicable(self) -> bool:
        """Is it free of errors?"""
        return not has_errors(self.diagnostics)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every write that an apply would send, in plan order."""
        return tuple(call for step in self.steps for call in step.calls)

    @property
    def charges(self) -> tuple[Money, ...]:
        """What the card would be charged at once, at list prices, one sum per currency."""
        prices = (call.price for call in self.calls if call.effect is Effect.BILLED)
        return total(price.now for price in prices if price and price.now)

    @property
    def monthly(self) -> tuple[Money, ...]:
        """What the changes add per month, at list prices, one sum per currency."""
        prices = (call.price for call in self.calls if call.effect is Effect.BILLED)
        return total(price.per_month for price in prices if price and price.per_month)

    @property
    def effects(self) -> Mapping[Effect, int]:
        """How many changes there are of each effect."""
        return Counter(step.change.effect for step in self.steps)

    @property
    def creations(self) -> int:
        """How many objects would come into being."""
        return sum(isinstance(step.change, Create) for step in self.steps)

    @property
    def digest(self) -> str:
        """Digest over effects alone: the same whatever the order of keys, the split of files, the time."""
        effects = [
            [
                str(step.address),
                step.change.effect.value,
                step.basis,
                [call_effect(call) for call in step.calls],
            ]
            for step in sorted(self.steps, key=lambda step: step.address)
        ]
        manual = sorted([step.id, step.instruction.text] for step in self.manual_steps)
        return "pln_" + digest([self.agency, self.desired_digest, effects, manual])[:40]


def call_effect(call: Call) -> list[object]:
    """What a call would do, as JSON types: the part of it that digests are over."""
    price = [str(call.price.now), str(call.price.per_month)] if call.price else None
    return [call.api, call.operation, plain(call.parameters), call.effect.value, price]
