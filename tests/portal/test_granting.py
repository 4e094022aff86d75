"""Credits and cancellations on the wire: what must not be sent twice, though it is a GET in part."""

from typing import Any
from urllib.parse import quote_plus

import pytest

from agencyfile.portal import KINDS, open_provider
from plan.address import Address, Origin
from plan.call import Call, Confirmed, Effect, Outcome, Refused, Unknown
from plan.change import Create, Delete
from plan.values import Attributes, Reference, Secret

ORIGIN = Origin("agency.yaml", 1, 1)


def _grant(pool: str, total: int = 500) -> Call:
    attributes: Attributes = {"account": Reference(Address("account", "acme")), "pool": pool, "total": total}
    change = Create(Address("credit", f"acme.{pool}"), attributes, Effect.PERMANENT, "new total", ORIGIN)
    (call,) = KINDS["credit"].lower(change)
    return call


def _end(*, retain: bool = True, kind: str = "account") -> Call:
    attributes: Attributes = {"reason": "contract ended & paid", "retain_data": retain}
    change = Delete(Address(kind, "acme"), "cancel", attributes, Effect.PERMANENT, "contract ended", ORIGIN)
    (call,) = KINDS[kind].lower(change)
    return call


def _send(endpoint: Any, call: Call) -> Outcome:
    with open_provider(endpoint) as provider:
        return provider.send(call)


CALLS = {"email": _grant("email"), "compatibility": _grant("compatibility"), "cancel": _end()}


@pytest.mark.parametrize("pool", ["email", "compatibility"])
def test_credits_are_granted_from_their_pool(portal: Any, paid: Any, pool: str) -> None:
    """Rules 69 and 71: the calls add."""
    portal.seed(accounts=[paid("acme")])

    assert _send(portal.endpoint(), _grant(pool, 500)) == Confirmed()
    assert _send(portal.endpoint(), _grant(pool, 70)) == Confirmed()

    assert [(row["pool"], row["credits"]) for row in portal.credits()["grants"]] == [(pool, 500), (pool, 70)]


@pytest.mark.parametrize("pool", ["email", "compatibility"])
def test_pool_that_is_too_small_refuses_in_the_words_of_the_portal(portal: Any, paid: Any, pool: str) -> None:
    """Nothing has happened; whoever reads it has to buy more (rule 65)."""
    portal.seed(accounts=[paid("acme")], credits={pool: 499})

    outcome = _send(portal.endpoint(), _grant(pool))

    assert isinstance(outcome, Refused)
    assert "Not enough" in outcome.message
    assert portal.credits()["grants"] == []


@pytest.mark.parametrize("retain", [True, False])
@pytest.mark.parametrize("kind", ["account", "sandbox"])
def test_cancellation_ends_an_account_with_or_without_its_data(
    portal: Any, paid: Any, kind: str, *, retain: bool
) -> None:
    """Rules 36 to 38: it stays, archived; a second one is refused."""
    portal.seed(accounts=[paid("acme", contents={"tags": 3})])

    assert _send(portal.endpoint(), _end(retain=retain, kind=kind)) == Confirmed()

    (account,) = portal.accounts()
    assert (account["status"], account["cancel_reason"]) == ("cancelled", "contract ended & paid")
    assert account["contents"] == ({"tags": 3} if retain else {})
    assert isinstance(_send(portal.endpoint(), _end()), Refused)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("drop_before_commit", {}),
        ("drop_after_commit", {}),
        ("late_answer", {"seconds": 2}),
        ("late_commit", {"seconds": 0, "answer": "drop"}),
        ("late_commit", {"seconds": 0, "answer": "5xx"}),
        ("late_commit", {"seconds": 0, "answer": "timeout", "hold": 2}),
        ("error_before_commit", {"status": 500}),
        ("error_before_commit", {"status": 503}),
        ("error_after_commit", {"status": 502}),
        ("error_after_commit", {"status": 504}),
        ("truncated", {}),
        ("garbage", {}),
    ],
)
@pytest.mark.parametrize("which", sorted(CALLS))
def test_call_whose_answer_is_lost_is_unknown_and_recorded_once(
    portal: Any, paid: Any, which: str, kind: str, options: dict[str, Any]
) -> None:
    """Law 5: a GET that adds is no read. Whatever happens to the answer, the portal sees it once."""
    call = CALLS[which]
    portal.seed(accounts=[paid("acme")])
    portal.fault(kind, call.operation, times=None, **options)

    outcome = _send(portal.endpoint_under(kind), call)

    assert isinstance(outcome, Unknown)
    assert len(portal.requests(call.operation)) == 1
    assert len(portal.credits()["grants"]) <= 1
    text = repr(outcome)
    assert not any(key in text for key in (portal.running.agency_key, quote_plus(portal.running.agency_key)))


@pytest.mark.parametrize("which", ["email", "compatibility"])
def test_grant_that_is_rate_limited_is_unknown_and_never_sent_again(portal: Any, paid: Any, which: str) -> None:
    """A 429 may be a proxy's that let the grant through, and no list would ever show a second one."""
    call = CALLS[which]
    portal.seed(accounts=[paid("acme")])
    portal.fault("rate_limited", call.operation, retry_after=0)

    assert isinstance(_send(portal.endpoint(), call), Unknown)
    assert len(portal.requests(call.operation)) == 1


def test_cancellation_that_is_rate_limited_is_carried_out_once(portal: Any, paid: Any) -> None:
    """The portal's own 429, and a list that shows nothing of it: nothing was taken."""
    call = CALLS["cancel"]
    portal.seed(accounts=[paid("acme")])
    portal.fault("rate_limited", call.operation, retry_after=0)

    assert _send(portal.endpoint(), call) == Confirmed()
    assert [request["committed"] for request in portal.requests(call.operation)] == [False, True]


@pytest.mark.parametrize(("which", "method"), [("email", "GET"), ("compatibility", "POST"), ("cancel", "GET")])
def test_call_travels_as_clients_send_it(portal: Any, paid: Any, which: str, method: str) -> None:
    """portal.md 1.2; on a connection of its own."""
    portal.seed(accounts=[paid("acme")])

    _send(portal.endpoint(), CALLS[which])

    (request,) = portal.requests(CALLS[which].operation)
    assert request["method"] == method
    expected = {"account": "acme", "credits": "500"}
    if which == "cancel":
        expected = {"account": "acme", "reason": "contract ended & paid", "retaindata": "1"}
    assert request["parameters"] == expected


@pytest.mark.parametrize("which", sorted(CALLS))
def test_key_that_is_refused_stands_in_no_message(portal: Any, which: str) -> None:
    """The portal repeats it (portal.md 1.1)."""
    outcome = _send(portal.endpoint(agency_key=Secret("wrong-key-77")), CALLS[which])

    assert isinstance(outcome, Refused)
    assert "wrong-key-77" not in outcome.message
