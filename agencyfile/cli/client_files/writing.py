"""Carry out the plan of a client import. Each file is written whole, so an interrupted import continues."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agencyfile.cli.client_files.editing import edited
from agencyfile.cli.client_files.known import SECTION, KnownClients
from agencyfile.cli.client_files.layout import ClientLayout, NewFile
from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.importing.writing import write_new
from agencyfile.clients.comparison import Both, Comparison
from agencyfile.files import rewrite_file


@dataclass(frozen=True, slots=True)
class Planned:
    """The files of an import: new ones, and those whose values change."""

    new: tuple[NewFile, ...]
    changed: tuple[tuple[Path, tuple[Both, ...]], ...]
    without_account: tuple[tuple[str, str], ...]  # clients that get no account, with the reason

    @property
    def steps(self) -> int:
        """Number of files to write."""
        return sum(one.text is not None for one in self.new) + len(self.changed)


@dataclass(frozen=True, slots=True)
class Written:
    """The result of writing: files, and changes that are left to a person."""

    new: tuple[NewFile, ...]
    changed: tuple[Path, ...]
    by_hand: tuple[str, ...]


def planned_files(plan: Comparison, known: KnownClients, layout: ClientLayout, profile: str | None) -> Planned:
    """Return the files that carry out the plan."""
    new, without = [], []
    for one in plan.new:
        reason = _no_account(one.name, one.found.words, known) if profile else None
        if reason:
            without.append((one.name, reason))
        new.append(layout.file(one, plan.source, None if reason else profile))
    by_file: dict[Path, list[Both]] = defaultdict(list)
    for both in plan.both:
        if both.taken:
            by_file[Path(known.blocks[both.name].place.key_at.file)].append(both)
    return Planned(tuple(new), tuple((path, tuple(items)) for path, items in by_file.items()), tuple(without))


def _no_account(name: str, words: object, known: KnownClients) -> str | None:
    if name in known.login_names:
        return "an account or sandbox of this name is declared already"
    return None if isinstance(words, dict) and "email" in words else "the client has no e-mail address"


def write(planned: Planned, source: str, advance: Callable[[str], None]) -> Written:
    """Write the files; `advance` is called after each.

    Raises:
        CommandExit: a file cannot be written. Those before it are whole.
    """
    new, changed, by_hand = [], [], []
    for one in planned.new:
        if one.text is not None and write_new(one.path, one.text):
            new.append(one)
        advance(one.client)
    for path, items in planned.changed:
        refused = _rewrite(path, items, source)
        by_hand += refused
        changed.append(path)
        advance(path.name)
    return Written(tuple(new), tuple(changed), tuple(by_hand))


def _rewrite(path: Path, items: Sequence[Both], source: str) -> list[str]:
    """Change the values of one file; return what could not be changed."""
    try:
        before = path.read_bytes().decode("utf-8")
        changes = {key: value for both in items for key, value in _changes(both, source)}
        result = edited(before, changes)
        if result.text != before:
            rewrite_file(path, result.text)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandExit(ExitCode.ERROR, f"{path} cannot be changed ({type(error).__name__})") from None
    return [f"{path}: {'.'.join(key)}" for key in result.refused]


def _changes(both: Both, source: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for one in both.taken:
        words = ("source", source) if one.field == "source" else (one.field,)
        yield (SECTION, both.name, *words), one.there
