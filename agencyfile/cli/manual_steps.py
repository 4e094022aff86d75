"""Manual steps with what the ledger knows of them, as documents that renderers draw from."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Final

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.records import ClosedStep, ClosedSteps, EarlierEvidence, PendingStep, PendingSteps
from agencyfile.cli.render.safe import one_line
from plan import Address, Create, Manual, Plan
from plan.change import Closing
from plan.forms import encode_manual
from plan.ledger import Evidence, History

_SINCE_MADE: Final = ("clone", "handover", "password")  # topics of steps that come with a new account


def pending_document(plan: Plan, history: History) -> PendingSteps:
    """The pending steps as the plan document has them, in the order in which they are due.

    Each has besides: `since` (UTC, ISO 8601: when the account was made that it is for; None where nobody knows), and
    `before` (who did it in other words, when, and how they knew; None where nobody did).
    """
    made = _times_made(history)
    steps: list[PendingStep] = [
        {**item, "since": _since(manual, made), "before": _before(history, manual)}
        for manual, item in ((manual, encode_manual(manual)) for manual in plan.manual_steps)
    ]
    return {"agency": plan.agency, "pending": len(steps), "steps": steps}


def done_document(plan: Plan, history: History) -> ClosedSteps:
    """The steps that evidence has closed, the oldest first; one that asks for something else since is pending again."""
    pending = {manual.id for manual in plan.manual_steps}
    done = [closed_document(found) for found in history.evidence if found.step not in pending]
    return {"agency": plan.agency, "done": done}


def closed_document(found: Evidence) -> ClosedStep:
    """One step that evidence has closed."""
    return {"id": found.step, "digest": found.digest, "by": found.by, "time": found.time, "text": found.text}


def closed_by(history: History, step: str) -> Evidence | None:
    """The last evidence of a step, whatever it asked for then."""
    return next((found for found in reversed(history.evidence) if found.step == step), None)


def pending_step(plan: Plan, step: str) -> Manual:
    """The pending step of that id.

    Raises:
        CommandExit: there is none; the nearest ones are named.
    """
    known = {manual.id: manual for manual in plan.manual_steps}
    if step in known:
        return known[step]
    near = list(_nearest(step, known))
    fix = f"did you mean {', '.join(map(one_line, near))}?" if near else "agencyfile steps list"
    raise CommandExit(ExitCode.ERROR, f"no manual step {one_line(step)} is pending", fix=fix)


def check_closable(plan: Plan, manual: Manual) -> None:
    """Nothing, when evidence can close the step now.

    Raises:
        CommandExit: the portal closes it, or what it is about does not exist yet.
    """
    step = one_line(manual.id)
    if manual.closes is Closing.PORTAL:
        raise CommandExit(
            ExitCode.ERROR,
            f"{step} closes by itself when the portal shows it; nobody's word does",
            fix="do it at the portal, then: agencyfile plan",
        )
    absent = [address for address in manual.after if address in _created(plan)]
    if absent:
        raise CommandExit(
            ExitCode.ERROR,
            f"{step} cannot be done yet: {', '.join(one_line(str(address)) for address in absent)} is still to be made",
            fix="agencyfile apply",
        )


def _created(plan: Plan) -> set[Address]:
    return {step.address for step in plan.steps if isinstance(step.change, Create)}


def _times_made(history: History) -> Mapping[Address, str]:
    """When the ledger saw accounts and sandboxes come to be."""
    return {**{address: found.time for address, found in history.credentials.items()}, **history.adopted}


def _since(manual: Manual, made: Mapping[Address, str]) -> str | None:
    """Some steps arise from the making of their object; what the file asks for is as old as the file."""
    return made.get(manual.address) if manual.topic in _SINCE_MADE and not manual.after else None


def _before(history: History, manual: Manual) -> EarlierEvidence | None:
    found = history.evidence_of(manual.address, manual.id)
    return {"by": found.by, "time": found.time, "text": found.text} if found else None


def _nearest(step: str, known: Mapping[str, Manual]) -> Iterator[str]:
    """The steps of the address that was named, or else ids that are spelt alike."""
    own = [found for found in known if found.startswith(f"{step}.") or found.endswith(f".{step}")]
    yield from (own or difflib.get_close_matches(step, known, n=3, cutoff=0.6))[:5]
