"""Repeated sending of requests: the effect of a second send decides, never the HTTP method."""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from agencyfile.kinds.faults import Capped, Declined, Fault, NotSent, Unclear
from agencyfile.portal.http.rate_limit import Closed
from agencyfile.portal.http.transport import TOO_MANY, Answer, Request, Transport
from agencyfile.retries import pause_after, tries

T = TypeVar("T")

_LOG: Final = logging.getLogger("agencyfile.portal")

RESENDS_WHEN_LIMITED: Final = 5

Decode = Callable[[Answer], T]


class Sending:
    """Sends requests once, or until their answer is clear."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def once(self, request: Request, decode: Decode[T], took_nothing: Callable[[Answer], bool]) -> T:
        """Send `request` exactly once, on a fresh connection.

        It is sent again only if the answer is a 429 and `took_nothing` finds that the portal has not carried it out.
        A refusal of a later send proves nothing: its reason may be that an earlier one has succeeded.

        Raises:
            Fault: from `decode` or the transport.
        """
        for turn in range(RESENDS_WHEN_LIMITED + 1):
            answer = self._transport.exchange(request, fresh=True)
            if answer.status != TOO_MANY:
                return _decoded(decode, answer, is_first=turn == 0)
            if not took_nothing(answer):
                raise Unclear(f"{request.name}: HTTP 429 does not prove that the portal did nothing")
        raise _limited(request)

    def repeat(self, request: Request, decode: Decode[T]) -> T:
        """Send `request` up to four times, until the portal confirms or refuses.

        Raises:
            Fault: the last one.
        """
        is_clear = True
        for _ in tries(self._rest):
            try:
                return decode(self._admitted(request))
            except (Declined, Capped):
                raise
            except Fault as fault:
                _LOG.info("%s: no clear answer: %s", request.name, fault)
                last = fault
            is_clear = is_clear and isinstance(last, NotSent)
        raise last if is_clear or not isinstance(last, NotSent) else Unclear(str(last), fix=last.fix)

    def _admitted(self, request: Request) -> Answer:
        """Return the first answer that is no 429."""
        for turn in range(RESENDS_WHEN_LIMITED + 1):
            answer = self._transport.exchange(request)
            if answer.status != TOO_MANY:
                return answer
            if answer.retry_after is None:
                self._transport.rate_limit.pause(pause_after(turn))
        raise _limited(request)

    def _rest(self, seconds: float) -> bool:
        """Wait before the next try; return False if the run was ended meanwhile."""
        try:
            self._transport.rate_limit.rest(seconds)
        except Closed:
            return False
        return True


def _decoded(decode: Decode[T], answer: Answer, *, is_first: bool) -> T:
    try:
        return decode(answer)
    except Declined as no:
        if is_first:
            raise
        raise Unclear(f"{no}; an earlier send was answered with HTTP 429 and may have worked") from None


def _limited(request: Request) -> Declined:
    return Declined(
        f"{request.host} answered {RESENDS_WHEN_LIMITED + 1} times that there are too many requests",
        fix="lower portal.rate_limit, or wait until other users of the key are done",
    )
