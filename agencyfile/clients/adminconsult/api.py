"""The API of Admin Consult: a token that is renewed in time, pages by the `link` header, lists that may be empty."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from agencyfile.clients.records import SourceError
from agencyfile.clients.service import MOST_RECORDS, Call, Service, decoded
from agencyfile.clients.steady import Listing, steady
from agencyfile.portal.http.transport import Answer
from plan.values import Secret

_VERSION: Final = "api/v1"
_MARGIN: Final = 30.0  # seconds before its end that a token is renewed
_LINK: Final = re.compile(r'<([^>]+)>\s*;\s*rel="?([^",;]+)"?')
_NOTHING: Final = ("nothing found", "no extradata found", "no taskdata found")
_THROTTLED: Final = "you are throttling the system"
_NO_RIGHT: Final = "no valid configuration for token"
_MOST_PAGES: Final = 5000


class Api:
    """One Admin Consult. `service` knows its address, `key` is the API key."""

    def __init__(self, service: Service, key: Secret, clock: Callable[[], float] = time.time) -> None:
        self._service = service
        self._key = key
        self._clock = clock
        self._token = ""
        self._ends_at = 0.0
        self._per_page = "100"

    def settings(self) -> Mapping[str, Any]:
        """Read what the system tells of itself, and keep to it.

        Raises:
            SourceError: it cannot be read.
        """
        found = decoded(self._read("apisettings", {}), "apisettings")
        if not isinstance(found, Mapping):
            raise SourceError("apisettings: the answer has another form than it should", "check the address")
        self._per_page = str(found.get("MaxRecordsPerPage") or self._per_page)
        if isinstance(found.get("RateLimit"), int | float) and found["RateLimit"] > 0:
            self._service.slow_down(found["RateLimit"] * 0.95)  # other users of the key count too
        return found

    def listed(self, endpoint: str, identity: str, condition: str = "") -> Sequence[Mapping[str, Any]]:
        """Read every record of a list; `identity` is the field that tells one from the others.

        Raises:
            SourceError: it cannot be read, or kept changing.
        """

        def read() -> Listing:
            pages = list(self.pages(endpoint, condition))
            return Listing([record for page in pages for record in page], len(pages))

        return steady(read, lambda record: record.get(identity), endpoint).records

    def pages(self, endpoint: str, condition: str = "") -> Iterator[list[Mapping[str, Any]]]:
        """Read a list page by page. An answer that says that nothing is found is an empty list.

        Raises:
            SourceError: a page cannot be read, or the list has no end.
        """
        query = {"Filter": condition} if condition else {}
        query |= {"per_page": self._per_page}
        seen: set[str] = set()
        count = 0
        for _ in range(_MOST_PAGES):
            answer = self._read(endpoint, query)
            page = _items(answer, endpoint)
            count += len(page)
            if count > MOST_RECORDS:
                raise SourceError(f"{endpoint}: there are more than {MOST_RECORDS:,} records")
            yield page
            following = _next(answer)
            if following is None:
                return
            marker = json.dumps(sorted(following.items()))
            if marker in seen:
                raise SourceError(f"{endpoint}: the pages lead in a circle", "try again later")
            seen.add(marker)
            if condition and "Filter" not in following:
                following = {**following, "Filter": condition}
            query = following
        raise SourceError(f"{endpoint}: there are more than {_MOST_PAGES:,} pages")

    def _read(self, endpoint: str, query: Mapping[str, str]) -> Answer:
        answer = self._sent(endpoint, query)
        if _is_stale(answer):
            self._token = ""
            answer = self._sent(endpoint, query)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES or _is_empty(answer):
            return answer
        raise self._refusal(endpoint, answer)

    def _sent(self, endpoint: str, query: Mapping[str, str]) -> Answer:
        headers = {"synetonToken": self._valid_token()}
        return self._service.send(Call(endpoint, f"{_VERSION}/{endpoint}", query, headers), _is_throttled)

    def _valid_token(self) -> str:
        if not self._token or self._clock() > self._ends_at:
            self._token, self._ends_at = self._new_token()
            self._service.redactor.add(Secret(self._token))
        return self._token

    def _new_token(self) -> tuple[str, float]:
        path = f"{_VERSION}/token/{quote(self._key.reveal(), safe='')}"
        answer = self._service.send(Call("token", path), _is_throttled)
        if answer.status != HTTPStatus.OK:
            raise SourceError(
                f"the API key is not accepted (HTTP {answer.status})",
                "make a key in the management console of Syneton: export AGENCYFILE_ADMINCONSULT_KEY=...",
            )
        found = decoded(answer, "token")
        token = found.get("TokenGuid") if isinstance(found, Mapping) else None
        if not isinstance(token, str) or not re.fullmatch(r"[!-~]{8,200}", token):
            raise SourceError("token: the answer has another form than it should", "check the address")
        return token, self._end(str(found.get("TimeToLive", "")))

    def _end(self, text: str) -> float:
        """When to renew. The time has no zone: where it seems to be over, the server refuses the token when it is."""
        try:
            end = datetime.fromisoformat(text).timestamp()
        except ValueError:
            return float("inf")
        return end - _MARGIN if end - _MARGIN > self._clock() else float("inf")

    def _refusal(self, endpoint: str, answer: Answer) -> SourceError:
        message = _message(answer)
        if _NO_RIGHT in message.lower():
            return SourceError(
                f"the key may not read {endpoint}", "allow it for the key in the management console of Syneton"
            )
        shown = self._service.redactor.clean(message)[:200]
        return SourceError(f"{endpoint}: HTTP {answer.status}{f', {shown}' if shown else ''}", "try again later")


def _items(answer: Answer, endpoint: str) -> list[Mapping[str, Any]]:
    if answer.status == HTTPStatus.NO_CONTENT or _is_empty(answer):
        return []
    found = decoded(answer, endpoint)
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise SourceError(f"{endpoint}: the answer is no list of records", "check the address")
    return found


def _next(answer: Answer) -> dict[str, str] | None:
    """Return the query of the next page. Only the query counts: where the key goes is not up to a header."""
    for address, relation in _LINK.findall(answer.headers.get("link", "")):
        if relation.strip() == "next":
            return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    return None


def _message(answer: Answer) -> str:
    """Return the words of a refusal: one message, or several."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return ""
    errors = found if isinstance(found, list) else [found]
    return ", ".join(str(error.get("ErrorMessage", "")) for error in errors if isinstance(error, Mapping))


def _is_empty(answer: Answer) -> bool:
    return answer.status == HTTPStatus.NOT_FOUND and any(words in _message(answer).lower() for words in _NOTHING)


def _is_throttled(answer: Answer) -> bool:
    if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return True
    return answer.status == HTTPStatus.FORBIDDEN and _THROTTLED in _message(answer).lower()


def _is_stale(answer: Answer) -> bool:
    """Return whether the token is refused. A 403 without rights names the configuration."""
    return answer.status == HTTPStatus.UNAUTHORIZED
