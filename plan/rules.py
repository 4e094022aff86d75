"""The rules of the engine, and the diagnostics that they lead to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from plan.address import Address, Origin
from plan.change import PlannedChange
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Removal, Resource
from plan.rule import Rule
from plan.values import Attributes, Value

_NAMED: Final = 20  # addresses that one diagnostic names
PAST_LOST: Final = "credit-past-lost"

_TABLE: Final = (
    Rule(
        "change-not-listed",
        "a change that was confirmed is not in the portal's list",
        "plan again in a minute; if somebody undid it by hand, wait until agency.reconcile.settle is over",
        "guarantees.md",
    ),
    Rule(
        "object-not-listed",
        "an object that was made is not in the portal's list",
        "plan again in a minute; if it is gone for good: agencyfile ledger forget ADDRESS",
        "portal.md rules 15, 32, 36",
    ),
    Rule(
        "credit-past-unknown",
        "what was granted before is not known",
        "look it up in the portal, then: agencyfile ledger baseline ADDRESS=TOTAL",
        "portal.md rule 71",
    ),
    Rule(
        PAST_LOST,
        "what was granted to an adopted account is not known",
        "look it up in the portal, then: agencyfile ledger baseline ADDRESS=TOTAL",
        "portal.md rule 71",
        Severity.WARNING,
    ),
    Rule("credit-total-smaller", "a total can only grow", "write what was granted, or more", "portal.md rule 71"),
    Rule(
        "attribute-fixed",
        "this can never change",
        "declare it as it is at the portal, or declare a new name for a new object",
        "portal.md rules 1, 5, 6, 14, 29",
    ),
    Rule(
        "creation-waits",
        "not created yet",
        "create the missing dependency first, then plan again",
        "portal.md rules 12, 34",
        Severity.WARNING,
    ),
    Rule(
        "resources-wait",
        "what belongs to an account that takes no calls waits",
        "nothing to do for them: they are planned as soon as the account is active",
        "portal.md 3",
        Severity.WARNING,
    ),
    Rule(
        "object-unidentified",
        "an object of the portal cannot be told from others",
        "give them different names or addresses in the portal, then plan again",
        "portal.md section 8",
        Severity.WARNING,
    ),
    Rule(
        "value-unknown",
        "an earlier run may have set another value",
        "nothing to do: an apply sets it again",
        "guarantees.md",
        Severity.WARNING,
    ),
    Rule(
        "recipient-removed",
        "a key that was taken out can still read passwords",
        "agencyfile credentials rekey, then change the passwords at the accounts: agencyfile credentials replace NAME",
        "language",
        Severity.WARNING,
    ),
    Rule(
        "portal-reading-changed",
        "the portal answers differently from before",
        "agencyfile doctor shows both readings, and how to accept the new one",
        "portal.md section 8",
        Severity.WARNING,
    ),
    Rule(
        "rename-suspected",
        "a new block looks like one that was taken out",
        "if it is the same account under a new name, add `previously: OLD` to the block",
        "portal.md 1.5",
        Severity.WARNING,
    ),
    Rule(
        "block-excluded",
        "a part of the file was excluded",
        "plan the whole file to see it",
        "language",
        Severity.WARNING,
    ),
)
RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rule in _TABLE}


def found(rule: str, detail: str, *, origin: Origin, address: Address, fix: str = "") -> Diagnostic:
    """Return a diagnostic of one of the engine's rules; `fix` replaces the fix of the rule."""
    known = RULES[rule]
    return Diagnostic(known.id, known.summary, detail, fix or known.fix, origin, address, known.severity)


def not_shown_yet(step: PlannedChange) -> Diagnostic:
    """Return the error for a step that would repeat a call confirmed a moment ago."""
    operations = " and ".join(call.operation for call in step.calls if call.needs_intent)
    return found(
        "change-not-listed",
        f"The portal has confirmed {operations} of {step.address} a moment ago, and its list does not show it: "
        "the list may be stale, and then nothing else in this plan can be trusted either. It is not sent again.",
        origin=step.change.origin,
        address=step.address,
    )


def not_listed(resource: Resource) -> Diagnostic:
    """Return the error for an object that the ledger knows and the portal does not list."""
    return found(
        "object-not-listed",
        f"The ledger saw {resource.address} come to be, and the portal does not list it: the list may be stale, "
        "and then nothing else in this plan can be trusted either. It is never made a second time by itself.",
        fix=f"plan again in a minute; if it is gone for good: agencyfile ledger forget {resource.address}",
        origin=resource.origin,
        address=resource.address,
    )


def removal_not_listed(removal: Removal, address: Address) -> Diagnostic:
    """Return the error for an object that is to end, that the ledger knows, and that the portal does not list."""
    return found(
        "object-not-listed",
        f"The ledger saw {address} come to be and saw no end of it, and the portal does not list it: the list may be "
        "stale, and then its end would be left out without a word.",
        fix=f"plan again in a minute; if it is gone for good: agencyfile ledger forget {address}",
        origin=removal.origin,
        address=address,
    )


def value_unknown(resource: Resource, names: Sequence[str]) -> Diagnostic:
    """Return the warning for attributes that a call may have set to another value than the ledger knows."""
    return found(
        "value-unknown",
        f"A run ended before it knew whether it had set {', '.join(names)} of {resource.address}, and no list of the "
        "portal shows that.",
        origin=resource.origin_of(names[0]),
        address=resource.address,
    )


def past_unknown(resource: Resource) -> Diagnostic:
    """Return the error for a total of which nobody knows what was granted before."""
    return found(
        "credit-past-unknown",
        f"{resource.address} is a total ever granted, the portal does not tell what was granted before, and the "
        "ledger did not see the account created.",
        fix=f"look it up in the portal, then: agencyfile ledger baseline {resource.address}=TOTAL",
        origin=resource.origin_of("total"),
        address=resource.address,
    )


def past_lost(resource: Resource) -> Diagnostic:
    """A total in an account whose creation was settled by what the portal shows: this credit waits, nothing else."""
    return found(
        PAST_LOST,
        f"The account of {resource.address} was found after the answer to its creation was lost. Somebody else may "
        "have made it, and granted something: this credit waits for a person, and everything else goes on.",
        fix=f"look it up in the portal, then (0 for nothing): agencyfile ledger baseline {resource.address}=TOTAL",
        origin=resource.origin_of("total"),
        address=resource.address,
    )


def total_smaller(resource: Resource, known: Value) -> Diagnostic:
    """Return the error for a total below what was granted."""
    return found(
        "credit-total-smaller",
        f"{resource.address} was granted {known} in all; what was granted cannot be taken back.",
        fix=f"write {known} or more",
        origin=resource.origin_of("total"),
        address=resource.address,
    )


def fixed(resource: Resource, known: Attributes, names: Sequence[str]) -> tuple[Diagnostic, ...]:
    """One error for each attribute of `names`, however many words of it differ."""
    return tuple(
        found(
            "attribute-fixed",
            f"{name} of {resource.address} is {_words(known[name])} at the portal and "
            f"{_words(resource.attributes[name])} in the file; nothing can change it once the object exists.",
            origin=resource.origin_of(name),
            address=resource.address,
        )
        for name in names
    )


def creation_waits(resource: Resource, missing: Sequence[Address]) -> Diagnostic:
    """Return the warning for a resource that is made from something that a person must create first."""
    names = ", ".join(map(str, missing))
    return found(
        "creation-waits",
        f"{resource.address} is not created yet: it needs {names}, which the portal does not have under that name, and "
        "which this plan does not create.",
        origin=resource.origin,
        address=resource.address,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A resource whose calls would fail now, because its owner takes none; `reason` says why."""

    owner: Address
    reason: str
    resource: Resource


def resources_wait(waiting: Sequence[Waiting]) -> Iterator[Diagnostic]:
    """Yield a warning for each owner that takes no calls, with the resources that wait for it."""
    for (owner, reason), some in groupby(sorted(waiting, key=_owner_of), _owner_of):
        resources = [each.resource for each in some]
        names = ", ".join(str(resource.address) for resource in resources)
        yield found(
            "resources-wait",
            f"{owner} {reason}, and calls into it would fail: {names} will be planned once it takes calls.",
            origin=resources[0].origin,
            address=owner,
        )


def _owner_of(waiting: Waiting) -> tuple[Address, str]:
    return waiting.owner, waiting.reason


def object_unidentified(resource: Resource, unclear: Address, why: str) -> Diagnostic:
    """Return the warning for a resource that is made from an object whose remote id is not certain."""
    return found(
        "object-unidentified",
        f"{resource.address} is not created: which id {unclear} has is not certain. {why[:1].upper()}{why[1:]}.",
        origin=resource.origin,
        address=resource.address,
    )


def rename_suspected(resource: Resource, old: Address) -> Diagnostic:
    """Return the warning for a new block that may be the new name of a live object."""
    return found(
        "rename-suspected",
        f"{resource.address} is new, and looks like {old}, which the portal has and no block names any more. An apply "
        f"creates a second object; the first goes on as it is.",
        fix=f"if it is the same under a new name, add to the block: `previously: {old.name}`",
        origin=resource.origin,
        address=resource.address,
    )


def reading_changed(question: str, before: str, now: str) -> Diagnostic:
    """Return the warning for a question that the portal answers differently from what the ledger knows."""
    known = RULES["portal-reading-changed"]
    detail = (
        f"The ledger knows {question} as {before}, and the portal now shows {now}. The vendor may have changed it, or "
        "something else answers in the portal's place. This plan goes by what the portal shows now."
    )
    return Diagnostic(known.id, known.summary, detail, known.fix, severity=known.severity)


def excluded(pattern: str, addresses: Sequence[Address]) -> Diagnostic:
    """Return the warning for the blocks that a pattern leaves out of a plan."""
    known = RULES["block-excluded"]
    named = ", ".join(str(address) for address in addresses[:_NAMED])
    rest = f" and {len(addresses) - _NAMED:,} more" if len(addresses) > _NAMED else ""
    detail = (
        f"Excluded by {pattern}: {named}{rest}. This plan does nothing for these blocks, nor for what belongs to them."
    )
    return Diagnostic(known.id, known.summary, detail, known.fix, severity=known.severity)


def _words(value: Value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(item)}" for key, item in value.items())
    return str(value)
