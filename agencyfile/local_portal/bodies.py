"""Bodies of requests, read up to a limit and for so long: one without an end holds nobody up and fills no memory."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from agencyfile.local_portal.shapes import parse_number

if TYPE_CHECKING:
    from starlette.requests import Request

API_LIMIT = 16 * 1024 * 1024  # bytes; the vendor publishes no limit, and no request of a client comes near this one
SEED_LIMIT = 512 * 1024 * 1024  # bytes: the seed of a large portal is one body
PATIENCE = 30.0  # seconds that a client has for a body, and one more for each so many bytes that have come:
_SLOWEST = 64 * 1024


async def read_body(request: Request, limit: int) -> bytes | None:
    """Return the body of a request; None when it is larger than ``limit`` bytes.

    Raises:
        ClientDisconnect: The client left before it had sent all of it.
        HTTPException: It does not come to an end; starlette answers 408, and the connection ends.
    """
    if (parse_number(request.headers.get("content-length", "0")) or 0) > limit:
        return None
    try:
        return await _read(request, limit)
    except TimeoutError:
        raise HTTPException(408, "The body of the request does not come.", {"connection": "close"}) from None


async def _read(request: Request, limit: int) -> bytes | None:
    received, started = bytearray(), asyncio.get_running_loop().time()
    async with asyncio.timeout_at(started + PATIENCE) as end:
        async for part in request.stream():
            received += part
            if len(received) > limit:
                return None
            end.reschedule(started + PATIENCE + len(received) / _SLOWEST)
    return bytes(received)


def too_large() -> Response:
    """Return the answer to a body that is too large; what is left of it is not read, so the connection ends."""
    return Response("The body of the request is too large.", 413, {"connection": "close"}, "text/plain")
