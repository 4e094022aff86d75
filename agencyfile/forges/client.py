"""The repetition of requests: wait out rate limits, repeat what may be repeated, send everything else once."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import requests.utils

from agencyfile.forges.errors import Declined, Missing, Unclear
from agencyfile.forges.transport import Answer, Transport
from agencyfile.retries import pause_after, seconds_asked, tries

PATIENCE: Final = 300.0  # seconds that one request waits for rate limits, over all
TURNS: Final = 10  # how often one request is turned away before that is believed
_SECONDARY_PAUSE: Final = 60.0  # seconds: what GitHub asks for where its secondary limit names no time
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_MISSING: Final = (404, 410)


class Client:
    """Requests to one API, by paths below it."""

    def __init__(self, transport: Transport, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.transport = transport
        self._sleep = sleep

    def get(self, path: str, **query: str) -> bytes:
        """The body at `path`.

        Raises:
            ForgeError: there is none to be had.
        """
        return self._repeat("GET", path, query).body

    def pages(self, path: str, **query: str) -> Iterator[bytes]:
        """The bodies of all pages of a list.

        The answer's `Link` says how the next page is asked for; where it is asked is not left to the answer, since
        the token goes there.
        """
        seen: set[tuple[tuple[str, str], ...]] = set()
        while tuple(sorted(query.items())) not in seen:
            seen.add(tuple(sorted(query.items())))
            answer = self._repeat("GET", path, query)
            yield answer.body
            following = _next(answer)
            if following is None:
                return
            query = following

    def change(self, method: str, path: str, document: object = None) -> bytes:
        """Send what does no harm when it is done twice, until the answer is clear."""
        return self._repeat(method, path, {}, document).body

    def add(self, path: str, document: object) -> bytes:
        """Send what would be done twice if it were sent twice.

        Raises:
            Unclear: it may or may not have been done.
        """
        return self._judged(self._admitted("POST", path, {}, document), path).body

    def ask(self, url: str, document: object) -> bytes:
        """Post a question, which changes nothing, to a URL beside the API, on the same host."""
        return self._judged(self._admitted("POST", url, {}, document), url).body

    def _repeat(self, method: str, path: str, query: Mapping[str, str], document: object = None) -> Answer:
        for _ in tries(self._sleep):
            try:
                return self._judged(self._admitted(method, path, query, document), path)
            except Unclear as error:
                last = error
        raise last

    def _admitted(self, method: str, path: str, query: Mapping[str, str], document: object) -> Answer:
        """The first answer that is no rate limit: that one says that nothing was processed."""
        url = path if "://" in path else f"{self.transport.api}{path}"
        waited = 0.0
        for turn in range(TURNS):
            answer = self.transport.exchange(method, url, query=query, document=document)
            pause = self._pause(answer, turn)
            if pause is None:
                return answer
            if waited + pause > PATIENCE:
                break
            self._sleep(pause)
            waited += pause
        raise Declined(
            f"{self.transport.host} has had too many requests, and is to be asked again in {pause:.0f} seconds",
            status=answer.status,
            fix="run it again after that, or use a token of its own",
        )

    def _pause(self, answer: Answer, turn: int) -> float | None:
        """Seconds to wait before the request is sent again; None where the answer is no rate limit."""
        if answer.status not in (_FORBIDDEN, _TOO_MANY):
            return None
        told = _told_pause(answer.headers)
        if told is not None:
            return told
        if "secondary rate limit" in self.transport.words(answer).lower():
            return _SECONDARY_PAUSE * 2.0**turn
        return pause_after(turn) if answer.status == _TOO_MANY else None

    def _judged(self, answer: Answer, path: str) -> Answer:
        if requests.codes.ok <= answer.status < requests.codes.multiple_choices:
            return answer
        host, words = self.transport.host, self.transport.words(answer)
        said = f"{host} answered {answer.status}{f': {words}' if words else ''}"
        if answer.status in _MISSING:
            raise Missing(f"{said} ({urlsplit(path).path})", status=answer.status, fix="check the names and the token")
        if answer.status >= _SERVER_ERROR or answer.status < requests.codes.ok:
            raise Unclear(said, fix="try again later")
        raise Declined(said, status=answer.status, fix=_advice(answer))


def _advice(answer: Answer) -> str:
    if answer.status == _UNAUTHORIZED:
        return "the token is not accepted: is it set, whole and not expired?"
    if answer.status == _FORBIDDEN:
        return "let the token write comments (GitHub: `permissions: pull-requests: write`; GitLab: scope `api`)"
    if "location" in answer.headers:
        return f"it has moved to {answer.headers['location']}: name that"
    return ""


def _told_pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` names, or else those until the time at which requests are counted anew."""
    asked = headers.get("retry-after", "").strip()
    if asked:
        seconds = seconds_asked(asked)
        return None if seconds is None else max(0.0, seconds)
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and reset.isdecimal():
        return max(1.0, float(reset) - time.time())
    return None


def _next(answer: Answer) -> dict[str, str] | None:
    """The query of the next page."""
    for link in requests.utils.parse_header_links(answer.headers.get("link", "")):
        if link.get("rel") == "next":
            return dict(parse_qsl(urlsplit(link["url"]).query, keep_blank_values=True))
    return None
