"""A fake of exactly those calls of Google Cloud Storage's XML API that the ledger makes: create, read, list.

Tests delete objects too, as the owner of a bucket can.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from stores.http_server import serving

PAGE = 1000


class FakeStorage(BaseHTTPRequestHandler):
    """Objects in memory. `x-goog-if-generation-match: 0` creates; anything else overwrites."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, tuple[bytes, dict[str, str]]]
    lock: threading.Lock
    is_blind = False  # does it ignore conditions, as some lookalikes do?
    fail_reads: list[int]

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = unquote(urlsplit(self.path).path)
        condition = self.headers.get("x-goog-if-generation-match")
        metadata = {
            name.lower(): value for name, value in self.headers.items() if name.lower().startswith("x-goog-meta-")
        }
        with self.lock:
            if condition == "0" and path in self.objects and not self.is_blind:
                self._answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
                return
            self.objects[path] = (content, metadata)
        self._answer(
            200, b"", ETag=f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"', **{"x-goog-generation": "1"}
        )

    def do_GET(self) -> None:
        if self.fail_reads:
            self._answer(self.fail_reads.pop(0), b"")
            return
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if query.get("list-type") == "2":
            self._list(unquote(parts.path).rstrip("/") + "/", query)
            return
        found = self.objects.get(unquote(parts.path))
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        headers = {"ETag": '"1"', "Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT", "x-goog-generation": "1"}
        self._answer(200, found[0], **headers, **found[1])

    def do_DELETE(self) -> None:
        self.objects.pop(unquote(urlsplit(self.path).path), None)
        self._answer(204, b"")

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        start = query.get("continuation-token") or query.get("start-after", "")
        names = sorted(name.removeprefix(bucket) for name in list(self.objects) if name.startswith(bucket))
        names = [name for name in names if name.startswith(query.get("prefix", "")) and name > start]
        page = names[:PAGE]
        items = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-11-21T00:00:00.000Z</LastModified>"
            f'<ETag>"1"</ETag><Size>{len(self.objects[bucket + name][0])}</Size></Contents>'
            for name in page
        )
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(names) > PAGE else ""
        self._answer(200, f"<ListBucketResult>{more}{items}</ListBucketResult>".encode())

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def fake_storage(*, is_blind: bool = False, fail_reads: Sequence[int] = ()) -> Iterator[str]:
    """Serve it; yield its address. The first reads are answered by the statuses of `fail_reads`."""
    known = {"objects": {}, "lock": threading.Lock(), "is_blind": is_blind, "fail_reads": list(fail_reads)}
    handler = type("Handler", (FakeStorage,), known)
    with serving(handler) as address:
        yield address
