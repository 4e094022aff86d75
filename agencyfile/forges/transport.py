"""HTTP to one forge: one request, one answer; nothing is repeated, followed or kept here."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests

from agencyfile import __version__
from agencyfile.forges.errors import THIRD_PARTY, ForgeError, unclear
from agencyfile.gate import BoundTo, NotAdmitted, make_session
from agencyfile.redaction import Redactor
from agencyfile.web_origin import WebOrigin, web_origin
from plan.values import Secret

_TIMEOUT: Final = (5.0, 60.0)  # seconds to connect, and seconds without a byte of the answer
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
_LONGEST_WORDS: Final = 300
_FIX: Final = "give the API's URL as in https://api.github.com"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, whole; the names of `headers` are in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Transport:
    """Speaks to the REST API at `api`; the token goes to its host, in the headers that `headers` makes of it.

    Raises:
        ForgeError: `api` is no URL, or no header can hold the token.
    """

    def __init__(self, api: str, token: Secret, headers: Callable[[str], Mapping[str, str]]) -> None:
        origin = _origin(api)
        text = token.reveal()
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise ForgeError(
                "the token holds characters that no token has", fix="set it again, without quotes and lines"
            )
        self.api = api.rstrip("/")
        self.host = str(origin).partition("://")[2]
        self._redactor = Redactor([token])
        self._session = _make_session(origin)
        self._session.headers.update(headers(text))

    def exchange(self, method: str, url: str, *, query: Mapping[str, str], document: object = None) -> Answer:
        """Send one request.

        Raises:
            Unclear: no whole answer came.
        """
        try:
            response = self._session.request(
                method,
                url,
                params=query,
                json=document,
                timeout=_TIMEOUT,
                allow_redirects=False,
                proxies={"no_proxy": _without_proxy()},
            )
        except NotAdmitted as error:
            raise ForgeError(
                f"the token was not sent: {error}", fix="name the API as in https://api.github.com"
            ) from None
        except THIRD_PARTY as error:
            raise unclear(error, self.host) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, response.content, headers)

    def words(self, answer: Answer) -> str:
        """Return the forge's message, on one line, without the token."""
        text = " ".join(self._redactor.clean(_message(answer.body)).split())
        return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _origin(api: str) -> WebOrigin:
    try:
        origin = web_origin(api)
    except ValueError as error:
        raise ForgeError(f"the API's URL is none that can be used: {error}", fix=_FIX) from None
    if origin.is_clear:
        raise ForgeError(f"the API's URL is not https: the token would travel to {origin.host} in clear", fix=_FIX)
    return origin


def _message(body: bytes) -> str:
    """GitHub: `message` and a list of `errors`; GitLab: `message`, a text or a mapping, or `error`."""
    try:
        document = json.loads(body)
    except (RecursionError, ValueError):
        return ""
    if not isinstance(document, Mapping):
        return ""
    main = document.get("message") or document.get("error") or ""
    errors = document.get("errors") if isinstance(document.get("errors"), list) else []
    more = [str(error.get("message", "")) if isinstance(error, Mapping) else str(error) for error in errors or ()]
    return "; ".join(filter(None, [main if isinstance(main, str) else json.dumps(main), *more]))


def _make_session(origin: WebOrigin) -> requests.Session:
    session = make_session()
    session.headers["User-Agent"] = f"agencyfile/{__version__}"
    session.auth = BoundTo(origin)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session


def _without_proxy() -> str:
    """The hosts that no proxy is asked for: those that the environment names, and this machine."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return named if named.strip() == "*" else ",".join(filter(None, (named, *_LOCAL_HOSTS)))
