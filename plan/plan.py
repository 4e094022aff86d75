"""The plan: ordered changes and what they were computed from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from plan.address import Address
from plan.background import Background
from plan.billing import Movement, movement, yearly
from plan.budget import Budget
from plan.call import Call, Effect
from plan.change import Create, Manual, PlannedChange
from plan.diagnostic import Diagnostic, has_errors
from plan.drift import Drift
from plan.forms import encode_diagnostic, encode_manual, encode_step
from plan.ledger.approval import ApprovedStep, Preimage
from plan.ledger.facts import OpenIntent
from plan.ledger.position import Position
from plan.money import Money, total
from plan.records.document import ChangeRecord, ManualStepRecord
from plan.refusal import Refusal
from plan.request import Request
from plan.values import canonical, digest, plain

# What a step waits for changes while the portal is at work; an apply goes by what it reads itself.
_OF_THE_MOMENT: Final = ("depends_on",)


@dataclass(frozen=True)  # without slots, which leave no place for what is computed once
class Plan:
    """The changes that an apply would make, and everything that a reviewer needs to judge them.

    `steps` are in the order of their dependencies. `blocked` are addresses whose last call has no known outcome:
    nothing is planned for them. `unmanaged` are live objects that no block names: nothing touches them. `managed`
    counts, by kind, the live objects that the file names. `drift` is what somebody changed behind our back; what the
    steps undo of it is in them. `remote_ids` and `provisioning` cover the live objects that steps refer to. `reads`
    counts requests by list. `left_out` counts what is declared and was not looked at: then nothing is said of
    unmanaged objects. `refusals` are the guards that an apply of it would meet. `ledger` is where the ledger stood.
    `background` is what is billed besides, and who is concerned; None in a document that does not tell it. `request` is
    who asked for the changes, where the plan was made for a review.
    """

    agency: str
    desired_digest: str
    steps: tuple[PlannedChange, ...] = ()
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
    ledger: Position = field(default_factory=Position)
    background: Background | None = None
    request: Request | None = None

    @property
    def is_empty(self) -> bool:
        """Is there nothing for an apply to do? Manual steps do not count."""
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
        """The charges at once, at list prices, one sum per currency."""
        prices = (call.price for call in self.calls if call.effect is Effect.BILLED)
        return total(price.now for price in prices if price and price.now)

    @cached_property
    def movement(self) -> Movement:
        """The recurring amounts before and after its changes, for all accounts of the portal."""
        found = movement(step.recurrence for step in self.steps if step.recurrence)
        if self.background is None:
            return found
        unmanaged = yearly(self.background.unmanaged.values())
        return found.beside(self.background.standing).beside(unmanaged)

    @property
    def effects(self) -> Mapping[Effect, int]:
        """Number of changes by effect."""
        return Counter(step.change.effect for step in self.steps)

    @property
    def creations(self) -> int:
        """Number of objects that would be created. The agency's settings do not count."""
        return sum(isinstance(step.change, Create) and not step.is_guard for step in self.steps)

    @property
    def milestones(self) -> int:
        """Number of events that an apply waits for: one for each call, and one for each object that it creates."""
        return len(self.calls) + sum(isinstance(step.change, Create) for step in self.steps)

    @cached_property
    def preimage(self) -> Preimage:
        """The facts that the digest covers."""
        return Preimage(
            agency=self.agency,
            desired_digest=self.desired_digest,
            ledger=self.ledger.identity,
            steps={step.address: approved_step(step) for step in self.steps},
            rest=digest(self._rest()),
        )

    @cached_property
    def digest(self) -> str:
        """Digest over what decides. It does not depend on the order of keys, the split of files or the time."""
        return self.preimage.digest()

    def _rest(self) -> object:
        """Return what decides or is shown, and belongs to no single step."""
        return {
            "manual_steps": _sorted(_shown_step(encode_manual(step)) for step in self.manual_steps),
            "diagnostics": _sorted(_shown(encode_diagnostic(found)) for found in self.diagnostics),
            "blocked": sorted([str(intent.address), intent.operation] for intent in self.blocked),
            "remote_ids": {str(address): remote_id for address, remote_id in self.remote_ids.items()},
            "left_out": self.left_out,
        }


def approved_step(step: PlannedChange) -> ApprovedStep:
    """Return the part of a step that an approval keeps."""
    shown = _shown_step(encode_step(step), *_OF_THE_MOMENT)
    return ApprovedStep(step.basis, call_digests(step), digest(shown))


def call_digests(step: PlannedChange) -> tuple[str, ...]:
    """Return a digest of each call of a step. Only equal calls have equal digests."""
    return tuple(map(_call_digest, step.calls))


def _call_digest(call: Call) -> str:
    price = [str(call.price.now), str(call.price.per_month)] if call.price else None
    return digest([str(call.address), call.api, call.operation, plain(call.parameters), call.effect.value, price])


def _sorted(parts: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(parts, key=canonical)


def _shown_step(record: ChangeRecord | ManualStepRecord, *left_out: str) -> dict[str, object]:
    return {**_shown(record, *left_out), "edits": [_shown(edit) for edit in record["edits"]]}


def _shown(record: Mapping[str, object], *left_out: str) -> dict[str, object]:
    """Return a record without its place in the file, which changes when files are split."""
    return {key: value for key, value in record.items() if key not in ("origin", *left_out)}
