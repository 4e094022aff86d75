"""`agencyfile ci`: pipelines that plan, comment, apply and look for drift, written into the repository."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agencyfile import __version__
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.flags import agency_file
from agencyfile.cli.install_origin import Wishes, find_origin
from agencyfile.cli.output import read_text, write_whole
from agencyfile.files import SHARED

if TYPE_CHECKING:
    from agencyfile.ci.ledgers import LedgerNeeds

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_KEYS = ("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY")
_RECEIVER = ("AGENCYFILE_WEBHOOK_SECRET", "AGENCYFILE_WEBHOOK_URL")
_READING = ("AGENCYFILE_READ_AGENCY_KEY", "AGENCYFILE_READ_HUB_KEY")


class Plain(click.ParamType[str]):
    """A text that needs quotes nowhere: not in YAML, not in a shell, not in an expression."""

    name = "text"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read one."""
        text = str(value)
        if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._/-]*", text) or ".." in text:
            self.fail(f"{text!r}: letters, digits and ._/- only, as in main", param, ctx)
        return text


@click.group("ci")
def command() -> None:
    """Write the pipelines: plan, comment, apply, drift."""


def _choices(decorated: Decorated) -> Decorated:
    options = (
        click.option(
            "--out",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path(),
            help="The top of the repository.  [default: this folder]",
        ),
        click.option(
            "--branch",
            type=Plain(),
            default="main",
            show_default=True,
            help="The branch that pull requests are merged into.",
        ),
        click.option(
            "--environment",
            type=Plain(),
            default="agencyfile",
            show_default=True,
            help="The environment that holds the keys for writing.",
        ),
        click.option(
            "--name",
            type=Plain(),
            default="agencyfile",
            show_default=True,
            help="The prefix of the names of files, jobs and branches.",
        ),
        click.option(
            "--from-wheel",
            type=click.Path(path_type=Path, dir_okay=False),
            help="The jobs install this wheel of agencyfile; one from outside the repository is copied into it.",
        ),
        click.option("--from-commit", metavar="URL@COMMIT", help="The jobs install this commit of a git repository."),
        click.option(
            "--from-index",
            metavar="SHA256",
            help="The jobs install this version from an index; its wheel has this hash.  "
            "[default: the wheel or commit that this agencyfile was installed from]",
        ),
        click.option("--force", is_flag=True, help="Overwrite files that exist."),
        agency_file,
    )
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


@command.command("github")
@_choices
def github(out: Path, path: Path, force: bool, **choices: Any) -> None:  # noqa: FBT001
    """Write workflows for GitHub Actions.

    The plan of a pull request uses a key for reading only, and is shown in a comment; forks get no secrets. A merged
    plan is applied behind an environment, if it is the plan that was reviewed. A job looks for drift every night.
    """
    declared = _read(path, "github")
    written = _write("github", out, path, declared, force=force, **choices)
    _say_written(written, declared)
    environment = choices["environment"]
    _say_next(
        [
            f"secrets of the repository, for reading: {_listed(*_READING, *declared.names)}",
            f"environment {environment}, for writing: secrets {_listed(*_KEYS)}",
            *_of_ledger(declared, "variables", "secrets", f" of the repository, and of environment {environment}"),
            f"environment {environment}: reviewers, and no branch but {choices['branch']}",
            f"branch {choices['branch']}: pull requests must be up to date before they are merged",
        ]
    )


@command.command("gitlab")
@click.option("--component", is_flag=True, help="Write a CI/CD component for many repositories instead.")
@_choices
def gitlab(component: bool, out: Path, path: Path, force: bool, **choices: Any) -> None:  # noqa: FBT001
    """Write a pipeline for GitLab CI/CD.

    The plan of a merge request uses a key for reading only, and is shown in a note; forks get no variables. A merged
    plan is applied in an environment, if it is the plan that was reviewed. A schedule looks for drift.
    """
    declared = _read(path, "gitlab")
    written = _write("gitlab-component" if component else "gitlab", out, path, declared, force=force, **choices)
    _say_written(written, declared)
    if component:
        return
    pipeline = PurePosixPath(f".gitlab/{choices['name']}.yml")
    _include(out, pipeline)
    _say_next(
        [
            f"variables, masked, for reading: {_listed(*_READING, *declared.names)}",
            f"variables, masked and protected, scope {choices['environment']}, for writing: {_listed(*_KEYS)}",
            *_of_ledger(
                declared, "variables", "variables, masked", f", and again with the scope {choices['environment']}"
            ),
            "variable, masked: GITLAB_TOKEN, a project's token with the scope api",
            *(["the job token may push: the ledger is on a branch"] if declared.needs.is_pushed else []),
            "a merge method that keeps merge requests up to date, such as fast-forward",
            "a pipeline schedule of the default branch, every night",
        ]
    )


@dataclass(frozen=True, slots=True)
class Declared:
    """The part of an agency file that its pipelines take up.

    Attributes:
        agency: the agency's name.
        ledger: where its ledger is.
        names: variables that the file takes from the environment; the portal's keys are not among them.
        needs: what the ledger needs.
    """

    agency: str
    ledger: str
    names: tuple[str, ...]
    needs: "LedgerNeeds"


def _read(path: Path, forge: str) -> Declared:
    """Read the agency file, and print what is wrong with it."""
    from agencyfile.ci.ledgers import needs_of  # noqa: PLC0415 - as below
    from agencyfile.cli.diagnostics import print_diagnostics  # noqa: PLC0415
    from agencyfile.language import load  # noqa: PLC0415 - YAML and pydantic

    sources = load(path, os.environ).sources.values()
    names = {name for text in sources for name in _REFERENCE.findall(text)}
    loaded = load(path, {**dict.fromkeys(names, "some-key"), **os.environ})
    print_diagnostics(loaded.diagnostics, loaded.sources, color=True)
    if loaded.agency_file is None:
        raise CommandExit(ExitCode.ERROR)
    settings = loaded.agency_file.settings
    needs = needs_of(settings.ledger, forge)
    wanted = names.union(_RECEIVER if settings.notify else ()).difference(_KEYS, needs.variables, needs.secrets)
    return Declared(settings.name, settings.ledger, tuple(sorted(wanted)), needs)


def _write(
    forge: str, out: Path, path: Path, declared: Declared, *, force: bool, **choices: Any
) -> dict[PurePosixPath, bool]:
    """Write every file, or none; whether each of them is new or has changed."""
    from agencyfile.ci import Choices, FromWheel, make_pipelines  # noqa: PLC0415

    folder = None if forge == "gitlab-component" else PurePosixPath(f".{forge}")
    wishes = Wishes(choices.pop("from_wheel"), choices.pop("from_commit"), choices.pop("from_index"))
    found = find_origin(wishes, out, folder, with_stores=declared.needs.is_in_part)
    place = _place(path, out)
    choices |= {"secrets": (*declared.names, *declared.needs.secrets), "variables": declared.needs.variables}
    choices |= {"is_pushed": declared.needs.is_pushed}
    wanted = Choices(declared.agency, place, __version__, found.origin, found.locks, **choices)
    files = {name: text.encode() for name, text in make_pipelines(forge, wanted).items()}
    if found.copied is not None and isinstance(found.origin, FromWheel):
        files[found.origin.path] = found.copied
    known = {name: _read_bytes(out / name) for name in files if (out / name).exists()}
    in_the_way = [str(name) for name, content in known.items() if content != files[name]]
    if in_the_way and not force:
        raise CommandExit(
            ExitCode.ERROR,
            f"{', '.join(in_the_way)} exists already and says something else; nothing was written",
            fix="look at it, then: --force",
        )
    for name, content in files.items():
        _make_folder((out / name).parent)
        _write_one(out / name, content)
    return {name: known.get(name) != content for name, content in files.items()}


def _write_one(path: Path, content: bytes) -> None:
    if path.suffix != ".whl":
        write_whole(path, content.decode(), mode=SHARED)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be written: {error.strerror}") from None


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be read: {error.strerror}") from None


def _place(path: Path, out: Path) -> str:
    """The agency file as the jobs name it."""
    try:
        place = path.resolve().relative_to(out.resolve()).as_posix()
    except ValueError:
        raise CommandExit(
            ExitCode.ERROR, f"{path} is not below {out.resolve()}", fix="name the top of the repository: --out DIR"
        ) from None
    return Plain().convert(place, None, None)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandExit(ExitCode.ERROR, f"{folder} cannot be made: {error.strerror}") from None


def _include(out: Path, pipeline: PurePosixPath) -> None:
    """Let `.gitlab-ci.yml` include the pipeline; one that is there already is a person's."""
    root = out / ".gitlab-ci.yml"
    text = f"include:\n  - local: {pipeline}\n"
    if not root.exists():
        write_whole(root, text, mode=SHARED)
        click.echo(".gitlab-ci.yml  includes it")
    elif str(pipeline) not in read_text(root):
        click.echo("\n.gitlab-ci.yml is there already and stays as it is; add to it:\n")
        click.echo("".join(f"  {line}\n" for line in text.splitlines()), nl=False)


def _say_written(written: Mapping[PurePosixPath, bool], declared: Declared) -> None:
    for name, is_new in written.items():
        click.echo(f"{name}{'' if is_new else '  (unchanged)'}")
    if not declared.needs.is_known:
        click.echo(
            "\nThe ledger needs a package that does not come with agencyfile. Add it, and what it needs, to the file\n"
            "whose name ends in -requirements.txt, with versions and hashes. Write the new SHA-256 of that file into\n"
            "the pipelines, and give the package's variables to the steps that have the portal's keys.",
            err=True,
        )
    if declared.ledger.startswith("file:"):
        click.echo(
            "\nThe ledger is a file, which a job would lose with its machine: an apply there is refused.\n"
            'Write into the agency file:  agency: {ledger: "git+branch:agencyfile-ledger"}',
            err=True,
        )


def _of_ledger(declared: Declared, open_ones: str, hidden_ones: str, where: str) -> Iterator[str]:
    """Return the steps that give the jobs the ledger's variables; none where it needs none."""
    for kind, names in ((open_ones, declared.needs.variables), (hidden_ones, declared.needs.secrets)):
        if names:
            yield f"{kind}{where}, for the ledger: {_listed(*names)}"
    if declared.needs.secrets:
        yield "  (the first of a login that only reads, the second of one that appends)"


def _say_next(steps: list[str]) -> None:
    click.echo("\nNext, in the settings of the repository:\n")
    for step in steps:
        click.echo(f"  {step}")


def _listed(*names: str) -> str:
    return ", ".join(names)
