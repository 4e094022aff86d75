"""What comes of a call in every way in which the portal can go wrong: never sent twice, never taken for another."""

import threading
import time
from dataclasses import replace
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import pytest

from agencyfile.portal import KINDS, Endpoint, open_provider
from plan.address import Address
from plan.call import Call, Confirmed, Effect, OperationClass, Outcome, Refused, Unknown
from plan.values import Reference, Secret, Value


def _add(name: str = "acme", plan: str = "221", effect: Effect = Effect.BILLED) -> Call:
    parameters = {
        "account": name,
        "name": "Acme",
        "email": "owner@acme.example",
        "notification": "ops@agency.example",
        "plan": plan,
    }
    address = Address("account", name)
    return Call(address, "agency", "account_add", "POST", parameters, OperationClass.CREATE, effect)


def _edit(effect: Effect = Effect.REVERSIBLE, **parameters: Value) -> Call:
    known = {"account": "acme", "notification": "new@agency.example"}
    address = Address("account", "acme")
    return Call(address, "agency", "account_edit", "POST", {**known, **parameters}, OperationClass.ABSOLUTE, effect)


def _status(status: str = "1") -> Call:
    parameters: dict[str, Value] = {"account": "acme", "status": status}
    address = Address("account", "acme")
    return Call(address, "agency", "account_status_set", "GET", parameters, OperationClass.ABSOLUTE)


def _snapshot(account_id: Value, name: str = "fit") -> Call:
    parameters = {"account_id": account_id, "name": name}
    return Call(Address("snapshot", name), "hub", "snapshot_create", "POST", parameters, OperationClass.CREATE)


def _send(endpoint: Endpoint, call: Call) -> Outcome:
    with open_provider(endpoint) as provider:
        return provider.send(call)


def test_send_account_add_confirms_with_name_and_credential(portal: Any) -> None:
    """The password is shown this once, and opens the account."""
    outcome = _send(portal.endpoint(), _add())

    assert isinstance(outcome, Confirmed)
    assert outcome.remote_id == "acme"
    assert outcome.credential is not None
    assert outcome.credential.login_url == "https://acme.activehosted.com"
    assert outcome.credential.username == "admin"
    login = {"account": "acme", "username": "admin", "password": outcome.credential.password.reveal()}
    assert portal._control("POST", "login", login) == {"ok": True}
    assert len(portal.charges()) == 1


def test_send_account_add_of_a_sandbox_leaves_its_id_to_the_list(portal: Any) -> None:
    """A sandbox's remote id is a number, which the answer does not tell."""
    call = replace(_add("lab", plan="2", effect=Effect.REVERSIBLE), address=Address("sandbox", "lab"))

    outcome = _send(portal.endpoint(), call)

    assert isinstance(outcome, Confirmed)
    assert outcome.remote_id is None
    assert outcome.credential is not None


def test_send_edit_and_status_reach_the_portal(portal: Any, paid: Any) -> None:
    """Status 1 disables (portal.md 1.2, traps)."""
    portal.seed(accounts=[paid("acme")])

    with open_provider(portal.endpoint()) as provider:
        assert provider.send(_edit(cname="mail.acme.example", plan="222", effect=Effect.BILLED)) == Confirmed()
        assert provider.send(_status("1")) == Confirmed()

    (account,) = portal.accounts()
    assert account["cname"] == "mail.acme.example"
    assert account["notification"] == "new@agency.example"
    assert account["status"] == "disabled"


def test_send_snapshot_create_confirms_without_an_id(portal: Any, lab: Any) -> None:
    """The hub answers 201 without a body (portal.md 1.8)."""
    portal.seed(accounts=[lab])

    outcome = _send(portal.endpoint(), _snapshot("1"))

    assert outcome == Confirmed()
    assert [item["name"] for item in portal.snapshots()] == ["fit"]


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
@pytest.mark.parametrize("operation", ["account_add", "account_edit", "snapshot_create"])
def test_send_of_what_must_not_be_repeated_is_unknown_and_recorded_once(
    portal: Any, paid: Any, lab: Any, operation: str, kind: Any, options: dict[str, Any]
) -> None:
    """Law 4: whatever happens to the answer, the portal sees the call once, and nobody guesses what came of it."""
    portal.seed(accounts=[lab, paid("acme")])
    calls = {
        "account_add": _add("new"),
        "account_edit": _edit(Effect.BILLED, plan="222"),
        "snapshot_create": _snapshot("1"),
    }
    portal.fault(kind, operation, times=None, **options)

    outcome = _send(portal.endpoint_under(kind), calls[operation])

    # The hub's yes has no body that could be cut.
    expected = Confirmed if (operation, kind) == ("snapshot_create", "truncated") else Unknown
    assert isinstance(outcome, expected), outcome
    assert len(portal.requests(operation)) == 1
    assert len(portal.charges()) <= 1


@pytest.mark.parametrize(
    "kind",
    ["drop_before_commit", "drop_after_commit", "error_before_commit", "error_after_commit", "truncated", "garbage"],
)
@pytest.mark.parametrize("call", [_edit(), _status()], ids=["edit", "status"])
def test_send_of_what_sets_a_level_is_repeated_until_clear(portal: Any, paid: Any, kind: Any, call: Call) -> None:
    """One bad answer to an absolute, free call is not worth a word."""
    portal.seed(accounts=[paid("acme")])
    portal.fault(kind, call.operation)

    assert _send(portal.endpoint(), call) == Confirmed()
    assert len(portal.requests(call.operation)) == 2


def test_send_of_what_sets_a_level_ends_as_unknown_after_four_tries(portal: Any, paid: Any) -> None:
    """It is not repeated for ever."""
    portal.seed(accounts=[paid("acme")])
    portal.fault("drop_after_commit", "account_edit", times=None)

    assert isinstance(_send(portal.endpoint(), _edit()), Unknown)
    assert len(portal.requests("account_edit")) == 4


@pytest.mark.parametrize("operation", ["account_add", "account_edit", "snapshot_create"])
def test_send_of_a_rate_limited_call_waits_and_succeeds(portal: Any, paid: Any, lab: Any, operation: str) -> None:
    """429 says that nothing was processed: every class of call is sent again, after the time that the portal names."""
    portal.seed(accounts=[lab, paid("acme")])
    calls = {"account_add": _add("new"), "account_edit": _edit(), "snapshot_create": _snapshot("1")}
    portal.fault("rate_limited", operation, retry_after=1)
    begun = time.monotonic()

    outcome = _send(portal.endpoint(), calls[operation])

    assert isinstance(outcome, Confirmed)
    assert time.monotonic() - begun >= 0.9
    assert [request["committed"] for request in portal.requests(operation)] == [False, True]


def test_send_of_a_call_that_is_always_rate_limited_is_refused(portal: Any) -> None:
    """After five more tries the portal's no is taken for one."""
    portal.fault("rate_limited", "account_add", times=None, retry_after=0)

    outcome = _send(portal.endpoint(), _add())

    assert isinstance(outcome, Refused)
    assert "too many requests" in outcome.message
    assert len(portal.requests("account_add")) == 6


def test_send_of_a_taken_name_is_refused_in_the_words_of_the_portal(portal: Any, paid: Any) -> None:
    """result_code 0: nothing has happened."""
    portal.seed(accounts=[paid("acme")])

    outcome = _send(portal.endpoint(), _add())

    assert isinstance(outcome, Refused)
    assert "taken" in outcome.message
    assert not portal.charges()


def test_send_to_the_hub_of_what_it_refuses_lists_its_violations(portal: Any) -> None:
    """A hub refusal names the fields."""
    outcome = _send(portal.endpoint(), _snapshot("1", name=""))

    assert isinstance(outcome, Refused)
    assert "HTTP 4" in outcome.message
    assert "name" in outcome.message or "exist" in outcome.message


def test_send_with_a_bad_key_is_refused_without_the_key(portal: Any) -> None:
    """The portal echoes the key (portal.md 1.1)."""
    outcome = _send(portal.endpoint(agency_key=Secret("wrong-key-77")), _add())

    assert isinstance(outcome, Refused)
    assert "Authentication for API key" in outcome.message
    assert "wrong-key-77" not in outcome.message


def test_send_without_a_hub_key_is_refused_and_names_the_variable(portal: Any) -> None:
    """Nothing is sent."""
    outcome = _send(portal.endpoint(hub_key=None), _snapshot("1"))

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent")
    assert "AGENCYFILE_HUB_KEY" in outcome.message


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/api.php", "http://no-such-host.invalid/api.php", "ftp://x/api.php", "http:///api.php"]
)
def test_send_to_where_nobody_listens_is_refused_as_not_sent(url: str) -> None:
    """Refused connection, unknown host, unusable URL: the portal never saw it."""
    outcome = _send(Endpoint(url, url, Secret("k-1"), rate_limit=1000), _add())

    assert isinstance(outcome, Refused), outcome
    assert outcome.message.startswith("not sent")


@pytest.mark.parametrize("value", [None, Reference(Address("sandbox", "lab")), "lab"])
def test_send_with_an_unresolved_id_is_refused_as_not_sent(portal: Any, value: Value) -> None:
    """A reference is resolved by the engine; the hub takes numbers only."""
    outcome = _send(portal.endpoint(), _snapshot(value))

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent")
    assert not portal.requests("snapshot_create")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, ""),
        (200, ""),
        (200, "[]"),
        (200, {"result_message": "no code"}),
        (200, {"result_code": "maybe"}),
        (408, ""),
    ],
)
def test_send_of_a_create_with_an_odd_answer_is_unknown(scripted: Any, status: int, body: object) -> None:
    """Only a clean yes or no is one; a redirect is not followed."""
    scripted.answer(status, body, Location="/elsewhere")

    assert isinstance(_send(scripted.endpoint(), _add()), Unknown)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 403, 404, 406, 413, 422, 451])
@pytest.mark.parametrize("body", ["<html>", {"result_code": 0, "result_message": "no"}], ids=["html", "json"])
def test_send_with_another_status_is_unknown(scripted: Any, status: int, body: object) -> None:
    """The agency API says yes and no with HTTP 200: any other status may be a proxy's that let the call through."""
    scripted.answer(status, "" if status == 204 else body)

    outcome = _send(scripted.endpoint(), _add())

    assert isinstance(outcome, Unknown)
    assert f"HTTP {status}" in outcome.message
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("code", [1, "1"])
def test_send_with_a_result_code_of_either_type_is_confirmed(scripted: Any, code: object) -> None:
    """PHP and JSON disagree on what a number is; an answer without a password has no credential."""
    scripted.answer(200, {"result_code": code, "account": "ACME.activehosted.com"})

    assert _send(scripted.endpoint(), _add()) == Confirmed("acme", None)


@pytest.mark.parametrize("code", [0, "0"])
def test_send_with_a_failed_result_code_is_refused(scripted: Any, code: object) -> None:
    """HTTP 200 is no yes."""
    scripted.answer(200, {"result_code": code, "result_message": "no"})

    assert isinstance(_send(scripted.endpoint(), _add()), Refused)


def test_send_honours_a_retry_after_that_is_a_date(scripted: Any) -> None:
    """RFC 9110: seconds or a date; for a call that may be repeated."""
    scripted.answer(429, "", Retry_After=formatdate(time.time() + 2, usegmt=True))
    scripted.answer(200, {"result_code": 1})
    begun = time.monotonic()

    assert isinstance(_send(scripted.endpoint(), _edit()), Confirmed)
    assert time.monotonic() - begun > 0.5


def test_send_keeps_the_key_of_a_post_out_of_the_url(scripted: Any) -> None:
    """URLs end up in the logs of proxies; the portal merges query and body (portal.md 1.1)."""
    scripted.answer(200, {"result_code": 1})

    _send(scripted.endpoint(), _add())

    ((method, path, parameters),) = scripted.asked
    assert (method, path) == ("POST", "/api.php")
    assert parameters["api_action"] == "account_add"
    assert parameters["api_output"] == "json"
    assert parameters["api_key"]


def test_send_takes_a_fresh_connection_for_what_must_not_be_repeated(
    portal: Any, monkeypatch: pytest.MonkeyPatch, paid: Any
) -> None:
    """A kept connection may have died unseen: then a lost answer and a lost request look the same."""
    portal.seed(accounts=[paid("acme")])
    from urllib3.connection import HTTPConnection  # noqa: PLC0415 - kept out of the module, as in the package

    made: list[HTTPConnection] = []
    original = HTTPConnection.connect

    def connect(self: HTTPConnection) -> None:
        made.append(self)
        original(self)

    monkeypatch.setattr(HTTPConnection, "connect", connect)
    with open_provider(portal.endpoint()) as provider:
        provider.send(_edit())
        provider.send(_edit())
        assert len(made) == 1
        provider.send(_add("one"))
        provider.send(_add("two"))
        assert len(made) == 3
        assert [connection.is_closed for connection in made] == [False, True, True]
        provider.send(_edit())
        assert len(made) == 3


def test_send_ends_at_once_when_the_provider_is_closed(scripted: Any) -> None:
    """An interrupted run does not wait for a portal that asked for a minute."""
    scripted.answer(429, "", Retry_After="60")
    found = SimpleNamespace(outcome=None)
    provider = open_provider(scripted.endpoint())

    def send() -> None:
        found.outcome = provider.send(_add())

    thread = threading.Thread(target=send)
    thread.start()
    while not scripted.asked:
        time.sleep(0.01)
    provider.close()
    thread.join(timeout=600)

    assert isinstance(found.outcome, Unknown)


def test_send_from_several_threads_loses_nothing(portal: Any) -> None:
    """The engine sends from a few threads at once."""
    calls = [_add(f"acme-{number}", plan="2", effect=Effect.REVERSIBLE) for number in range(12)]
    outcomes = []
    with open_provider(portal.endpoint()) as provider:
        threads = [threading.Thread(target=lambda call=call: outcomes.append(provider.send(call))) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert all(isinstance(outcome, Confirmed) for outcome in outcomes)
    assert len(portal.accounts()) == 12


def test_send_with_a_key_that_no_header_can_hold_is_refused_as_not_sent(portal: Any) -> None:
    """A key with a stray character never leaves."""
    for key in ("clé-ключ", "two\nlines"):
        outcome = _send(portal.endpoint(hub_key=Secret(key)), _snapshot("1"))

        assert isinstance(outcome, Refused)
        assert outcome.message.startswith("not sent")
        assert key not in outcome.message


@pytest.mark.parametrize("no_proxy", ["", "example.com", "*"])
def test_send_to_this_machine_asks_no_proxy(portal: Any, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    """A proxy of the environment is for other hosts: a local portal is here."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", no_proxy)

    assert isinstance(_send(portal.endpoint(), _add()), Confirmed)


def test_send_through_a_proxy_that_is_gone_is_refused_as_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be reached passes nothing on."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    url = "http://portal.example/api.php"

    outcome = _send(Endpoint(url, url, Secret("k-1"), rate_limit=1000), _add())

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent")


def test_send_of_an_unknown_operation_is_refused(portal: Any) -> None:
    """A call that the provider does not know is a bug, and is not sent."""
    call = replace(_snapshot("1"), operation="snapshot_edit")

    assert isinstance(_send(portal.endpoint(), call), Refused)


def test_calls_of_every_kind_are_known_to_the_writer(portal: Any, account: Any, sandbox: Any, snapshot: Any) -> None:
    """What the kinds lower to is what the writer sends."""
    assert tuple(KINDS) == (
        "agency",
        "settings",
        "sandbox",
        "snapshot",
        "template",
        "account",
        "account_key",
        "addon",
        "branding",
        "delivery",
        "credit",
        "allowed_domain",
        "contact",
        "customer",
    )
