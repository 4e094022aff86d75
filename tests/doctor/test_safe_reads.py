"""An examination cannot send a write: by what it is made of, and by what it sends."""

from datetime import UTC, datetime
from threading import Event
from typing import get_args

import pytest

from agencyfile.cli.doctor.records import Code
from agencyfile.kinds import OPERATIONS
from agencyfile.local_portal import agency_actions, hub_actions, template_actions
from agencyfile.portal.endpoint import Limits
from agencyfile.portal.examination.asking import Asker, Clock, Reach
from agencyfile.portal.examination.safe_reads import SAFE_READS
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.transport import Answer, Request, Transport
from agencyfile.portal.reader import PortalReader


def asker() -> Asker:
    """An asker that has sent nothing."""
    return Asker(Transport(RateLimit(100), (1, 1), Limits()), 1.0, Clock(), Event())


def test_no_operation_and_no_write_of_the_local_portal_is_a_safe_read() -> None:
    """Both readings of the vendor's APIs agree that these are reads. An operation may read too."""
    actions = {**agency_actions.ACTIONS, **hub_actions.ACTIONS, **template_actions.ACTIONS}

    assert SAFE_READS & OPERATIONS.keys() <= actions.keys()
    writes = {name for name, action in actions.items() if getattr(action, "is_write")}  # noqa: B009 - one field of each
    assert len(writes) > 10
    assert SAFE_READS & writes == set()


@pytest.mark.parametrize("name", [*sorted(OPERATIONS.keys() - SAFE_READS), "account_view_all", "singlesignon"])
def test_request_of_another_name_is_not_sent(name: str) -> None:
    """Also as GET, by which the agency API changes things."""
    with pytest.raises(ValueError, match="none of the reads"):
        asker().ask(Request(name, "GET", "http://127.0.0.1:9/"), lambda answer: answer)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "get"])
def test_request_by_another_method_is_not_sent(method: str) -> None:
    """Whatever its name."""
    with pytest.raises(ValueError, match="none of the reads"):
        asker().ask(Request("account_list", method, "http://127.0.0.1:9/"), lambda answer: answer)


def test_reader_that_examines_has_no_way_to_send_a_call() -> None:
    """It is the half of the provider that plans hold too."""
    assert not hasattr(PortalReader, "send")


def test_every_result_of_a_question_is_a_word_of_the_table() -> None:
    """A new one cannot be forgotten there."""
    assert {reach.value for reach in Reach} <= set(get_args(Code))


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 28 Nov 2026 21:00:00", "Sat, 99 Nov 2026 21:00:00 GMT"])
def test_clock_ignores_a_date_that_is_none(date: str) -> None:
    """A portal may send anything."""
    clock, now = Clock(), datetime.now(UTC)
    clock.see(Answer(200, b"", headers={"date": date}), now, now)

    assert clock.difference is None


def test_clock_goes_by_the_fastest_answer() -> None:
    """The longer an exchange took, the less its date tells."""
    clock = Clock()
    at = [datetime(2026, 11, 28, 21, 0, second, tzinfo=UTC) for second in range(30)]
    clock.see(Answer(200, b"", headers={"date": "Sat, 28 Nov 2026 21:10:00 GMT"}), at[0], at[20])
    clock.see(Answer(200, b"", headers={"date": "Sat, 28 Nov 2026 21:05:00 GMT"}), at[0], at[1])
    clock.see(Answer(200, b"", headers={"date": "Sat, 28 Nov 2026 21:20:00 GMT"}), at[0], at[29])

    assert clock.difference is not None
    assert clock.difference.total_seconds() == 300
