"""An apply as it goes: a bar when a person watches, plain lines when not."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import click

from agencyfile.cli.console import controls
from agencyfile.cli.logs import CURRENT
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.folding import cut
from agencyfile.cli.render.safe import one_line
from plan import Address, Plan, Report
from plan.apply import (
    CallEnded,
    CallStarted,
    Done,
    Event,
    Failed,
    Finished,
    NotStarted,
    OutcomeUnknown,
    Provisioning,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def follow(events: Iterable[Event], plan: Plan) -> Report:
    """Show `events` as they come; return the report that ends them."""
    watched = sys.stderr.isatty() and not CURRENT.is_on  # lines of the log would tear the bar
    bar: AbstractContextManager[Any] = nullcontext()
    if watched:
        bar = click.progressbar(
            length=plan.milestones,
            width=_WIDTH,
            show_eta=False,  # most of the time is the portal's, and no two objects take the same
            file=controls(sys.stderr),
            label="applying",
            item_show_func=_shown,
            bar_template=_BAR,
        )
    with bar as shown:
        for event in events:
            if isinstance(event, Finished):
                return event.report
            if watched:
                _advance(shown, event)
            else:
                for line in _lines(event):
                    click.echo(line, err=True)
    raise AssertionError("an apply always ends with Finished")


_BAR: Final = "%(label)s  [%(bar)s]  %(info)s"
_WIDTH: Final = 24
_BESIDES: Final = len("applying  []  100%  ") + _WIDTH


def _advance(bar: Any, event: Event) -> None:
    match event:
        case CallStarted(call):
            bar.update(0, str(call.address))
        case CallEnded(call):
            bar.update(1, str(call.address))
        case Provisioning():
            bar.update(0, f"waiting for {event.count}")
        case Done(address):
            bar.update(1, str(address))
        case _:
            bar.update(0)


def _shown(item: str | None) -> str:
    """Return the current action, cut to the rest of the line. A bar that wraps leaves its first half on the screen."""
    return cut(one_line(item), shutil.get_terminal_size().columns - _BESIDES - 1) if item else ""


def _lines(event: Event) -> Iterator[str]:
    match event:
        case CallStarted(call):
            yield f"{one_line(str(call.address))}: {call.operation}"
        case Provisioning(addresses):
            yield f"waiting for the portal: {_names(addresses)}"
        case Done(address):
            yield f"{one_line(str(address))}: done"
        case Failed(address, message) | OutcomeUnknown(address, message) | NotStarted(address, message):
            yield f"{one_line(str(address))}: {_WORDS[type(event)]}: {one_line(message)}"
        case _:
            return


def _names(addresses: Sequence[Address]) -> str:
    named, rest = cut_after(addresses, 3)
    names = ", ".join(one_line(str(address)) for address in named)
    return f"{names} {rest.words}".rstrip()


_WORDS = {Failed: "failed", OutcomeUnknown: "outcome unknown", NotStarted: "not started"}
