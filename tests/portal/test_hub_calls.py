"""Accounts created and snapshots deleted through the Partners Hub, and what is found when an answer is lost (1.8)."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from agencyfile.kinds.account.hub_order import make_order
from agencyfile.kinds.faults import NotSent
from agencyfile.portal import Endpoint, open_provider, open_reader
from plan.address import Address
from plan.call import Call, Confirmed, Effect, OperationClass, Outcome, Refused, Unknown
from plan.ledger.facts import OpenIntent
from plan.signals import Signals
from plan.values import Content, Secret, Value, plain, value_from_plain

KEY = "sentinel account key"
ENDPOINT = Endpoint("https://a.example/api.php", "https://h.example", Secret("k"))
PAID: Mapping[str, Value] = {
    "account": "acme",
    "name": "Acme Gym",
    "email": "owner@acme.example",
    "notification": "ops@agency.example",
    "plan": "221",
    "tier": "plus",
    "billing": "monthly",
    "contacts": 1000,
    "country": "FR",
}


def _create(**more: Value) -> Call:
    address = Address("account", "acme")
    effect, operation = Effect.BILLED, "child_account_create"
    return Call(address, "hub", operation, "POST", {**PAID, **more}, OperationClass.CREATE, effect)


def _delete(number: str = "1") -> Call:
    parameters: dict[str, Value] = {"snapshot_id": number, "name": "fit"}
    address = Address("snapshot", "fit")
    return Call(address, "hub", "snapshot_delete", "DELETE", parameters, OperationClass.DESTROY, Effect.PERMANENT)


def _template(url: str | None) -> Call:
    parameters: dict[str, Value] = {"account": "acme", "name": "newsletter", "html": Content("<p>ours</p>")}
    if url:
        parameters["api"] = url
    address = Address("delivery", "acme.newsletter")
    return Call(address, "account_v1", "message_template_add", "POST", parameters, OperationClass.CREATE)


def _send(portal: Any, call: Call, **settings: Any) -> Outcome:
    with open_provider(portal.endpoint(**settings)) as provider:
        return provider.send(call)


def _investigate(portal: Any, call: Call, **settings: Any) -> Signals:
    parameters = value_from_plain(plain(call.parameters))
    assert isinstance(parameters, dict)
    intent = OpenIntent(1, call.address, call.operation, "2026-11-21T10:00:00+00:00", "", parameters=parameters)
    with open_reader(portal.endpoint(**settings)) as reader:
        return reader.investigate([intent])[call.address]


def test_order_is_the_published_document() -> None:
    """Nothing in it that the description does not have, and nothing empty."""
    words = {**PAID, "currency": "EUR", "cname": "", "language": "french", "timezone": "Europe/Paris", "snapshot": "7"}

    assert make_order(words, ENDPOINT) == {
        "account_name": "acme",
        "name": "Acme Gym",
        "email": "owner@acme.example",
        "notification": "ops@agency.example",
        "country": "FR",
        "currency": "EUR",
        "language": "french",
        "timezone": "Europe/Paris",
        "billing_interval": 1,
        "products": [
            {
                "code": "ac",
                "tier": "plus",
                "entitlements": [{"code": "contacts", "limit": {"included_units": 1000}}],
            }
        ],
        "snapshot_id": 7,
    }


@pytest.mark.parametrize(
    ("words", "interval", "tier", "entitlements"),
    [
        ({"billing": "annual"}, 12, "plus", 1),
        ({"tier": "trial", "billing": None, "contacts": None}, 1, "trial", 0),
        ({"tier": "starter"}, 1, "basic", 1),
    ],
)
def test_order_follows_the_plan_and_the_settings(
    words: dict[str, Value], interval: int, tier: str, entitlements: int
) -> None:
    """The hub's own words for tiers are not published but for one: a setting has the last word."""
    endpoint = Endpoint("https://a.example/api.php", "https://h.example", Secret("k"), hub_tiers={"starter": "basic"})

    order = make_order({**PAID, **words}, endpoint)

    products = order["products"]
    assert isinstance(products, list)
    (product,) = products
    assert (order["billing_interval"], product["tier"], len(product["entitlements"])) == (interval, tier, entitlements)


@pytest.mark.parametrize(("words", "why"), [({"tier": None}, "tier"), ({"snapshot": "soon"}, "snapshot")])
def test_order_without_what_it_needs_is_not_sent(words: dict[str, Value], why: str) -> None:
    """A plan by id has no tier, a snapshot that is still to come no number."""
    with pytest.raises(NotSent, match=why):
        make_order({**PAID, **words}, ENDPOINT)


def test_rule_29_account_with_a_country_is_created_through_the_hub(portal: Any) -> None:
    """It is there, with its country, and it was charged; nobody has seen its password."""
    outcome = _send(portal, _create(timezone="Europe/Paris", language="french", currency="EUR"))

    (account,) = portal.accounts()
    assert outcome == Confirmed("acme")
    assert (account["account"], account["country"], account["planid"]) == ("acme", "FR", 221)
    assert (account["client_name"], account["language"], account["timezone"]) == ("Acme Gym", "french", "Europe/Paris")
    assert [charge["amount"] for charge in portal.charges()] == [50]


def test_account_that_the_hub_turns_away_says_all_that_is_wrong(portal: Any) -> None:
    """422 with violations, each with what it is about."""
    outcome = _send(portal, _create(email="nobody", timezone="Mars/Base"))

    assert isinstance(outcome, Refused)
    assert "email:" in outcome.message
    assert "timezone:" in outcome.message
    assert not portal.charges()


def test_account_of_the_hub_needs_its_key(portal: Any) -> None:
    """Nothing is sent without it."""
    outcome = _send(portal, _create(), hub_key=None)

    assert isinstance(outcome, Refused)
    assert "AGENCYFILE_HUB_KEY" in outcome.message


@pytest.mark.parametrize(
    ("kind", "options", "is_there"),
    [
        ("drop_before_commit", {}, False),
        ("drop_after_commit", {}, True),
        ("error_before_commit", {"status": 503}, False),
        ("error_after_commit", {"status": 502}, True),
        ("garbage", {}, True),
        ("late_answer", {"seconds": 2}, True),
    ],
)
def test_rule_33_lost_creation_through_the_hub_is_sent_once_and_found(
    portal: Any, kind: str, options: dict[str, Any], *, is_there: bool
) -> None:
    """The same signals as for the agency API; the plan is the one that was asked for."""
    portal.fault(kind, "child_account_create", **options)

    outcome = _send(portal, _create(), timeout=(60.0, 0.3 if kind == "late_answer" else 60.0))
    time.sleep(0.01)
    signals = _investigate(portal, _create())

    assert isinstance(outcome, Unknown)
    assert portal.writes() == [("child_account_create", "acme")]
    assert len(portal.charges()) == is_there
    assert [match.remote_id for match in signals.matches] == (["acme"] if is_there else [])
    assert signals.doubts == ()


def test_rule_15_snapshot_is_deleted_by_its_number(portal: Any, lab: Any) -> None:
    """Of two of one name the one that was meant."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}, {"name": "fit", "source": "lab"}])

    assert _send(portal, _delete("2")) == Confirmed()
    assert [snapshot["id"] for snapshot in portal.snapshots()] == [1]


@pytest.mark.parametrize("number", ["", "0", "01", "x", "1/../2", "12345678901234567890"])
def test_snapshot_without_a_usable_number_is_not_deleted(portal: Any, number: str) -> None:
    """Nothing else gets into the path of a deletion."""
    outcome = _send(portal, _delete(number))

    assert isinstance(outcome, Refused)
    assert outcome.message.startswith("not sent: ")
    assert not portal.requests()


def test_snapshot_that_is_gone_already_is_a_clean_no(portal: Any) -> None:
    """The hub answers 404: nothing has happened."""
    outcome = _send(portal, _delete())

    assert isinstance(outcome, Refused)
    assert "HTTP 404" in outcome.message


@pytest.mark.parametrize(("kind", "is_done"), [("drop_before_commit", False), ("drop_after_commit", True)])
def test_lost_deletion_is_told_by_the_list(portal: Any, lab: Any, kind: str, *, is_done: bool) -> None:
    """Sent once; the number is in the list or it is not."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}])
    portal.fault(kind, "snapshot_delete")

    assert isinstance(_send(portal, _delete()), Unknown)
    assert portal.writes() == [("snapshot_delete", "lab")]
    signals = _investigate(portal, _delete())

    assert [match.evidence for match in signals.matches] == (["snapshot_list shows no id 1"] if is_done else [])
    assert (signals.doubts, signals.is_visible) == ((), True)


def test_lost_deletion_is_in_doubt_where_the_list_moves(portal: Any, lab: Any) -> None:
    """A list in pieces may have passed over what is still there."""
    portal.seed(accounts=[lab], snapshots=[{"name": f"fit-{number}", "source": "lab"} for number in range(6)])
    portal.fault("repeat_page", "snapshot_list", nth=2, times=None)

    signals = _investigate(portal, _delete("99"), hub_page=2)

    assert not signals.matches
    assert signals.doubts == ("snapshot_list kept changing while it was read",)


@pytest.mark.parametrize(
    ("templates", "matches", "doubts"),
    [
        ([], 0, 0),
        ([("other", "<p>ours</p>")], 0, 0),
        ([("newsletter", "<p>ours</p>")], 1, 0),
        ([("newsletter", "<p>cloned</p>")], 0, 1),
        ([("newsletter", "<p>cloned</p>"), ("newsletter", "<p>ours</p>")], 1, 0),
        ([("newsletter", "<p>ours</p>"), ("newsletter", "<p>ours</p>")], 2, 0),
    ],
)
def test_lost_template_is_told_by_its_name_and_content(
    portal: Any, paid: Any, templates: list[tuple[str, str]], matches: int, doubts: int
) -> None:
    """A template that a snapshot brought has the name at most."""
    rows = [{"name": name, "html": html} for name, html in templates]
    portal.seed(accounts=[paid("acme", api_key=KEY, templates=rows)])

    signals = _investigate(portal, _template(portal.url_of("acme")), account_keys={"acme": Secret(KEY)})

    assert (len(signals.matches), len(signals.doubts)) == (matches, doubts)


def test_lost_template_is_in_doubt_where_the_account_cannot_be_asked(portal: Any, paid: Any) -> None:
    """No key, no answer; and of one that was added by a login nothing is ever shown."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])

    signals = _investigate(portal, _template(portal.url_of("acme")))

    assert (signals.matches, len(signals.doubts)) == ((), 1)
    assert not _investigate(portal, _template(None)).is_visible
