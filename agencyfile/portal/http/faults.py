"""Third-party exceptions as faults.

None of them goes further: `fault_of` turns each into one of `agencyfile/kinds/faults.py`, in our words, because theirs
hold URLs with the key in them.
"""

import http.client
import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3.exceptions

from agencyfile.gate import NotAdmitted
from agencyfile.kinds.faults import Fault, NotSent, Unclear
from plan.errors import PortalError

# What may come out of requests.Session.request, and nothing else: `ValueError` and `OSError` are let through by both
# libraries in corners of URL and socket handling.
THIRD_PARTY: Final = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
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


def fault_of(error: BaseException, host: str, *, has_left: bool) -> Fault:
    """Return the fault for a third-party exception. `has_left`: whether a byte of the request may have left."""
    if isinstance(error, NotAdmitted):
        return NotSent(
            str(error), fix="write the address as https://HOST/PATH, where the agency file or the environment names it"
        )
    causes = tuple(_causes(error))
    if not has_left:
        if any(isinstance(cause, _SETTINGS) for cause in causes):
            return NotSent(
                f"{host}: the URL or the key cannot be used in a request", fix="check the portal's URL and keys"
            )
        return NotSent(f"cannot connect to {host}{_reason(causes)}", fix="check the URL, the network and any proxy")
    if any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return Unclear(f"{host} did not answer in time", fix="try again later")
    return Unclear(f"the connection to {host} broke before a whole answer had come", fix="try again later")


def portal_error(fault: Fault, reading: str) -> PortalError:
    """Return `fault` as the engine's error. It occurred while `reading` was read."""
    return PortalError(f"the portal cannot be read: {reading}: {fault}", fix=fault.fix or "try again later")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and the errors in it: urllib3 keeps causes in `reason`, requests in its arguments."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        candidate = pending.pop()
        if isinstance(candidate, BaseException) and id(candidate) not in seen:
            seen.add(id(candidate))
            yield candidate
            pending += [*candidate.args, getattr(candidate, "reason", None), candidate.__cause__]


def _reason(causes: tuple[BaseException, ...]) -> str:
    """Return the operating system's words, which hold no URL."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ": its certificate is not valid"
    if any(isinstance(cause, urllib3.exceptions.NameResolutionError) for cause in causes):
        return ": there is no such host"
    if any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return ": it did not answer in time"
    words = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
    return next((f": {text.lower()}" for text in words if "://" not in text), "")
