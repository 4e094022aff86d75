"""Real HTTP servers that answer every request in one wrong way, or do not answer."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import ClassVar

LOGIN_PAGE = b"<!DOCTYPE html><html><title>Log in</title><form method=post><input name=user></form></html>"


@dataclass(frozen=True)
class Wrong:
    """One wrong answer. `seconds` None: none comes until the server ends."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_silent: bool = False
    key: str = ""  # a word of the request (a header or a parameter, with its value) that it must have; else 403


class _Handler(BaseHTTPRequestHandler):
    wrong: ClassVar[Wrong]
    over: ClassVar[Event]
    asked: ClassVar[list[tuple[str, str]]]

    def _answer(self) -> None:
        self.asked.append((self.command, self.path))
        if self.wrong.is_silent:
            self.over.wait(600)
            return
        is_let_in = self.wrong.key in f"{self.path}\n{self.headers}"
        self.send_response(self.wrong.status if is_let_in else 403)
        for name, value in self.wrong.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.wrong.body)))
        self.end_headers()
        self.wfile.write(self.wrong.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = _answer  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Print nothing."""


@contextmanager
def unwell(wrong: Wrong) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server that answers like that; its URL, and the methods and paths that it was asked for."""
    asked: list[tuple[str, str]] = []
    over = Event()
    handler = type("Handler", (_Handler,), {"wrong": wrong, "over": over, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            over.set()
            server.shutdown()
            thread.join()


def closed_port() -> str:
    """The URL of a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
