"""HTTP: one request, one answer. This module repeats no request, follows no redirect and keeps no cookie."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlencode, urlsplit

import requests

from agencyfile import __version__
from agencyfile.gate import BoundTo, make_session
from agencyfile.kinds.faults import Capped, NotSent, Unclear
from agencyfile.portal.endpoint import Limits
from agencyfile.portal.http.faults import THIRD_PARTY, fault_of
from agencyfile.portal.http.passage import FreshAdapter, Passage, WatchedAdapter, watched
from agencyfile.portal.http.rate_limit import Closed, RateLimit
from agencyfile.portal.http.retry_after import RetryAfter
from agencyfile.portal.http.under_way import UnderWay
from agencyfile.web_origin import WebOrigin

_LOG: Final = logging.getLogger("agencyfile.portal")

TOO_MANY: Final = 429
UNAVAILABLE: Final = 503
_POOL: Final = 16
_PIECE: Final = 65536  # bytes
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `repr` leaves out parts that may hold a key.

    `bound` is the only place that its key may be sent to. A request without one is not sent.
    """

    name: str
    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str | Sequence[str]] | None = field(default=None, repr=False)
    document: Mapping[str, object] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    bound: WebOrigin | None = None

    @property
    def host(self) -> str:
        """Return host and port, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """One complete HTTP answer; names of headers are in lower case. `retry_after` is in seconds; None without one."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Transport:
    """Sends requests inside the rate limit; safe to use from several threads.

    Args:
        rate_limit: the rate limit for its requests.
        timeout: seconds to connect, and seconds without a byte of the answer.
        limits: the most bytes and seconds of one answer.
        tell: prints a line.
        kept: connections to share with another transport.
    """

    def __init__(
        self,
        rate_limit: RateLimit,
        timeout: tuple[float, float],
        limits: Limits | None = None,
        tell: Tell | None = None,
        kept: "_Connections | None" = None,
    ) -> None:
        self.rate_limit = rate_limit
        self.tell: Tell = tell or (lambda _: None)
        self._timeout = timeout
        self._limits = limits or Limits()
        self._kept = kept or _Connections()

    def beside(self, rate_limit: RateLimit) -> "Transport":
        """Return a transport over the same connections with its own rate limit, for a host that counts separately."""
        return Transport(rate_limit, self._timeout, self._limits, self.tell, self._kept)

    def exchange(self, request: Request, *, fresh: bool = False) -> Answer:
        """Send `request` once.

        Args:
            request: what to send.
            fresh: use a new connection. A kept one may have died unnoticed, and then it is unknown whether a request
                without an answer was received.

        Raises:
            Fault: no whole answer came.
        """
        try:
            self.rate_limit.acquire()
        except Closed:
            raise NotSent("the run was ended before it was sent") from None
        answer = self._exchange(self._kept.fresh if fresh else self._kept.session, request)
        if answer.status in (TOO_MANY, UNAVAILABLE):
            self._pause(request, answer)
        return answer

    def end_waits(self) -> None:
        """End all waiting, for the rate limit and for answers to questions; requests of a call go on."""
        self.rate_limit.close()
        self._kept.under_way.end_questions()

    def abort(self) -> None:
        """End all waiting, and every request under way. The outcome of an ended request is unknown."""
        self.end_waits()
        self._kept.under_way.abort()

    def close(self) -> None:
        """End all waiting and close the kept connections."""
        self.end_waits()
        self._kept.close()

    def _pause(self, request: Request, answer: Answer) -> None:
        asked = RetryAfter.parse(answer.headers.get("retry-after"))
        if asked is None:
            return
        if asked.seconds is not None:
            _LOG.info("%s answered HTTP %d: pausing %.1f s", request.host, answer.status, asked.seconds)
            self.rate_limit.pause(asked.seconds)
            if asked.note:
                self.tell(f"{request.host} answered HTTP {answer.status}; {asked.note}: waiting {asked.seconds:.0f} s")
        else:
            self.tell(f"{request.host} answered HTTP {answer.status}; {asked.note}")

    def _exchange(self, session: requests.Session, request: Request) -> Answer:
        seconds = self._limits.answer_seconds
        with watched() as passage, self._kept.under_way.within(seconds, passage) as alarm:
            try:
                with _send(session, request, self._timeout) as response:
                    return self._answer(request, response)
            except THIRD_PARTY as error:
                if alarm.is_rung:
                    raise self._too_slow(request, passage) from None
                if passage.is_ended and passage.has_left:
                    raise Unclear(f"the run was ended before {request.host} had answered") from None
                raise fault_of(error, request.host, has_left=passage.has_left) from None

    def _answer(self, request: Request, response: requests.Response) -> Answer:
        pieces, size = [], 0
        for piece in response.raw.stream(_PIECE, decode_content=True):
            size += len(piece)
            if size > self._limits.answer_bytes:
                raise Capped(
                    f"{request.name}: the answer of {request.host} is larger than {self._limits.answer_bytes:,} bytes",
                    fix="where the portal really has that much to say: export AGENCYFILE_LIMIT_BYTES=NUMBER",
                )
            pieces.append(piece)
        headers = {name.lower(): value for name, value in response.headers.items()}
        asked = RetryAfter.parse(headers.get("retry-after"))
        return Answer(response.status_code, b"".join(pieces), asked.seconds if asked else None, headers)

    def _too_slow(self, request: Request, passage: Passage) -> Capped | NotSent:
        seconds = f"{self._limits.answer_seconds:g} seconds"
        if not passage.has_left:
            return NotSent(f"connecting to {request.host} took longer than {seconds}", fix="check the network")
        return Capped(
            f"{request.name}: the answer of {request.host} took longer than {seconds}",
            fix="where the portal really needs that long: export AGENCYFILE_LIMIT_SECONDS=NUMBER",
        )


class _Connections:
    """The kept connections, those that serve one request each, and the requests under way on both."""

    def __init__(self) -> None:
        self.session = _make_session(WatchedAdapter)
        self.fresh = _make_session(FreshAdapter)
        self.fresh.headers["Connection"] = "close"
        self.under_way = UnderWay()

    def close(self) -> None:
        """Close the kept connections."""
        self.session.close()
        self.fresh.close()
        self.under_way.close()


def _send(session: requests.Session, request: Request, timeout: tuple[float, float]) -> requests.Response:
    """Send `request` by the adapter of the session.

    `Session.request` would do the same, and merge what is merged here already. That is half of the time that a request
    takes.
    """
    prepared = requests.Request(
        request.method,
        request.url,
        params=urlencode(request.query),
        data=urlencode(request.form, doseq=True) if request.form else None,
        json=request.document,
        headers={**session.headers, **(_FORM if request.form else {}), **request.headers},
        auth=BoundTo(request.bound),
    ).prepare()
    url = prepared.url or ""
    proxies = {"no_proxy": _without_proxy()}
    settings = session.merge_environment_settings(url, proxies, stream=True, verify=None, cert=None)
    return session.get_adapter(url).send(prepared, timeout=timeout, **settings)  # type: ignore[arg-type]  # merged: not None


def _without_proxy() -> str:
    """Return hosts that need no proxy: those that the environment names, and this machine (a local portal)."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return named if named.strip() == "*" else ",".join(filter(None, (named, *_LOCAL_HOSTS)))


def _make_session(kind: type[WatchedAdapter]) -> requests.Session:
    session = make_session(kind, pool_maxsize=_POOL, max_retries=0)
    session.headers["User-Agent"] = f"agencyfile/{__version__}"
    session.headers["Accept-Encoding"] = "gzip"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session
