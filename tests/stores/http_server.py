"""HTTP servers of this process, for stores that the tests bring themselves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar


class Server(ThreadingHTTPServer):
    """A thread for each connection, and a queue for a crowd: a ledger asks for sixteen objects at once."""

    request_queue_size = 128
    daemon_threads = True


Handler = TypeVar("Handler", bound=BaseHTTPRequestHandler)


def prompt(handler: type[Handler]) -> type[Handler]:
    """Let a handler send the body of an answer at once.

    It is a packet of its own, so Nagle's algorithm would hold it back until the client says that it has the head: up to
    40 milliseconds for each answer.
    """
    return type(handler.__name__, (handler,), {"disable_nagle_algorithm": True})


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve it on this machine; yield the address."""
    server = Server(("127.0.0.1", 0), prompt(handler))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
