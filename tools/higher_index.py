"""A package index that offers a higher version of every package it is asked to.

It speaks the simple repository API (PEP 503) over HTTP, as a public index does. Its packages are real wheels that
install, so an installer that looks for the newest version takes them.
"""

import hashlib
import io
import threading
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

VERSION: Final = "9999.0"


@dataclass(frozen=True, slots=True)
class Index:
    """A running index; it counts who looked and what was taken."""

    url: str
    names: frozenset[str]
    looked: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)


@contextmanager
def serving(names: Iterable[str]) -> Iterator[Index]:
    """Serve higher versions of these packages, on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    index = Index(f"http://127.0.0.1:{server.server_port}/simple/", frozenset(names))
    _Handler.indexes[server.server_port] = index
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        del _Handler.indexes[server.server_port]


def wheel(name: str) -> tuple[str, bytes]:
    """Return the file name and the content of an empty package of the higher version."""
    stem = f"{name.replace('-', '_')}-{VERSION}"
    info = f"{stem}.dist-info"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in (
            ("METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n"),
            ("WHEEL", "Wheel-Version: 1.0\nGenerator: tools\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
            ("RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"),
        ):
            archive.writestr(zipfile.ZipInfo(f"{info}/{path}"), text)
    return f"{stem}-py3-none-any.whl", content.getvalue()


class _Handler(BaseHTTPRequestHandler):
    """`/simple/NAME/` lists one wheel, `/simple/NAME/FILE` is the wheel."""

    indexes: dict[int, Index] = {}  # noqa: RUF012  # http.server makes a handler for each request, and gives it only the server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        index = self.indexes[self.server.server_port]  # type: ignore[attr-defined]
        _, _, name, *file = self.path.split("/")
        if name not in index.names:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"")
        elif file == [""]:
            index.looked[name] += 1
            self._answer(HTTPStatus.OK, "text/html", _page(name))
        else:
            index.taken[name] += 1
            self._answer(HTTPStatus.OK, "application/octet-stream", wheel(name)[1])

    def log_message(self, *_: Any) -> None:
        """Stay quiet: the counters say what matters."""

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _page(name: str) -> bytes:
    file, content = wheel(name)
    link = f'<a href="{file}#sha256={hashlib.sha256(content).hexdigest()}">{file}</a>'
    return f"<!DOCTYPE html><html><body>{link}</body></html>".encode()
