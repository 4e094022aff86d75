"""The delivery of an answer: whole, late, cut in half, or never.

A response that closes the connection needs the transport below HTTP; :class:`Connection` puts it into the scope of each
request.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from agencyfile.local_portal.calls import Answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TRANSPORT = "agencyfile.transport"
HEAD_PATIENCE = 30.0  # seconds that a client has for the head of a request
# Half of the descriptors that this process may have, so that none is lacking when a crowd comes.
_LIMIT = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
_DESCRIPTORS = 10_000 if _LIMIT == resource.RLIM_INFINITY else _LIMIT
MOST_CONNECTIONS = min(500, _DESCRIPTORS // 2)
# asyncio takes up to so many connections at once, before any of them can make room.
BACKLOG = min(128, _DESCRIPTORS // 4)
READER_PATIENCE = 30.0  # seconds in which a client takes something of an answer that is too long for the buffers


class Manner(Enum):
    """The fate of an answer on its way."""

    WHOLE = auto()
    TRUNCATED = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An answer, or none, and how it is delivered.

    Attributes:
        answer: What is sent; None when nothing is.
        manner: What happens to it on its way.
        delay: Seconds before anything happens.
        until: What has to come before anything happens, where that is no number of seconds.
    """

    answer: Answer | None
    manner: Manner = Manner.WHOLE
    delay: float = 0.0
    until: asyncio.Event | None = None


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1 connection, with the transport in the scope of each request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the transport to every request of the connection."""
        super().connection_made(transport)
        self.app = _with_transport(self.app, transport)
        self._head_timer: asyncio.TimerHandle | None = None
        self._reader_timer: asyncio.TimerHandle | None = None
        self.idle_since = self.loop.time()
        self._await_head()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._forget_head()
        self._forget_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that has come is waited for no longer, and one that begins is.

        A byte more of a head does not wind the clock up again: a client that sends one now and then is given up too.
        """
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif self._head_timer is None:
            self._await_head()

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent, and not for ever."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """Go on sending: enough was taken."""
        self._forget_reader()
        super().resume_writing()

    def _await_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._reader_timer = self.loop.call_later(READER_PATIENCE, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._await_reader()
        else:
            self.transport.abort()

    def _forget_reader(self) -> None:
        if self._reader_timer is not None:
            self._reader_timer.cancel()
            self._reader_timer = None

    def _make_room(self) -> None:
        """End the connection that has waited longest for a request, this one where all others are in use."""
        # One that was ended a moment ago is among them until the loop has told it so.
        there = [each for each in self.connections if isinstance(each, Connection) and not each.transport.is_closing()]
        if len(there) > MOST_CONNECTIONS:
            waiting = [each for each in there if each.is_waiting()]
            min(waiting, key=lambda each: each.idle_since, default=self).transport.abort()

    def is_waiting(self) -> bool:
        """Say whether no request is under way: the next one has not come, or not all of its head."""
        return self.conn.their_state is h11.IDLE and getattr(self.cycle, "response_complete", True)

    def on_response_complete(self) -> None:
        """Go on to the next request; the connection waits from now on."""
        self.idle_since = self.loop.time()
        super().on_response_complete()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_PATIENCE, self._give_up_head)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up_head(self) -> None:
        if self.is_waiting():
            self.transport.abort()

    def drop_unfinished(self) -> None:
        """Close the connection when an answer is being held back on it."""
        if not getattr(self.cycle, "response_complete", True):
            self.transport.abort()


class DeliveryResponse(Response):
    """The response that carries a delivery out."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        answer = delivery.answer or Answer()
        super().__init__(answer.body, answer.status, dict(answer.headers), answer.media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then send the answer whole, in half or not at all."""
        if self._delivery.delay:
            await _wait(asyncio.sleep(self._delivery.delay), receive)
        if self._delivery.until:
            await _wait(self._delivery.until.wait(), receive)
        match self._delivery.manner:
            case Manner.WHOLE:
                await super().__call__(scope, receive, send)
            case Manner.TRUNCATED:
                await self._send_half(scope, receive, send)
            case Manner.DROPPED:
                scope[TRANSPORT].abort()
                await _until_disconnected(receive)

    async def _send_half(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        # close() and not abort(): what was sent so far has to arrive.
        scope[TRANSPORT].close()
        await _until_disconnected(receive)


def _with_transport(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def connected(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = transport
        await app(scope, receive, send)

    return connected


async def _wait(moment: Coroutine[Any, Any, Any], receive: Receive) -> None:
    """Wait for a moment, but not for a client that has gone."""
    waits = [asyncio.ensure_future(each) for each in (moment, _until_disconnected(receive))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _until_disconnected(receive: Receive) -> None:
    """Return when the client has gone: uvicorn takes an earlier return for a mistake and answers 500."""
    while (await receive())["type"] != "http.disconnect":
        pass
