"""A worker's page over HTTP: its health, its metrics for Prometheus, and a page of the fleet's status."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from agencyfile.fleet.postgres.jobs import Bench
from agencyfile.fleet.postgres.worker import Worker

_PATIENCE: Final = 3.0  # seconds that a page waits for the database
_STATES: Final = ("todo", "doing", "succeeded", "failed", "cancelled", "aborting", "aborted")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True, slots=True)
class Window:
    """The things that are shown: `page` draws the status page."""

    worker: Worker
    bench: Bench
    page: Callable[[], str]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body."""
        match path.partition("?")[0]:
            case "/health":
                is_well = self.worker.is_connected and not self.worker.is_stopping
                return (200 if is_well else 503), "text/plain; charset=utf-8", b"ok\n" if is_well else b"not ready\n"
            case "/metrics":
                return 200, CONTENT_TYPE_LATEST, self._metrics()
            case "/":
                return self._page()
            case _:
                return 404, "text/plain; charset=utf-8", b"there are /, /health and /metrics\n"

    def _page(self) -> tuple[int, str, bytes]:
        try:
            return 200, "text/html; charset=utf-8", self.page().encode()
        except psycopg.Error:
            return 503, "text/plain; charset=utf-8", b"the database is away\n"

    def _metrics(self) -> bytes:
        registry = CollectorRegistry()
        own = "agencyfile_fleet_worker"
        Gauge(f"{own}_connected", "1 while the database answers.", registry=registry).set(self.worker.is_connected)
        Gauge(f"{own}_stopping", "1 once it takes no further job.", registry=registry).set(self.worker.is_stopping)
        ends = Gauge(f"{own}_ends", "Agencies that this worker has run, by result.", ["status"], registry=registry)
        for status, count in list(self.bench.seen.items()):
            ends.labels(status).set(count)
        self._queue_metrics(registry)
        return generate_latest(registry)

    def _queue_metrics(self, registry: CollectorRegistry) -> None:
        try:
            counts = replace(self.bench.database, patience=_PATIENCE).counts()
        except psycopg.Error:
            return
        jobs = Gauge("agencyfile_fleet_jobs", "Jobs in the database, by state.", ["state"], registry=registry)
        for state in _STATES:
            jobs.labels(state).set(counts.get(state, 0))
        Gauge("agencyfile_fleet_runs", "Runs that have not ended.", registry=registry).set(counts["runs"])


@contextmanager
def shown(window: Window, host: str, port: int) -> Iterator[int]:
    """Serve the window while the block runs; yields the port.

    Raises:
        OSError: the address is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = window.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", _POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nothing: a probe every few seconds would fill the log."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="window", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
