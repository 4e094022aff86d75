"""Who says yes: a saved plan, a flag, or a person at a terminal."""

import sys
from collections.abc import Collection, Iterator

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line
from plan import Effect, Plan
from plan.approval import Comparison, Deviation, compare
from plan.document import encode


def restrict_to_approved(approved: Plan, fresh: Plan) -> Plan:
    """The part of `fresh` that `approved` covers.

    Raises:
        CommandExit: the file, or an approved object, has changed since.
    """
    comparison = compare(approved, fresh)
    if comparison.holds:
        for address in comparison.unapproved:
            click.echo(f"left out, not part of the approved plan: {one_line(str(address))}", err=True)
        return comparison.plan
    raise CommandExit(ExitCode.APPROVAL, "\n".join(_reasons(comparison)), fix="plan again and have that reviewed")


def require_approval(plan: Plan, *, auto_approve: bool, allowed: Collection[str], may_ask: bool) -> None:
    """Ask, or check that flags have answered.

    Raises:
        CommandExit: nobody said yes.
    """
    if auto_approve:
        missing = [effect.value for effect in _asked(plan) if effect.value not in allowed]
        if missing:
            raise CommandExit(
                ExitCode.APPROVAL,
                f"the plan holds {' and '.join(missing)} changes, which -auto-approve alone does not cover",
                fix=f"add --allow {','.join(missing)}",
            )
        return
    if not (may_ask and sys.stdin.isatty()):
        raise CommandExit(
            ExitCode.APPROVAL,
            "nobody has approved this plan",
            fix="apply a reviewed plan file, or pass -auto-approve --allow billed",
        )
    if click.prompt("\nApply this? Only 'yes' is a yes", default="no", show_default=False, err=True) != "yes":
        raise CommandExit(ExitCode.APPROVAL, "not approved; nothing was changed")


def _asked(plan: Plan) -> list[Effect]:
    return [effect for effect in (Effect.BILLED, Effect.ONE_SHOT, Effect.PERMANENT) if plan.effects.get(effect)]


def _reasons(comparison: Comparison) -> Iterator[str]:
    if not comparison.same_file:
        yield "the agency file has changed since the plan was made"
    for deviation in comparison.deviations:
        yield f"{deviation.approved.address} has changed since the plan was made: {_difference(deviation)}"


def _difference(deviation: Deviation) -> str:
    from deepdiff import DeepDiff  # noqa: PLC0415 - only a refusal pays for it

    approved, fresh = (
        encode(Plan("", "", steps=(step,)))["resource_changes"][0] for step in (deviation.approved, deviation.fresh)
    )
    words = DeepDiff(approved, fresh, exclude_paths=["root['basis']"], verbose_level=2).pretty()
    return "; ".join(words.splitlines()) or "the object is no longer as it was read"
