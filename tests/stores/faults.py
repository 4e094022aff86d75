"""Proxies before the servers of ledger stores: the next append meets a fault on the wire."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import urllib3
from stores.http_server import serving

SILENT: Final = 2.0  # seconds without an answer; the stores are told to wait for a part of that
PATIENCE: Final = 1.0  # seconds that they are told to wait
_CONDITION: Final = "if-none-match"
_INSERT: Final = b"INSERT INTO agencyfile.entries"
_SYNC: Final = b"S\0\0\0\4"  # ends what a client of PostgreSQL asks
_READY: Final = b"Z\0\0\0\5I"  # ends what the server answers
_METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")
_DROPPED: Final = ("connection", "transfer-encoding", "content-length", "keep-alive")


@dataclass(frozen=True)
class Fault:
    """Whether the append is carried out, and what the client hears: a status, an SQLSTATE, `silence` or a `cut`."""

    is_committed: bool
    answer: int | str


# By the name of the fault. PostgreSQL has its own, since it answers no HTTP.
HTTP_FAULTS: Final = {
    "503-after": Fault(is_committed=True, answer=503),
    "503-before": Fault(is_committed=False, answer=503),
    "409": Fault(is_committed=False, answer=409),
    "412": Fault(is_committed=False, answer=412),
    "412-after": Fault(is_committed=True, answer=412),
    "silence-after": Fault(is_committed=True, answer="silence"),
    "silence-before": Fault(is_committed=False, answer="silence"),
    "cut-after": Fault(is_committed=True, answer="cut"),
}
SQL_FAULTS: Final = {
    "cut-after": Fault(is_committed=True, answer="cut"),
    "cut-before": Fault(is_committed=False, answer="cut"),
    "silence-after": Fault(is_committed=True, answer="silence"),
    "silence-before": Fault(is_committed=False, answer="silence"),
    "duplicate": Fault(is_committed=False, answer="23505"),
    "duplicate-after": Fault(is_committed=True, answer="23505"),
    "canceled": Fault(is_committed=False, answer="57014"),
    "shutdown-after": Fault(is_committed=True, answer="57P01"),
}


@dataclass
class Wire:
    """Which append meets which fault. Every other request passes."""

    seen: int = 0  # appends since the fault was set
    _at: int = 0
    _fault: Fault | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def breaking(self, fault: Fault, at: int) -> Iterator[None]:
        """Let the append of this number meet `fault`."""
        self.seen, self._at, self._fault = 0, at, fault
        try:
            yield
        finally:
            self._fault = None

    def pass_append(self) -> Fault | None:
        """Count an append; return what it meets."""
        with self._lock:
            self.seen += 1
            return self._fault if self.seen == self._at else None


def is_append(method: str, path: str) -> bool:
    """Does the request append: an object below `entries/`, or the next serial of a state?"""
    path = unquote(urlsplit(path).path)
    return (method == "PUT" and "/entries/" in path) or (method == "POST" and not path.endswith("-probe"))


class _Proxy(BaseHTTPRequestHandler):
    """Hands everything on. Signatures hold: they cover neither the host nor what a proxy adds."""

    protocol_version = "HTTP/1.1"
    wire: Wire
    target: str
    pool: urllib3.PoolManager
    conditions: str

    def hand_on(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.conditions == "unknown" and _CONDITION in self.headers:
            self._answer(501, b"", {})
            return
        fault = self.wire.pass_append() if is_append(self.command, self.path) else None
        if fault is None or fault.is_committed:
            answer = self._ask(content)
        if fault is None and self.conditions == "belied" and answer.status in (409, 412):
            self._answer(201, b"", {"ETag": '"0x1"', "Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT"})
        elif fault is None:
            self._answer(answer.status, answer.data, answer.headers)
        elif isinstance(fault.answer, int):
            self._answer(fault.answer, b"", {})
        else:
            time.sleep(SILENT if fault.answer == "silence" else 0)
            self.close_connection = True

    def _ask(self, content: bytes) -> urllib3.BaseHTTPResponse:
        dropped = (*_DROPPED, "host", *((_CONDITION,) if self.conditions == "ignored" else ()))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in dropped}
        return self.pool.request(
            self.command,
            f"{self.target}{self.path}",
            body=content,
            headers=headers,
            retries=False,
            redirect=False,
            decode_content=False,
        )

    def _answer(self, status: int, content: bytes, headers: urllib3.HTTPHeaderDict | dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _DROPPED:
                self.send_header(name, value)
        self.send_header(
            "Content-Length", headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        )
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def http_proxy(target: str, wire: Wire | None = None, *, conditions: str = "met") -> Iterator[str]:
    """Stand before the server at `target`; yield the address, with the path that `target` has.

    Conditions of requests are `met`, `ignored` as by a store that does as if it were S3, `unknown` to it, or `belied`:
    the answer to a second creation is that of a first one. Azure's signatures cover the condition, so that nobody on
    the way can drop it.
    """
    parts = urlsplit(target)
    pool = urllib3.PoolManager(maxsize=32)
    server = f"{parts.scheme}://{parts.netloc}"
    known = {"wire": wire or Wire(), "target": server, "pool": pool, "conditions": conditions}
    with serving(type("Proxy", (_Proxy,), known | {f"do_{method}": _Proxy.hand_on for method in _METHODS})) as address:
        yield f"{address}{parts.path}"


class _SqlConnection:
    """Both directions between a client and the server."""

    def __init__(self, client: socket.socket, target: str, wire: Wire) -> None:
        self._client = client
        self._server = socket.socket(socket.AF_UNIX)
        self._server.connect(target)
        self._wire = wire
        self._fault: Fault | None = None

    def run(self) -> None:
        """Hand on what both say until one of them ends it."""
        with self._client, self._server:
            answering = threading.Thread(target=self._answer)
            answering.start()
            self._ask()
            answering.join()

    def end(self) -> None:
        """End it."""
        for each in (self._client, self._server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _ask(self) -> None:
        with contextlib.suppress(OSError):
            while content := self._client.recv(65536):
                if _INSERT in content:
                    self._fault = self._wire.pass_append()
                if self._fault is None or self._fault.is_committed:
                    self._server.sendall(content)
                elif content.endswith(_SYNC):
                    self._break(self._fault)
        self.end()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while content := self._server.recv(65536):
                if self._fault is None:
                    self._client.sendall(content)
                elif content.endswith(_READY):
                    self._break(self._fault)
        self.end()

    def _break(self, fault: Fault) -> None:
        self._fault = None
        answer = str(fault.answer)
        if answer == "silence":
            time.sleep(SILENT)
        elif answer != "cut":
            is_fatal = answer.startswith("57P")
            fields = f"S{'FATAL' if is_fatal else 'ERROR'}\0V{'FATAL' if is_fatal else 'ERROR'}\0C{answer}\0Mnot so\0\0"
            error = b"E" + (len(fields) + 4).to_bytes(4) + fields.encode()
            self._client.sendall(error if is_fatal else error + _READY)
        if answer in ("silence", "cut") or answer.startswith("57P"):
            self.end()


@contextmanager
def sql_proxy(host: str, folder: Path, wire: Wire) -> Iterator[str]:
    """Stand before the server whose socket is in the folder `host`; yield the folder of the proxy's socket."""
    name = ".s.PGSQL.5432"
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(folder / name))
        listener.listen(64)

        connections: list[_SqlConnection] = []
        threads: list[threading.Thread] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connections.append(_SqlConnection(listener.accept()[0], f"{host}/{name}", wire))
                    threads.append(threading.Thread(target=connections[-1].run))
                    threads[-1].start()

        server = threading.Thread(target=serve)
        server.start()
        try:
            yield str(folder)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server.join()
            for connection, thread in zip(connections, threads, strict=True):
                connection.end()
                thread.join()
