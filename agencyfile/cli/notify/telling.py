"""Tell the receiver of a run, at its end. Whatever happens here changes neither the exit code nor the ledger."""

import os
from typing import Final

import click

from agencyfile.cli.endpoints import key_of
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.cli.guarding import notify_now
from agencyfile.cli.lease import run_url
from agencyfile.cli.notify.delivery import Letter, deliver, problem_of
from agencyfile.cli.notify.forms import body_of
from agencyfile.cli.notify.message import Told, message_of
from agencyfile.cli.notify.records import Event
from agencyfile.cli.workspace import Workspace
from agencyfile.kinds.agency.settings import Notify
from plan import History

URL: Final = "AGENCYFILE_WEBHOOK_URL"
SECRET: Final = "AGENCYFILE_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable


def tell(workspace: Workspace, history: History | None, told: Told, code: int) -> None:
    """Send a message about a run, if the settings ask for it. `history` is the ledger, read anew where it is None."""
    if not workspace.is_told:
        return
    try:
        problem = _tell(workspace, history, told, code)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the run is over, and its result stands
        problem = type(error).__name__
    if problem:
        click.echo(f"warning: no message was sent about this {told.what}: {problem}", err=True)


def _tell(workspace: Workspace, history: History | None, told: Told, code: int) -> str:
    known = workspace.ledger().history if history is None else history
    notify = notify_now(workspace.agency_file.settings, workspace.recorded(known))
    if notify is None:
        return "agency.notify holds from the apply on that records it"
    event = _event(told, code, notify)
    if event is None:
        return ""
    url = os.environ.get(URL, "").strip() or notify.url or ""
    secret = key_of(SECRET)
    problem = _missing(url, has_secret=secret is not None, notify=notify)
    if problem:
        return problem
    is_rehearsal = bool(os.environ.get("AGENCYFILE_AGENCY_API"))
    message = message_of(told, event, exit_code=code, run=run_url(), is_rehearsal=is_rehearsal)
    letter = Letter(url, body_of(message, notify.form), event, message["id"], secret.reveal() if secret else "")
    return deliver(letter)


def _event(told: Told, code: int, notify: Notify) -> Event | None:
    """Return the event to tell of: an unknown outcome counts for more than the command that met it."""
    if code == ExitCode.UNKNOWN and "unknown" in notify.events:
        return "unknown"
    return told.what if told.what in notify.events else None


def _missing(url: str, *, has_secret: bool, notify: Notify) -> str:
    if not url:
        return f"{URL} is not set, and agency.notify has no url"
    if notify.form == "json" and not has_secret:
        return f"{SECRET} is not set, and messages of the form json are signed"
    problem = problem_of(url)
    return f"the address of the receiver cannot be used: {problem}" if problem else ""
