"""Tokens of a log-in: bound to one place, renewed in time, kept by whoever keeps secrets."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from agencyfile.clients.records import SourceError
from agencyfile.clients.service import Call, Service, decoded
from plan.values import Secret

_MARGIN: Final = 60.0  # seconds before its end that a token is renewed
_AGAIN: Final = "log in again: agencyfile clients connect adminpulse"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a log-in. `ends_at` is in seconds since the epoch; None where the server did not say."""

    access: Secret
    refresh: Secret | None
    ends_at: float | None


class Keeper(Protocol):
    """Keeps one secret text: the keyring of the operating system, outside of tests."""

    def load(self) -> str | None:
        """Return the text, or None."""

    def store(self, text: str) -> None:
        """Keep a text in the place of the earlier one."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A client of the authorisation server: its id, and its secret where it has one."""

    client_id: str
    client_secret: Secret | None


class TokenServer:
    """The token endpoint."""

    def __init__(self, service: Service, credential: Credential, clock: Callable[[], float] = time.time) -> None:
        self._service = service
        self._credential = credential
        self._clock = clock

    def exchange(self, code: Secret, redirect: str, verifier: Secret | None) -> Tokens:
        """Return the tokens for the code of a log-in.

        Raises:
            SourceError: the server refuses it.
        """
        form = {"grant_type": "authorization_code", "code": code.reveal(), "redirect_uri": redirect}
        if verifier is not None:
            form["code_verifier"] = verifier.reveal()
        return self._tokens(form, None)

    def renew(self, tokens: Tokens) -> Tokens:
        """Return new tokens for old ones.

        Raises:
            SourceError: the server refuses them, or there is nothing to renew them with.
        """
        if tokens.refresh is None:
            raise SourceError("the log-in at AdminPulse has ended", _AGAIN)
        return self._tokens({"grant_type": "refresh_token", "refresh_token": tokens.refresh.reveal()}, tokens.refresh)

    def is_over(self, tokens: Tokens) -> bool:
        """Return whether it is time to renew tokens."""
        return tokens.ends_at is not None and self._clock() > tokens.ends_at - _MARGIN

    def _tokens(self, form: Mapping[str, str], refresh: Secret | None) -> Tokens:
        whole = {**form, "client_id": self._credential.client_id}
        if self._credential.client_secret is not None:
            whole["client_secret"] = self._credential.client_secret.reveal()
        answer = self._service.send(Call("token", "", form=whole))
        if answer.status != HTTPStatus.OK:
            raise SourceError(f"AdminPulse does not accept the log-in (HTTP {answer.status})", _AGAIN)
        found = decoded(answer, "token")
        access = found.get("access_token") if isinstance(found, Mapping) else None
        if not isinstance(access, str) or not access.isascii() or not access.isprintable() or " " in access:
            raise SourceError("token: the answer has another form than it should", "check the address of the token")
        new = found.get("refresh_token")
        seconds = found.get("expires_in")
        return Tokens(
            Secret(access),
            Secret(new) if isinstance(new, str) and new else refresh,
            self._clock() + seconds if isinstance(seconds, int | float) else None,
        )


def dumped(tokens: Tokens) -> str:
    """Return tokens as the text that a keeper keeps."""
    refresh = tokens.refresh.reveal() if tokens.refresh else None
    return json.dumps({"access": tokens.access.reveal(), "refresh": refresh, "ends_at": tokens.ends_at})


def loaded(text: str | None) -> Tokens | None:
    """Return tokens from the text of a keeper; None where it holds none."""
    try:
        found: Any = json.loads(text or "null")
        refresh = found["refresh"]
        return Tokens(Secret(str(found["access"])), Secret(str(refresh)) if refresh else None, found["ends_at"])
    except (ValueError, TypeError, KeyError):
        return None
