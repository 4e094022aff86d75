"""Observers of HTTP: who wants to see every request that passes the gate, and its answer.

An observer never stops a request. What it raises is dropped, and it is asked no more: a log must not end an apply.
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests


class Exchange(Protocol):
    """One request under way. The methods are called in the thread that sends it."""

    def answered(self, response: "requests.Response") -> None:
        """Take status and headers of the answer; its body is not read yet."""

    def took(self, piece: bytes) -> None:
        """Take a piece of the answer's body, decompressed."""

    def ended(self, failure: BaseException | None) -> None:
        """Take the end of the exchange; with a failure, the answer is not whole or never came."""


Observer = Callable[["requests.PreparedRequest"], Exchange]

_observers: Final[list[Observer]] = []


@contextmanager
def observed(observer: Observer) -> "Iterator[None]":
    """Let `observer` see each request that is sent in the block, by any thread."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def begun(request: "requests.PreparedRequest") -> list[Exchange]:
    """Tell the observers that `request` is about to be sent; return what takes the rest."""
    return [_Careful(observer, request) for observer in _observers]


class _Careful:
    """An exchange whose failures stay with it."""

    def __init__(self, observer: Observer, request: "requests.PreparedRequest") -> None:
        self._exchange: Exchange | None = None
        self._do(lambda: setattr(self, "_exchange", observer(request)))

    def answered(self, response: "requests.Response") -> None:
        """Pass it on."""
        if exchange := self._exchange:
            self._do(lambda: exchange.answered(response))

    def took(self, piece: bytes) -> None:
        """Pass it on."""
        if exchange := self._exchange:
            self._do(lambda: exchange.took(piece))

    def ended(self, failure: BaseException | None) -> None:
        """Pass it on."""
        if exchange := self._exchange:
            self._do(lambda: exchange.ended(failure))

    def _do(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception:  # noqa: BLE001 - whatever it is, the request goes on
            self._exchange = None
