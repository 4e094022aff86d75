"""Errors of a forge.

ForgeError
├── Unclear       no whole answer came: it may or may not have been carried out
└── Declined      the forge said no: nothing has happened
    └── Missing   there is no such thing, or not any more

Third-party exceptions end here, in our words: theirs may hold the header with the token in it.
"""

import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3.exceptions

from plan.errors import PlanError

# What may come out of requests.Session.request: both libraries let `ValueError` and `OSError` through in corners.
THIRD_PARTY: Final = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
)
_TIMEOUTS: Final = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_SETTINGS: Final = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidURL,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)


class ForgeError(PlanError):
    """A request that the forge did not carry out; the text holds no token."""


class Unclear(ForgeError):
    """It may or may not have been carried out."""


class Declined(ForgeError):
    """The forge said no, with this HTTP `status`."""

    def __init__(self, message: str, *, status: int, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.status = status


class Missing(Declined):
    """There is no such thing, or not any more, or the token may not see it."""


def unclear(error: BaseException, host: str) -> Unclear:
    """Return the meaning of a third-party exception."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, _SETTINGS) for cause in causes):
        return Unclear(
            f"{host}: the URL or the token cannot be used in a request", fix="check both for stray characters"
        )
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Unclear(f"the certificate of {host} is not valid", fix="check the URL, or REQUESTS_CA_BUNDLE")
    words = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
    reason = next((f": {text.lower()}" for text in words if "://" not in text), "")
    # urllib3 counts a connection that was refused among its timeouts
    if not reason and any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return Unclear(f"{host} did not answer in time", fix="try again later")
    return Unclear(f"no whole answer came from {host}{reason}", fix="check the URL and the network, or try again later")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it wraps: urllib3 keeps causes in `reason`, requests in its arguments."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        candidate = pending.pop()
        if isinstance(candidate, BaseException) and id(candidate) not in seen:
            seen.add(id(candidate))
            yield candidate
            pending += [*candidate.args, getattr(candidate, "reason", None), candidate.__cause__]
