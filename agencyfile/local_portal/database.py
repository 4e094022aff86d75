"""The database of a portal: one SQLite connection, used by the event loop's thread alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agencyfile.local_portal.errors import LocalPortalError
from agencyfile.local_portal.schema import BESIDE, EMPTIED, POOLS, STEPS, VERSION

FILE_NAME = "portal.sqlite3"

Row = sqlite3.Row
Values = Sequence[Any] | Mapping[str, Any]


class Database:
    """Rows in, rows out; a transaction around every request."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, query: str, values: Values = ()) -> list[Row]:
        """Return every row of a query."""
        return self._connection.execute(query, values).fetchall()

    def first(self, query: str, values: Values = ()) -> Row | None:
        """Return the first row of a query."""
        row: Row | None = self._connection.execute(query, values).fetchone()
        return row

    def number(self, query: str, values: Values = ()) -> int:
        """Return the first value of the first row as a whole number, 0 when there is none."""
        row = self.first(query, values)
        return int(row[0] or 0) if row else 0

    def run(self, statement: str, values: Values = ()) -> int:
        """Carry out a statement and return the id of the row it inserted."""
        return self._connection.execute(statement, values).lastrowid or 0

    def run_many(self, statement: str, rows: Iterable[Values]) -> None:
        """Carry out a statement once for each row."""
        self._connection.executemany(statement, rows)

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Insert a row; the column names are ours, never a caller's."""
        names = ", ".join(row)
        return self.run(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything done inside, or nothing of it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what was done inside when it ends in an exception; the transaction around it goes on."""
        self._connection.execute("SAVEPOINT call")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO call")
            self._connection.execute("RELEASE call")
            raise
        self._connection.execute("RELEASE call")

    def empty(self) -> None:
        """Bring every table back to the state of a fresh portal."""
        for table in EMPTIED:
            self.run(f"DELETE FROM {table}")  # noqa: S608 - the names are constants
        self.run("DELETE FROM sqlite_sequence")
        self.fill_pools()

    def fill_pools(self) -> None:
        """Put the credits of a fresh portal into its pools."""
        self.run_many("INSERT INTO pools VALUES (?, ?)", POOLS.items())

    def close(self) -> None:
        """Close the connection; the file is complete on its own afterwards."""
        self._connection.close()


def open_database(folder: Path | None) -> Database:
    """Open the database of a folder, made when it is not there; one in memory without a folder.

    Raises:
        LocalPortalError: The folder cannot be used, or another portal is using it.
    """
    try:
        connection = _connect(folder)
        database = Database(connection)
        _prepare(connection, database)
    except (sqlite3.Error, OSError) as error:
        raise LocalPortalError(
            f"The portal's data in {folder} cannot be used: {error}. Is another portal using it?"
        ) from error
    return database


def _connect(folder: Path | None) -> sqlite3.Connection:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(folder / FILE_NAME)
    place = ":memory:" if folder is None else str(folder / FILE_NAME)
    connection = sqlite3.connect(place, isolation_level=None, timeout=0.5)
    connection.row_factory = Row
    # One server owns the file for as long as it runs: a second one would keep its own time and its own counters.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    # A killed process loses nothing; only the machine losing power may cost the last answers, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")  # a large sort leaves no file and no descriptor behind
    return connection


def _make_private(path: Path) -> None:
    """Let nobody else read the database; SQLite gives the files beside it the same mode. A link is not followed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _prepare(connection: sqlite3.Connection, database: Database) -> None:
    version = database.number("PRAGMA user_version")
    if version > VERSION:
        connection.close()
        raise LocalPortalError(f"The portal's data has version {version}; this release reads version {VERSION}.")
    if version < VERSION:
        steps = "".join(STEPS[version:])
        connection.executescript(f"BEGIN; {steps} PRAGMA user_version = {VERSION}; COMMIT")
    if version == 0:
        database.fill_pools()
    for table in BESIDE:
        database.run(table)
