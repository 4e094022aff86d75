"""No key in any text, whatever happens (law 7)."""

import io
import logging
import traceback
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from counted import calls_of

from agencyfile.portal import Endpoint, open_provider
from agencyfile.redaction import Redactor
from plan.address import Address
from plan.call import Call, Confirmed, OperationClass, Refused
from plan.errors import PortalError
from plan.ledger.facts import OpenIntent
from plan.values import Reference, Secret, Value

AGENCY = "sentinel+agency/key=1"
HUB = "sentinel hub key 2"


def _forms(key: str) -> set[str]:
    return {key, quote(key), quote(key, safe=""), quote_plus(key)}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at every level, formatted."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def _call(operation: str, method: str, **parameters: Value) -> Call:
    address = Address("account", "acme")
    return Call(address, "agency", operation, method, {"account": "acme", **parameters}, OperationClass.CREATE)


def _lost_creation() -> OpenIntent:
    parameters = {"account": "lost", "plan": "221", "snapshot": "5"}
    return OpenIntent(1, Address("account", "lost"), "account_add", "2026-11-21T10:00:00+00:00", "", parameters)


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "drop_before_commit",
        "drop_after_commit",
        "late_answer",
        "error_before_commit",
        "truncated",
        "garbage",
        "rate_limited",
    ],
)
def test_keys_stand_in_no_message_and_no_log_for_any_fault(
    portal: Any, account: Any, sandbox: Any, snapshot: Any, log: io.StringIO, kind: Any
) -> None:
    """Messages, exceptions with their tracebacks, and the libraries' own logs at DEBUG level hold no key."""
    faults: dict[str | None, dict[str, float]] = {"rate_limited": {"retry_after": 0}, "late_answer": {"seconds": 2}}
    options = faults.get(kind, {})
    if kind:
        portal.fault(kind, times=None, **options)
    texts = []
    with open_provider(portal.endpoint_under(kind)) as provider:
        texts.append(repr(provider.send(_call("account_status_set", "GET", status="1"))))
        texts.append(repr(provider.send(_call("account_add", "POST", plan="221"))))
        texts.append(repr(provider.send(_call("account_credits_apply", "GET", credits=5))))
        for ask in (
            lambda: provider.read([account("acme"), sandbox("lab"), snapshot("fit", "lab")]),
            lambda: provider.investigate([_lost_creation()]),
            lambda: provider.quote(_call("account_add", "POST", plan="221")),
        ):
            try:
                texts.append(repr(ask()))
            except PortalError:
                texts.append(traceback.format_exc())
    everything = "\n".join((*texts, log.getvalue()))

    assert portal.running.agency_key == AGENCY
    # The library logs the URL of what was answered.
    is_answered = kind not in ("drop_before_commit", "drop_after_commit", "late_answer")
    assert ("/api.php?" in log.getvalue()) is is_answered
    for form in _forms(AGENCY) | _forms(HUB):
        assert form not in everything


def test_keys_stand_in_no_message_of_a_refused_key(scripted: Any) -> None:
    """The portal echoes the key into its answer (portal.md 1.1)."""
    scripted.answer(200, {"result_code": 0, "result_message": f"Authentication for API key '{AGENCY}' failed."})

    with open_provider(scripted.endpoint()) as provider:
        outcome = provider.send(_call("account_add", "POST", plan="221"))

    assert isinstance(outcome, Refused)
    assert "Authentication for API key '(sensitive)' failed." in outcome.message


def test_keys_stand_in_no_repr_of_an_endpoint_or_a_request() -> None:
    """What a debugger or a crash report prints."""
    from agencyfile.portal.apis.agency_api import AgencyApi  # noqa: PLC0415
    from agencyfile.portal.apis.hub_api import HubApi  # noqa: PLC0415

    endpoint = Endpoint("http://x/api.php", "http://x", Secret(AGENCY), Secret(HUB))
    redactor = Redactor([endpoint.agency_key])
    shown = [
        repr(endpoint),
        repr(redactor),
        repr(AgencyApi(endpoint, redactor).query("account_list", {})),
        repr(AgencyApi(endpoint, redactor).form("account_add", {})),
        repr(HubApi(endpoint, redactor).query("snapshot_list", "x", {})),
    ]

    assert "sentinel" not in "".join(shown)


def test_password_of_a_new_account_stands_in_no_repr(portal: Any) -> None:
    """A credential shows its mask."""
    call = _call("account_add", "POST", plan="2", name="Acme", email="a@acme.example", notification="o@acme.example")
    with open_provider(portal.endpoint()) as provider:
        outcome = provider.send(call)

    assert isinstance(outcome, Confirmed)
    assert outcome.credential
    assert outcome.credential.password.reveal() not in repr(outcome)


@pytest.mark.parametrize("key", ["plain", "a+b/c=d e", 'q"uote\\', "ключ"])
def test_redactor_knows_every_form_of_a_key(key: str) -> None:
    """Raw, as in URLs and forms, as in JSON and Python."""
    redactor = Redactor([Secret(key)])
    for form in (key, quote(key), quote(key, safe=""), quote_plus(key), repr(key)[1:-1]):
        assert redactor.clean(f"before {form} after") == "before (sensitive) after"


def test_redactor_that_learns_keys_one_by_one_hides_each_whole() -> None:
    """A key that begins with another one is taken first, whichever came first."""
    redactor = Redactor(())
    for key in ("sesame", "sesame-opens", "open", "sesame-opens-all"):
        redactor.add(Secret(key))

    hidden = " ".join(["(sensitive)"] * 4)
    assert redactor.clean("sesame-opens-all sesame open sesame-opens") == hidden


def test_redactor_of_many_keys_takes_one_more_at_little_work() -> None:
    """An apply that fetches the keys of new accounts adds four of each: the thousandth costs what the first did."""
    redactor = Redactor(())
    steps = [calls_of(partial(_learn, redactor, range(begin, begin + 200))) for begin in (0, 200, 400, 600)]

    assert steps[3] < steps[1] * 1.3


def _learn(redactor: Redactor, numbers: Iterable[int]) -> None:
    for number in numbers:
        redactor.add(Secret(f"key of the account {number}"))


def test_redactor_without_keys_changes_nothing() -> None:
    """An empty key is no key."""
    assert Redactor([Secret("")]).clean("text") == "text"


def test_log_guard_ends_with_the_provider(scripted: Any) -> None:
    """Closing leaves the libraries' loggers as they were."""
    logger = logging.getLogger("urllib3.connectionpool")
    before = list(logger.filters)
    with open_provider(scripted.endpoint()):
        assert len(logger.filters) == len(before) + 1

    assert logger.filters == before


def test_reference_is_never_sent_as_text(scripted: Any) -> None:
    """What is not resolved is not sent."""
    with open_provider(scripted.endpoint()) as provider:
        outcome = provider.send(_call("account_add", "POST", snapshot=Reference(Address("snapshot", "fit"))))

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent")
    assert not scripted.asked


def test_keys_are_taken_out_before_a_long_message_is_cut(scripted: Any) -> None:
    """Half a key is still a secret."""
    message = "x" * 490 + AGENCY
    scripted.answer(200, {"result_code": 0, "result_message": message})

    with open_provider(scripted.endpoint()) as provider:
        outcome = provider.send(_call("account_add", "POST", plan="221"))

    assert isinstance(outcome, Refused)
    assert "sentinel" not in outcome.message
