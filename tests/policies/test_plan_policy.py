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
def recorded(rehearsal: Rehearsal) -> Rehearsal:
    """An agency whose ledger knows its settings, from the apply that created the account `first`."""
    rehearsal.write(agency(rehearsal.recipient, first=""))
    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard").code == 0
    return rehearsal


def plan_of(recorded: Rehearsal, body: str = "", **accounts: str) -> dict[str, Any]:
    """The plan of an agency file with these accounts besides the first."""
    recorded.write(agency(recorded.recipient, body, first="", **accounts))
    return recorded.plan()


@pytest.fixture
def one_client(recorded: Rehearsal) -> dict[str, Any]:
    """The plan of one new client."""
    return plan_of(recorded, acme="")


def test_policy_lets_a_new_client_pass(one_client: dict[str, Any]) -> None:
    """The day's work is neither stopped nor remarked on."""
    assert verdict(one_client) == ([], [])


def test_policy_warns_of_settings_that_are_recorded_for_the_first_time(rehearsal: Rehearsal) -> None:
    """They stand beside the first accounts: nothing is denied, and each is said in the plan's words."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    assert verdict(rehearsal.plan()) == (
        [],
        [f"agency.northwind: settings, look twice: can read passwords of new accounts: {rehearsal.recipient}"],
    )


def test_policy_denies_a_change_of_settings_beside_other_changes(recorded: Rehearsal) -> None:
    """Alone it is said in the plan's words; beside a new client it is denied."""
    budget = "  budgets: {per_apply: 500 USD}\ndefaults:\n"
    warned = ["agency.northwind: settings, look twice: budget per apply: no limit → 500.00 USD"]
    texts = [agency(recorded.recipient, first="", **more) for more in ({}, {"acme": ""})]
    verdicts = []
    for text in texts:
        recorded.write(text.replace("defaults:\n", budget, 1))
        verdicts.append(verdict(recorded.plan()))

    assert verdicts == [
        ([], warned),
        (["agency.northwind: settings change in a plan of their own, without other changes"], warned),
    ]


def test_policy_denies_more_per_month_than_is_allowed(recorded: Rehearsal) -> None:
    """The sum counts, not the single account; and so many at once are remarked on."""
    assert verdict(plan_of(recorded, **{f"client-{number}": "" for number in range(11)})) == (
        ["550.00 USD per month more; 500 USD are allowed"],
        ["11 objects at once"],
    )


def test_policy_denies_the_end_of_an_account(recorded: Rehearsal) -> None:
    """What is written under `removed:` needs a person besides the review."""
    recorded.seed(accounts=[live_account("acme")])
    document = plan_of(recorded, "removed:\n  - {account: acme, action: cancel, reason: moved away}\n")

    assert verdict(document) == (
        ["account.acme: an account is ended by hand, not by a pipeline (moved away)"],
        ["account.acme: permanent, look twice"],
    )


def test_policy_denies_notifications_to_strangers(recorded: Rehearsal) -> None:
    """An address of another domain, new or edited."""
    recorded.seed(accounts=[live_account("acme")])
    denied, _ = verdict(plan_of(recorded, acme="notification: a@other.example", beta="notification: b@other.example"))

    assert denied == [
        "account.acme: notifications go to a@other.example, which is not ours",
        "account.beta: notifications go to b@other.example, which is not ours",
    ]


def test_policy_denies_a_plan_beside_an_unknown_outcome(rehearsal: Rehearsal) -> None:
    """A call whose answer was lost is settled first."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "kind": "drop_before_commit"})
    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard").code == 5

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
        ("format_version", "1.1", "plan document of format 1.1: this policy reads 2.x"),
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
