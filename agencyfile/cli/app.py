"""The group of commands and the one error boundary around them."""

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from agencyfile.cli import completing, lifeline, logs, streams
from agencyfile.cli.console import style
from agencyfile.cli.examples import add_examples
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fixes import fix_of
from agencyfile.cli.flags import with_two_dashes
from agencyfile.cli.render.safe import harmful, printable
from agencyfile.cli.terraform_words import hint_for
from plan.errors import LeaseHeld, LedgerConflict, PlanError

COMMANDS: Final = MappingProxyType(
    {
        "init": "agencyfile.cli.commands.init",
        "validate": "agencyfile.cli.commands.validate",
        "fmt": "agencyfile.cli.commands.fmt",
        "test": "agencyfile.cli.commands.test",
        "plan": "agencyfile.cli.commands.plan",
        "show": "agencyfile.cli.commands.show",
        "rehearse": "agencyfile.cli.commands.rehearse",
        "approve": "agencyfile.cli.commands.approve",
        "apply": "agencyfile.cli.commands.apply",
        "drift": "agencyfile.cli.commands.drift",
        "fleet": "agencyfile.cli.commands.fleet",
        "doctor": "agencyfile.cli.commands.doctor",
        "steps": "agencyfile.cli.commands.steps",
        "dns": "agencyfile.cli.commands.dns",
        "import": "agencyfile.cli.commands.import_",
        "clients": "agencyfile.cli.commands.clients",
        "contacts": "agencyfile.cli.commands.contacts",
        "accounts": "agencyfile.cli.commands.accounts",
        "report": "agencyfile.cli.commands.report",
        "plans": "agencyfile.cli.commands.plans",
        "credentials": "agencyfile.cli.commands.credentials",
        "ledger": "agencyfile.cli.commands.ledger",
        "lock": "agencyfile.cli.commands.lock",
        "schema": "agencyfile.cli.commands.schema",
        "portal": "agencyfile.cli.commands.portal",
        "demo": "agencyfile.cli.commands.demo",
        "ci": "agencyfile.cli.commands.ci",
        "comment": "agencyfile.cli.commands.comment",
        "commit-status": "agencyfile.cli.commands.commit_status",
        "completion": "agencyfile.cli.commands.completion",
        "version": "agencyfile.cli.commands.version",
        "help": "agencyfile.cli.commands.help",
    }
)


_KEYS: Final = (
    "AGENCYFILE_AGENCY_KEY",
    "AGENCYFILE_HUB_KEY",
    "AGENCYFILE_WEBHOOK_SECRET",
    "AGENCYFILE_WEBHOOK_URL",
    "AGENCYFILE_ADMINPULSE_KEY",
    "AGENCYFILE_ADMINPULSE_CLIENT_SECRET",
    "AGENCYFILE_ADMINCONSULT_KEY",
)


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for, and lists commands in the order of a day's work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name]).command
        if not isinstance(command, click.Command):
            return None
        add_examples(command, cmd_name)
        logs.add_verbosity(command)
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[logs.verbosity()],
    epilog="Flags take one dash or two. Environment: AGENCYFILE_AGENCY_KEY, AGENCYFILE_HUB_KEY (or *_FILE), NO_COLOR, "
    "AGENCYFILE_LOG=info|debug, AGENCYFILE_TRACE=FILE.",
)
def root() -> None:
    """Your ActiveCampaign partner portal in git: plan, review, apply. Never a second charge."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Nothing is raised."""
    streams.install()
    lifeline.hold()
    try:
        code = _run(arguments)
        logs.say("run", lambda: f"exit code {code}")
        return code
    finally:
        logs.CURRENT.close()


def _run(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - one return for each way in which a run ends
    try:
        if completing.is_completing():
            completing.silence()
        else:
            logs.from_environment()
        result = root.main(with_two_dashes(arguments), prog_name="agencyfile", standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        if hint := hint_for(error, arguments):
            click.echo(f"  hint: {hint}", err=True)
        return ExitCode.USAGE
    except CommandExit as error:
        _say(error.message, error.fix)
        return code_of(error)
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted", "")
        return ExitCode.INTERRUPTED
    except PlanError as error:
        _say(str(error), fix_of(error))
        return code_of(error)
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is left is a bug of ours, and is said to be
        return ExitCode.ERROR if completing.is_completing() else _report_bug(error)


def code_of(error: CommandExit | PlanError) -> ExitCode:
    """Return the exit code of a run that an error ended."""
    if isinstance(error, CommandExit):
        return error.code
    return ExitCode.LEASE if isinstance(error, LedgerConflict | LeaseHeld) else ExitCode.ERROR


def _say(message: str, fix: str) -> None:
    if message:
        click.echo(f"{style('error:', fg='red', bold=True)} {printable(message)}", err=True)
    if fix:
        click.echo(f"  fix: {printable(fix)}", err=True)


def _report_bug(error: Exception) -> int:
    from traceback import format_exception  # noqa: PLC0415 - most runs report no bug, and write no file

    from agencyfile.files import replace_file  # noqa: PLC0415

    text = "".join(format_exception(error))
    for name in _KEYS:
        if os.environ.get(name):
            text = text.replace(os.environ[name], f"({name})")
    report = Path("agencyfile-bug-report.txt")
    try:
        replace_file(report, harmful(text))
        where = f"the details are in {report}"
    except OSError:
        where = "the details could not be written"
    _say(f"this is a bug in agencyfile ({type(error).__name__}); {where}", "report it, with that file")
    return ExitCode.ERROR
