"""Requests as bytes, over a connection of their own, and what comes back."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PATIENCE: Final = 90.0  # seconds for an answer; the portal gives up a head after thirty
_READ: Final = 64 * 1024
_KEPT: Final = 512 * 1024  # bytes of a page that are kept, to look for links in


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One thing that a client does.

    Attributes:
        kind: What it exercises, for the tally.
        data: The bytes that are sent.
        pause: Seconds between the first half of them and the second.
        is_rude: Whether the client leaves without reading the answer.
        crowd: How many connections do the same at once.
    """

    kind: str
    data: bytes
    pause: float = 0.0
    is_rude: bool = False
    crowd: int = 1


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the statuses, none where the connection ended without an answer, and the beginning of it all."""

    statuses: tuple[int, ...] = ()
    body: bytes = b""
    is_late: bool = False


def compose(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"", *, host: str = "127.0.0.1"
) -> bytes:
    """Return the bytes of a request after which the connection ends."""
    lines = [f"{method} {target or '/'} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{key}: {each}" for key, each in (headers or {}).items()]
    if body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


async def send(place: tuple[str, int], shot: Shot, patience: float | None = None) -> list[Reply]:
    """Do what a shot says, as often as it says, and return what came back each time.

    With a patience the client leaves after so many seconds; without one, an answer that does not come is late.
    """
    return [*await asyncio.gather(*(_send_one(place, shot, patience) for _ in range(shot.crowd)))]


async def _send_one(place: tuple[str, int], shot: Shot, patience: float | None) -> Reply:
    try:
        async with asyncio.timeout(patience or PATIENCE):
            return await _exchange(place, shot)
    except TimeoutError:
        return Reply(is_late=patience is None)
    except OSError:  # reset, or closed while it was written to
        return Reply()


async def _exchange(place: tuple[str, int], shot: Shot) -> Reply:
    reader, writer = await asyncio.open_connection(*place)
    try:
        half = len(shot.data) // 2 if shot.pause else len(shot.data)
        writer.write(shot.data[:half])
        await writer.drain()
        if shot.pause:
            await asyncio.sleep(shot.pause)
            writer.write(shot.data[half:])
            await writer.drain()
        if shot.is_rude:
            return Reply()
        received = await _read(reader)
        return Reply(_statuses(received), received)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> bytes:
    received = bytearray()
    while part := await reader.read(_READ):
        received += part[: max(0, _KEPT - len(received))]
    return bytes(received)


def _statuses(received: bytes) -> tuple[int, ...]:
    """Return the statuses of the answers on one connection, each found behind the body of the one before."""
    found = []
    while received.startswith(b"HTTP/1.") and received[9:12].isdigit():
        found.append(int(received[9:12]))
        head, _, rest = received.partition(b"\r\n\r\n")
        received = rest[_length(head) :]
    return tuple(found)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        key, _, each = line.partition(b":")
        if key.strip().lower() == b"content-length":
            return int(each)
    return 0
