"""How often a request is sent, and what is said of it in the end."""

from typing import Any

import pytest

from agencyfile import retries
from agencyfile.kinds.faults import Declined, Fault, NotSent, Unclear
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.sending import Sending
from agencyfile.portal.http.transport import Answer, Request

REQUEST = Request("account_edit", "POST", "http://host/api.php")


class Line:
    """A transport that meets the faults it was given, and then answers."""

    def __init__(self, *faults: Fault) -> None:
        self.rate_limit = RateLimit(1000, sleep=self._sleep)
        self.faults = list(faults)
        self.slept: list[float] = []
        self.sent = 0

    def exchange(self, request: Request, *, fresh: bool = False) -> Answer:  # noqa: ARG002 - its shape
        """One exchange."""
        self.sent += 1
        if self.faults:
            raise self.faults.pop(0)
        return Answer(200, b"")

    def _sleep(self, seconds: float) -> bool:
        self.slept.append(seconds)
        return False


def _repeat(line: Any) -> int:
    return Sending(line).repeat(REQUEST, lambda answer: answer.status)


def test_repeat_backs_off_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as long each time, and never for all at the same moment."""
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.25)
    line = Line(Unclear("1"), NotSent("2"), Unclear("3"))

    assert _repeat(line) == 200
    assert line.sent == 4
    for slept, most in zip(line.slept, (0.25, 0.5, 1.0), strict=True):
        assert most / 2 <= slept <= most


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([NotSent("x")] * 4, NotSent),
        ([Unclear("x")] * 4, Unclear),
        ([Unclear("x"), NotSent("x"), NotSent("x"), NotSent("x")], Unclear),
        ([NotSent("x"), Unclear("x"), NotSent("x"), NotSent("x")], Unclear),
        ([Declined("x")], Declined),
    ],
)
def test_repeat_says_not_sent_only_if_no_try_was_sent(faults: list[Fault], expected: type[Fault]) -> None:
    """A try that may have been carried out is not forgotten over a later one that was not."""
    line = Line(*faults)

    with pytest.raises(Fault) as caught:
        _repeat(line)
    assert type(caught.value) is expected
    assert line.sent == len(faults)


def test_repeat_ends_when_the_run_is_ended() -> None:
    """Whoever waits to try again is woken, and what he knows is kept."""
    line = Line(*[Unclear("x")] * 4)
    line.rate_limit.close()

    with pytest.raises(Unclear):
        _repeat(line)
    assert line.sent == 1


def test_once_sends_once() -> None:
    """No matter what."""
    line: Any = Line(Unclear("x"))

    with pytest.raises(Unclear):
        Sending(line).once(REQUEST, lambda answer: answer.status, lambda _: True)
    assert line.sent == 1
