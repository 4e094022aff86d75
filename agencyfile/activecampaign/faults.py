"""What can go wrong with one request.

Fault
├── NotSent     the portal never saw it
├── Unclear     it may or may not have been carried out
└── Declined    the portal said no: nothing has happened

Third-party exceptions end here: `fault_of` turns each of them into one of these, in our words, since theirs hold URLs
with the key in them.
"""

import http.client
import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3.exceptions

from agencyfile.gate import NotAdmitted
from plan.errors import PortalError


class Fault(Exception):
    """One request that brought no clean yes; `fix` says what to do, one line. The text holds no key."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.fix = fix


class NotSent(Fault):
    """The portal never saw the request."""


class Unclear(Fault):
    """The request may or may not have been carried out."""


class Declined(Fault):
    """The portal said no."""


# What may come out of requests.Session.request, and nothing else: `ValueError` and `OSError` are let through by both
# libraries in corners of URL and socket handling.
THIRD_PARTY: Final = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)

# Raised before the first byte leaves; everything that is not listed may have reached the portal.
_BEFORE_SENDING: Final = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.ProxyError,
    requests.exceptions.URLRequired,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.LocationValueError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.ProxySchemeUnknown,
    urllib3.exceptions.URLSchemeUnknown,
    ssl.SSLCertVerificationError,
)
_TIMEOUTS: Final = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_SETTINGS: Final = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.URLRequired,
    urllib3.exceptions.LocationValueError,
    UnicodeEncodeError,
)


def fault_of(error: BaseException, host: str) -> Fault:
    """The fault that a third-party exception means."""
    if isinstance(error, NotAdmitted):
        return NotSent(
            str(error), fix="write the address as https://HOST/PATH, where the agency file or the environment names it"
        )
    causes = tuple(_causes(error))
    if any(isinstance(cause, _SETTINGS) for cause in causes):
        return NotSent(f"{host}: the URL or the key cannot be used in a request", fix="check the portal's URL and keys")
    if any(isinstance(cause, _BEFORE_SENDING) for cause in causes):
        return NotSent(f"cannot connect to {host}{_reason(causes)}", fix="check the URL, the network and any proxy")
    if any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return Unclear(f"{host} did not answer in time", fix="try again later")
    return Unclear(f"the connection to {host} broke before a whole answer had come", fix="try again later")


def portal_error(fault: Fault, reading: str) -> PortalError:
    """`fault` as the engine's error, met while reading `reading`."""
    return PortalError(f"the portal cannot be read: {reading}: {fault}", fix=fault.fix or "try again later")


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


def _reason(causes: tuple[BaseException, ...]) -> str:
    """The operating system's words, which hold no URL."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ": its certificate is not valid"
    if any(isinstance(cause, urllib3.exceptions.NameResolutionError) for cause in causes):
        return ": there is no such host"
    if any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return ": it did not answer in time"
    words = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
    return next((f": {text.lower()}" for text in words if "://" not in text), "")
