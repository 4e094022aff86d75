"""The state of a stand-in: its clients now, its tokens, its count of calls."""

import secrets
from collections import deque

from agencyfile.local_sources.people import Person, person
from agencyfile.local_sources.settings import Settings


class World:
    """The state behind one stand-in."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.key = settings.key or secrets.token_urlsafe(24)
        self.started_at = settings.clock()
        self.calls: list[str] = []
        self._numbers = list(range(1, settings.clients + 1))
        self._pages = 0
        self._next = settings.clients + 1
        self._tokens: dict[str, float] = {}
        self._times: deque[float] = deque()

    @property
    def people(self) -> list[Person]:
        """The clients now; none while the first connection is being prepared."""
        if self.settings.clock() - self.started_at < self.settings.wait:
            return []
        return [person(number) for number in self._numbers]

    def page_was_read(self) -> None:
        """Change the list after a page, where the settings ask for it."""
        if self._pages < self.settings.changes and self._numbers:
            self._pages += 1
            self._numbers.pop(0)
            self._numbers.append(self._next)
            self._next += 1

    def new_token(self) -> tuple[str, float]:
        """Make a token; return it with the time when it ends."""
        token, end = secrets.token_urlsafe(24), self.settings.clock() + self.settings.lifetime
        self._tokens[token] = end
        return token, end

    def is_valid(self, token: str) -> bool:
        """Return whether a token lives."""
        return self._tokens.get(token, 0.0) > self.settings.clock()

    def end_tokens(self) -> None:
        """Let every token be refused from now on."""
        self._tokens.clear()

    def is_over_limit(self) -> bool:
        """Count a call; return whether it is one too many for the last minute."""
        now = self.settings.clock()
        while self._times and self._times[0] <= now - 60:
            self._times.popleft()
        if len(self._times) >= self.settings.rate_limit:
            return True
        self._times.append(now)
        return False
