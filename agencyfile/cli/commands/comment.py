"""`agencyfile comment`: one comment per agency on a pull request, kept up to date."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file
from agencyfile.cli.forge_access import number_of_event, required, token_of
from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.render.safe import one_line

if TYPE_CHECKING:
    from agencyfile.forges import Board, Forge
    from agencyfile.forges.sticky import Result

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_AGENCY = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class _Options:
    """The choices of the command line, the same for every forge."""

    path: Path
    body: Path | None
    plan: Path | None
    agency: str | None
    number: int | None
    commit: str | None
    issue: str | None
    close: bool
    only_update: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    """The agency that a text belongs to, and whether its plan has anything to report."""

    agency: str
    is_empty: bool = False


@click.group("comment")
def command() -> None:
    """One comment per agency on a pull request, kept up to date."""


def _wishes(decorated: Decorated) -> Decorated:
    """The options that both forges share, handed over as one argument."""
    options = (
        click.option("--body", type=click.Path(path_type=Path, dir_okay=False), help="The Markdown text; - reads it."),
        click.option(
            "--plan",
            type=click.Path(path_type=Path, dir_okay=False),
            help="The plan that it shows. One without changes updates a comment, and never adds one.",
        ),
        click.option("--only-update", is_flag=True, help="Never add a comment."),
        click.option("--agency", envvar="AGENCYFILE_AGENCY", help="Whose comment.  [default: the plan's, the file's]"),
        click.option("--commit", help="The pull request that was merged with this commit."),
        click.option("--issue", metavar="TITLE", help="Keep an issue of this title instead of a comment."),
        click.option("--close", is_flag=True, help="Close that issue, if there is one."),
        agency_file,
    )
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


@command.command("github")
@_wishes
@click.option("--number", type=click.IntRange(1), help="The pull request.  [default: that of the event]")
@click.option("--repository", envvar="GITHUB_REPOSITORY", metavar="OWNER/NAME", help="[default: $GITHUB_REPOSITORY]")
@click.option("--author", metavar="LOGIN", help="The user whose comments are ours.  [default: the token's user]")
@click.option("--api-url", envvar="GITHUB_API_URL", default="https://api.github.com", show_default=True)
def github(repository: str | None, author: str | None, api_url: str, **given: Any) -> int:
    """Comment on a pull request. The token is read from GITHUB_TOKEN.

    An invisible marker finds the comment again, among the comments of the token's own user.
    """
    from agencyfile.forges import open_github  # noqa: PLC0415

    options = _checked(given)
    token = token_of("GITHUB_TOKEN")
    forge = open_github(api_url, token, required(repository, "--repository, or GITHUB_REPOSITORY"), author)
    return _run(forge, options, number_of_event)


@command.command("gitlab")
@_wishes
@click.option(
    "--number",
    type=click.IntRange(1),
    envvar="CI_MERGE_REQUEST_IID",
    help="The merge request.  [default: $CI_MERGE_REQUEST_IID]",
)
@click.option("--project", envvar="CI_PROJECT_ID", help="Its number or path.  [default: $CI_PROJECT_ID]")
@click.option("--author", metavar="USERNAME", help="The user whose comments are ours.  [default: the token's user]")
@click.option("--api-url", envvar="CI_API_V4_URL", default="https://gitlab.com/api/v4", show_default=True)
def gitlab(project: str | None, author: str | None, api_url: str, **given: Any) -> int:
    """Comment on a merge request. The token is read from GITLAB_TOKEN.

    The token needs the scope `api`; the token of a CI job may not comment. An invisible marker finds the comment again,
    among the comments of the token's own user.
    """
    from agencyfile.forges import open_gitlab  # noqa: PLC0415

    options = _checked(given)
    token = token_of("GITLAB_TOKEN")
    forge = open_gitlab(api_url, token, required(project, "--project, or CI_PROJECT_ID"), author)
    return _run(forge, options, lambda: None)


def _checked(given: dict[str, Any]) -> _Options:
    options = _Options(**given)
    if options.close and options.issue is None:
        raise click.UsageError("--close goes with --issue TITLE")
    if options.body is None and not options.close:
        raise click.UsageError("say what to post: --body FILE, or --body - for standard input")
    if options.agency is not None and not _AGENCY.fullmatch(options.agency):
        raise click.UsageError(f"{options.agency!r} is not an agency name, as in northwind")
    if options.commit is not None and not _COMMIT.fullmatch(options.commit):
        raise click.UsageError(f"{options.commit!r} is not a commit")
    return options


def _run(forge: "Forge", options: _Options, default_number: Callable[[], int | None]) -> int:
    try:
        subject = _subject(options)
        board = _board(forge, options, default_number)
        result = _keep(board, options, subject)
    finally:
        forge.close()
    if result.url:
        click.echo(f"{board.noun} {result.outcome}: {one_line(result.url)}")
    else:
        click.echo(f"no {board.noun} of {subject.agency} is there, and none is needed")
    return ExitCode.DONE


def _keep(board: "Board", options: _Options, subject: _Subject) -> "Result":
    from agencyfile.forges.sticky import close, make_text, stick  # noqa: PLC0415

    if options.close:
        return close(board, subject.agency)
    text = make_text(subject.agency, _body(options.body))
    return stick(board, subject.agency, text, may_add=not (options.only_update or subject.is_empty))


def _subject(options: _Options) -> _Subject:
    """Return the agency that the text belongs to: from the plan, the flag, or the agency file."""
    if options.plan:
        subject = _subject_of_plan(options.plan)
        if options.agency not in (None, subject.agency):
            raise click.UsageError(f"the plan is of {one_line(subject.agency)}, and --agency says {options.agency}")
        return subject
    if options.agency:
        return _Subject(options.agency)
    from agencyfile.cli.workspace import open_workspace  # noqa: PLC0415 - YAML and pydantic

    return _Subject(open_workspace(options.path, color=False).agency)


def _subject_of_plan(path: Path) -> _Subject:
    text = read_text(path)
    plan = parse_plan(text, path)
    anything = (plan.steps, plan.manual_steps, plan.blocked, json.loads(text).get("drift"))
    return _Subject(plan.agency, is_empty=not any(anything))


def _board(forge: "Forge", options: _Options, default_number: Callable[[], int | None]) -> "Board":
    if options.issue is not None:
        return forge.issues(options.issue)
    if options.commit is not None:
        return forge.comments(_merged_with(forge, options.commit))
    number = options.number or default_number()
    if number is None:
        raise click.UsageError("which pull request? --number N, or --commit SHA")
    return forge.comments(number)


def _merged_with(forge: "Forge", commit: str) -> int:
    merged = forge.merged_with(commit)
    if merged is None:
        raise CommandExit(ExitCode.ERROR, f"no pull request was merged with commit {commit}", fix="name it: --number N")
    return merged.number


def _body(path: Path | None) -> str:
    text = read_text(path) if path and str(path) != "-" else _standard_input()
    if not text.strip():
        raise CommandExit(ExitCode.ERROR, "there is nothing to post: the text is empty", fix="see what should write it")
    return text


def _standard_input() -> str:
    try:
        text = sys.stdin.read()
        text.encode()  # bytes that are no text may have been let through
    except UnicodeError:
        raise CommandExit(ExitCode.ERROR, "standard input is not UTF-8 text") from None
    return text
