"""The output of `plan` and `show`: for people, for machines, for reviewers."""

import functools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from agencyfile.cli import console
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import no_color
from agencyfile.cli.render.terminal import terminal_width
from agencyfile.files import append_to_file
from plan.records.document import PlanDocument

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

APPROVALS: Final = ("merge", "approve", "apply")
SUMMARY: Final = "GITHUB_STEP_SUMMARY"
SUMMARY_LIMIT: Final = 1_000_000  # bytes; GitHub takes 1 MiB from all of a step


class Url(click.ParamType[str]):
    """An address of the web."""

    name = "url"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one."""
        text = str(value)
        try:
            parts = urlsplit(text)
        except ValueError:
            self.fail(f"{text!r} is not a URL", param, ctx)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            self.fail(f"{text!r} is not a URL, as in https://ci.example/runs/1", param, ctx)
        return text


@dataclass(frozen=True, slots=True)
class Output:
    """The choices of the command line."""

    form: str
    concise: bool
    link: str | None
    summary: bool
    no_color: bool
    approval: str = "apply"

    @property
    def color(self) -> bool | None:
        """As `click.echo` takes it: None paints where a person watches."""
        return False if self.no_color else None


def plan_output(command: Decorated) -> Decorated:
    """The options of `plan` and `show` that say how; the command gets them as `output`."""

    @functools.wraps(command)
    def with_output(
        *,
        as_json: bool,
        form: str | None,
        concise: bool,
        link: str | None,
        summary: bool,
        approval: str,
        no_color: bool,
        **rest: Any,
    ) -> Any:
        if as_json and form not in (None, "json"):
            raise click.UsageError(f"say either --json or --format {form}")
        chosen = "json" if as_json else form or "text"
        if concise and chosen != "text":
            raise click.UsageError(f"--concise is a form of text, not of {chosen}")
        if summary and not os.environ.get(SUMMARY):
            raise click.UsageError(f"--summary: {SUMMARY} is not set; it is in a job of GitHub Actions")
        return command(output=Output(chosen, concise, link, summary, no_color, approval), **rest)

    options = (
        click.option("--format", "form", type=click.Choice(list(FORMS)), help="How to print it.  [default: text]"),
        click.option("--json", "as_json", is_flag=True, help="Print the plan document, and nothing else."),
        click.option("--concise", is_flag=True, help="One line for each change."),
        click.option("--link", type=Url(), help="Where the whole plan is, for a comment that is too short for it."),
        click.option("--summary", is_flag=True, help="Also write Markdown to the summary of a GitHub Actions job."),
        click.option(
            "--approval",
            type=click.Choice(APPROVALS),
            default="apply",
            show_default=True,
            help="How a plan is approved here; Markdown and the page say so.",
        ),
        no_color,
    )
    decorated: Any = with_output
    for option in reversed(options):
        decorated = option(decorated)
    result: Decorated = decorated
    return result


def print_plan(document: PlanDocument, output: Output) -> None:
    """Print a plan document in the form that is asked for.

    Raises:
        CommandExit: the summary cannot be written.
    """
    print_rendered(FORMS[output.form].render(document, output), output)
    if output.summary:
        from agencyfile.cli.render.markdown import COMMENT, render_markdown  # noqa: PLC0415 - each form alone

        room = max(SUMMARY_LIMIT - _used(), COMMENT)
        append_summary(render_markdown(document, limit=room, url=output.link, approval=output.approval))


def print_rendered(text: str, output: Output) -> None:
    """Print what a renderer has made: each form spells in its own way what the output's encoding lacks."""
    match output.form:
        case "text":
            click.echo(text, nl=False, color=output.color)
        case "html":  # says itself that it is UTF-8
            console.exact(text.encode())
        case "markdown":
            console.document(text, errors="xmlcharrefreplace")
        case "json" if not console.is_unicode():
            console.document(console.json_text(json.loads(text), ascii_only=True) + "\n")
        case _:
            console.document(text)


def to_json(document: object) -> str:
    """The document as `--out` writes it; nothing in it that a pipeline's log would obey, or that is no UTF-8."""
    return console.json_text(document) + "\n"


def append_summary(text: str) -> None:
    """Add to the summary of a job of GitHub Actions.

    Raises:
        CommandExit: it cannot be written.
    """
    try:
        append_to_file(Path(os.environ[SUMMARY]), text + "\n")
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"the job's summary cannot be written: {error.strerror}") from None


def _used() -> int:
    """Bytes of the summary that are written already."""
    try:
        return Path(os.environ[SUMMARY]).stat().st_size
    except OSError:
        return 0


def _text(document: PlanDocument, output: Output) -> str:
    from agencyfile.cli.render.plan_text import render_plan  # noqa: PLC0415 - each form pays for itself alone

    return render_plan(document, width=terminal_width(), concise=output.concise)


def _json(document: PlanDocument, _: Output) -> str:
    return to_json(document)


def _markdown(document: PlanDocument, output: Output) -> str:
    from agencyfile.cli.render.markdown import render_markdown  # noqa: PLC0415

    return render_markdown(document, url=output.link, approval=output.approval)


def _html(document: PlanDocument, output: Output) -> str:
    from agencyfile.cli.render.html import render_html  # noqa: PLC0415

    return render_html(document, approval=output.approval)


def _github(document: PlanDocument, _: Output) -> str:
    from agencyfile.cli.render.annotations import render_annotations  # noqa: PLC0415

    return render_annotations(document)


def _gitlab_terraform(document: PlanDocument, _: Output) -> str:
    from agencyfile.cli.render.gitlab import render_gitlab_terraform  # noqa: PLC0415

    return render_gitlab_terraform(document)


def _outputs(document: PlanDocument, _: Output) -> str:
    from agencyfile.cli.render.outputs import render_outputs  # noqa: PLC0415

    return render_outputs(document)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a plan: what it is for, as `docs/review.md` says it, and the function that makes it."""

    purpose: str
    render: Callable[[PlanDocument, Output], str]


FORMS: Final[Mapping[str, Form]] = {
    "text": Form(
        "a terminal. Folded to its width; whole lines in a pipe. `--concise` is one line for each change", _text
    ),
    "json": Form("programs: the document itself. `--json` is the same", _json),
    "markdown": Form(
        "a comment on a pull request, 60,000 bytes at most. `--link` says where the whole plan is", _markdown
    ),
    "html": Form("a reviewer with a browser: one page, with search and filters", _html),
    "github": Form("annotations: remarks beside the lines of the file", _github),
    "gitlab-terraform": Form("GitLab's merge request widget (`artifacts: reports: terraform`)", _gitlab_terraform),
    "outputs": Form(
        "a pipeline: `digest=`, `changes=` (how many; settings are one), `needed=` (there is something to apply or to "
        "settle), `open=` (a call has no known outcome), `refused=` (an apply would refuse it)",
        _outputs,
    ),
}
