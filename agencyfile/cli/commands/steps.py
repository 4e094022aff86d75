"""`agencyfile steps`: manual steps, and the evidence that they were done."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from agencyfile.cli import console
from agencyfile.cli.completing import STEP
from agencyfile.cli.console import json_document
from agencyfile.cli.diagnostics import print_diagnostics
from agencyfile.cli.evidence import checked_evidence, checked_name
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.flags import agency_file, lock_timeout, no_color
from agencyfile.cli.lease import holder, take, waiting
from agencyfile.cli.open_calls import naming_open_calls
from agencyfile.cli.records import MailDocument, PendingStep
from agencyfile.cli.render import steps_markdown, steps_text
from agencyfile.cli.render.safe import one_line
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.signing import signed_body
from agencyfile.cli.workspace import Workspace, open_workspace
from agencyfile.fields.account_names import account_label
from agencyfile.fields.vocabulary import PORTAL_LANGUAGES
from plan import Address, Ledger, LedgerConflict, Manual, Plan, Reader
from plan.ledger import EntryType, Evidence
from plan.ledger.evidence import EvidenceBody
from plan.ledger.ledger import Draft
from plan.values import plain_attributes

_ATTEMPTS: Final = 5  # at a ledger that others write to meanwhile
_DNS: Final = "dns"

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@click.group("steps")
def command() -> None:
    """Manual steps: work that no API does, and who did it."""


def _format(command: Decorated) -> Decorated:
    choice = click.Choice(["text", "markdown", "json"])
    whole = click.option("--json", "form", flag_value="json", help="Print JSON, as --format json.")
    return click.option("--format", "form", type=choice, default="text", help="How to print it.")(whole(command))


@command.command("list")
@_format
@click.option("--done", is_flag=True, help="List the steps that were done: by whom, when, and the evidence.")
@click.option("--fail-if-pending", is_flag=True, help="Exit with 8 when a step is pending.")
@no_color
@agency_file
def list_(form: str, done: bool, fail_if_pending: bool, no_color: bool, path: Path) -> int:  # noqa: FBT001
    """List the steps that are pending, in the order in which they are due."""
    from agencyfile.cli.manual_steps import done_document, pending_document  # noqa: PLC0415

    with _opened(path, color=not no_color) as (workspace, reader):
        ledger = workspace.portal_ledger()
        plan = _plan(workspace, reader, ledger, color=not no_color)
    document = (done_document if done else pending_document)(plan, ledger.history)
    _print(document, "done" if done else "pending", form, no_color=no_color)
    if not plan.is_applicable:
        return ExitCode.ERROR
    return ExitCode.PENDING if fail_if_pending and plan.manual_steps else ExitCode.DONE


@command.command("show")
@click.argument("step", type=STEP)
@_format
@no_color
@agency_file
def show(step: str, form: str, no_color: bool, path: Path) -> None:  # noqa: FBT001
    """Show the instructions of one step. STEP is an id from `steps list`."""
    from agencyfile.cli.manual_steps import closed_document, pending_document, pending_step  # noqa: PLC0415

    with _opened(path, color=not no_color) as (workspace, reader):
        ledger = workspace.portal_ledger()
        plan = _plan(workspace, reader, ledger, color=not no_color)
    closed = _closed(plan, ledger, step)
    if closed:
        _print(closed_document(closed), "closed", form, no_color=no_color)
        return
    found = pending_step(plan, step).id
    document = next(item for item in pending_document(plan, ledger.history)["steps"] if item["id"] == found)
    document = _in_the_clients_language(document, workspace)
    _print(document, "step", form, no_color=no_color)


def _in_the_clients_language(step: PendingStep, workspace: Workspace) -> PendingStep:
    """Return the step with the mail that the client gets, where it has one. Its digest is that of the plan."""
    from agencyfile.cli.mails.handover import HANDOVER, handover_mail  # noqa: PLC0415 - only one kind of step needs it

    instructions, has_mail, _ = step["text"].partition("\n\nTo: ")
    if step["topic"] != HANDOVER or not has_mail:
        return step
    mail, _ = handover_mail(workspace, Address.parse(step["address"]).name)
    return {**step, "text": f"{instructions}\n\n{mail.text().rstrip()}"}


@command.command("mail")
@click.argument("account")
@click.option(
    "--language",
    type=click.Choice(list(PORTAL_LANGUAGES)),
    help="Another language, by its code (ISO 639-1).  [default: the account's]",
)
@click.option("--json", "form", flag_value="json", help="Print JSON, as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "eml", "json"]),
    default="text",
    show_default=True,
    help="How to print it: eml is a file for a mail program.",
)
@agency_file
def mail(account: str, language: str | None, form: str, path: Path) -> None:
    """Print the mail that hands ACCOUNT over to its client, in the client's language.

    The password is not in it: send it by another way. Your own template counts for more than the one that is shipped:
    mails/handover.LANGUAGE.txt beside the agency file. Neither key nor portal is needed.
    """
    from agencyfile.cli.mails.handover import handover_mail  # noqa: PLC0415 - only who asks for it

    workspace = open_workspace(path, color=True)
    ready, template = handover_mail(workspace, account_label(account.removeprefix("account.")), language)
    match form:
        case "json":
            found: MailDocument = {
                "agency": workspace.agency,
                "to": ready.to,
                "subject": ready.subject,
                "body": ready.body,
                "language": template.language,
                "template": template.place,
            }
            json_document(found)
        case "eml":
            console.exact(ready.message())
        case _:
            click.echo(ready.text(), nl=False)


@command.command("done")
@click.argument("step", type=STEP)
@click.option(
    "--evidence", metavar="TEXT", help="How you know that it is done: a ticket, a link, a sentence. No secret."
)
@click.option("--by", metavar="NAME", help="Who did it.  [default: the user]")
@click.option("--check", is_flag=True, help="For dns steps: ask the DNS, and take its answer as evidence.")
@lock_timeout
@no_color
@agency_file
def done(
    step: str,
    evidence: str | None,
    by: str | None,
    check: bool,  # noqa: FBT001
    lock_timeout: float,
    no_color: bool,  # noqa: FBT001
    path: Path,
) -> None:
    """Record that a step was done. STEP is an id from `steps list`."""
    if evidence is None and not check:
        raise click.UsageError("say --evidence TEXT: how you know that it is done")
    with _opened(path, color=not no_color) as (workspace, reader):
        said = _Said(step, _checked(evidence, workspace), checked_name(by or holder()), check)
        closed = _record(workspace, reader, said, patience=lock_timeout, color=not no_color)
    if closed:
        click.echo(
            f"{one_line(step)} was done by {one_line(closed.by)} on {closed.time}; nothing is recorded", err=True
        )
    else:
        click.echo(f"{one_line(step)}: done, by {one_line(said.by)}")


@dataclass(frozen=True, slots=True)
class _Said:
    """A person's statement about a step."""

    step: str
    evidence: str
    by: str
    check: bool


def _checked(evidence: str | None, workspace: Workspace) -> str:
    return "" if evidence is None else checked_evidence(evidence, workspace.secrets())


@contextmanager
def _opened(path: Path, *, color: bool) -> Iterator[tuple[Workspace, Reader]]:
    from agencyfile.cli.providers import open_reader  # noqa: PLC0415 - heavy

    workspace = open_workspace(path, color=color)
    with naming_open_calls(workspace), open_reader(workspace) as reader:
        yield workspace, reader


def _plan(workspace: Workspace, reader: Reader, ledger: Ledger, *, color: bool) -> Plan:
    plan = workspace.plan(reader, ledger)
    if not plan.is_applicable:
        print_diagnostics(plan.diagnostics, workspace.sources, color=color)
    return plan


def _closed(plan: Plan, ledger: Ledger, step: str) -> Evidence | None:
    """The evidence of a step that asks for nothing any more."""
    from agencyfile.cli.manual_steps import closed_by  # noqa: PLC0415

    return None if step in {manual.id for manual in plan.manual_steps} else closed_by(ledger.history, step)


def _record(workspace: Workspace, reader: Reader, said: _Said, *, patience: float, color: bool) -> Evidence | None:
    """Append the evidence; the one that is there already where somebody has done the step.

    The portal is read before the lease is taken, so that nobody waits for that. When somebody wrote meanwhile, what is
    pending is found out anew.
    """
    deadline = time.monotonic() + patience
    for left in reversed(range(_ATTEMPTS)):
        ledger = waiting(lambda: _free(workspace), patience=max(0.0, deadline - time.monotonic()))
        plan = _plan(workspace, reader, ledger, color=color)
        closed = _closed(plan, ledger, said.step)
        if closed:
            return closed
        entry = _entry(workspace, plan, said, workspace.signers(ledger.history))
        try:
            take(ledger, duration=workspace.agency_file.settings.lease)
        except LedgerConflict:
            if not left:
                raise
            continue
        try:
            ledger.append(entry)
            break
        finally:
            ledger.release()
    return None


def _free(workspace: Workspace) -> Ledger:
    ledger = workspace.portal_ledger()
    ledger.check_free()
    return ledger


def _entry(workspace: Workspace, plan: Plan, said: _Said, signers: Collection[str] | None) -> Draft:
    from agencyfile.cli.manual_steps import check_closable, pending_step  # noqa: PLC0415

    manual = pending_step(plan, said.step)
    check_closable(plan, manual)
    answer = _dns_answer(workspace, manual) if said.check else ""
    said_body: EvidenceBody = {
        "step": manual.id,
        "digest": manual.digest,
        "by": said.by,
        "text": "\n".join(filter(None, (said.evidence, answer))),
    }
    if manual.done:
        said_body["sent"] = plain_attributes(manual.done)
    body, _ = signed_body(EntryType.EVIDENCE, manual.address, said_body, agency=plan.agency, signers=signers)
    return EntryType.EVIDENCE, manual.address, body


def _dns_answer(workspace: Workspace, manual: Manual) -> str:
    """The record that the step asks for, as it is now."""
    from agencyfile.cli.cname import cname_evidence  # noqa: PLC0415 - only a look into the DNS pays for it
    from agencyfile.fields.account_names import HOST_SUFFIX  # noqa: PLC0415

    declared = {resource.address: resource.attributes for resource in workspace.agency_file.resources}
    domain = declared.get(manual.address, {}).get("domain")
    if manual.topic != _DNS or not isinstance(domain, str):
        raise click.UsageError(f"--check is for dns steps; for {one_line(manual.id)} say --evidence TEXT")
    return cname_evidence(domain, f"{manual.address.name}{HOST_SUFFIX}")


def _print(document: object, what: str, form: str, *, no_color: bool) -> None:
    if form == "json":
        json_document(document)
        return
    if form == "markdown":
        console.document(_MARKDOWN[what](document), errors="xmlcharrefreplace")
        return
    click.echo(_TEXT[what](document, width=terminal_width()), nl=False, color=False if no_color else None)


_TEXT: Final[Mapping[str, Callable[..., str]]] = {
    "pending": steps_text.render_pending,
    "done": steps_text.render_done,
    "step": steps_text.render_step,
    "closed": steps_text.render_closed,
}
_MARKDOWN: Final[Mapping[str, Callable[..., str]]] = {
    "pending": steps_markdown.render_pending,
    "done": steps_markdown.render_done,
    "step": steps_markdown.render_step,
    "closed": steps_markdown.render_closed,
}
