"""A socket of the attacker's: it takes every connection, keeps every byte and answers that all is well."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_BODY = b'{"result_code": 1}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
    len(_BODY),
    _BODY,
)


@dataclass
class Listener:
    """Where it listens, and what was sent to it: one text for each connection."""

    host: str
    port: int
    received: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """As an address over plain HTTP."""
        return f"http://{self.host}:{self.port}"


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[Listener]:
    """Listen on a free port until the block is left."""
    with socket.create_server((host, 0)) as server:
        found = Listener(host, server.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(server, found), daemon=True)
        thread.start()
        yield found
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _serve(server: socket.socket, found: Listener) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.settimeout(5)
            found.received.append(connection.recv(65_536).decode("latin-1"))
            connection.sendall(_ANSWER)
