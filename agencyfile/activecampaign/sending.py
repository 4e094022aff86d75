"""How often a request is sent: by what a second send would do, never by its HTTP method."""

import random
from collections.abc import Callable
from typing import Final, TypeVar

from agencyfile.activecampaign.faults import Declined, Fault, NotSent, Unclear
from agencyfile.activecampaign.rate_limit import Closed
from agencyfile.activecampaign.transport import TOO_MANY, Answer, Request, Transport

T = TypeVar("T")

TRIES: Final = 4
RESENDS_WHEN_LIMITED: Final = 5
_FIRST_DELAY: Final = 0.25  # seconds
_FIRST_PAUSE: Final = 1.0  # seconds, where a 429 does not say how long

Decode = Callable[[Answer], T]


class Sending:
    """Sends requests once, or until their answer is clear."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def once(self, request: Request, decode: Decode[T]) -> T:
        """Send `request` exactly once, on a fresh connection; again only where the portal says it took nothing (429).

        Raises:
            Fault: as `decode` or the transport found it.
        """
        return decode(self._admitted(request, fresh=True))

    def repeat(self, request: Request, decode: Decode[T]) -> T:
        """Send `request` up to `TRIES` times, until the portal says yes or no.

        Raises:
            Fault: the last one.
        """
        is_clear = True
        for attempt in range(TRIES):
            try:
                return decode(self._admitted(request, fresh=False))
            except Declined:
                raise
            except Fault as fault:
                last = fault
            is_clear = is_clear and isinstance(last, NotSent)
            if attempt < TRIES - 1 and not self._rest(_FIRST_DELAY * 2**attempt):
                break
        raise last if is_clear or not isinstance(last, NotSent) else Unclear(str(last), fix=last.fix)

    def _admitted(self, request: Request, *, fresh: bool) -> Answer:
        """The first answer that is no 429: that one says that nothing was processed, whatever the request does."""
        for turn in range(RESENDS_WHEN_LIMITED + 1):
            answer = self._transport.exchange(request, fresh=fresh)
            if answer.status != TOO_MANY:
                return answer
            if answer.retry_after is None:
                self._transport.rate_limit.pause(_jittered(_FIRST_PAUSE * 2**turn))
        raise Declined(
            f"{request.host} answered {RESENDS_WHEN_LIMITED + 1} times that there are too many requests",
            fix="lower portal.rate_limit, or wait until other users of the key are done",
        )

    def _rest(self, seconds: float) -> bool:
        """Wait before the next try; False when the run was ended meanwhile."""
        try:
            self._transport.rate_limit.rest(_jittered(seconds))
        except Closed:
            return False
        return True


def _jittered(seconds: float) -> float:
    """Between half and all of it, so that several clients do not come back together."""
    return seconds * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it
