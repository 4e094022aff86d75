"""The ledger in a table of PostgreSQL: one row per entry, `PRIMARY KEY (ledger, serial)`.

The server, the user and the password come from the environment as for every client of PostgreSQL (PGHOST, PGDATABASE,
PGUSER, PGPASSWORD, PGPASSFILE, PGSERVICE, PGSSLMODE, PGSSLROOTCERT ...). The agency file names the ledger alone:
whoever edits the file cannot send the password elsewhere.
"""

import os
import re
import select
import socket
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, LiteralString

from agencyfile.ledger_stores.append_log import AppendLogStore, NoCleanAnswer, PlaceTaken
from agencyfile.ledger_stores.optional import optional
from plan.errors import LedgerError

if TYPE_CHECKING:
    import psycopg

SCHEMA_VERSION: Final = 1
CONNECT_TIMEOUT: Final = 10  # seconds; PGCONNECT_TIMEOUT counts for more
SILENCE: Final = 60.0  # seconds until a server that does not answer, or acknowledges nothing, counts as gone
_LOCAL: Final = re.compile(r"(?:/.*|@.*|localhost|127\.\d+\.\d+\.\d+|::1|)")
_INSERT: Final = (
    "INSERT INTO agencyfile.entries (ledger, serial, follows, is_compacted, line, writer) "
    "SELECT %s, (line::json->>'serial')::bigint, "
    "CASE WHEN number = 1 THEN %s ELSE (line::json->>'serial')::bigint - 1 END, "
    "line::json->>'type' = 'compacted', line, %s "
    "FROM unnest(%s::text[]) WITH ORDINALITY AS given (line, number)"
)
_SELECT_FROM: Final = "SELECT line FROM agencyfile.entries WHERE ledger = %s AND serial >= %s ORDER BY serial"
_SELECT_ALL: Final = (  # from the last compaction on
    "SELECT line FROM agencyfile.entries WHERE ledger = %s AND serial >= coalesce("
    "(SELECT max(serial) FROM agencyfile.entries WHERE ledger = %s AND is_compacted), 0) ORDER BY serial"
)
_WRITER: Final = "SELECT writer FROM agencyfile.entries WHERE ledger = %s AND follows = %s"


class PostgresLog:
    """The rows of one ledger."""

    def __init__(self, ledger: str) -> None:
        self._ledger = ledger
        self._connection: psycopg.Connection | None = None

    @property
    def location(self) -> str:
        """The ledger's name; the environment says where the server is."""
        return f"postgres:{self._ledger}"

    def load(self, serial: int) -> Iterator[bytes]:
        """The rows from `serial` on."""
        rows = (
            self._rows(_SELECT_FROM, self._ledger, serial)
            if serial
            else self._rows(_SELECT_ALL, self._ledger, self._ledger)
        )
        return (f"{line}\n".encode() for (line,) in rows)

    def add(self, lines: Sequence[bytes], *, after: int, writer: str) -> None:
        """Insert all rows by one statement, which commits by itself."""
        import psycopg  # noqa: PLC0415 - an optional part

        texts = [line[:-1].decode() for line in lines]
        with self._connected("written") as connection:
            try:
                with _deadline(connection):
                    connection.execute(_INSERT, (self._ledger, after, writer, texts))
            except psycopg.errors.UniqueViolation:
                raise PlaceTaken from None
            except psycopg.errors.QueryCanceled as error:  # the server says that it rolled back
                raise self._trouble("written", error) from None
            except psycopg.OperationalError as error:
                self._close()
                raise NoCleanAnswer(_words(error)) from None

    def writer_of(self, after: int) -> str | None:
        """The writer of the row that follows `after`."""
        rows = self._rows(_WRITER, self._ledger, after)
        return str(rows[0][0]) if rows else None

    def _rows(self, statement: LiteralString, *parameters: object) -> list[Any]:
        """Read, once more over a new connection if this one breaks."""
        import psycopg  # noqa: PLC0415 - an optional part

        with self._connected("read") as connection:
            with suppress(psycopg.OperationalError), _deadline(connection):
                return connection.execute(statement, parameters).fetchall()
            self._close()
        with self._connected("read") as connection, _deadline(connection):
            return connection.execute(statement, parameters).fetchall()

    @contextmanager
    def _connected(self, done: str) -> Iterator["psycopg.Connection"]:
        """Yield the open connection, or a new one.

        Raises:
            LedgerError: the server refuses, or cannot be reached.
        """
        psycopg = optional("psycopg", "postgres")
        try:
            if self._connection is None or self._connection.closed or _is_over(self._connection):
                self._close()
                self._connection = _connect()
                weakref.finalize(self, self._connection.close)  # a ledger store is never closed, only forgotten
                with _deadline(self._connection):
                    self._check_schema(self._connection)
            yield self._connection
        except psycopg.Error as error:
            self._close()
            raise self._trouble(done, error) from None

    def _check_schema(self, connection: "psycopg.Connection") -> None:
        row = connection.execute("SELECT max(version) FROM agencyfile.migrations").fetchone()
        version = row[0] if row else None
        if version != SCHEMA_VERSION:
            raise LedgerError(
                f"the tables of {self.location} have version {version}, and this version of agencyfile needs "
                f"{SCHEMA_VERSION}",
                fix="as their owner: agencyfile ledger migrate | psql (or install the other version of agencyfile)",
            )

    def _trouble(self, done: str, error: Exception) -> LedgerError:
        import psycopg  # noqa: PLC0415 - an optional part

        if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
            return LedgerError(
                f"the database of {self.location} has no tables of agencyfile",
                fix="as their owner, once: agencyfile ledger migrate | psql",
            )
        return LedgerError(
            f"the ledger {self.location} cannot be {done}: {_words(error)}",
            fix="check PGHOST, PGDATABASE, PGUSER, the password and the rights of that role",
        )

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _connect() -> "psycopg.Connection":
    """Connect as the environment says. To another machine only with TLS and a certificate that is verified."""
    # Nothing is set for the session, and nothing is a start-up option: behind a pooler, others would get the one, and
    # the other is refused.
    settings: dict[str, Any] = {"autocommit": True, "keepalives_idle": 10, "tcp_user_timeout": int(SILENCE * 1000)}
    if "PGCONNECT_TIMEOUT" not in os.environ:
        settings["connect_timeout"] = CONNECT_TIMEOUT
    hosts = os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST", "")
    is_local = all(_LOCAL.fullmatch(host) for host in hosts.split(","))
    if not (is_local or "PGSSLMODE" in os.environ or "PGSERVICE" in os.environ):
        settings["sslmode"] = "verify-full"
        if "PGSSLROOTCERT" not in os.environ and not Path("~/.postgresql/root.crt").expanduser().exists():
            settings["sslrootcert"] = "system"
    connection: psycopg.Connection = optional("psycopg", "postgres").connect("", prepare_threshold=None, **settings)
    return connection


def _is_over(connection: "psycopg.Connection") -> bool:
    """Return whether the server has ended an idle connection, as at a restart: it says so without being asked."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _deadline(connection: "psycopg.Connection") -> Iterator[None]:
    """Break the connection if the block takes too long: libpq waits without end for a server that is stuck."""
    with socket.socket(fileno=os.dup(connection.fileno())) as wire:
        timer = threading.Timer(SILENCE, _cut, (wire,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    """Return the first line of what the server said. libpq puts no password into it."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def migrations() -> str:
    """Return the SQL that makes the tables, or brings them to this version. It can be run again."""
    return resources.files(__package__).joinpath("postgres.sql").read_text("utf-8")


def open_store(place: str, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> AppendLogStore:
    """Open the ledger `place` of the database that the environment names."""
    optional("psycopg", "postgres")
    return AppendLogStore(PostgresLog(place), marks, is_accepted=is_accepted)
