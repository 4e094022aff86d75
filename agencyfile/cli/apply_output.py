"""The output of `apply`: text for a person, or one JSON object for each event for a program."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import click

from agencyfile.cli.exit_codes import CommandExit
from agencyfile.cli.fixes import fix_of
from agencyfile.cli.open_calls import print_open_calls
from agencyfile.cli.render.plan_text import render_plan
from agencyfile.cli.render.progress import follow
from agencyfile.cli.render.report_text import render_report
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.cli.render.verdicts import render_verdicts
from plan import Ledger, Plan, PlanError, Report
from plan.apply import Event
from plan.ledger import OpenIntent
from plan.reconcile import Verdict
from plan.records.document import PlanDocument
from plan.records.event import EventRecord

Judged = Iterable[tuple[OpenIntent, Verdict]]


class ApplyOutput(Protocol):
    """The receiver of an apply's output."""

    def settled(self, judged: Judged) -> None:
        """Tell what calls of an earlier run came to."""

    def planned(self, document: PlanDocument) -> None:
        """Tell what would be done."""

    def follow(self, events: Iterable[Event], plan: Plan) -> Report:
        """Tell what happens; return the report that ends it."""

    def ended(self, report: Report | None, code: int) -> None:
        """Tell what it came to; there is no report where there was nothing to do."""

    def open_calls(self, ledger: Ledger) -> None:
        """Tell what settles the calls whose outcome is unknown."""

    def stopped(self, error: CommandExit | PlanError) -> None:
        """Tell why it does not go on. The error itself is told by whoever catches it."""


class TextOutput:
    """A person: the plan and the report on standard output, progress on standard error."""

    def __init__(self, path: Path, *, color: bool | None, concise: bool = False) -> None:
        self._path = path
        self._color = color
        self._concise = concise

    def settled(self, judged: Judged) -> None:
        """A line for each."""
        click.echo(render_verdicts(judged), nl=False, color=self._color)

    def planned(self, document: PlanDocument) -> None:
        """All of it."""
        text = render_plan(document, width=terminal_width(), concise=self._concise)
        click.echo(text, nl=False, color=self._color)
        sys.stdout.flush()  # what was planned stands above what is being done, wherever both go

    def follow(self, events: Iterable[Event], plan: Plan) -> Report:
        """A bar, or lines."""
        return follow(events, plan)

    def ended(self, report: Report | None, code: int) -> None:  # noqa: ARG002 - the exit code says it already
        """The report."""
        if report:
            click.echo()
            click.echo(render_report(report, self._path), nl=False, color=self._color)

    def open_calls(self, ledger: Ledger) -> None:
        """A screen of it."""
        print_open_calls(ledger, color=self._color)

    def stopped(self, error: CommandExit | PlanError) -> None:
        """Nothing more than the error itself."""


class EventOutput:
    """A program: events alone on standard output, and on standard error what a person would be told."""

    def __init__(self, path: Path, *, color: bool | None, concise: bool = False) -> None:
        self._path = path
        self._color = color
        self._concise = concise

    def settled(self, judged: Judged) -> None:
        """One event for each."""
        from agencyfile.cli.render.events import tell_verdict  # noqa: PLC0415 - only programs need it

        found = list(judged)
        for intent, verdict in found:
            self._tell(tell_verdict(intent, verdict))
        self._say(render_verdicts(found))

    def planned(self, document: PlanDocument) -> None:
        """Print the sums of the plan; the plan itself is `plan --json`."""
        from agencyfile.cli.render.events import tell_plan  # noqa: PLC0415

        self._tell(tell_plan(document))
        self._say(render_plan(document, concise=self._concise))

    def follow(self, events: Iterable[Event], plan: Plan) -> Report:
        """Each event as it comes."""
        return follow(self._told(events), plan)

    def ended(self, report: Report | None, code: int) -> None:
        """The last event."""
        from agencyfile.cli.render.events import tell_end  # noqa: PLC0415

        self._tell(tell_end(report or Report(), code))
        if report:
            self._say(f"\n{render_report(report, self._path)}")

    def open_calls(self, ledger: Ledger) -> None:
        """To a person alone: a program has the addresses in the last event."""
        print_open_calls(ledger, color=self._color, err=True)

    def stopped(self, error: CommandExit | PlanError) -> None:
        """The last event."""
        from agencyfile.cli.render.events import tell_error  # noqa: PLC0415

        self._tell(tell_error(str(error), fix_of(error)))

    def _told(self, events: Iterable[Event]) -> Iterator[Event]:
        from agencyfile.cli.render.events import tell_event  # noqa: PLC0415

        for event in events:
            told = tell_event(event)
            if told:
                self._tell(told)
            yield event

    def _tell(self, told: EventRecord) -> None:
        from agencyfile.cli.render.events import render_event  # noqa: PLC0415

        click.echo(render_event(told, datetime.now(UTC).isoformat(timespec="milliseconds")), nl=False)

    def _say(self, text: str) -> None:
        click.echo(text, nl=False, color=self._color, err=True)
