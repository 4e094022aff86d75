"""The ledger in PostgreSQL: the contract on a real server, and what a server can do to it."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from itertools import count

import psycopg
import pytest
from contract.ledger_store_contract import LedgerStoreContract, Opener, chain
from stores.servers import PostgresServer, postgres

from agencyfile.ledger_stores.postgres import migrations, open_store
from plan import LedgerConflict, LedgerCorrupt, LedgerError

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresServer]:
    """A server with the tables, and logins with the roles that the script makes."""
    with postgres() as server:
        with _owner(server) as owner:
            owner.execute(migrations())
            owner.execute("CREATE ROLE ci LOGIN IN ROLE agencyfile_writer")
            owner.execute("CREATE ROLE planner LOGIN IN ROLE agencyfile_reader")
            owner.execute("CREATE ROLE stranger LOGIN")
        yield server


def _owner(server: PostgresServer) -> psycopg.Connection:
    found = server.environment()
    return psycopg.connect(host=found["PGHOST"], dbname=found["PGDATABASE"], user=found["PGUSER"], autocommit=True)


@pytest.fixture
def server(cluster: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> PostgresServer:
    """The server, by the environment of the login with the least rights."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    for name, value in cluster.environment(user="ci").items():
        monkeypatch.setenv(name, value)
    return cluster


@pytest.fixture
def name(server: PostgresServer) -> str:
    """A ledger that no other test uses."""
    return f"ledger-{next(_NUMBERS)}"


class TestPostgresStore(LedgerStoreContract):
    """The contract, as the role that may only read and insert."""

    @pytest.fixture
    def openers(self, name: str) -> tuple[Opener, Opener]:
        """The same rows, by two connections."""
        return partial(open_store, name), partial(open_store, name)


def test_postgres_ledgers_of_one_database_are_apart(name: str) -> None:
    """The name of the ledger is part of the key."""
    open_store(name).append(chain(2), expected=0)

    assert list(open_store(f"{name}-other").read(0)) == []
    assert open_store(f"{name}-other").append(chain(3), expected=0) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agencyfile.entries SET line = 'x'",
        "DELETE FROM agencyfile.entries",
        "TRUNCATE agencyfile.entries",
        "DROP TABLE agencyfile.entries",
        "UPDATE agencyfile.migrations SET version = 2",
        "CREATE TABLE agencyfile.other (x integer)",
    ],
)
@pytest.mark.parametrize("user", ["ci", "planner"])
def test_postgres_roles_can_take_nothing_back(server: PostgresServer, name: str, statement: str, user: str) -> None:
    """Whoever steals the login of a pipeline cannot roll the ledger back."""
    open_store(name).append(chain(1), expected=0)
    place = server.environment(user=user)

    with psycopg.connect(host=place["PGHOST"], dbname=place["PGDATABASE"], user=user) as connection:  # noqa: SIM117
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
            connection.execute(statement)


def test_postgres_owner_is_stopped_from_deleting_by_mistake(server: PostgresServer, name: str) -> None:
    """Even the owner has to drop a trigger first."""
    open_store(name).append(chain(1), expected=0)

    with _owner(server) as owner, pytest.raises(psycopg.errors.RaiseException, match="only ever appended to"):
        owner.execute("DELETE FROM agencyfile.entries")


def test_postgres_reader_plans_and_cannot_append(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that plans needs no right to write."""
    open_store(name).append(chain(1), expected=0)
    monkeypatch.setenv("PGUSER", "planner")

    assert list(open_store(name).read(0)) == chain(1)
    with pytest.raises(LedgerError, match="cannot be written: permission denied") as caught:
        open_store(name).append(chain(1, after=chain(1)[0]), expected=1)
    assert "PGUSER" in caught.value.fix


def test_postgres_stranger_and_missing_tables_are_said(
    server: PostgresServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without rights, without tables, with tables of another version, without a server."""
    with _owner(server) as owner:
        owner.execute("CREATE DATABASE empty")
    monkeypatch.setenv("PGUSER", "stranger")
    with pytest.raises(LedgerError, match="cannot be read: permission denied"):
        open_store(name).read(0)
    monkeypatch.setenv("PGDATABASE", "empty")
    with pytest.raises(LedgerError, match="has no tables of agencyfile") as caught:
        open_store(name).read(0)
    assert "agencyfile ledger migrate" in caught.value.fix
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGPASSWORD", "sentinel-of-the-database")
    with pytest.raises(LedgerError, match="cannot be read: connection is bad") as caught:
        open_store(name).read(0)
    assert "sentinel" not in str(caught.value)


def test_postgres_tables_of_another_version_are_refused(server: PostgresServer, name: str) -> None:
    """A newer version may mean something else by a row."""
    with _owner(server) as owner:
        owner.execute("INSERT INTO agencyfile.migrations (version) VALUES (99)")
        try:
            with pytest.raises(LedgerError, match="have version 99"):
                open_store(name).read(0)
        finally:
            owner.execute("DELETE FROM agencyfile.migrations WHERE version = 99")
        owner.execute(migrations())  # again, over what is there

    assert open_store(name).append(chain(1), expected=0) == 1


def test_postgres_server_that_restarts_between_two_appends_is_found_again(server: PostgresServer, name: str) -> None:
    """A connection that was ended while it was idle is opened again before anything is sent."""
    store, entries = open_store(name), chain(3)
    store.append(entries[:1], expected=0)
    server.stop("fast")
    server.start()

    assert store.append(entries[1:2], expected=1) == 2
    server.stop("immediate")  # a crash: what was acknowledged is there
    server.start()
    assert list(store.read(0)) == list(open_store(name).read(0)) == entries[:2]


def test_postgres_server_that_is_stuck_is_left_and_its_append_may_still_arrive(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libpq would wait without end. The append is in doubt, and is found when the process goes on."""
    monkeypatch.setattr("agencyfile.ledger_stores.postgres.SILENCE", 1.0)
    monkeypatch.setattr("agencyfile.ledger_stores.append_log.READ_BACK", (0.0,))
    store, entries = open_store(name), chain(2)
    store.append(entries[:1], expected=0)
    backend = store._log._connection.info.backend_pid  # type: ignore[attr-defined]
    os.kill(backend, signal.SIGSTOP)
    try:
        with pytest.raises(LedgerError, match="may or may not have been written"):
            store.append(entries[1:], expected=1)
        assert list(store.read(0)) == entries[:1]
    finally:
        os.kill(backend, signal.SIGCONT)
    deadline = time.monotonic() + 60
    while len(store.read(0)) == 1 and time.monotonic() < deadline:
        time.sleep(0.02)

    assert list(store.read(0)) == entries


def test_postgres_changed_or_lost_row_is_corrupt(server: PostgresServer, name: str) -> None:
    """Whoever owns the table can bend it; the chain of digests tells."""
    store = open_store(name)
    store.append(chain(3), expected=0)
    with _owner(server) as owner:
        owner.execute("ALTER TABLE agencyfile.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM agencyfile.entries WHERE ledger = %s AND serial = 3", (name,))
        with pytest.raises(LedgerCorrupt, match="entry 3, read before, is not in it any more"):
            store.read(0)
        owner.execute(
            "UPDATE agencyfile.entries SET line = replace(line, 'number', 'numbre') WHERE ledger = %s AND serial = 1",
            (name,),
        )
        owner.execute("ALTER TABLE agencyfile.entries ENABLE TRIGGER USER")

    with pytest.raises(LedgerCorrupt, match="chain of digests is broken"):
        open_store(name).read(0)


def test_postgres_leaves_no_hole_and_no_half_append(server: PostgresServer, name: str) -> None:
    """The tables themselves refuse what no writer of agencyfile sends."""
    store = open_store(name)
    store.append(chain(2), expected=0)
    insert = "INSERT INTO agencyfile.entries (ledger, serial, follows, is_compacted, line, writer) VALUES "
    writer = "00000000-0000-0000-0000-000000000000"
    with _owner(server) as owner:
        for serial, follows in ((9, 8), (3, 1), (1, 0), (9, 2)):
            with pytest.raises(psycopg.errors.IntegrityError):
                owner.execute(f"{insert} (%s, %s, %s, false, 'x', %s)", (name, serial, follows, writer))

    assert list(open_store(name).read(0)) == chain(2)
    with pytest.raises(LedgerConflict):
        open_store(name).append(chain(3)[2:], expected=1)


def test_postgres_far_host_is_asked_for_a_certificate(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PGSSLMODE, a host that is not this machine has to prove who it is before it gets the password."""
    asked: list[dict[str, object]] = []

    def connect(_: str, **settings: object) -> None:
        asked.append(settings)
        raise psycopg.OperationalError("not now")

    monkeypatch.setattr(psycopg, "connect", connect)
    for host, mode in (
        ("db.agency.example", "verify-full"),
        ("127.0.0.1", None),
        ("localhost,10.0.0.7", "verify-full"),
    ):
        monkeypatch.setenv("PGHOST", host)
        with pytest.raises(LedgerError, match="not now"):
            open_store(name).read(0)
        assert asked.pop().get("sslmode") == mode
    monkeypatch.setenv("PGSSLMODE", "require")
    with pytest.raises(LedgerError, match="not now"):
        open_store(name).read(0)
    assert "sslmode" not in asked.pop()
