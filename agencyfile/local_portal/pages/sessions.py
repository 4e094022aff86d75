"""Sessions of browsers, and the tokens of their forms: each form that is shown can be sent once.

A token belongs to one session, so another site that makes a browser send a form here has none. A form that is sent
twice, by a double click or by going back, leads to the result of the first time and does nothing. Everything stands in
memory and is bounded: what is forgotten is refused.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

_SESSIONS = 200
_TOKENS = 200
_LOGINS = 20
_NOTICES = 5

_Kept = TypeVar("_Kept")


@dataclass(slots=True)
class Session:
    """One browser.

    Attributes:
        id: The value of its cookie.
        is_partner: Whether the agency has logged in.
        accounts: The accounts that somebody has logged in to.
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    is_partner: bool = False
    accounts: set[str] = field(default_factory=set)
    _tokens: OrderedDict[str, str | None] = field(default_factory=OrderedDict)
    _logins: OrderedDict[str, str] = field(default_factory=OrderedDict)
    _notices: list[str] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Whether anybody has logged in."""
        return self.is_partner or bool(self.accounts)

    def issue(self) -> str:
        """Return the token of a form that is being shown."""
        token = secrets.token_urlsafe(18)
        self._tokens[token] = ""
        _trim(self._tokens, _TOKENS)
        return token

    def redeem(self, token: str) -> str | None:
        """Return an empty text for a form that is sent for the first time, where it led for a later one.

        None stands for a token that this session does not have, or whose form led nowhere.
        """
        result = self._tokens.get(token)
        if result == "":
            self._tokens[token] = None
        return result

    def settle(self, token: str, location: str) -> None:
        """Keep where a form has led."""
        if token in self._tokens:
            self._tokens[token] = location

    def keep_login(self, account: str, password: str) -> None:
        """Keep the password of a new account until it is shown."""
        self._logins[account] = password
        _trim(self._logins, _LOGINS)

    def take_login(self, account: str) -> str:
        """Return the password of a new account, this once; empty afterwards."""
        return self._logins.pop(account, "")

    def say(self, notice: str) -> None:
        """Keep a notice for the next page."""
        self._notices = [*self._notices, notice][-_NOTICES:]

    def take_notices(self) -> list[str]:
        """Return the notices, each of them once."""
        notices, self._notices = self._notices, []
        return notices


class Sessions:
    """The sessions of a portal. Those of strangers are kept apart, so that no number of them ends a known one."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._strangers: OrderedDict[str, Session] = OrderedDict()

    def find(self, identifier: str) -> Session:
        """Return the session of a cookie, or a new one."""
        for kept in (self._known, self._strangers):
            if identifier in kept:
                kept.move_to_end(identifier)
                return kept[identifier]
        session = Session()
        self._strangers[session.id] = session
        _trim(self._strangers, _SESSIONS)
        return session

    def renew(self, session: Session) -> None:
        """Give a session another cookie, and keep it with the known ones if somebody has logged in.

        The old cookie is worth nothing, so a cookie that somebody knew before a log-in is no key afterwards.
        """
        for kept in (self._known, self._strangers):
            kept.pop(session.id, None)
        session.id = secrets.token_urlsafe(24)
        kept = self._known if session.is_known else self._strangers
        kept[session.id] = session
        _trim(kept, _SESSIONS)


def _trim(kept: OrderedDict[str, _Kept], size: int) -> None:
    while len(kept) > size:
        kept.popitem(last=False)
