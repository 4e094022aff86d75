"""The report of an apply, as text."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from agencyfile.cli.console import style
from agencyfile.cli.recipients import reveal_command
from agencyfile.cli.render.excerpt import cut_after
from agencyfile.cli.render.safe import one_line
from plan import Address, Report
from plan.provider import OfClient


def render_report(report: Report, path: Path) -> str:
    """Done, failed, unknown, not started; charges and calls predicted and made; the one next command.

    `path` is the agency file.
    """
    return "\n".join(_lines(report, path)) + "\n"


def _lines(report: Report, path: Path) -> Iterator[str]:
    yield style(_headline(report), bold=True, fg="green" if report.is_complete else "red")
    yield f"  Calls             {report.calls_made} made, {report.calls_predicted} predicted"
    if report.charges_predicted:
        made = " + ".join(map(str, report.charges_made)) or "nothing"
        predicted = " + ".join(map(str, report.charges_predicted))
        yield f"  Card              {made} charged, {predicted} predicted (list prices)"
    yield from _group("outcome unknown", report.unknown)
    yield from _group("failed", report.failed)
    yield from _group("not started", report.not_started)
    for address in report.provisioning:
        yield f"  still being made  {one_line(str(address))}"
    yield from _group("password lost", report.lost_passwords)
    for address, sealed in report.unsaved_credentials.items():
        yield f"  keep this: the sealed password of {one_line(str(address))}, which the ledger could not take"
        yield sealed
        yield "  to open it, save it to a file: age --decrypt --identity IDENTITY_FILE FILE"
    yield f"  Next              {_next(report, path)}"


_COUNTED: Final = ("done", "failed", "with an unknown outcome", "not started", "still being made")


def _headline(report: Report) -> str:
    if report.is_complete:
        return f"Applied: {report.counts.done} done."
    parts = [f"{number} {words}" for number, words in zip(report.counts, _COUNTED, strict=True) if number]
    return f"Not everything was applied: {', '.join(parts)}."


def _group(title: str, messages: Mapping[Address, str]) -> Iterator[str]:
    for address, message in messages.items():
        yield f"  {title:<17} {one_line(str(address))}: {one_line(message)}"


def _next(report: Report, path: Path) -> str:
    if report.ledger_failure:
        return f"fix the ledger first: {one_line(report.ledger_failure)}"
    if report.unknown:
        return f"agencyfile ledger reconcile --explain {one_line(str(min(report.unknown)))}"
    if not report.is_complete:
        return "agencyfile apply   (resumes; nothing is done twice)"
    return _reveal(report.sealed, path) if report.sealed else "agencyfile plan"


def _reveal(sealed: Sequence[Address], path: Path) -> str:
    _, more = cut_after(sealed, 1)
    rest = f"\n{' ' * 20}{more.words}: agencyfile credentials list" if more.items else ""
    return f"{one_line(reveal_command(_first(sealed), path))}{rest}"


def _first(sealed: Sequence[Address]) -> Address:
    """A client's login, where there is one: nobody waits for that of a sandbox."""
    from agencyfile.kinds import KINDS  # noqa: PLC0415 - an apply has loaded them

    return next((address for address in sealed if isinstance(KINDS[address.kind], OfClient)), sealed[0])
