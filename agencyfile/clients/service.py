"""Requests to a system that knows clients: reads only, over the transport of the portal's half, so behind the gate.

Every request is a read, so it may be sent again. Keys stand in no message: faults hold host names alone, and the words
of a server are cleaned of every form of the key.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from agencyfile.clients.records import SourceError
from agencyfile.kinds.faults import Capped, Fault
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.redaction import LogGuard
from agencyfile.portal.http.transport import TOO_MANY, UNAVAILABLE, Answer, Request, Transport
from agencyfile.redaction import Redactor
from agencyfile.retries import jittered, tries
from agencyfile.web_origin import WebOrigin, web_origin
from plan.values import Secret

_FIRST_DELAY: Final = 1.0  # seconds before a request without an answer is sent again
PAUSES: Final = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)  # seconds, where a server says that there are too many requests
MOST_RECORDS: Final = 200_000
_SERVER_ERROR: Final = 500
_TIMEOUT: Final = (10.0, 60.0)

Tell = Callable[[str], None]
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Call:
    """A request: its path below the base address, what it is called in messages, and its parts."""

    name: str
    path: str = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)


class Service:
    """One system at one address.

    Args:
        base: its address, without a slash at the end.
        per_minute: requests per minute.
        secrets: keys that no text may hold.
        tell: prints a line.
        sleep: waits.
    """

    def __init__(
        self, base: str, per_minute: float, secrets: Collection[Secret], tell: Tell, sleep: Sleep = time.sleep
    ) -> None:
        self.base = base.rstrip("/")
        self.origin = _origin(self.base)
        self.tell = tell
        self.sleep = sleep
        self.redactor = Redactor(secrets)
        self._guard = LogGuard(self.redactor)
        self._transport = Transport(RateLimit(per_minute / 60), _TIMEOUT, tell=tell)

    def slow_down(self, per_minute: float) -> None:
        """Take the rate that the system tells of itself."""
        self._transport = self._transport.beside(RateLimit(per_minute / 60))

    def close(self) -> None:
        """Close connections."""
        self._transport.close()
        self._guard.close()

    def send(self, call: Call, is_limited: Callable[[Answer], bool] | None = None) -> Answer:
        """Send a call until there is an answer that is neither a server's failure nor a limit.

        Raises:
            SourceError: there is none.
        """
        is_limit = is_limited or (lambda answer: answer.status in (TOO_MANY, UNAVAILABLE))
        for pause in (*PAUSES, None):
            answer = self._answer(call)
            if not is_limit(answer):
                return answer
            if pause is None:
                break
            seconds = answer.retry_after if answer.retry_after is not None else jittered(pause)
            self.tell(f"{self.origin.host} says that there are too many requests: waiting {seconds:.0f} s")
            self.sleep(seconds)
        raise SourceError(
            f"{call.name}: {self.origin.host} kept saying that there are too many requests",
            "wait until other users of the key are done",
        )

    def _answer(self, call: Call) -> Answer:
        """Send a call; where no answer comes, or the server fails, send it again."""
        last = ""
        for _ in tries(self.sleep, _FIRST_DELAY):
            try:
                answer = self._transport.exchange(self._request(call))
            except Capped as fault:
                raise SourceError(f"{call.name}: {fault}", fault.fix) from None
            except Fault as fault:
                last = str(fault)
                continue
            if answer.status < _SERVER_ERROR or answer.status == UNAVAILABLE:
                return answer
            last = f"HTTP {answer.status}"
        raise SourceError(f"{call.name}: {self.redactor.clean(last)}", "try again later")

    def _request(self, call: Call) -> Request:
        return Request(
            call.name,
            "GET" if call.form is None else "POST",
            f"{self.base}/{call.path}" if call.path else self.base,
            query=call.query,
            form=call.form,
            headers={"Accept": "application/json", **call.headers},
            bound=self.origin,
        )


def decoded(answer: Answer, name: str) -> Any:
    """Return the JSON of an answer.

    Raises:
        SourceError: it is none.
    """
    try:
        return json.loads(answer.body)
    except ValueError:
        raise SourceError(f"{name}: the answer is no JSON (HTTP {answer.status})", "check the address") from None


def _origin(base: str) -> WebOrigin:
    try:
        origin = web_origin(base)
    except ValueError as error:
        raise SourceError(f"the address of the source cannot be used: {error}") from None
    if origin.is_clear:
        raise SourceError("the address of the source is not https: the key would travel in clear")
    return origin
