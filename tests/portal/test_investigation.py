"""What is found of calls whose answer was lost: every signal, each fault, and what it costs."""

import math
import time
from collections import Counter
from typing import Any

import pytest

from agencyfile.portal import open_provider, open_reader
from plan.address import Address
from plan.call import Call, Effect, OperationClass, Unknown
from plan.errors import PortalError
from plan.ledger.facts import OpenIntent
from plan.signals import Match, Signals
from plan.values import Reference, Secret, Value, plain, value_from_plain

TIME = "2026-11-21T10:00:00+00:00"
LOST_BEFORE = [("drop_before_commit", {}), ("error_before_commit", {"status": 503})]
LOST_AFTER = [
    ("drop_after_commit", {}),
    ("late_answer", {"seconds": 2}),
    ("late_commit", {"seconds": 0, "answer": "drop"}),
    ("late_commit", {"seconds": 0, "answer": "5xx"}),
    ("error_after_commit", {"status": 502}),
    ("truncated", {}),
    ("garbage", {}),
]


def _add(name: str = "acme", kind: str = "account", plan: str = "221", **more: Value) -> Call:
    parameters: dict[str, Value] = {
        "account": name,
        "name": "Acme",
        "email": "owner@acme.example",
        "notification": "ops@agency.example",
        "plan": plan,
        **more,
    }
    return Call(Address(kind, name), "agency", "account_add", "POST", parameters, OperationClass.CREATE, Effect.BILLED)


def _edit(name: str = "acme", plan: str = "222") -> Call:
    parameters: dict[str, Value] = {"account": name, "plan": plan}
    address = Address("account", name)
    return Call(address, "agency", "account_edit", "POST", parameters, OperationClass.ABSOLUTE, Effect.BILLED)


def _cancel(name: str = "acme") -> Call:
    parameters: dict[str, Value] = {"account": name, "reason": "contract ended", "retaindata": "1"}
    address = Address("account", name)
    return Call(address, "agency", "account_cancel", "GET", parameters, OperationClass.DESTROY, Effect.PERMANENT)


def _snapshot(account_id: Value, name: str = "fit") -> Call:
    parameters = {"account_id": account_id, "name": name}
    return Call(Address("snapshot", name), "hub", "snapshot_create", "POST", parameters, OperationClass.CREATE)


def _intent(call: Call, *baseline: str) -> OpenIntent:
    """As the ledger gives it back: what JSON makes of the call."""
    parameters = value_from_plain(plain(call.parameters))
    assert isinstance(parameters, dict)
    return OpenIntent(1, call.address, call.operation, TIME, "no answer", parameters=parameters, baseline=baseline)


def _asked(portal: Any) -> Counter[str]:
    return Counter(row["action"] for row in portal.requests() if not row["write"])


def _investigate(endpoint: Any, call: Call, *baseline: str) -> Signals:
    with open_reader(endpoint) as reader:
        (signals,) = reader.investigate([_intent(call, *baseline)]).values()
        return signals


def _lose(portal: Any, call: Call, kind: str, options: dict[str, Any]) -> None:
    """Send a call whose answer is lost."""
    portal.fault(kind, call.operation, **options)
    with open_provider(portal.endpoint_under(kind)) as provider:
        assert isinstance(provider.send(call), Unknown)


def _calls(portal: Any, paid: Any) -> dict[str, Call]:
    portal.seed(accounts=[paid("held"), paid("leaving")])
    return {"add": _add(), "edit": _edit("held"), "cancel": _cancel("leaving")}


@pytest.mark.parametrize("which", ["add", "edit", "cancel"])
@pytest.mark.parametrize(("kind", "options"), LOST_AFTER)
def test_call_that_was_carried_out_is_found_whatever_befell_its_answer(
    portal: Any, paid: Any, which: str, kind: str, options: dict[str, Any]
) -> None:
    """One match, as a clean answer would have confirmed it, and no word of doubt."""
    call = _calls(portal, paid)[which]
    _lose(portal, call, kind, options)

    signals = _investigate(portal.endpoint(), call)

    assert [match.remote_id for match in signals.matches] == ["acme" if which == "add" else None]
    assert "account_list shows" in signals.matches[0].evidence
    assert (signals.busy, signals.doubts, signals.is_visible) == ((), (), True)


@pytest.mark.parametrize("which", ["add", "edit", "cancel"])
@pytest.mark.parametrize(("kind", "options"), LOST_BEFORE)
def test_call_that_never_came_is_found_nowhere(
    portal: Any, paid: Any, which: str, kind: str, options: dict[str, Any]
) -> None:
    """No match, nothing under way, no doubt: the engine may believe its absence in time."""
    call = _calls(portal, paid)[which]
    _lose(portal, call, kind, options)

    assert _investigate(portal.endpoint(), call) == Signals()


def test_creation_that_comes_late_is_found_once_it_has_come(portal: Any) -> None:
    """Until then nothing shows it: waiting is the engine's business."""
    _lose(portal, _add(), "late_commit", {"seconds": 0.5})

    before = _investigate(portal.endpoint(), _add())
    time.sleep(0.6)

    assert before == Signals()
    assert [match.remote_id for match in _investigate(portal.endpoint(), _add()).matches] == ["acme"]
    assert len(portal.requests("account_add")) == 1


def test_creation_that_the_list_does_not_show_yet_is_found_by_its_status(portal: Any) -> None:
    """A stale list is no proof of absence: `account_status` is another source."""
    _lose(portal, _add(), "drop_after_commit", {})
    portal.fault("stale_list", "account_list", writes=1, times=None)

    signals = _investigate(portal.endpoint(), _add())

    assert [match.remote_id for match in signals.matches] == ["acme"]
    assert "account_status says that `acme` is active" in signals.matches[0].evidence
    assert not _asked(portal)["account_name_check"]


@pytest.mark.parametrize("is_stale", [False, True])
def test_creation_that_is_under_way_is_found_and_busy(slow_portal: Any, *, is_stale: bool) -> None:
    """`creating`: it exists, and the portal is at work on it."""
    _lose(slow_portal, _add(), "drop_after_commit", {})
    if is_stale:
        slow_portal.fault("stale_list", "account_list", writes=1, times=None)

    signals = _investigate(slow_portal.endpoint(), _add())

    assert [match.remote_id for match in signals.matches] == ["acme"]
    assert signals.busy == ("the portal is still creating `acme`",)


def test_creation_on_another_plan_is_found_and_says_so(portal: Any, paid: Any) -> None:
    """The name is the identity; what differs is told."""
    portal.seed(accounts=[paid("acme")])

    (match,) = _investigate(portal.endpoint(), _add(plan="222")).matches

    assert match == Match("acme", "account_list shows `acme`: active, plan 221, not 222 as asked for")


@pytest.mark.parametrize(
    ("hub_key", "remote_id"), [("right", "1"), (None, None), (Secret("wrong-key-79"), None)], ids=["key", "none", "bad"]
)
def test_sandbox_is_found_with_its_number_where_the_hub_tells_it(portal: Any, hub_key: Any, remote_id: Any) -> None:
    """A sandbox is confirmed without its number; the list of sources may add it."""
    call = _add("lab", "sandbox", "2")
    _lose(portal, call, "drop_after_commit", {})
    settings = {} if hub_key == "right" else {"hub_key": hub_key}

    signals = _investigate(portal.endpoint(**settings), call)

    assert [match.remote_id for match in signals.matches] == [remote_id]
    assert not signals.doubts


def _script(scripted: Any, *answers: object) -> Any:
    """A portal without accounts: an empty first page, an empty second one, then the answers to single questions."""
    for answer in ({"result_code": 1, "accounts": []}, {"result_code": 1, "accounts": []}, *answers):
        scripted.answer(200, answer)
    return scripted


UNKNOWN = {"result_code": 0, "result_message": "Account does not exist."}
FREE = {"result_code": 1, "result_message": "The account name is available."}
TAKEN = {"result_code": 0, "result_message": "The account name is already taken."}
NO_HUB = {"hosted_accounts": None, "pagination": {"total": 0, "page": 1, "limit": 1000, "total_pages": 0}}


def _hub_account(name: str, number: int = 77) -> dict[str, Any]:
    rows = [{"id": number, "reseller_id": 1, "account_name": name}]
    return {"hosted_accounts": rows, "pagination": {"total": 1, "page": 1, "limit": 1000, "total_pages": 1}}


def _jobs(status: str) -> dict[str, Any]:
    rows = [
        {"id": "01934e8a-1", "target_account": "ACME.activehosted.com", "status": status, "snapshot_id": 5},
        {"id": "01934e8a-2", "target_account": "acme-2", "status": "failed", "snapshot_id": 5},
    ]
    return {"items": rows, "pagination": {"total": 2, "page": 1, "per_page": 1000, "total_pages": 1}}


def test_name_that_is_taken_though_nobody_lists_it_is_a_doubt(scripted: Any) -> None:
    """The portal's words are told, and absence cannot be concluded."""
    _script(scripted, UNKNOWN, TAKEN, NO_HUB)

    signals = _investigate(scripted.endpoint(), _add())

    assert not signals.matches
    assert signals.doubts == ("account_name_check does not call `acme` free: The account name is already taken.",)


@pytest.mark.parametrize(
    ("listed", "is_busy"), [("acme", True), ("https://ACME.activehosted.com/", True), ("acme-2", False)]
)
def test_account_that_the_hub_alone_lists_is_busy(scripted: Any, listed: str, *, is_busy: bool) -> None:
    """The hub's search may find more than the name: only the very name counts."""
    _script(scripted, UNKNOWN, FREE, _hub_account(listed))

    signals = _investigate(scripted.endpoint(), _add())

    told = ("child_account_list shows `acme` (id 77), and account_list not yet",)
    assert signals == Signals(busy=told if is_busy else ())


def test_account_of_the_hub_that_was_there_before_is_not_the_new_one(scripted: Any) -> None:
    """The baseline of the intent is left out."""
    _script(scripted, UNKNOWN, FREE, _hub_account("acme"))

    assert _investigate(scripted.endpoint(), _add(), "77") == Signals()


@pytest.mark.parametrize("status", ["in_progress", "failed", "cancelled"])
def test_cloning_job_of_an_account_that_is_nowhere_listed_speaks_against_its_absence(
    scripted: Any, status: str
) -> None:
    """In progress: busy. At an end without an account: a doubt."""
    _script(scripted, UNKNOWN, FREE, NO_HUB, _jobs(status))

    signals = _investigate(scripted.endpoint(), _add(snapshot="5"))

    assert not signals.matches
    assert bool(signals.busy) is (status == "in_progress")
    assert bool(signals.doubts) is (status != "in_progress")
    assert "acme" in "".join((*signals.busy, *signals.doubts))
    assert scripted.asked[-1][2]["status"] == "in_progress,failed,cancelled"


@pytest.mark.parametrize("word", ["cancelled", "canceled", "expired", "archived", "mystery"])
def test_state_that_proves_nothing_is_a_doubt_and_no_match(scripted: Any, word: str) -> None:
    """An account that has ended, or is in a state with an unknown word, need not be the one that was asked for."""
    _script(scripted, {"result_code": 1, "status": word}, TAKEN, NO_HUB)

    signals = _investigate(scripted.endpoint(), _add())

    assert not signals.matches
    assert any(word in doubt for doubt in signals.doubts)


@pytest.mark.parametrize("status", [None, "", []])
def test_state_that_is_empty_is_none(scripted: Any, status: object) -> None:
    """What `account_status` answers to an unknown account is not documented (portal.md 1.3)."""
    _script(scripted, {"result_code": 1, "status": status}, FREE, NO_HUB)

    assert _investigate(scripted.endpoint(), _add()) == Signals()


@pytest.mark.parametrize("action", ["account_status", "account_name_check", "child_account_list", "clone_status_list"])
@pytest.mark.parametrize("kind", ["error_before_commit", "rate_limited", "garbage"])
def test_question_without_a_clean_answer_is_a_doubt_and_no_absence(portal: Any, action: str, kind: str) -> None:
    """A signal that cannot be had speaks against absence, and hides no other."""
    portal.fault(kind, action, times=None, **({"retry_after": 0} if kind == "rate_limited" else {}))

    signals = _investigate(portal.endpoint(), _add(snapshot="5"))

    assert not signals.matches
    assert [doubt.split()[0] for doubt in signals.doubts] == [action]


def test_bad_hub_key_is_a_doubt_and_asked_with_once(portal: Any) -> None:
    """It holds up no other intent, and stands in no word."""
    endpoint = portal.endpoint(hub_key=Secret("wrong-key-78"))
    with open_reader(endpoint) as reader:
        found = reader.investigate([_intent(_add(name, snapshot="5")) for name in ("acme", "globex")])

    assert all("HTTP 401" in "".join(signals.doubts) for signals in found.values())
    assert "wrong-key-78" not in repr(found)
    assert len(portal.requests("child_account_list")) == 1


def test_bad_agency_key_is_no_answer_to_a_question(scripted: Any) -> None:
    """A no that is about the key tells nothing of the account, and repeats the key (portal.md 1.1)."""
    key = scripted.endpoint().agency_key.reveal()
    _script(scripted, {"result_code": 0, "result_message": f"Authentication for API key '{key}' failed."})

    signals = _investigate(scripted.endpoint(hub_key=None), _add())

    assert len(signals.doubts) == 2
    assert "Authentication for API key '(sensitive)' failed." in signals.doubts[0]
    assert key not in repr(signals)


def test_key_in_any_word_of_the_portal_is_taken_out(scripted: Any) -> None:
    """Law 7, for answers that no portal should give."""
    key = scripted.endpoint().agency_key.reveal()
    _script(scripted, {"result_code": 1, "status": key}, {"result_code": 0, "result_message": f"taken {key}"}, NO_HUB)

    signals = _investigate(scripted.endpoint(), _add())

    assert len(signals.doubts) == 2
    assert key not in repr(signals)


def test_list_that_cannot_be_read_is_an_error(portal: Any) -> None:
    """Without the list nothing can be told."""
    portal.fault("error_before_commit", "account_list", times=None)

    with pytest.raises(PortalError, match="account_list"):
        _investigate(portal.endpoint(), _add())


def test_list_that_keeps_changing_is_a_doubt(portal: Any, paid: Any) -> None:
    """Rows may have been missed in every pass."""
    portal.seed(accounts=[paid(f"acme-{number}") for number in range(12)])
    portal.fault("reorder_pages", "account_list", times=None)

    signals = _investigate(portal.endpoint(first_page=1), _add())

    assert not signals.matches
    assert signals.doubts == ("account_list kept changing while it was read",)


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("hub", [True, False])
def test_investigation_of_many_costs_one_pass_and_questions_about_the_missing(
    portal: Any, paid: Any, count: int, *, hub: bool
) -> None:
    """Law 3 for reconciliation: one list for all, and up to four questions for each account that it does not show.

    The hub is asked by login name and by client, since it has not shown which of them it lists.
    """
    listed = [f"listed-{number}" for number in range(count)]
    missing = [f"missing-{number}" for number in range(count)]
    portal.seed(accounts=[paid(name) for name in listed])
    intents = [_intent(_add(name, snapshot="5")) for name in (*listed, *missing)]

    with open_reader(portal.endpoint(first_page=1, **({} if hub else {"hub_key": None}))) as reader:
        found = reader.investigate(intents)

    assert {address.name for address, signals in found.items() if signals.matches} == set(listed)
    assert all(found[Address("account", name)] == Signals() for name in missing)
    questions = {"account_status": count, "account_name_check": count}
    of_hub = {"child_account_list": 2 * count, "clone_status_list": 1} if hub else {}
    assert _asked(portal) == {"account_list": math.ceil(count / 3) + 1, **questions, **of_hub}


def test_investigation_of_nothing_asks_nothing(portal: Any) -> None:
    """No intent, no request; what is not visible needs none either."""
    with open_reader(portal.endpoint()) as reader:
        assert not reader.investigate([])
        assert reader.investigate([_intent(_credit())])

    assert not portal.requests()


def _credit(operation: str = "account_credits_apply") -> Call:
    parameters: dict[str, Value] = {"account": "acme", "credits": 5000}
    address = Address("credit", "acme.email")
    return Call(address, "agency", operation, "GET", parameters, OperationClass.ADDITIVE, Effect.PERMANENT)


@pytest.mark.parametrize(
    "operation", ["account_credits_apply", "account_emailtest_credits_apply", "account_scoring", "account_edit"]
)
def test_call_that_no_list_would_show_is_not_visible(portal: Any, operation: str) -> None:
    """Rule 71: no call reads a balance; and what is not known is never taken for absent."""
    assert _investigate(portal.endpoint(), _credit(operation)) == Signals(is_visible=False)


def test_edit_of_an_account_that_is_not_listed_is_a_doubt(portal: Any) -> None:
    """It was there when it was planned."""
    signals = _investigate(portal.endpoint(), _edit())

    assert signals.doubts == ("account_list does not show `acme`",)


def test_cancellation_that_the_list_does_not_show_yet_is_found_by_status(portal: Any, paid: Any) -> None:
    """A stale list still shows the account as active."""
    portal.seed(accounts=[paid("acme")])
    _lose(portal, _cancel(), "drop_after_commit", {})
    portal.fault("stale_list", "account_list", writes=1, times=None)

    signals = _investigate(portal.endpoint(), _cancel())

    assert signals.matches == (Match(None, "account_status says that `acme` is cancelled"),)


def test_cancellation_of_an_account_that_is_nowhere_is_a_doubt(portal: Any) -> None:
    """Whether the list goes on showing cancelled accounts is not documented."""
    assert _investigate(portal.endpoint(), _cancel()).doubts == ("account_list does not show `acme`",)


def test_cancellation_of_an_account_that_is_still_created_is_found(slow_portal: Any) -> None:
    """The portal takes it at any time, and says so."""
    with open_provider(slow_portal.endpoint()) as provider:
        provider.send(_add())
    assert not _investigate(slow_portal.endpoint(), _cancel()).matches
    _lose(slow_portal, _cancel(), "error_after_commit", {})

    (match,) = _investigate(slow_portal.endpoint(), _cancel()).matches
    assert match.evidence == "account_list shows `acme` as cancelled"


@pytest.mark.parametrize(("kind", "options"), [(kind, options) for kind, options in LOST_AFTER if kind != "truncated"])
def test_snapshot_that_was_taken_is_found_by_its_id(portal: Any, lab: Any, kind: str, options: dict[str, Any]) -> None:
    """New under its name, of the sandbox that was asked for."""
    portal.seed(
        accounts=[lab, {**lab, "account": "other"}],
        snapshots=[{"name": "fit", "source": "lab"}, {"name": "fit", "source": "other"}],
    )
    _lose(portal, _snapshot("1"), kind, options)

    signals = _investigate(portal.endpoint(), _snapshot("1"), "1")

    assert signals == Signals((Match("3", "snapshot_list shows id 3, success"),))
    assert _asked(portal)["snapshot_list"] == 1


def test_snapshot_of_several_that_are_new_is_each_a_match(slow_portal: Any, lab: Any) -> None:
    """Which one it is only a person can tell; one in progress counts, failed and cancelled ones do not."""
    states = ("success", "in_progress", "failed", "cancelled")
    slow_portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab", "status": state} for state in states])

    signals = _investigate(slow_portal.endpoint(), _snapshot(Reference(Address("sandbox", "lab"))))

    assert [match.remote_id for match in signals.matches] == ["1", "2"]


@pytest.mark.parametrize("call", [_snapshot("1", name="fi"), _snapshot("2")], ids=["name", "source"])
def test_snapshot_of_another_name_or_source_is_no_match(portal: Any, lab: Any, call: Call) -> None:
    """Never a match that is not there."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}])

    assert _investigate(portal.endpoint(), call) == Signals()


def test_snapshot_without_the_hub_key_is_an_error_that_names_it(portal: Any) -> None:
    """Nothing else shows a snapshot."""
    with pytest.raises(PortalError) as caught:
        _investigate(portal.endpoint(hub_key=None), _snapshot("1"))

    assert "AGENCYFILE_HUB_KEY" in caught.value.fix


def test_hub_list_in_pages_is_read_to_its_end(scripted: Any) -> None:
    """The name may stand on any page, and a portal that always names another page is not followed for ever."""
    first, second, third = _hub_account("acme-2", 1), _hub_account("acme", 2), {**NO_HUB}
    for page, answer in enumerate((first, second, third), start=1):
        answer["pagination"] = {"page": page, "total_pages": 99}
    _script(scripted, UNKNOWN, FREE, first, second, third)

    signals = _investigate(scripted.endpoint(), _add())

    assert len(signals.busy) == 1
    assert [asked[2].get("page") for asked in scripted.asked[4:]] == ["1", "2", "3"]
