"""`agencyfile apply`: carry a plan out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agencyfile.cli import interrupts, streams
from agencyfile.cli.apply_output import ApplyOutput, EventOutput, TextOutput
from agencyfile.cli.approval import approval_in, is_new, require_approval, restrict_to_approved
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import MoneyType, Selection, Share, agency_file, lock_timeout, no_color, targets, user_input
from agencyfile.cli.lease import holder, take, turn, waiting
from agencyfile.cli.open_calls import naming_open_calls, settled_code
from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.portal_pin import pinned
from agencyfile.cli.portal_readings import new_readings
from agencyfile.cli.selection import part_of
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Address, Ledger, LedgerConflict, LedgerError, Money, Plan, PlanError, Provider, Report
from plan.approval import approval_of
from plan.ledger import Approval, EntryType
from plan.ledger.anchor import Anchor
from plan.rules import PAST_LOST
from plan.scope import Part

if TYPE_CHECKING:
    from agencyfile.cli.providers import WritingProviders
    from agencyfile.vault import AgeVault


@dataclass(frozen=True, slots=True)
class _Options:
    """The choices of the command line."""

    reviewed: Plan | None
    approved: str | None
    most_changed: float | None
    part: Part
    auto_approve: bool
    allowed: tuple[str, ...]
    may_ask: bool
    most: Money | None
    patience: float
    fail_if_pending: bool
    color: bool | None
    output: ApplyOutput


@click.command("apply")
@click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@agency_file
@click.option("--auto-approve", is_flag=True, help="Do not ask. Charges need --allow billed as well.")
@click.option(
    "--allow", default="", metavar="EFFECTS", help="What --auto-approve covers: billed, one-shot, permanent, guard."
)
@click.option(
    "--max-spend", type=MoneyType(), metavar="MONEY", help="Refuse to charge more than this, as in '100 USD'."
)
@click.option(
    "--approved", metavar="DIGEST", help="Apply the plan with this digest. Refuse if the plan has changed since."
)
@click.option(
    "--max-changed-share",
    type=Share(),
    metavar="PERCENT",
    help="Allow a larger share of the live objects of a kind to change than agency.review does, as in 60%.",
)
@click.option(
    "--fail-if-pending", is_flag=True, help="Exit with 8 when everything is applied and manual steps are pending."
)
@targets
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each event, and nothing else.")
@click.option("--concise", is_flag=True, help="Show the plan with one line for each change.")
@lock_timeout
@user_input
@no_color
def command(
    *,
    plan_file: Path | None,
    path: Path,
    auto_approve: bool,
    allow: str,
    max_spend: Money | None,
    approved: str | None,
    max_changed_share: float | None,
    fail_if_pending: bool,
    selection: Selection,
    as_json: bool,
    concise: bool,
    lock_timeout: float,
    may_ask: bool,
    no_color: bool,
) -> int:
    """Make the portal match the agency file.

    With PLAN_FILE (from `plan --out`) or --approved, apply makes exactly the reviewed changes, or none. It repeats
    nothing that an earlier run of the same plan did. Without either, apply makes a plan, shows it, and asks for
    approval. Before anything else it reconciles calls whose answer was lost in an earlier run.
    """
    if plan_file and approved is not None:
        raise click.UsageError("say either PLAN_FILE or --approved DIGEST")
    color = False if no_color else None
    workspace: Workspace | None = None
    output = (EventOutput if as_json else TextOutput)(path, color=color, concise=concise)
    try:
        workspace = open_workspace(path, color=not no_color)
        options = _Options(
            reviewed=parse_plan(read_text(plan_file), plan_file) if plan_file else None,
            approved=approved,
            most_changed=max_changed_share,
            part=part_of(workspace, selection),
            auto_approve=auto_approve,
            allowed=_effects(allow),
            may_ask=may_ask,
            most=max_spend,
            patience=lock_timeout,
            fail_if_pending=fail_if_pending,
            color=color,
            output=output,
        )
        with naming_open_calls(workspace):
            return _run(workspace, options)
    except (CommandExit, PlanError) as error:
        output.stopped(error)
        if workspace and workspace.is_told:
            _tell_of_stop(workspace, error)
        raise


def _run(workspace: Workspace, options: _Options) -> int:
    from agencyfile.cli.providers import open_provider  # noqa: PLC0415 - heavy

    with streams.unstoppable():
        with open_provider(workspace) as provider:
            report, code, ledger = _apply(workspace, provider, options)
        options.output.ended(report, code)
        if code is ExitCode.UNKNOWN:
            options.output.open_calls(ledger)
    if workspace.is_told and (report or code is not ExitCode.DONE):
        _tell(workspace, ledger, report, code)
    return code


def _tell(workspace: Workspace, ledger: Ledger, report: Report | None, code: ExitCode) -> None:
    """Tell whom the settings name. It comes last: whatever the receiver does, the ledger and the exit code stand."""
    from agencyfile.cli.notify.message import told_apply  # noqa: PLC0415 - only who asks pays for it
    from agencyfile.cli.notify.telling import tell  # noqa: PLC0415 - same

    tell(workspace, ledger.history, told_apply(workspace.agency, report or Report()), code)


def _tell_of_stop(workspace: Workspace, error: CommandExit | PlanError) -> None:
    from agencyfile.cli.app import code_of  # noqa: PLC0415 - it imports every command's words
    from agencyfile.cli.notify.message import told_end  # noqa: PLC0415 - only who asks pays for it
    from agencyfile.cli.notify.telling import tell  # noqa: PLC0415 - same

    tell(workspace, None, told_end(workspace.agency), code_of(error))


def _apply(
    workspace: Workspace, provider: "WritingProviders", options: _Options
) -> tuple[Report | None, ExitCode, Ledger]:
    deadline = time.monotonic() + options.patience
    while True:
        ledger, unsettled = _settle(workspace, provider, options, deadline)
        plan, approval = _plan(workspace, provider, ledger, options, unsettled)
        if not plan.is_applicable:
            return None, settled_code(ExitCode.ERROR, ledger), ledger
        if plan.is_empty:
            return None, settled_code(_done(plan, options), ledger), ledger
        vault = _guarded_vault(workspace, plan, provider, ledger, options)
        workspace.warn_of_unreadable(plan, provider.kinds)
        if not approval:
            require_approval(
                plan,
                auto_approve=options.auto_approve,
                allowed=options.allowed,
                may_ask=options.may_ask,
                reviewed_only=workspace.guards(ledger.history).review.approval,
                is_new_agency=is_new(plan, ledger.history),
            )
        try:
            pin = pinned(ledger.history, workspace.portal_keys())
            readings = new_readings(ledger.history, provider.seen())
            take(ledger, duration=workspace.agency_file.settings.lease, beside=(*pin, *readings))
        except LedgerConflict:
            # somebody wrote since the plan was made: what was approved by a person was not this
            if time.monotonic() >= deadline or not (options.auto_approve or approval):
                raise
            continue
        try:
            _remember(approval, ledger, options)
            report = _carry_out(workspace, plan, provider, ledger, vault, options.output)
        finally:
            ledger.release()
        last = _last_word(workspace, ledger, report, plan)
        return report, _exit_code(last, report, plan, options), last


def _done(plan: Plan, options: _Options) -> ExitCode:
    """All that calls can do is done, unless a grant waits for a person; what humans have to do may still be."""
    if any(found.rule == PAST_LOST for found in plan.diagnostics):
        return ExitCode.PARTIAL
    return ExitCode.PENDING if options.fail_if_pending and plan.manual_steps else ExitCode.DONE


def _remember(approval: Approval | None, ledger: Ledger, options: _Options) -> None:
    """Keep an approval that was given by its digest: only so can a later run go on with what this one leaves."""
    known = ledger.history.approval
    if options.approved is not None and approval and (known is None or known.digest != approval.digest):
        ledger.append((EntryType.APPROVED, None, approval.body()))


def _settle(
    workspace: Workspace, provider: Provider, options: _Options, deadline: float
) -> tuple[Ledger, Mapping[Address, str]]:
    """Reconcile what an earlier run left open; return the ledger to plan on, and why what is still open is so.

    Waits for somebody else's lease until `deadline`: an intent of a run that goes on is open too, and is neither ours
    to judge nor unknown. So the ledger is one that was free when it was read.
    """
    from plan.reconcile import reconcile, unsettled  # noqa: PLC0415

    noted = options.reviewed.ledger.anchor if options.reviewed else None
    ledger = _free_ledger(workspace, deadline, noted)
    if not ledger.history.open_intents:
        return ledger, {}
    with turn(workspace.portal_ledger, duration=workspace.agency_file.settings.lease, patience=_left(deadline)) as held:
        judged = reconcile(held, provider, workspace.policy(held.history), now=datetime.now(UTC))
        options.output.settled(judged)
        reasons = {address: verdict.message for address, verdict in unsettled(judged, held).items()}
    return _free_ledger(workspace, deadline, noted), reasons


def _free_ledger(workspace: Workspace, deadline: float, noted: Anchor | None) -> Ledger:
    def read() -> Ledger:
        ledger = workspace.portal_ledger(noted)
        ledger.check_free()
        return ledger

    return waiting(read, patience=_left(deadline))


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _plan(
    workspace: Workspace, provider: Provider, ledger: Ledger, options: _Options, unsettled: Mapping[Address, str]
) -> tuple[Plan, Approval | None]:
    from plan.document import encode  # noqa: PLC0415

    plan = workspace.plan(provider, ledger, most=options.most, part=options.part)
    blocked = tuple(replace(intent, message=unsettled.get(intent.address, intent.message)) for intent in plan.blocked)
    plan = replace(plan, blocked=blocked)
    approval = None
    if options.reviewed:
        approval = approval_of(options.reviewed, by=holder())
        if workspace.signers(ledger.history) is not None:  # a file is no signature: its plan must be approved too
            approval = _approved(workspace, ledger, approval.digest, plan)
    elif options.approved is not None:
        approval = _approved(workspace, ledger, options.approved, plan)
    if approval:
        plan = restrict_to_approved(approval, plan, ledger.history, options.reviewed)
    options.output.planned(encode(plan))
    print_diagnostics(plan.diagnostics, workspace.sources, color=options.color is None)
    return plan, approval


def _approved(workspace: Workspace, ledger: Ledger, digest: str, plan: Plan) -> Approval:
    return approval_in(ledger.history, digest, plan, by=holder(), signers=workspace.signers(ledger.history))


def _effects(text: str) -> tuple[str, ...]:
    known = ("billed", "one-shot", "permanent", "guard")
    effects = tuple(part.strip() for part in text.split(",") if part.strip())
    for effect in effects:
        if effect not in known:
            raise click.UsageError(f"--allow {effect}: expected any of {', '.join(known)}")
    return effects


def _guarded_vault(
    workspace: Workspace, plan: Plan, provider: Provider, ledger: Ledger, options: _Options
) -> "AgeVault | _NoVault":
    from agencyfile.vault import AgeVault, VaultError  # noqa: PLC0415

    for refusal in workspace.refusals(plan, provider.kinds, ledger.history, most_changed=options.most_changed):
        raise CommandExit(ExitCode.REFUSED, refusal.message, fix=refusal.fix)
    recipients = workspace.recipients(plan, ledger.history)
    if not recipients:
        return _NoVault()
    try:
        return AgeVault(recipients)
    except VaultError as error:
        raise CommandExit(ExitCode.REFUSED, str(error), fix="correct agency.credentials.recipients") from None


class _NoVault:
    """Stands for a vault where the guards have made sure that nothing needs one."""

    recipients: tuple[str, ...] = ()

    def seal(self, secret: object) -> str:
        raise AssertionError(f"no recipient to seal {secret} to")


def _carry_out(
    workspace: Workspace,
    plan: Plan,
    provider: "WritingProviders",
    ledger: Ledger,
    vault: "AgeVault | _NoVault",
    output: ApplyOutput,
) -> Report:
    from plan.apply import apply  # noqa: PLC0415

    with interrupts.caught(provider) as stop, streams.hurried():
        events = apply(plan, provider=provider, ledger=ledger, vault=vault, pace=workspace.pace(), stop=stop)
        return output.follow(events, plan)


def _last_word(workspace: Workspace, ledger: Ledger, report: Report, plan: Plan) -> Ledger:
    """Return the ledger, read anew where a write failed: the entry may be there all the same.

    A call that was open before this run needs no other look; a ledger that cannot be read again stays as it is.
    """
    open_before = {intent.address for intent in plan.blocked}
    if not (report.ledger_failure or report.unknown.keys() - open_before):
        return ledger
    try:
        ledger = workspace.ledger()
    except LedgerError:
        return ledger
    _believe(ledger, report)
    return ledger


def _exit_code(ledger: Ledger, report: Report, plan: Plan, options: _Options) -> ExitCode:
    """By what the ledger holds in the end."""
    if ledger.history.open_intents or report.unknown:
        return ExitCode.UNKNOWN
    return _done(plan, options) if report.is_complete else _plain_code(report)


def _believe(ledger: Ledger, report: Report) -> None:
    """Move calls whose outcome the ledger holds from unknown to failed: they are known, and not complete."""
    for address in report.unknown.keys() - ledger.history.open_intents.keys():
        message = report.unknown.pop(address)
        report.failed[address] = f"{message}; the ledger has its outcome after all: the next apply goes on from there"
        report.unclear.append(address)


def _plain_code(report: Report) -> ExitCode:
    if report.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.PARTIAL if report.unclear or report.calls_made > len(report.failed) else ExitCode.ERROR
