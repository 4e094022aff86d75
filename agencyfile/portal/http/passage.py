"""Connections that record whether a byte of a request was handed to a socket.

An exception of the HTTP libraries does not tell whether the request had left. With a proxy, the same exception means
a proxy that could not be reached, or a call that the proxy passed on. So the connections themselves record it. On any
other connection, the request counts as sent.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from agencyfile.gate import Gate


class Passage:
    """One request under way: it records whether a byte may have left, and another thread can end it.

    `is_of_call` tells whether it belongs to a call that changes something.
    """

    def __init__(self, *, is_of_call: bool = False) -> None:
        self.is_of_call = is_of_call
        self.has_left = False
        self.is_ended = False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()

    def take(self, line: socket.socket | None) -> None:
        """Use this connection from now on; `line` is a second handle of its socket."""
        with self._lock:
            self._line = line
            if self.is_ended:
                _shut(line)

    def end(self) -> None:
        """Cut the connection, which wakes the thread that waits for an answer on it."""
        with self._lock:
            self.is_ended = True
            _shut(self._line)


class _Current(threading.local):
    passage: Passage | None = None
    is_calling = False


_current: Final = _Current()


@contextmanager
def watched() -> Iterator[Passage]:
    """Watch the one request that this thread sends in the block."""
    passage = _current.passage = Passage(is_of_call=_current.is_calling)
    try:
        yield passage
    finally:
        passage.take(None)
        _current.passage = None


@contextmanager
def calling() -> Iterator[None]:
    """Mark the requests that this thread sends in the block as parts of a call, whose outcome must be learned."""
    _current.is_calling = True
    try:
        yield
    finally:
        _current.is_calling = False


class _Connection(HTTPConnection):
    """Marks the moment before the first byte of a request is handed over. Requests for a tunnel come earlier."""

    _is_connecting = False
    _line: socket.socket | None = None

    def connect(self) -> None:
        """Connect; through a proxy, ask it for a tunnel. Nothing of the request is sent."""
        self._is_connecting = True
        try:
            super().connect()
        finally:
            self._is_connecting = False

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, on a kept connection too."""
        _take(self._line)
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        """Hand bytes to the socket."""
        if self.sock is None:
            self.connect()  # here, and not in the library's `send`: a failure to connect sends nothing
        if not self._is_connecting and _current.passage is not None:
            _current.passage.has_left = True
        super().send(data)

    def close(self) -> None:
        """Close it, and its second handle."""
        line, self._line = self._line, None
        if line is not None:
            line.close()
        super().close()

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._line = made.dup()  # TLS takes the first one over; this one always ends the connection
        _take(self._line)
        return made


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS; the handshake comes before the request."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Unkept(HTTPConnectionPool):
    """A pool that keeps no connection: each request gets a new one."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.close()
        super()._put_conn(None)


class _UnkeptPool(_Unkept, _Pool):
    pass


class _UnkeptTlsPool(_Unkept, _TlsPool):
    pass


class WatchedAdapter(Gate):
    """Sends over watched connections, with a proxy and without. Connections are kept for the next request."""

    pools: ClassVar = {"http": _Pool, "https": _TlsPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Make the pools of one proxy. Those of a SOCKS proxy keep no records."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self.pools
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Choose the pool. A request over a pool without records counts as sent."""
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        if not isinstance(pool, _Pool | _TlsPool) and _current.passage is not None:
            _current.passage.has_left = True
        return pool


class FreshAdapter(WatchedAdapter):
    """Sends each request over a connection of its own.

    A kept connection may have died unnoticed, and then it is unknown whether a request without an answer was received.
    """

    pools: ClassVar = {"http": _UnkeptPool, "https": _UnkeptTlsPool}

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Make the pools of one proxy, a SOCKS proxy too, such that they keep no connection."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if manager.pool_classes_by_scheme is not self.pools:
            classes = manager.pool_classes_by_scheme.items()
            manager.pool_classes_by_scheme = {
                scheme: kind if issubclass(kind, _Unkept) else type(f"Unkept{kind.__name__}", (_Unkept, kind), {})
                for scheme, kind in classes
            }
        return manager


def _take(line: socket.socket | None) -> None:
    if _current.passage is not None and line is not None:
        _current.passage.take(line)


def _shut(line: socket.socket | None) -> None:
    if line is not None:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
