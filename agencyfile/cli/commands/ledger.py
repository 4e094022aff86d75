"""`agencyfile ledger`: read the ledger, and settle calls whose answer was lost."""

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click

from agencyfile.cli.commands import ledger_reading
from agencyfile.cli.commands.ledger_places import accept, backup, migrate, move, restore
from agencyfile.cli.completing import ADDRESS
from agencyfile.cli.console import json_document
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file, json_output, lock_timeout, no_color
from agencyfile.cli.lease import turn
from agencyfile.cli.ledger_documents import open_call, portal_document
from agencyfile.cli.ledger_records import ExplainDocument, ReconcileDocument
from agencyfile.cli.open_calls import explained, naming_open_calls
from agencyfile.cli.render.open_call_text import render_open_calls
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.render.verdicts import render_verdicts
from agencyfile.cli.workspace import Workspace, open_workspace
from plan import Address, Ledger, PlanError
from plan.apply.watch import pauses
from plan.ledger import EntryType, History, OpenIntent
from plan.ledger.bodies import ForgottenBody, IntentState, SentBody
from plan.provider import Memory
from plan.reconcile import Verdict

_BY_HAND = (".sms", ".prepaid")


@click.group("ledger")
def command() -> None:
    """The append-only log of what the portal cannot report."""


for each in (ledger_reading.show, ledger_reading.list_, ledger_reading.export, ledger_reading.verify):
    command.add_command(each)
command.add_command(ledger_reading.anchor)


@command.command("reconcile")
@click.option("--wait", is_flag=True, help="Repeat until everything is settled or needs a person.")
@click.option(
    "--explain",
    "only",
    type=ADDRESS,
    metavar="ADDRESS",
    help="Show what is known about one open call; settle nothing.",
)
@json_output
@lock_timeout
@no_color
@agency_file
def reconcile(*, wait: bool, only: str | None, as_json: bool, lock_timeout: float, no_color: bool, path: Path) -> int:
    """Ask the portal for the outcome of calls whose answer was lost."""
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy
    from plan import reconcile as engine  # noqa: PLC0415

    workspace = open_workspace(path, color=not no_color)
    if only is not None:
        return _explain(workspace, _address(only), as_json=as_json, color=False if no_color else None)
    with (
        naming_open_calls(workspace),
        open_reader(workspace.endpoint()) as reader,
        turn(workspace.portal_ledger, duration=workspace.agency_file.settings.lease, patience=lock_timeout) as ledger,
    ):
        for pause in pauses(workspace.pace()):
            judged = engine.reconcile(ledger, reader, workspace.policy(ledger.history), now=datetime.now(UTC))
            is_moving = any(verdict.state in (IntentState.INTENT, IntentState.SENT) for _, verdict in judged)
            if not (wait and is_moving):
                break
            time.sleep(pause)
            ledger.keep()
        if as_json:
            json_document(_reconciled(judged, ledger))
        else:
            click.echo(render_verdicts(judged) or "nothing is open\n", nl=False, color=False if no_color else None)
        return ExitCode.UNKNOWN if ledger.history.open_intents else ExitCode.DONE


def _reconciled(judged: Sequence[tuple[OpenIntent, Verdict]], ledger: Ledger) -> ReconcileDocument:
    return {
        "verdicts": [
            {
                "address": str(intent.address),
                "operation": intent.operation,
                "state": verdict.state.value,
                "message": verdict.message,
            }
            for intent, verdict in judged
        ],
        "open": len(ledger.history.open_intents),
    }


def _explain(workspace: Workspace, address: Address, *, as_json: bool, color: bool | None) -> int:
    """Show every signal of one open call, and what settles it."""
    ledger = workspace.ledger()
    intent = ledger.history.open_intents.get(address)
    if intent is None:
        raise CommandExit(ExitCode.ERROR, f"{address} has no open call", fix="agencyfile ledger show")
    lines = list(_evidence(workspace, ledger, intent))
    if as_json:
        words = explained(ledger, intent)
        told: ExplainDocument = {
            "call": open_call(intent),
            "evidence": lines,
            "happened": words.happened,
            "where": words.where,
            "sign": words.sign,
        }
        json_document(told)
        return ExitCode.UNKNOWN
    for line in lines:
        click.echo(one_line(line))
    text = render_open_calls([(intent, explained(ledger, intent))], width=terminal_width())
    click.echo(f"\n{text.rstrip()}", color=color)
    return ExitCode.UNKNOWN


def _evidence(workspace: Workspace, ledger: Ledger, intent: OpenIntent) -> Iterator[str]:
    from agencyfile.portal import open_reader  # noqa: PLC0415 - heavy
    from plan.reconcile import judge  # noqa: PLC0415

    yield f"Sent at or after {intent.time}: {intent.message}"
    try:
        with open_reader(workspace.endpoint()) as reader:
            signals = reader.investigate([intent])[intent.address]
    except PlanError as error:
        yield f"The portal cannot be read now: {error}"
        return
    yield from (f"Seen: {match.evidence}" for match in signals.matches)
    yield from (f"Not seen: {text}" for text in signals.absence)
    yield from (f"At work: {text}" for text in signals.busy)
    yield from (f"In doubt: {text}" for text in signals.doubts)
    verdict = judge(intent, signals, now=datetime.now(UTC), settle=workspace.policy(ledger.history).settle)
    yield f"Verdict: {verdict.state.value}: {verdict.message}"


@command.command("resolve")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...", type=ADDRESS)
@click.option(
    "--adopted",
    "remote_id",
    is_flag=False,
    flag_value="",
    help="The call happened; optionally, the object's remote id.",
)
@click.option("--absent", is_flag=True, help="The call did not happen: it may be planned again.")
@click.option(
    "--again",
    type=int,
    metavar="CREDITS",
    help="Confirm --absent of a grant, with the number of credits that will be granted again.",
)
@click.option("--by", help="Who looked.")
@lock_timeout
@agency_file
def resolve(
    addresses: tuple[str, ...],
    remote_id: str | None,
    absent: bool,  # noqa: FBT001
    again: int | None,
    by: str | None,
    lock_timeout: float,
    path: Path,
) -> None:
    """Record the outcome of calls whose answer was lost, after you have looked at the portal.

    ADDRESS is the address of the open call, as in account.acme or credit.acme.email. Several addresses get the same
    outcome.
    """
    from plan.reconcile import close  # noqa: PLC0415

    if absent == (remote_id is not None):
        raise click.UsageError("say either --adopted [ID] or --absent")
    if remote_id and len(addresses) > 1:
        raise click.UsageError("an ID belongs to one address: say --adopted ID for each alone")
    workspace = open_workspace(path, color=True)
    state = IntentState.ABSENT if absent else IntentState.CONFIRMED
    verdict = Verdict(state, f"a person looked at the portal: {state.value}", remote_id=remote_id or None)
    with _turn(workspace, lock_timeout) as ledger:
        intents = [_open_intent(ledger, _address(address)) for address in addresses]
        for intent in intents if absent else ():
            _confirm_grant(ledger, intent, again)
        for intent in intents:
            close(ledger, intent, verdict, by=f"person {by}" if by else "person")
            click.echo(f"{intent.address}: {state.value}")


def _open_intent(ledger: Ledger, address: Address) -> OpenIntent:
    intent = ledger.history.open_intents.get(address)
    if intent is None:
        raise CommandExit(ExitCode.ERROR, f"{address} has no open call", fix="agencyfile ledger show")
    return intent


def _confirm_grant(ledger: Ledger, intent: OpenIntent, again: int | None) -> None:
    """Whoever calls a grant absent has it granted once more: no list would ever show that it is the second."""
    amount = explained(ledger, intent).again
    if amount is None or again == amount:
        return
    raise CommandExit(
        ExitCode.APPROVAL,
        f"--absent lets the next apply grant {intent.address} again, {amount} credits; nothing was recorded",
        fix=f"look at the balance first; if the credits are missing: --absent --again {amount}",
    )


@command.command("baseline")
@click.argument("totals", nargs=-1, required=True, metavar="ADDRESS=TOTAL...")
@lock_timeout
@agency_file
def baseline(totals: tuple[str, ...], lock_timeout: float, path: Path) -> None:
    """Record credits that were granted before the ledger began, as in credit.acme.email=5000."""
    parsed = [_total(text) for text in totals]
    with _turn(open_workspace(path, color=True), lock_timeout) as ledger:
        for address, total in parsed:
            _check_baseline(ledger.history, address, total)
            ledger.append((EntryType.BASELINE, address, SentBody(sent={"total": total})))
            click.echo(f"{address}: {total} granted so far")


def _check_baseline(history: History, address: Address, total: int | str) -> None:
    """Totals that agencyfile grants are recorded once; totals that a person grants are recorded each time they grow."""
    known = (history.sent(address) or {}).get("total")
    if known is None or (address.name.endswith(_BY_HAND) and not (isinstance(known, int) and known > int(total))):
        return
    raise CommandExit(ExitCode.ERROR, f"{address}: the ledger knows already that {known} were granted")


def _total(text: str) -> tuple[Address, int | str]:
    from agencyfile.kinds import KINDS  # noqa: PLC0415 - only this command needs the kinds

    name, equals, total = text.partition("=")
    address = _address(name)
    if not (equals and total) or not (address.kind in KINDS and KINDS[address.kind].memory is Memory.TOTAL):
        raise click.UsageError(f"{text!r} is not a baseline, as in credit.acme.email=5000")
    if total.isdecimal():
        return address, int(total)
    if address.name.endswith(".prepaid"):
        return address, total
    raise click.UsageError(f"{total!r} is not a whole number of credits")


@command.command("portal")
@click.option("--accept", is_flag=True, help="Accept the keys of this environment: they open the same portal.")
@click.option("--only", is_flag=True, help="With --accept: accept no other key any more, as after a rotation.")
@click.option("--reason", metavar="TEXT", help="With --accept: why.")
@json_output
@lock_timeout
@agency_file
def portal(*, accept: bool, only: bool, reason: str | None, as_json: bool, lock_timeout: float, path: Path) -> None:
    """Show which keys open the ledger's portal, or accept another key.

    The ledger stores salted fingerprints of keys. A plan with an unknown key is refused, because that key may open
    another portal, where every account would be missing.
    """
    from agencyfile.cli.portal_pin import accepted  # noqa: PLC0415

    workspace = open_workspace(path, color=True)
    if not accept:
        if only or reason is not None:
            raise click.UsageError("--only and --reason are for --accept")
        _print_portal(workspace.ledger().history, workspace, as_json=as_json)
        return
    if not (reason or "").strip():
        raise click.UsageError("say why: --reason TEXT, as in --reason 'key of the CI user'")
    with _turn(workspace, lock_timeout) as ledger:
        ledger.append(accepted(ledger.history, workspace.portal_keys(), reason=str(reason), is_only=only))
        _print_portal(ledger.history, workspace, as_json=as_json)


def _print_portal(history: History, workspace: Workspace, *, as_json: bool) -> None:
    from agencyfile.cli.portal_pin import described  # noqa: PLC0415

    if as_json:
        json_document(portal_document(history, workspace.portal_keys()))
    else:
        click.echo(described(history, workspace.portal_keys()))


@command.command("forget")
@click.argument("address", type=ADDRESS)
@click.option("--reason", default="gone for good", show_default=True, help="Why.")
@lock_timeout
@agency_file
def forget(address: str, reason: str, lock_timeout: float, path: Path) -> None:
    """Record that an object is gone for good: its address may be planned, and charged, again.

    For an account, its credits, templates and settings are forgotten too.
    """
    parsed = _address(address)
    with _turn(open_workspace(path, color=True), lock_timeout) as ledger:
        known = [found for found in ledger.history.addresses if _belongs(found, parsed)]
        if not known:
            raise CommandExit(ExitCode.ERROR, f"the ledger knows nothing of {address}", fix="agencyfile ledger list")
        ledger.append(*((EntryType.FORGOTTEN, found, ForgottenBody(reason=reason)) for found in known))
    click.echo("forgotten: " + ", ".join(map(str, known)))


def _belongs(address: Address, owner: Address) -> bool:
    from agencyfile.kinds import known_kind  # noqa: PLC0415 - only this command needs the kinds

    return address == owner or known_kind(address.kind).owner(address) == owner


for _command in (accept, backup, migrate, move, restore):
    command.add_command(_command)


@command.command("compact")
@lock_timeout
@agency_file
def compact(lock_timeout: float, path: Path) -> None:
    """Replace all entries with their summary. Every fact that can still matter stays."""
    with _turn(open_workspace(path, color=True), lock_timeout) as ledger:
        before = len(ledger.entries())
        ledger.compact()
    click.echo(f"{ledger.location}: {before} entries are one now")


def _turn(workspace: Workspace, patience: float) -> AbstractContextManager[Ledger]:
    return turn(workspace.ledger, duration=workspace.agency_file.settings.lease, patience=patience)


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
