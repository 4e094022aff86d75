"""Manual steps: which ones a plan shows, in what words, and in what order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from plan.address import Address
from plan.call import Effect
from plan.change import Closing, Edit, Instructions, Manual
from plan.ledger.entry import EntryType
from plan.ledger.history import History
from plan.ledger.ledger import Ledger
from plan.provider import Kind, Recoverable, Renamable
from plan.resource import Live, Resource
from plan.values import Attributes, plain


def pending(manual: Iterable[Manual], history: History, changed: Collection[Address]) -> tuple[Manual, ...]:
    """Return the steps that no evidence closes. Those that can be done now come first.

    Args:
        manual: every step, in the order in which they are due.
        history: the ledger, with its evidence.
        changed: the addresses that the plan changes; nothing else is waited for.
    """
    still = [step for step in manual if not _is_done(step, history)]
    due = [replace(step, after=tuple(address for address in step.after if address in changed)) for step in still]
    return tuple(sorted(due, key=lambda step: bool(step.after)))


def _is_done(step: Manual, history: History) -> bool:
    if step.closes is Closing.PORTAL:
        return False  # what the portal shows is true, whatever anybody says
    evidence = history.evidence_of(step.address, step.id)
    return evidence is not None and (step.effect is Effect.ONE_SHOT or evidence.digest == step.digest)


def record(ledger: Ledger, step: Manual, *, text: str, by: str) -> None:
    """Append that a person did `step`: how they know, and who they are.

    Raises:
        LedgerError: it cannot be recorded.
    """
    body: dict[str, object] = {"step": step.id, "digest": step.digest, "text": text, "by": by}
    if step.done:
        body["sent"] = plain(step.done)
    ledger.append((EntryType.EVIDENCE, step.address, body))


def by_hand(kind: Kind, resource: Resource, name: str, edits: Sequence[Edit], live: Attributes) -> Manual:
    """Return the step for an attribute that the API cannot change."""
    return Manual(
        address=resource.address,
        edits=tuple(edits),
        instruction=kind.instruction(resource, edits),
        reason="the API cannot change " + ", ".join(edit.attribute for edit in edits),
        origin=edits[0].origin or resource.origin,
        topic=name,
        closes=Closing.PORTAL if name in live else Closing.EVIDENCE,
        done={name: resource.attributes[name]},
    )


def whole(kind: Kind, resource: Resource, edits: Sequence[Edit]) -> Manual:
    """Return the step for a resource that only a person can create."""
    return Manual(
        address=resource.address,
        edits=tuple(edits),
        instruction=kind.instruction(resource, edits),
        reason=kind.reason(resource),
        origin=edits[0].origin or resource.origin,
        after=resource.references(),
        done=resource.attributes,
    )


def lost_password(kind: Recoverable, resource: Resource, *, is_adopted: bool) -> Manual:
    """Return the step for an object whose password nobody has seen."""
    why = "the answer of its creation was lost, and its password with it" if is_adopted else "its creation shows none"
    return Manual(
        address=resource.address,
        edits=(),
        instruction=kind.recovery(resource),
        reason=why,
        origin=resource.origin,
        topic="password",
    )


def revival(kind: Kind, resource: Resource, live: Live) -> Manual:
    """Return the step for an object that the portal keeps archived."""
    return _shown(resource, "renewal", kind.revival(resource, live), f"the portal keeps it as {live.archived}")


def renaming(kind: Renamable, resource: Resource, live: Live) -> Manual:
    """Return the step for an object that still has its former name."""
    return _shown(resource, "name", kind.renaming(resource, live), f"the portal knows it as {live.address.name}")


def _shown(resource: Resource, topic: str, instruction: Instructions, reason: str) -> Manual:
    return Manual(resource.address, (), instruction, reason, resource.origin, topic, closes=Closing.PORTAL)
