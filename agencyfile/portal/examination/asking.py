"""Questions to one API, each sent once. An answer of any sort is a result here, never an error."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from threading import Event
from typing import Any, Final, Generic, TypeVar

from agencyfile.kinds.faults import Capped, Declined, Fault, NotSent
from agencyfile.portal.apis.rest import is_error_document
from agencyfile.portal.apis.wire import object_of
from agencyfile.portal.examination.safe_reads import SAFE_METHODS, SAFE_READS
from agencyfile.portal.http.transport import TOO_MANY, Answer, Request, Transport

T = TypeVar("T")

_REDIRECT: Final = 300
_CLIENT_ERROR: Final = 400
_REQUEST_TIMEOUT: Final = 408
_SERVER_ERROR: Final = 500
_UNAUTHORIZED: Final = (401, 403)
_LONGEST_PAUSE: Final = 5.0  # seconds that a 429 may ask for and get
_USUAL_PAUSE: Final = 1.0


class Reach(StrEnum):
    """The result of a question."""

    WORKS = "works"
    DECLINED = "declined"  # the API said no in its own form: the key works
    REFUSED = "refused"  # the key is not accepted
    LIMITED = "limited"  # HTTP 429, twice
    WEB_PAGE = "web-page"  # a page for people, as of a login
    REDIRECTED = "redirected"
    FAILED = "failed"  # HTTP 5xx
    FOREIGN = "foreign"  # an answer, and not one of this API
    SLOW = "slow"
    BROKEN = "broken"  # the connection ended before the answer did
    DOWN = "down"
    NOT_ASKED = "not-asked"

    @property
    def is_answer(self) -> bool:
        """Did the API itself answer, with a key that it accepts?"""
        return self in (Reach.WORKS, Reach.DECLINED)


# After one of these, no further question to the same host is worth its time.
_HOPELESS: Final = frozenset(
    {Reach.REFUSED, Reach.LIMITED, Reach.WEB_PAGE, Reach.REDIRECTED, Reach.SLOW, Reach.DOWN, Reach.NOT_ASKED}
)


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """The result of a question.

    `words` and `fix` hold no key. `value` is there if it `WORKS`. `pause` is what a 429 asks for, in seconds.
    """

    reach: Reach
    value: T | None = field(default=None, repr=False)
    words: str = ""
    fix: str = ""
    status: int | None = None
    pause: float | None = None


NOT_ASKED: Final[Told[Any]] = Told(Reach.NOT_ASKED)


@dataclass(slots=True)
class Clock:
    """The difference between the portal's clock and this machine's, by the answer that took the least time."""

    difference: timedelta | None = None
    _fastest: timedelta = timedelta.max

    def see(self, answer: Answer, asked: datetime, answered: datetime) -> None:
        """Compare the `Date` of an answer, which is cut to whole seconds, with the middle of its exchange."""
        try:
            date = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return
        if date.tzinfo is not None and answered - asked < self._fastest:
            self._fastest = answered - asked
            self.difference = date + timedelta(seconds=0.5) - (asked + self._fastest / 2)


class Asker:
    """Asks one API. After an answer that leaves no hope, further questions are not asked.

    Args:
        transport: sends the requests, with a rate limit of its own.
        patience: seconds after which an answer counts as slow.
        clock: compares times.
        is_over: set when the time of the whole examination is over.
    """

    def __init__(self, transport: Transport, patience: float, clock: Clock, is_over: Event) -> None:
        self._transport = transport
        self._patience = patience
        self._clock = clock
        self._is_over = is_over
        self.first: Told[Any] = NOT_ASKED
        self.requests = 0

    @property
    def is_hopeless(self) -> bool:
        """Has an answer left no hope?"""
        return self.requests > 0 and _is_hopeless(self.first)

    def ask(self, request: Request, decode: Callable[[Answer], T]) -> Told[T]:
        """Send `request` once, and once more after a 429 that asks for a short pause.

        Raises:
            ValueError: the request is none of the safe reads.
        """
        if request.name not in SAFE_READS or request.method not in SAFE_METHODS:
            raise ValueError(f"{request.method} {request.name} is none of the reads of an examination")
        if self.is_hopeless:
            return NOT_ASKED
        told = self._told(request, decode)
        if told.reach is Reach.LIMITED and self._may_ask_again(told):
            told = self._told(request, decode)
        if self.requests and (self.first.reach is Reach.NOT_ASKED or _is_hopeless(told)):
            self.first = told
        return told

    def _told(self, request: Request, decode: Callable[[Answer], T]) -> Told[T]:
        self.requests += 1
        asked, begun = datetime.now(UTC), time.monotonic()
        try:
            answer = self._transport.exchange(request)
        except NotSent as fault:
            reach = Reach.NOT_ASKED if self._is_over.is_set() else Reach.DOWN
            return Told(reach, words=str(fault), fix=fault.fix)
        except Fault as fault:
            seconds = time.monotonic() - begun
            is_slow = isinstance(fault, Capped) or seconds >= self._patience or self._is_over.is_set()
            return Told(Reach.SLOW if is_slow else Reach.BROKEN, words=str(fault), fix=fault.fix)
        self._clock.see(answer, asked, datetime.now(UTC))
        return _judged(answer, decode)

    def _may_ask_again(self, told: Told[Any]) -> bool:
        pause = _USUAL_PAUSE if told.pause is None else told.pause
        if pause > _LONGEST_PAUSE:
            return False
        self._transport.rate_limit.pause(pause)
        return True


def _is_hopeless(told: Told[Any]) -> bool:
    return told.reach in _HOPELESS or (told.pause or 0.0) > _LONGEST_PAUSE


def _judged(answer: Answer, decode: Callable[[Answer], T]) -> Told[T]:
    status = answer.status
    if status == TOO_MANY:
        words, fix = f"HTTP {status}: too many requests", "try again when other users of the key are done"
        return Told(Reach.LIMITED, None, words, fix, status, answer.retry_after)
    try:
        return Told(Reach.WORKS, decode(answer), status=status)
    except Declined as fault:
        return Told(_declined(answer, fault), words=str(fault), fix=fault.fix, status=status)
    except Fault as fault:
        return Told(_unclear(answer), words=str(fault), fix=fault.fix, status=status, pause=answer.retry_after)


def _declined(answer: Answer, fault: Declined) -> Reach:
    """A refusal with HTTP 200 has a fix where it is about the key; one with 4xx is the hub's own in its own form."""
    if answer.status in _UNAUTHORIZED:
        return Reach.REFUSED
    if answer.status < _CLIENT_ERROR:
        return Reach.REFUSED if fault.fix else Reach.DECLINED
    is_own = is_error_document(object_of(answer.body) or {}, answer.status)
    return Reach.DECLINED if is_own else _foreign(answer)


def _unclear(answer: Answer) -> Reach:
    if answer.status >= _SERVER_ERROR or answer.status == _REQUEST_TIMEOUT:
        return Reach.FAILED
    if _REDIRECT <= answer.status < _CLIENT_ERROR:
        return Reach.REDIRECTED
    return _foreign(answer)


def _foreign(answer: Answer) -> Reach:
    is_page = "html" in answer.headers.get("content-type", "").lower() or answer.body.lstrip()[:1] == b"<"
    return Reach.WEB_PAGE if is_page else Reach.FOREIGN
