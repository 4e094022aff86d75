"""The contact list as exported: people, and who gets which notices.

No source says which columns an operator's export has. Columns are known by several headers each, and those that
nobody knows are ignored. A row that cannot be used is named, and the others count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agencyfile.contacts.errors import ExportError
from agencyfile.contacts.table import Row, read_rows
from agencyfile.fields.contact_words import LEVELS, is_email, slug_of

PENDING: Final = "pending"
_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("e-mail", "email", "email address", "e-mail address"),
    "name": ("name", "contact name"),
    "phone": ("phone", "telephone", "phone number"),
    "language": ("language", "language preference"),
    "group": ("group contact", "group"),
    "status": ("status", "verification"),
    "number": ("customer number", "ocn"),
    "level": ("level",),
    "id": ("level id", "service or billing id"),
    "subscription": ("subscription", "contact group"),
    "exported": ("exported", "export date"),
}
_NEEDED: Final = ("email", "number", "subscription")
_YES: Final = frozenset({"yes", "true", "1", "y", "oui", "ja"})


@dataclass(frozen=True, slots=True)
class Person:
    """One contact of the export. `words` holds name, phone and language as far as they are filled in."""

    email: str
    words: Mapping[str, str] = field(default_factory=dict)
    is_group: bool = False
    is_pending: bool = False


@dataclass(slots=True)
class Export:
    """One export. `subscribed` holds addresses by customer number and subscription, its level in front.

    `columns` are the fields that the export has a column for. `problems` are rows that were left out, with the reason.
    """

    path: Path
    made: datetime
    columns: frozenset[str]
    people: dict[str, Person] = field(default_factory=dict)
    subscribed: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def emails(self, number: str, subscription: str) -> frozenset[str]:
        """Return who gets these notices."""
        return frozenset(self.subscribed.get(number, {}).get(subscription, ()))


def read_export(path: Path) -> Export:
    """Read an export to its end.

    Raises:
        ExportError: it cannot be read, or has no column for what is needed.
    """
    rows = read_rows(path)
    columns = _columns(next(rows, None), path)
    export = Export(path, _saved(path), frozenset(columns))
    moments: set[datetime] = set()
    for row in rows:
        _take(row, columns, export)
        moments |= set(_moment(row.texts.get(columns.get("exported", 0), "")))
    if moments:
        export.made = min(moments)  # the oldest row: nothing in it is younger
    return export


def _columns(head: Row | None, path: Path) -> dict[str, int]:
    named = {} if head is None else {" ".join(text.casefold().split()): column for column, text in head.texts.items()}
    found = {
        name: next(named[header] for header in headers if header in named)
        for name, headers in _HEADERS.items()
        if any(header in named for header in headers)
    }
    missing = [_HEADERS[name][0] for name in _NEEDED if name not in found]
    if missing:
        raise ExportError(
            f"{path} has no column {' and no column '.join(missing)} in its first row",
            fix="export the contact list again, with its row of headers",
        )
    return found


def _take(row: Row, columns: Mapping[str, int], export: Export) -> None:
    """Take one row into the export, or note why it is left out."""
    bad = [(column, row.faults[column]) for column in columns.values() if column in row.faults]
    if bad:
        export.problems += (f"{row.at(column)}: {why}" for column, why in bad)
        return
    words = {name: row.texts.get(column, "") for name, column in columns.items()}
    email = words["email"].lower()
    if not is_email(email):
        export.problems.append(f"{row.at(columns['email'])}: is no e-mail address")
        return
    person = _person(email, words)
    known = export.people.setdefault(email, person)
    if known != person:
        export.problems.append(f"{row.place}: says something else of {email} than a row above")
    export.problems += _subscribe(row, words, email, export)


def _person(email: str, words: Mapping[str, str]) -> Person:
    status = words.get("status", "").casefold()
    return Person(
        email,
        {name: words[name] for name in ("name", "phone", "language") if words.get(name)},
        is_group=words.get("group", "").casefold() in _YES,
        is_pending=status.startswith(PENDING),
    )


def _subscribe(row: Row, words: Mapping[str, str], email: str, export: Export) -> Iterator[str]:
    number, label = words["number"], words["subscription"]
    if not number and not label:
        return
    level = words.get("level", "").casefold() or LEVELS[0]
    if not (number and slug_of(label)) or level not in LEVELS:
        yield f"{row.place}: names no customer number, no subscription, or no level ({', '.join(LEVELS)})"
        return
    place = "" if level == LEVELS[0] else f"{level} {words.get('id', '')}/"
    export.subscribed.setdefault(number, {}).setdefault(f"{place}{slug_of(label)}", set()).add(email)


def _moment(text: str) -> Iterator[datetime]:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return
    yield found if found.tzinfo else found.replace(tzinfo=UTC)


def _saved(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}") from None
