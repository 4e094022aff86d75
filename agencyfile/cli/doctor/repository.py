"""The git repository of the agency file: read alone, with git isolated as for the ledger."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from agencyfile.cli.beginning import IDENTITY
from agencyfile.cli.doctor.lines import line, not_looked_at
from agencyfile.cli.doctor.records import CheckRecord
from agencyfile.cli.recipients import identity_at_hand
from plan.errors import LedgerError
from plan.ledger.git import Git

_TIMEOUT: Final = 10.0  # seconds for each command
_NAMED: Final = 3


def check_repository(path: Path, files: Sequence[str]) -> Iterator[CheckRecord]:
    """Return whether there is a repository, and whether it holds what it should and nothing that it must not.

    `files` are the agency file and what it includes, as far as it could be read.
    """
    git = Git(path.parent.absolute(), timeout=_TIMEOUT)
    try:
        is_inside = git.ask("rev-parse", "--is-inside-work-tree").text == "true"
    except LedgerError:
        yield line("git-repository", "note", "no-git", "git", "git is not installed", "install git 2.29 or newer")
        return
    if not is_inside:
        fix = "git init, so that changes can be reviewed and pipelines can run"
        yield line("git-repository", "note", "no-repository", "git", "the agency file is in no git repository", fix)
        return
    yield _branch(git)
    yield _committed(git, files or [str(path)])
    yield _secrets(git, path.parent)


def _branch(git: Git) -> CheckRecord:
    name = git.ask("symbolic-ref", "--short", "--quiet", "HEAD").text
    if name:
        return line("git-repository", "ok", "well", "git", f"on branch {name}")
    return line("git-repository", "note", "no-branch", "git", "on no branch (a detached HEAD), as pipelines are")


def _committed(git: Git, files: Sequence[str]) -> CheckRecord:
    paths = [f":(literal){Path(name).absolute()}" for name in files]
    status = git.ask("status", "--porcelain", "-z", "--untracked-files=all", "--", *paths)
    if not status.is_ok:
        return not_looked_at("git-committed", "committed", status.reason)
    changed = [entry for entry in status.text.split("\0") if entry.strip()]
    if not changed:
        return line("git-committed", "ok", "well", "committed", f"the agency file is committed (files: {len(files)})")
    names = ", ".join(entry[3:] if entry[2:3] == " " else entry.partition(" ")[2] for entry in changed[:_NAMED])
    words = f"files of the agency that are not committed as they are: {len(changed)} ({names})"
    return line(
        "git-committed", "note", "uncommitted", "committed", words, "commit them: a pipeline plans what is committed"
    )


def _secrets(git: Git, folder: Path) -> CheckRecord:
    """Look at the private half of the key that opens passwords: git must ignore it."""
    places = dict.fromkeys(filter(None, (folder / IDENTITY, identity_at_hand(folder))))
    secrets = [place.absolute() for place in places if place.is_file()]
    inside = [place for place in secrets if _is_inside(git, place)]
    committed = [place for place in inside if git.ask("ls-files", "--error-unmatch", "--", f":(literal){place}").is_ok]
    if committed:
        words = f"{committed[0].name} is in git: whoever can read the repository can open every password"
        fix = "make another key (agencyfile credentials keygen), then rekey, and change the passwords at the accounts"
        return line("git-secrets", "problem", "committed-secret", "secrets", words, fix)
    open_ones = [place for place in inside if not git.ask("check-ignore", "--quiet", "--", str(place)).is_ok]
    if open_ones:
        words = f"git does not ignore {open_ones[0].name}: the next `git add .` takes it in"
        return line("git-secrets", "problem", "not-ignored", "secrets", words, "name it in .gitignore")
    words = (
        "git ignores the key that opens passwords" if inside else "no key that opens passwords lies in the repository"
    )
    return line("git-secrets", "ok", "well", "secrets", words)


def _is_inside(git: Git, place: Path) -> bool:
    top = git.ask("rev-parse", "--show-toplevel").text
    return bool(top) and place.resolve().is_relative_to(Path(top).resolve())
