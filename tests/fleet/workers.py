"""Workers of a fleet as real processes, over a real PostgreSQL."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from fleets import Fleet
from stores.servers import PostgresServer

# A worker whose children are forked: a new interpreter for each would cost more than the rest of a test.
_FORKING = """
import sys
from agencyfile.cli.entry import main
from agencyfile.fleet import child
child.PROGRAM[:] = [sys.argv.pop(1)]
main()
"""


def environment_of(fleet: Fleet, database: str) -> dict[str, str]:
    """The environment of a worker; the database is named as a person names it."""
    state = {"XDG_STATE_HOME": str(fleet.folder / ".state"), "AGENCYFILE_FLEET_DATABASE": database}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return {**kept, **fleet.environment, **state, "PYTHONDONTWRITEBYTECODE": ""}


def start_worker(fleet: Fleet, database: str, *options: str, forks: bool = True) -> "subprocess.Popen[bytes]":
    """Start a worker that writes down what it says; without `forks` its children are new interpreters."""
    start = ["-c", _FORKING, str(fleet.program())] if forks else ["-m", "agencyfile"]
    with (fleet.folder / "workers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", *start, "fleet", "worker", "-f", str(fleet.file), *options],
            cwd=fleet.folder,
            env=environment_of(fleet, database),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def queue(database: str) -> dict[str, int]:
    """How many jobs of agencies are in each state."""
    query = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = %s GROUP BY status"
    with psycopg.connect(database) as connection:
        return dict(connection.execute(query, ("agencyfile.fleet.run_agency",)).fetchall())


def ledger_entries(fleet: Fleet, agency: str) -> list[dict[str, Any]]:
    """The ledger of an agency."""
    path = fleet.folder / agency / ".agencyfile" / "ledger.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Proxy:
    """A proxy before the socket of a PostgreSQL: it can cut every connection, and let none through for a while."""

    def __init__(self, server: PostgresServer) -> None:
        self._target = str(Path(server.folder) / ".s.PGSQL.5432")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Cut what is open, and refuse what comes."""
        self.is_cut = True
        with self._lock:
            for line in self._open:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def join(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    def close(self) -> None:
        """End it."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            target = socket.socket(socket.AF_UNIX)
            try:
                target.connect(self._target)
            except OSError:
                client.close()
                target.close()
                continue
            with self._lock:
                self._open |= {client, target}
            for one, other in ((client, target), (target, client)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)
        for line in (source, target):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()


@contextmanager
def new_database(server: PostgresServer, name: str) -> Iterator[str]:
    """An empty database; yields its connection string."""
    own: Mapping[str, str] = server.environment()
    place = f"host={own['PGHOST']} user={own['PGUSER']}"
    with psycopg.connect(f"{place} dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield f"{place} dbname={name}"
