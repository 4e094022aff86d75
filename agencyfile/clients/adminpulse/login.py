"""Log in through a browser: OAuth's authorisation code, with a redirect to this machine, a state and PKCE.

RFC 8252 and RFC 7636. The listener takes connections of this machine alone, answers one address, and ends after one
log-in.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from agencyfile.clients.adminpulse.tokens import Tokens, TokenServer
from agencyfile.clients.records import SourceError
from agencyfile.web_origin import web_origin
from plan.values import Secret

_PATH: Final = "/callback"
_PAGE: Final = (
    b"<!doctype html><html lang=en><meta charset=utf-8><title>agencyfile</title>"
    b"<p>agencyfile has what it needs. You can close this window.</p></html>"
)
_NO: Final = b"<!doctype html><html lang=en><meta charset=utf-8><title>agencyfile</title><p>Not expected.</p></html>"


@dataclass(frozen=True, slots=True)
class LogIn:
    """A log-in: its address, its client, its scope.

    `port` is the port of the redirect address, 0 for any that is free. `has_pkce` is False for a server that refuses
    it.
    """

    authorize_url: str
    client_id: str
    scope: str = ""
    port: int = 0
    has_pkce: bool = True
    seconds: float = 300.0

    def run(self, server: TokenServer, show: Callable[[str], None]) -> Tokens:
        """Wait for the log-in of a person, and return its tokens; `show` shows the address to open.

        Raises:
            SourceError: nobody logged in, or the server refused.
        """
        verifier = secrets.token_urlsafe(64)
        state = secrets.token_urlsafe(32)
        listener = _listening(self.port)
        try:
            redirect = f"http://127.0.0.1:{listener.server_port}{_PATH}"
            show(self._address(redirect, state, verifier))
            code = listener.code(state, self.seconds)
        finally:
            listener.server_close()
        return server.exchange(Secret(code), redirect, Secret(verifier) if self.has_pkce else None)

    def _address(self, redirect: str, state: str, verifier: str) -> str:
        query = {"response_type": "code", "client_id": self.client_id, "redirect_uri": redirect, "state": state}
        if self.scope:
            query["scope"] = self.scope
        if self.has_pkce:
            digest = hashlib.sha256(verifier.encode()).digest()
            query["code_challenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            query["code_challenge_method"] = "S256"
        try:
            web_origin(self.authorize_url)
        except ValueError as error:
            raise SourceError(f"the address to log in at cannot be used: {error}") from None
        return f"{self.authorize_url}?{urlencode(query)}"


class _Listener(HTTPServer):
    """Takes the one redirect."""

    answer: dict[str, str] | None = None
    state = ""

    def code(self, state: str, seconds: float) -> str:
        """Wait for the redirect with this state and return its code.

        Raises:
            SourceError: none came in time, or it brought an error.
        """
        self.state = state
        end = monotonic() + seconds
        while self.answer is None:
            self.timeout = end - monotonic()
            if self.timeout <= 0:
                raise SourceError("nobody logged in in time", "agencyfile clients connect adminpulse")
            self.handle_request()
        if "code" not in self.answer:
            raise SourceError("AdminPulse refused the log-in", "agencyfile clients connect adminpulse")
        return self.answer["code"]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that break: their lines may hold a code."""


class _Redirect(BaseHTTPRequestHandler):
    """The page that the browser is sent to."""

    server: _Listener
    timeout = 10  # a connection that says nothing does not hold the log-in up

    def do_GET(self) -> None:
        """Take the code, if the state is ours."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        is_ours = parts.path == _PATH and hmac.compare_digest(
            query.get("state", "").encode(), self.server.state.encode()
        )
        body = _PAGE if is_ours else _NO
        self.send_response(200 if is_ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
        if is_ours:
            self.server.answer = query

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Print nothing: the line would hold the code."""


def _listening(port: int) -> _Listener:
    try:
        return _Listener(("127.0.0.1", port), _Redirect)
    except OSError as error:
        raise SourceError(f"port {port} of this machine cannot be used: {error.strerror}") from None
