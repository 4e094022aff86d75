"""Every exception of the HTTP libraries is mapped, and none is taken for harmless that is not."""

import inspect
import ssl
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import pytest
import requests.exceptions
import urllib3.exceptions

from agencyfile.kinds.faults import Fault, NotSent, Unclear
from agencyfile.portal.http.faults import THIRD_PARTY, fault_of


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


@pytest.mark.parametrize("has_left", [True, False])
@pytest.mark.parametrize(("name", "kind"), FOUND, ids=[name for name, _ in FOUND])
def test_exception_of_a_library_is_caught_and_judged_by_what_has_left(name: str, kind: Any, *, has_left: bool) -> None:
    """Caught at the edge; whether the request had left decides, not the exception; the text is ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fault = fault_of(_instance(kind), "host", has_left=has_left)

    assert issubclass(kind, THIRD_PARTY), name
    assert isinstance(fault, Unclear if has_left else NotSent), name
    assert "sentinel" not in str(fault)
    assert fault.fix


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (_exhausted(urllib3.exceptions.NewConnectionError(cast("Any", None), "x")), "cannot connect"),
        (urllib3.exceptions.SSLError(ssl.SSLCertVerificationError("bad certificate")), "certificate is not valid"),
        (requests.exceptions.InvalidURL("x"), "cannot be used in a request"),
        (TimeoutError("timed out"), "did not answer in time"),
    ],
)
def test_exception_inside_another_gives_the_reason(cause: BaseException, words: str) -> None:
    """What requests wraps says why nothing was sent."""
    for error in (cause, requests.exceptions.ConnectionError(cause)):
        assert words in str(fault_of(error, "host", has_left=False))


def test_faults_are_a_tree() -> None:
    """One root."""
    assert issubclass(NotSent, Fault)
    assert issubclass(Unclear, Fault)
