"""The example policy, evaluated as OPA would, over plans that were really made."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from regopy import Interpreter
from rehearsal import Rehearsal
from stories import agency, live_account

POLICY = Path(__file__).parents[2] / "examples" / "policies" / "plan.rego"
PLUS = {"tier": "plus", "billing": "monthly", "contacts": 1000}


def verdict(document: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What the policy denies, and what it warns of."""
    interpreter = Interpreter()
    interpreter.add_module("plan", POLICY.read_text("utf-8"))
    interpreter.set_input(document)
    output = interpreter.query("deny = data.main.deny; warn = data.main.warn")
    bindings = json.loads(str(output))["bindings"]
    return bindings["deny"], bindings["warn"]


@pytest.fixture
def one_client(rehearsal: Rehearsal) -> dict[str, Any]:
    """The plan of one new client."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    return rehearsal.plan()


def test_policy_lets_a_new_client_pass(one_client: dict[str, Any]) -> None:
    """The day's work is neither stopped nor remarked on."""
    assert verdict(one_client) == ([], [])


def test_policy_denies_more_per_month_than_is_allowed(rehearsal: Rehearsal) -> None:
    """The sum counts, not the single account; and so many at once are remarked on."""
    rehearsal.write(agency(rehearsal.recipient, **{f"client-{number}": "" for number in range(11)}))

    assert verdict(rehearsal.plan()) == (
        ["550.00 USD per month more; 500 USD are allowed"],
        ["11 objects at once"],
    )


def test_policy_denies_the_end_of_an_account(rehearsal: Rehearsal) -> None:
    """What is written under `removed:` needs a person besides the review."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, "removed:\n  - {account: acme, action: cancel, reason: moved away}\n"))

    assert verdict(rehearsal.plan()) == (
        ["account.acme: an account is ended by hand, not by a pipeline (moved away)"],
        ["account.acme: permanent, look twice"],
    )


def test_policy_denies_notifications_to_strangers(rehearsal: Rehearsal) -> None:
    """An address of another domain, new or edited."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(
        agency(rehearsal.recipient, acme="notification: a@other.example", beta="notification: b@other.example")
    )
    denied, _ = verdict(rehearsal.plan())

    assert denied == [
        "account.acme: notifications go to a@other.example, which is not ours",
        "account.beta: notifications go to b@other.example, which is not ours",
    ]


def test_policy_denies_a_plan_beside_an_unknown_outcome(rehearsal: Rehearsal) -> None:
    """A call whose answer was lost is settled first."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "kind": "drop_before_commit"})
    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed").code == 5

    denied, _ = verdict(rehearsal.plan())

    assert "account.acme: the outcome of account_add is not known" in denied


def test_policy_denies_a_charge_whose_price_is_not_told(one_client: dict[str, Any]) -> None:
    """No price, no approval; null and no number are the same."""
    (change,) = one_client["resource_changes"]
    expected = ["account.acme: a charge whose price is not told"]

    assert verdict({**one_client, "resource_changes": [{**change, "price": None}]})[0] == expected
    assert verdict({**one_client, "resource_changes": [{**change, "price": {**change["price"], "now": None}}]})[0] == (
        expected
    )


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("format_version", "2.0", "plan document of format 2.0: this policy reads 1.x"),
        ("applicable", False, "the plan has errors"),
    ],
)
def test_policy_denies_what_it_cannot_judge(one_client: dict[str, Any], part: str, value: object, message: str) -> None:
    """A form that it does not know, and a plan that cannot be applied."""
    assert message in verdict({**one_client, part: value})[0]


def test_policy_denies_charges_in_another_currency(one_client: dict[str, Any]) -> None:
    """A sum that cannot be compared is not let through."""
    summary = {**one_client["summary"], "charges_now": ["50.00 EUR"], "per_month": ["50.00 EUR"]}

    assert verdict({**one_client, "summary": summary})[0] == ["50.00 EUR: charges are in USD here"]
