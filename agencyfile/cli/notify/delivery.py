"""Deliver a message: a few tries within a bound of time, from a thread that nothing waits for any longer.

A receiver is not trusted. Its redirects are not followed, its body is not read, and it cannot make a run slower than
the bound, whatever it sends or does not send.
"""

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from agencyfile.web_origin import origin_or_none, web_origin

BOUND: Final = 10.0  # seconds for all tries
_TRIES: Final = 3
_CONNECT: Final = 3.0  # seconds
_READ: Final = 4.0  # seconds between two bytes of an answer's head
_FIRST_WAIT: Final = 0.5  # seconds; each further wait is twice as long
_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)

SIGNATURE: Final = "Agencyfile-Signature"
TIMESTAMP: Final = "Agencyfile-Timestamp"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready to be sent. Neither the address nor the secret is ever shown."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    event: str
    id: str
    secret: str = field(repr=False)


def problem_of(url: str) -> str:
    """Return why nothing can be sent to `url`, without repeating it; empty where it can be."""
    try:
        origin = web_origin(url.partition("?")[0])
    except ValueError as error:
        return str(error)
    return "it is not https" if origin.is_clear else ""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature over time and body. A receiver refuses old times, and so a message that is played again."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def deliver(letter: Letter) -> str:
    """Send a message; return why it was not delivered, or nothing. It ends after `BOUND` seconds, and never raises."""
    outcome = _Outcome()
    sender = threading.Thread(target=outcome.run, args=(letter, time.monotonic() + BOUND), daemon=True)
    sender.start()
    sender.join(BOUND)
    return f"it took longer than {BOUND:g} s" if sender.is_alive() else outcome.problem


class _Outcome:
    """The result of a sender, which runs in a thread of its own."""

    def __init__(self) -> None:
        self.problem = "it was not sent"

    def run(self, letter: Letter, deadline: float) -> None:
        """Try until it is delivered, refused, or too late."""
        try:
            for attempt in range(_TRIES):
                self.problem, is_final = _attempt(letter)
                left = deadline - time.monotonic()
                wait = _FIRST_WAIT * 2**attempt
                if is_final or attempt == _TRIES - 1 or left <= wait:
                    return
                time.sleep(wait)
        except Exception as error:  # noqa: BLE001 - whatever a receiver does, it does not end a run
            self.problem = type(error).__name__


def _attempt(letter: Letter) -> tuple[str, bool]:
    """Send once; return what went wrong, and whether another try is of no use."""
    import requests  # noqa: PLC0415 - only who sends pays for it

    from agencyfile.gate import BoundTo, make_session  # noqa: PLC0415 - as above

    parts = urlsplit(letter.url)
    bound = BoundTo(origin_or_none(f"{parts.scheme}://{parts.netloc}"))
    try:
        with (
            make_session() as session,
            session.post(
                letter.url,
                data=letter.body,
                headers=_headers(letter),
                timeout=(_CONNECT, _READ),
                allow_redirects=False,
                stream=True,  # the body is not read
                auth=bound,
            ) as answer,
        ):
            status = answer.status_code
    except (requests.RequestException, OSError) as error:
        return f"the receiver cannot be reached ({type(error).__name__})", False
    if 200 <= status < 300:  # noqa: PLR2004 - success in HTTP
        return "", True
    what = "it redirects, which is not followed" if 300 <= status < 400 else "it refuses"  # noqa: PLR2004 - HTTP
    return f"the receiver answered {status}: {what}", status not in _AGAIN


def _headers(letter: Letter) -> Mapping[str, str]:
    """Return the headers of one try: each is signed anew, for its own time."""
    now = str(int(time.time()))
    signed = {TIMESTAMP: now, SIGNATURE: signature(letter.secret, now, letter.body)} if letter.secret else {}
    return {
        "Content-Type": "application/json",
        "User-Agent": "agencyfile",
        "Agencyfile-Event": letter.event,
        "Agencyfile-Delivery": letter.id,
        **signed,
    }
