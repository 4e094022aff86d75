"""An unclear answer is never taken for "nothing happened": exit 5, an open intent, nothing sent again by itself."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from crash.scenarios import SEEDED_LAB
from hostile.scene import APPROVED, CALLS, CREATION, GRANT, SNAPSHOT, TEMPLATE, effects, prepare
from hostile_proxy import Reply, Rule, answer, drop, raw
from rehearsal import Rehearsal
from stories import LAB, agency

HTML = b"<html><body>Blocked by your administrator</body></html>"
JSON = b'{"result_code": 0, "result_message": "denied by policy", "error": "denied", "message": "denied by policy"}'

UNCLEAR: dict[str, Reply] = {
    **{f"{status} html": answer(status, HTML) for status in (401, 403, 404, 406, 413)},
    **{f"{status} json": answer(status, JSON) for status in (401, 403, 404, 406, 413)},
    "302": answer(302, b"", Location="https://login.example/"),
    "204": answer(204),
    "200 html": answer(200, HTML),
    "429 html": answer(429, HTML),
    "429 retry": answer(429, HTML, Retry_After="0"),
    "103 early hints": answer(103, b"", Link="</a>"),
    "http 0.9": raw(HTML),
    "half a body": raw(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n{"result_code": 1'),
    "silence": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"result_code": 1'),
    "length too short": raw(b'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"result_code": 1, "account": "acme"}'),
    "utf-16": answer(200, '{"result_code": 1}'.encode("utf-16")),
    "twice": answer(200, b'{"result_code": 0, "result_code": 1, "account": "acme"}'),
    "surrogates": answer(200, b'{"result_code": "\\ud800", "result_message": "\\udfff"}'),
    "latin-1": answer(200, b'{"result_code": 0, "result_message": "refus\xe9"}'),
    "no without words": answer(200, b'{"result_code": 0}'),
    "drop": drop,
}


def _case(call: str, name: str, *, is_turn: bool) -> ParameterSet:
    """Return a case. Every second answer is in the sample once, for a grant and for another call in turn.

    Whoever waits for the rest of an answer waits a minute: that is left to `make test-long`.
    """
    is_rest = name == "silence" or not is_turn
    return pytest.param(call, name, id=f"{call}-{name}", marks=(pytest.mark.rest,) if is_rest else ())


_OTHERS = [CALLS[place % len(CALLS)] for place in range(len(UNCLEAR))]
CASES = [
    _case(GRANT, name, is_turn=place % 4 == 0 or (place % 2 == 0 and _OTHERS[place] == GRANT))
    for place, name in enumerate(UNCLEAR)
]
CASES += [
    _case(_OTHERS[place], name, is_turn=place % 4 == 2) for place, name in enumerate(UNCLEAR) if _OTHERS[place] != GRANT
]
CASES += [pytest.param(call, name) for call in (CREATION, SNAPSHOT, TEMPLATE) for name in ("404 html", "401 json")]


@pytest.mark.parametrize(("call", "name"), CASES)
def test_call_that_was_let_through_and_answered_otherwise_is_unknown_and_never_sent_again(
    rehearsal: Rehearsal, over: Callable[..., Any], call: str, name: str
) -> None:
    """Exit 5, one effect at the portal; the next apply adopts it or leaves it to a person, and sends nothing."""
    address = prepare(rehearsal, call)
    with over(Rule(call, UNCLEAR[name])) as proxy:
        first = rehearsal.run("apply", *APPROVED)
        time.sleep(0.4)
        second = rehearsal.run("apply", *APPROVED)

    assert first.code == 5, first
    assert f"outcome unknown   {address}" in first.out
    assert "bug in agencyfile" not in first.err + second.err
    assert second.code == (5 if call == GRANT else 0), second
    assert effects(rehearsal)[call] == 1
    assert proxy.sent(call) == 1


@pytest.mark.parametrize("mode", ["tls", "tunnel"])
@pytest.mark.parametrize("call", [CREATION, GRANT, SNAPSHOT])
def test_call_whose_connection_ends_after_it_was_forwarded_is_unknown(
    rehearsal: Rehearsal, over: Callable[..., Any], call: str, mode: str
) -> None:
    """With a proxy of the environment too: what left this machine is not called unsent."""
    prepare(rehearsal, call)
    with over(Rule(call, drop), mode=mode) as proxy:
        first = rehearsal.run("apply", *APPROVED)
        rehearsal.run("apply", *APPROVED)

    assert first.code == 5, first
    assert effects(rehearsal)[call] == 1
    assert proxy.sent(call) == 1


def test_creation_lost_behind_a_proxy_is_adopted_with_its_charge_and_a_password_step(
    rehearsal: Rehearsal, over: Callable[..., Any]
) -> None:
    """The ledger and the budgets know the charge; the plan has the step for the password that nobody has."""
    prepare(rehearsal, CREATION)
    with over(Rule(CREATION, drop), mode="tunnel"):
        rehearsal.run("apply", *APPROVED)
        second = rehearsal.run("apply", *APPROVED)

    assert (second.code, "adopted" in second.out) == (0, True), second
    assert "charges          1" in rehearsal.run("ledger", "show").out
    assert ["password" in step["title"] for step in rehearsal.plan()["manual_steps"]] == [True]


def test_creation_whose_answer_names_another_account_seals_nothing(
    rehearsal: Rehearsal, over: Callable[..., Any]
) -> None:
    """Somebody else's login must never be handed to a client."""
    prepare(rehearsal, CREATION)
    body = b'{"result_code": 1, "result_message": "ok", "account": "rival", "username": "admin", "password": "theirs"}'
    with over(Rule(CREATION, answer(200, body))):
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 5, ran
    assert "does not name the account that was asked for" in ran.out
    assert "AGE ENCRYPTED" not in rehearsal.ledger.read_text()
    assert "theirs" not in ran.out + ran.err + rehearsal.ledger.read_text()


def test_documented_refusal_stays_a_refusal(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """The portal's own no, with its words: nothing has happened, and nothing is unknown."""
    prepare(rehearsal, GRANT)
    with over(Rule(GRANT, answer(200, b'{"result_code": 0, "result_message": "the pool is empty"}'), forward=False)):
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 1, ran
    assert "the pool is empty" in ran.out
    assert rehearsal.run("ledger", "show").code == 0


def test_refusal_of_the_hub_in_its_documented_shape_stays_a_refusal(
    rehearsal: Rehearsal, over: Callable[..., Any]
) -> None:
    """Status and shape say the same."""
    prepare(rehearsal, SNAPSHOT)
    body = json.dumps({"type": "t", "title": "An error occurred", "status": 400, "detail": "not now"}).encode()
    with over(Rule(SNAPSHOT, answer(400, body), forward=False)):
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 7, ran
    assert "not now" in ran.out
    assert rehearsal.run("ledger", "show").code == 0


@pytest.mark.parametrize(("status", "shown"), [(201, 404), (200, 422)])
def test_refusal_of_the_hub_whose_shape_names_another_status_is_unknown(
    rehearsal: Rehearsal, over: Callable[..., Any], status: int, shown: int
) -> None:
    """A yes with an error in it, and a no under another status, are nobody's."""
    prepare(rehearsal, SNAPSHOT)
    body = json.dumps({"type": "t", "title": "t", "status": shown, "detail": "d"}).encode()
    with over(Rule(SNAPSHOT, answer(status, body))):
        assert rehearsal.run("apply", *APPROVED).code == 5


@pytest.mark.parametrize("status", [202, 204])
def test_creation_that_the_hub_answers_with_another_status_is_unknown(
    rehearsal: Rehearsal, over: Callable[..., Any], status: int
) -> None:
    """A filter's empty yes: no charge is reported that nobody made, and no half hour is waited for the account."""
    rehearsal.seed(accounts=[SEEDED_LAB], snapshots=[{"name": "base", "source": "lab"}])
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base, country: FR, currency: EUR"))
    with over(Rule("POST /api/child-accounts/v1/", answer(status), forward=False)) as proxy:
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 5, ran
    assert proxy.sent("POST /api/child-accounts/v1/") == 1
    assert "charges          0" in rehearsal.run("ledger", "show").out


@pytest.mark.parametrize("call", [CREATION, SNAPSHOT])
def test_limit_in_the_portals_own_form_that_hides_a_success_is_seen(
    rehearsal: Rehearsal, over: Callable[..., Any], call: str
) -> None:
    """A 429 in the documented form, after the call was let through: the portal shows the object, nothing is resent."""
    prepare(rehearsal, call)
    hub = json.dumps({"type": "t", "title": "t", "status": 429, "detail": "Too Many Requests"}).encode()
    with over(Rule(call, answer(429, hub, Retry_After="0"), times=9)) as proxy:
        ran = rehearsal.run("apply", *APPROVED)
        again = rehearsal.run("apply", *APPROVED)

    assert ran.code == 5, ran
    assert again.code == 0, again
    assert (effects(rehearsal)[call], proxy.sent(call)) == (1, 1)


def test_password_that_cannot_be_sealed_is_reported_as_lost_and_the_run_goes_on(
    rehearsal: Rehearsal, over: Callable[..., Any]
) -> None:
    """The outcome is recorded; the other account is made; a step asks for a new password."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))

    def damaged(told: bytes) -> bytes:
        head, _, body = told.partition(b"\r\n\r\n")
        document = json.loads(body)
        document["password"] = "half \ud800 pair"
        text = json.dumps(document).encode()
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        return b"\r\n".join([*lines, f"Content-Length: {len(text)}".encode(), b"", text])

    with over(Rule(CREATION, damaged)):
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 0, ran
    assert "password lost     account.acme" in ran.out
    assert len(rehearsal.book("charges")) == 2
    assert rehearsal.run("ledger", "show").code == 0
    assert "account.acme" in [
        step["address"] for step in rehearsal.plan()["manual_steps"] if "password" in step["title"]
    ]


@pytest.mark.parametrize(
    ("call", "words"),
    [(TEMPLATE, "2 templates `news`: delete all but one"), (SNAPSHOT, "snapshots bear this name")],
)
def test_call_that_a_middlebox_sent_twice_is_said_where_a_list_shows_it(
    rehearsal: Rehearsal, over: Callable[..., Any], call: str, words: str
) -> None:
    """No client can prevent it; nobody should find it by chance."""
    prepare(rehearsal, call)
    with over(Rule(call, repeat=2)):
        ran = rehearsal.run("apply", *APPROVED)
        after = rehearsal.run("plan")

    assert effects(rehearsal)[call] == 2
    assert words in ran.out + ran.err + after.err
