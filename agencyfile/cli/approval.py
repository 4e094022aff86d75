"""The approval of an apply: a saved plan, an entry of the ledger, a flag, or a person at a terminal."""

import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.streams import is_output_lost
from plan import Address, Delete, Effect, Plan, PlannedChange
from plan.approval import Comparison, approval_of, compare
from plan.forms import encode_step
from plan.ledger import Approval, EntryType, History
from plan.ledger.signature import SIGNATURE, statement

REVIEW_AGAIN = "plan again and have that reviewed"


def approval_in(
    history: History, digest: str, fresh: Plan, *, by: str, signers: Collection[str] | None = None
) -> Approval:
    """The approval that `--approved DIGEST` names: the one in the ledger, or else that of the very plan made just now.

    Raises:
        CommandExit: there is none of that digest, or it has ended.
    """
    known = history.approval
    if known and known.digest == digest:
        _check_genuine(known)
        if signers is not None:
            _check_signed(history.approval_body or {}, fresh.agency, signers)
        if known.has_ended(datetime.now(UTC).isoformat(timespec="milliseconds")):
            raise CommandExit(
                ExitCode.APPROVAL, f"the approval of {known.by} ended at {known.until}", fix="have it approved again"
            )
        return known
    if fresh.digest == digest and signers is not None:
        raise CommandExit(
            ExitCode.APPROVAL,
            "agency.signers says who may approve, and the ledger holds no approval of that digest",
            fix=f"a signer runs: agencyfile approve {fresh.digest}",
        )
    if fresh.digest == digest:
        return approval_of(fresh, by=by)
    part = "; one of a part is applied with its --target, --exclude or --changed-since, or approved before"
    raise CommandExit(ExitCode.APPROVAL, _not_that_plan(digest, fresh, known), fix=f"{REVIEW_AGAIN}{part}")


def _check_genuine(approval: Approval) -> None:
    """Nothing, when the approval is of the plan whose digest it names."""
    if approval.is_genuine:
        return
    digest = one_line(approval.digest)
    if approval.preimage is None:
        why = f"the approval of {digest} was written by an older version, whose digests cover less"
        raise CommandExit(ExitCode.APPROVAL, why, fix="plan again and have that approved")
    raise CommandExit(
        ExitCode.APPROVAL,
        f"the approval of {digest} in the ledger is of another plan, whose digest is {approval.preimage.digest()}: "
        "somebody forged it",
        fix="agencyfile ledger verify; find out who may push the ledger, then have the plan approved again",
    )


def _check_signed(body: Mapping[str, object], agency: str, signers: Collection[str]) -> None:
    """Nothing, when one of `signers` signed exactly this approval."""
    from agencyfile.cli.signing import signer_of  # noqa: PLC0415 - only who has signers pays for it

    text = statement(agency, EntryType.APPROVED, None, body)
    signature = body.get(SIGNATURE)
    if signature is None or signer_of(text, str(signature), signers) is None:
        what = "is not signed" if signature is None else "is signed by nobody who may, or was changed since"
        raise CommandExit(
            ExitCode.APPROVAL,
            f"the approval of {one_line(str(body.get('digest')))} {what}, and agency.signers says who may approve",
            fix="a signer runs agencyfile approve DIGEST; agencyfile ledger verify names what is not signed",
        )


def _not_that_plan(digest: str, fresh: Plan, known: Approval | None) -> str:
    lines = [f"{one_line(digest)} is not what would be done now: that is {fresh.digest}"]
    lines += [f"now {_settings(step)}" for step in fresh.steps if step.is_guard]
    if known:
        lines.append(f"the ledger holds an approval of {known.digest}, by {one_line(known.by)}")
    return "\n".join(lines)


def restrict_to_approved(approval: Approval, fresh: Plan, history: History, reviewed: Plan | None = None) -> Plan:
    """The part of `fresh` that `approval` covers; `reviewed` is the plan itself, where it is at hand.

    Raises:
        CommandExit: the file, or an approved object, has changed since; or the plan is another agency's.
    """
    if reviewed and reviewed.agency != fresh.agency:
        whose = f"it is a plan of {one_line(reviewed.agency)}, and the agency file is that of {one_line(fresh.agency)}"
        raise CommandExit(ExitCode.APPROVAL, whose, fix=REVIEW_AGAIN)
    comparison = compare(approval, fresh, made={*history.created, *history.adopted})
    if comparison.holds:
        for address in comparison.unapproved:
            click.echo(f"left out, not part of the approved plan: {one_line(str(address))}", err=True)
        return comparison.plan
    raise CommandExit(ExitCode.APPROVAL, "\n".join(_reasons(comparison, reviewed)), fix=REVIEW_AGAIN)


def is_new(plan: Plan, history: History) -> bool:
    """Is it the first plan of a new agency: nothing in the ledger, and nothing at the portal that the file names?

    A blank ledger beside objects that exist may be one that was moved or lost.
    """
    return history.is_blank and not any(plan.managed.values())


def require_approval(
    plan: Plan,
    *,
    auto_approve: bool,
    allowed: Collection[str],
    may_ask: bool,
    reviewed_only: Collection[str] = (),
    is_new_agency: bool = False,
) -> None:
    """Ask, or check that flags have answered; effects in `reviewed_only` need more than either.

    Settings of a new agency loosen nothing: they need no word of their own.

    Raises:
        CommandExit: nobody said yes.
    """
    if is_new_agency:
        allowed = {*allowed, Effect.GUARD.value}
        reviewed_only = {*reviewed_only} - {Effect.GUARD.value}
    unreviewed = [effect.value for effect in plan.effects if effect.value in reviewed_only]
    if unreviewed:
        raise CommandExit(
            ExitCode.APPROVAL,
            f"the plan holds {' and '.join(unreviewed)} changes, and agency.review wants those approved",
            fix=f"have it reviewed, then: agencyfile apply --approved {plan.digest}",
        )
    if auto_approve:
        missing = [effect.value for effect in _asked(plan) if effect.value not in allowed]
        if missing:
            raise CommandExit(
                ExitCode.APPROVAL,
                f"the plan holds {' and '.join(missing)} changes, which --auto-approve alone does not cover",
                fix=f"add --allow {','.join(missing)}",
            )
        return
    if not (may_ask and sys.stdin.isatty()) or is_output_lost():
        raise CommandExit(
            ExitCode.APPROVAL,
            "nobody has approved this plan",
            fix=f"apply a reviewed plan file, or --approved {plan.digest}, or pass --auto-approve --allow billed",
        )
    if click.prompt("\nApply this? Only 'yes' is a yes", default="no", show_default=False, err=True) != "yes":
        raise CommandExit(ExitCode.APPROVAL, "not approved; nothing was changed")


def _asked(plan: Plan) -> list[Effect]:
    named = (Effect.BILLED, Effect.ONE_SHOT, Effect.PERMANENT, Effect.GUARD)
    return [effect for effect in named if plan.effects.get(effect)]


def _settings(step: PlannedChange) -> str:
    """Return the meaning of a change of settings, in the words of the plan."""
    words = "" if isinstance(step.change, Delete) else "; ".join(step.change.words)
    return f"{one_line(str(step.address))} would change what an apply may do: {one_line(words)}"


def _reasons(comparison: Comparison, reviewed: Plan | None) -> Iterator[str]:
    settings = [step for step in comparison.deviations if step.is_guard]
    yield from (f"not approved: {_settings(step)}" for step in settings)
    if not comparison.same_ledger:
        yield "the plan was made on another ledger"
    if not comparison.same_file:
        yield "the agency file has changed since the plan was made"
    then: dict[Address, PlannedChange] = {step.address: step for step in reviewed.steps} if reviewed else {}
    for fresh in comparison.deviations:
        if fresh.is_guard:
            continue
        address = one_line(str(fresh.address))
        yield f"{address} has changed since the plan was made: {_difference(then.get(fresh.address), fresh)}"
    for waits, missing in comparison.waiting.items():
        names = ", ".join(one_line(str(to)) for to in missing)
        yield f"{one_line(str(waits))} has to wait for {names} now, which the approved plan did not hold"


def _difference(approved: PlannedChange | None, fresh: PlannedChange) -> str:
    if approved is None:
        calls = ", ".join(call.operation for call in fresh.calls) or fresh.change.reason
        return f"the object is no longer as it was read, or what would be done for it differs (now: {calls})"
    from deepdiff import DeepDiff  # noqa: PLC0415 - only a refusal pays for it

    old, new = encode_step(approved), encode_step(fresh)
    words = DeepDiff(old, new, exclude_paths=["root['basis']"], verbose_level=2).pretty()
    return "; ".join(words.splitlines()) or "the object is no longer as it was read"
