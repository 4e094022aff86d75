"""Every exception of the HTTP libraries is mapped, and none is taken for harmless that is not."""

import http.client
import inspect
import ssl
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import pytest
import requests.exceptions
import urllib3.exceptions

from agencyfile.activecampaign.faults import THIRD_PARTY, Fault, NotSent, Unclear, fault_of

# All exceptions that say that not one byte of a request has left.
BEFORE_SENDING = {
    "requests.ConnectTimeout",
    "requests.InvalidHeader",
    "requests.InvalidProxyURL",
    "requests.InvalidSchema",
    "requests.InvalidURL",
    "requests.MissingSchema",
    "requests.ProxyError",
    "requests.URLRequired",
    "urllib3.ConnectTimeoutError",
    "urllib3.LocationParseError",
    "urllib3.LocationValueError",
    "urllib3.NameResolutionError",
    "urllib3.NewConnectionError",
    "urllib3.ProxyError",
    "urllib3.ProxySchemeUnknown",
    "urllib3.URLSchemeUnknown",
}


def _exceptions(module: ModuleType) -> Iterator[tuple[str, type[BaseException]]]:
    for name, value in vars(module).items():
        is_warning = inspect.isclass(value) and issubclass(value, Warning)
        if inspect.isclass(value) and issubclass(value, BaseException) and not is_warning:
            yield f"{module.__name__.partition('.')[0]}.{name}", value


FOUND = sorted({**dict(_exceptions(requests.exceptions)), **dict(_exceptions(urllib3.exceptions))}.items())


def _exhausted(reason: Exception) -> urllib3.exceptions.MaxRetryError:
    return urllib3.exceptions.MaxRetryError(cast("Any", None), "/", reason)


def _instance(kind: Any) -> BaseException:
    """An exception of that kind, without its constructor's demands."""
    error: BaseException = kind.__new__(kind)
    error.args = ("https://host/api.php?api_key=sentinel",)
    return error


@pytest.mark.parametrize(("name", "kind"), FOUND, ids=[name for name, _ in FOUND])
def test_exception_of_a_library_is_caught_and_mapped(name: str, kind: Any) -> None:
    """Caught at the edge; harmless only if listed here; the text is ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fault = fault_of(_instance(kind), "host")

    assert issubclass(kind, THIRD_PARTY), name
    assert isinstance(fault, NotSent if name in BEFORE_SENDING else Unclear), name
    assert "sentinel" not in str(fault)
    assert fault.fix


def test_exception_names_that_mean_not_sent_exist() -> None:
    """The list above is about exceptions that there are."""
    assert set(dict(FOUND)) >= BEFORE_SENDING


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")), Unclear),
        (urllib3.exceptions.ProtocolError("broken", http.client.IncompleteRead(b"")), Unclear),
        (_exhausted(urllib3.exceptions.NewConnectionError(cast("Any", None), "x")), NotSent),
        (_exhausted(urllib3.exceptions.ReadTimeoutError(cast("Any", None), "/", "x")), Unclear),
        (_exhausted(urllib3.exceptions.SSLError("handshake")), Unclear),
        (urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("bad certificate")), NotSent),
        (TimeoutError("timed out"), Unclear),
        (http.client.BadStatusLine("x"), Unclear),
        (OSError(32, "Broken pipe"), Unclear),
        (ValueError("x"), Unclear),
    ],
)
def test_exception_inside_another_decides(cause: BaseException, expected: type[Fault]) -> None:
    """What requests wraps is what counts."""
    for error in (cause, requests.exceptions.ConnectionError(cause)):
        assert type(fault_of(error, "host")) is expected


def test_faults_are_a_tree() -> None:
    """One root."""
    assert issubclass(NotSent, Fault)
    assert issubclass(Unclear, Fault)
