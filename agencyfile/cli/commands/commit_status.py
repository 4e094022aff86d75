"""`agencyfile commit-status`: the plan of a commit and the ledger's last entry, where nobody can edit them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.fixes import fix_of
from agencyfile.cli.flags import agency_file
from agencyfile.cli.forge_access import number_of_event, required, token_of
from agencyfile.cli.output import read_text
from agencyfile.cli.plan_file import parse_plan
from agencyfile.cli.render.safe import one_line

if TYPE_CHECKING:
    from agencyfile.forges import Forge
    from agencyfile.forges.status import Approved

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_AGENCY: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]*")
_ANCHOR: Final = re.compile(r"[1-9][0-9]{0,17}:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Options:
    """The choices of the command line, the same for every forge."""

    path: Path
    action: str
    plan: Path | None
    commit: str | None
    base: str | None
    agency: str | None
    anchor: str | None
    link: str
    workflow: str | None
    number: int | None


@click.group("commit-status")
def command() -> None:
    """Publish the plan of a commit, and read it back after the merge."""


def _options(decorated: Decorated) -> Decorated:
    options = (
        click.argument("action", type=click.Choice(list(_ACTIONS))),
        click.option(
            "--plan", type=click.Path(path_type=Path, dir_okay=False), help="For publish, the plan of the commit."
        ),
        click.option("--commit", help="The commit; for approved, the one that the merge brought."),
        click.option("--base", metavar="BRANCH", help="The branch that is merged into."),
        click.option("--agency", envvar="AGENCYFILE_AGENCY", help="Whose plan.  [default: the plan's, the file's]"),
        click.option(
            "--anchor",
            metavar="SERIAL:DIGEST",
            help="For anchor, last-anchor and outdate, an entry of the ledger; empty: none.",
        ),
        click.option("--link", default="", metavar="URL", help="The run that publishes it."),
        click.option(
            "--workflow", metavar="FILE", help="For approved and shown, the workflow that publishes plans (GitHub)."
        ),
        click.option(
            "--number",
            type=click.IntRange(1),
            envvar="CI_MERGE_REQUEST_IID",
            help="For shown, the pull or merge request.  [default: that of the event]",
        ),
        agency_file,
    )
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


@click.option("--repository", envvar="GITHUB_REPOSITORY", metavar="OWNER/NAME", help="[default: $GITHUB_REPOSITORY]")
@click.option("--author", metavar="LOGIN", help="Whose statuses are ours.  [default: the token's user]")
@click.option("--api-url", envvar="GITHUB_API_URL", default="https://api.github.com", show_default=True)
def _github(repository: str | None, author: str | None, api_url: str, **options: Any) -> None:
    """Work on commit statuses of GitHub. The token is read from GITHUB_TOKEN.

    \b
    publish      say that a commit has this plan, made for a merge into --base
    withdraw     say that a commit has no plan
    anchor       say at a commit how far the ledger is
    approved     print digest= and anchor= of the plan that the merged pull request showed
    shown        print the same of an open pull request, before it is merged by a queue
    outdate      say at open pull requests into --base that their plans are older than --anchor
    last-anchor  print anchor=, the furthest that the last commits of --base say
    """  # noqa: D301 - click keeps the lines below a \\b as they are
    from agencyfile.forges import open_github  # noqa: PLC0415

    wanted = _checked(options)
    token = token_of("GITHUB_TOKEN")
    _run(open_github(api_url, token, required(repository, "--repository, or GITHUB_REPOSITORY"), author), wanted)


@click.option("--project", envvar="CI_PROJECT_ID", help="Its number or path.  [default: $CI_PROJECT_ID]")
@click.option("--author", metavar="USERNAME", help="Whose statuses are ours.  [default: the token's user]")
@click.option("--api-url", envvar="CI_API_V4_URL", default="https://gitlab.com/api/v4", show_default=True)
def _gitlab(project: str | None, author: str | None, api_url: str, **options: Any) -> None:
    """Work on commit statuses of GitLab. The token is read from GITLAB_TOKEN, and needs the scope `api`.

    The actions are those of `commit-status github`.
    """
    from agencyfile.forges import open_gitlab  # noqa: PLC0415

    wanted = _checked(options)
    token = token_of("GITLAB_TOKEN")
    _run(open_gitlab(api_url, token, required(project, "--project, or CI_PROJECT_ID"), author), wanted)


def _checked(options: dict[str, Any]) -> _Options:
    wanted = _Options(**options)
    for text, form, example in (
        (wanted.agency, _AGENCY, "an agency name, as in northwind"),
        (wanted.commit, _COMMIT, "a whole commit id"),
        (wanted.base, _BRANCH, "a branch, as in main"),
        (wanted.anchor or None, _ANCHOR, "an anchor, as in 12:0123…cdef"),
    ):
        if text is not None and not form.fullmatch(text):
            raise click.UsageError(f"{text!r} is not {example}")
    return wanted


def _run(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges.status import NotApproved  # noqa: PLC0415

    try:
        _ACTIONS[wanted.action](forge, wanted)
    except NotApproved as error:
        raise CommandExit(ExitCode.APPROVAL, str(error), fix=fix_of(error)) from None
    finally:
        forge.close()


def _publish(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    agency, shown = _plan(_path(wanted))
    if wanted.agency not in (None, agency):
        raise click.UsageError(f"the plan is of {one_line(agency)}, and --agency says {wanted.agency}")
    status.publish(forge, _commit(wanted), agency, _base(wanted), shown, wanted.link)
    click.echo(f"{_commit(wanted)}: plan {shown.digest} for {_base(wanted)}")


def _withdraw(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    status.withdraw(forge, _commit(wanted), _agency(wanted), _base(wanted), wanted.link)
    click.echo(f"{_commit(wanted)}: no plan for {_base(wanted)}")


def _anchor(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    if not wanted.anchor:
        click.echo("the ledger has no entry yet")
        return
    status.anchor(forge, _commit(wanted), _agency(wanted), wanted.anchor, wanted.link)
    click.echo(f"{_commit(wanted)}: ledger {wanted.anchor}")


def _approved(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    found = status.approved_plan(forge, _commit(wanted), _agency(wanted), _base(wanted), wanted.workflow)
    click.echo(f"digest={found.digest}\nanchor={found.anchor or ''}")


def _shown(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    number = wanted.number or number_of_event()
    if number is None:
        raise click.UsageError("which pull request? --number N")
    found = status.shown_plan(forge, number, _agency(wanted), _base(wanted), wanted.workflow)
    click.echo(f"digest={found.digest}\nanchor={found.anchor or ''}")


def _outdate(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    found = status.outdate(forge, _agency(wanted), _base(wanted), wanted.anchor, wanted.link) if wanted.anchor else []
    for request in found:
        click.echo(f"pull request {request.number}: its plan is out of date")
    if not found:
        click.echo("no open pull request has a plan that is out of date")


def _last_anchor(forge: "Forge", wanted: _Options) -> None:
    from agencyfile.forges import status  # noqa: PLC0415

    known = [wanted.anchor] if wanted.anchor else []
    click.echo(f"anchor={status.last_anchor(forge, _base(wanted), _agency(wanted), *known) or ''}")


_ACTIONS: Final[dict[str, Callable[["Forge", _Options], None]]] = {
    "publish": _publish,
    "withdraw": _withdraw,
    "anchor": _anchor,
    "approved": _approved,
    "shown": _shown,
    "outdate": _outdate,
    "last-anchor": _last_anchor,
}
github = command.command("github")(_options(_github))
gitlab = command.command("gitlab")(_options(_gitlab))


def _plan(path: Path) -> tuple[str, "Approved"]:
    """The agency of a plan, and what is published of it."""
    from agencyfile.forges.status import Approved  # noqa: PLC0415

    text = read_text(path)
    plan = parse_plan(text, path)
    return plan.agency, Approved(plan.digest, _anchor_of(json.loads(text).get("ledger")))


def _anchor_of(ledger: object) -> str | None:
    """The ledger's last entry as a plan tells it; None where it tells none."""
    if not isinstance(ledger, dict):
        return None
    text = f"{ledger.get('serial')}:{ledger.get('digest')}"
    return text if _ANCHOR.fullmatch(text) else None


def _agency(wanted: _Options) -> str:
    if wanted.agency:
        return wanted.agency
    from agencyfile.cli.workspace import open_workspace  # noqa: PLC0415 - YAML and pydantic

    return open_workspace(wanted.path, color=False).agency


def _path(wanted: _Options) -> Path:
    if wanted.plan is None:
        raise click.UsageError("--plan is missing")
    return wanted.plan


def _commit(wanted: _Options) -> str:
    return required(wanted.commit, "--commit")


def _base(wanted: _Options) -> str:
    return required(wanted.base, "--base")
