"""HTTP: one request, one answer; nothing is ever repeated here, followed or kept from an earlier answer."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import requests

from agencyfile import __version__
from agencyfile.activecampaign.faults import THIRD_PARTY, NotSent, fault_of
from agencyfile.activecampaign.rate_limit import Closed, RateLimit
from agencyfile.gate import BoundTo, make_session
from agencyfile.web_origin import WebOrigin

LONGEST_PAUSE: Final = 120.0  # seconds; a portal that asks for more is asked again after that
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503
_POOL: Final = 16
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. What may hold a key is not shown by `repr`.

    `bound` is the only place that its key may be sent to; a request without one is not sent.
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
        """Host and port, for messages."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, whole. `retry_after` are seconds, None where the portal does not say."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None = None


class Transport:
    """Sends requests inside the rate limit; safe to use from several threads."""

    def __init__(
        self, rate_limit: RateLimit, timeout: tuple[float, float], kept: requests.Session | None = None
    ) -> None:
        self.rate_limit = rate_limit
        self._timeout = timeout
        self._kept = kept or _make_session()

    def beside(self, rate_limit: RateLimit) -> "Transport":
        """One more over the same connections, with a rate limit of its own: for a host that counts apart."""
        return Transport(rate_limit, self._timeout, self._kept)

    def exchange(self, request: Request, *, fresh: bool = False) -> Answer:
        """Send `request` once.

        Args:
            request: what to send.
            fresh: on a connection of its own. A kept one may have died unseen, and then nobody can tell whether a
                request that got no answer was received.

        Raises:
            Fault: no whole answer came.
        """
        try:
            self.rate_limit.acquire()
        except Closed:
            raise NotSent("the run was ended before it was sent") from None
        answer = self._exchange_alone(request) if fresh else self._exchange(self._kept, request)
        if answer.status in (TOO_MANY, UNAVAILABLE) and answer.retry_after is not None:
            self.rate_limit.pause(answer.retry_after)
        return answer

    def close(self) -> None:
        """End all waiting and close the kept connections."""
        self.rate_limit.close()
        self._kept.close()

    def _exchange_alone(self, request: Request) -> Answer:
        with _make_session() as session:
            session.headers["Connection"] = "close"
            return self._exchange(session, request)

    def _exchange(self, session: requests.Session, request: Request) -> Answer:
        try:
            response = session.request(
                request.method,
                request.url,
                params=request.query,
                data=request.form,
                json=request.document,
                headers=request.headers,
                auth=BoundTo(request.bound),
                timeout=self._timeout,
                allow_redirects=False,
                proxies={"no_proxy": _without_proxy()},
            )
        except THIRD_PARTY as error:
            raise fault_of(error, request.host) from None
        return Answer(response.status_code, response.content, _retry_after(response.headers.get("Retry-After")))


def _without_proxy() -> str:
    """The hosts that no proxy is asked for: those that the environment names, and this machine (a local portal)."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return named if named.strip() == "*" else ",".join(filter(None, (named, *_LOCAL_HOSTS)))


def _make_session() -> requests.Session:
    session = make_session(pool_maxsize=_POOL, max_retries=0)
    session.headers["User-Agent"] = f"agencyfile/{__version__}"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session


def _retry_after(text: str | None) -> float | None:
    """Seconds from now, capped; the header holds whole seconds or a date (RFC 9110, section 10.2.3)."""
    if text is None:
        return None
    try:
        seconds = float(text) if text.strip().isdecimal() else parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE)
