"""Case files: what is declared and live, and the exact calls, effects and prices of the change.

AGENCYFILE_UPDATE=1 writes what is expected.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agencyfile.kinds import CONTACT_KINDS
from agencyfile.portal import KINDS
from plan.address import Address, Origin
from plan.call import Call, Effect
from plan.change import Create, Delete, Edit, Update
from plan.money import Price
from plan.provider import Memory
from plan.resource import Live, Resource
from plan.values import Reference, plain, value_from_plain

ORIGIN = Origin("agency.yaml", 1, 1)
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def _edits(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Edit]:
    for name, value in after.items():
        if before.get(name) == value:
            continue
        if isinstance(value, dict) and isinstance(before.get(name), dict):
            yield from (
                Edit(f"{name}.{key}", before[name].get(key), value.get(key))
                for key in sorted(value.keys() | before[name].keys())
                if before[name].get(key) != value.get(key)
            )
        else:
            yield Edit(name, before.get(name), value)


def _change(kind: Any, address: Address, desired: Any, live: Any) -> Create | Update:
    if live is None:
        effect, price = kind.effect(None, desired), kind.price(None, desired)
        return Create(address, desired, effect, kind.reason(Resource(address, desired, ORIGIN)), ORIGIN, price)
    names = {name for name, item in kind.attributes.items() if item.mutability == "editable"}
    is_listed = kind.memory is Memory.PORTAL
    after = {name: value for name, value in desired.items() if name in names} if is_listed else desired
    before = {name: value for name, value in live.items() if name in after}
    effect, price = kind.effect(before, after), kind.price(before, after)
    edits = tuple(_edits(before, after))
    return Update(address, "1", edits, before, after, effect, "", ORIGIN, price)


def _ending(address: Address, removal: dict[str, Any], remote_id: str | None) -> Delete:
    attributes, reason = removal["attributes"], removal["attributes"]["reason"]
    return Delete(address, removal["action"], attributes, Effect.PERMANENT, reason, ORIGIN, remote_id=remote_id)


def _shown(price: Price | None) -> list[str | None] | None:
    return None if price is None else [str(price.now) if price.now else None, str(price.per_month or "") or None]


def _call(call: Call) -> dict[str, object]:
    return {
        "request": f"{call.method} {call.api} {call.operation}",
        "parameters": plain(call.parameters),
        "class": str(call.operation_class),
        "effect": str(call.effect),
        "price": _shown(call.price),
        "repeatable": call.is_repeatable,
    }


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_change_of_a_case_leads_to_its_calls(path: Path) -> None:
    """Fewest calls, and money where there is money."""
    case = json.loads(path.read_text("utf-8"))
    address = Address.parse(case["address"])
    kind = KINDS[address.kind]
    if "removal" in case:
        change: Create | Update | Delete = _ending(address, case["removal"], case.get("remote_id"))
    else:
        change = _change(kind, address, value_from_plain(case["desired"]), value_from_plain(case["live"]))

    found = {
        "effect": str(change.effect),
        "price": _shown(change.price),
        "calls": [_call(call) for call in kind.lower(change)],
    }
    reason = {"reason": change.reason} if isinstance(change, Create) else {}
    if os.environ.get("AGENCYFILE_UPDATE"):
        path.write_text(json.dumps({**case, "expected": found, **reason}, indent=2) + "\n", "utf-8")
        case = json.loads(path.read_text("utf-8"))
    assert found == case["expected"]
    assert reason.get("reason") == case.get("reason")


@pytest.mark.parametrize(
    ("kind", "name", "mutability"),
    [
        ("agency", "credentials.recipients", "editable"),
        ("agency", "account_keys", "editable"),
        ("account", "snapshot", "creation"),
        ("account", "client.email", "manual"),
        ("account", "timezone", "manual"),
        ("account", "plan", "editable"),
        ("account", "domain", "editable"),
        ("account", "country", "fixed"),
        ("account", "currency", "fixed"),
        ("account", "templates", "creation"),
        ("account", "api", "creation"),
        ("account", "trial.extended", "creation"),
        ("sandbox", "custom_fields", "creation"),
        ("addon", "account", "creation"),
        ("addon", "status", "editable"),
        ("branding", "api", "creation"),
        ("branding", "links", "editable"),
        ("delivery", "api", "creation"),
        ("delivery", "login", "creation"),
        ("delivery", "html", "creation"),
        ("delivery", "content", "editable"),
        ("delivery", "template", "editable"),
        ("settings", "branding.site_name", "editable"),
        ("settings", "paths", "creation"),
        ("sandbox", "plan", "fixed"),
        ("sandbox", "notification", "editable"),
        ("sandbox", "language", "manual"),
        ("snapshot", "sandbox", "fixed"),
        ("credit", "account", "creation"),
        ("credit", "pool", "fixed"),
        ("credit", "total", "editable"),
    ],
)
def test_attribute_is_as_mutable_as_the_portal_makes_it(kind: Any, name: str, mutability: str) -> None:
    """portal.md 1.2 and rules 1, 5, 6, 14, 28, 29; what tells how to reach an object is not compared."""
    assert KINDS[kind].attributes[name].mutability == mutability


def test_instruction_tells_where_to_click_and_both_values() -> None:
    """A human needs the place, the old value and the new one."""
    resource = Resource(Address("account", "acme"), {}, ORIGIN)
    edits = [Edit("client.name", "Acme", "Acme Gym"), Edit("language", "english", "french")]

    instruction = KINDS["account"].instruction(resource, edits)

    assert instruction.title == "Change the client name, language of account.acme"
    assert instruction.text.splitlines() == [
        "1. In the partner portal, open the list of accounts, find `acme` and choose Edit.",
        "2. Change the client name from `Acme` to `Acme Gym`.",
        "3. Save. Where the portal does not let you edit it, ask the vendor's support to.",
        "4. Log in to https://acme.activehosted.com as `admin` and open the settings.",
        "5. Change the language from `english` to `french`.",
        "6. Save.",
    ]


@pytest.mark.parametrize(
    ("tier", "words"), [("plus", "stored card is charged"), ("trial", "one free renewal of two weeks")]
)
def test_rule_38_39_40_44_archived_account_is_renewed_by_hand(tier: str, words: str) -> None:
    """A paid account is renewed for money, a trial once for nothing, and after a year neither."""
    address = Address("account", "acme")
    resource = Resource(address, {"plan": {"tier": "plus", "billing": "monthly", "contacts": 1000}}, ORIGIN)

    instruction = KINDS["account"].revival(resource, Live(address, {"plan": {"tier": tier}}, archived="expired"))

    assert "expired" in instruction.title
    assert words in instruction.text
    assert "plus, monthly, 1000 contacts" in instruction.text
    assert "more than a year ago" in instruction.text


def test_every_kind_has_words_for_humans() -> None:
    """Whatever the engine asks a kind for, it gets numbered steps."""
    for name, kind in KINDS.items():
        address = Address(name, "x")
        resource = Resource(address, {}, ORIGIN)
        for instruction in (
            kind.instruction(resource, [Edit("client.email", None, "a@b.example")]),
            kind.revival(resource, Live(address, {}, archived="cancelled")),
        ):
            assert instruction.title
            assert instruction.text.startswith("1. ")


def test_template_is_only_declared() -> None:
    """What becomes of it in an account is a delivery (rule 57)."""
    kind = KINDS["template"]
    resource = Resource(Address("template", "welcome"), {"type": "designer"}, ORIGIN)
    change = Create(resource.address, {}, kind.effect(None, {}), kind.reason(resource), ORIGIN)

    assert not kind.is_deliverable
    assert kind.price(None, {}) is None
    assert not kind.lower(change)


@pytest.mark.parametrize(
    ("kind", "has"),
    [
        ("account", True),
        ("sandbox", True),
        ("snapshot", False),
        ("template", False),
        ("credit", False),
        ("addon", False),
        ("branding", False),
        ("delivery", False),
        ("settings", False),
        ("agency", False),
    ],
)
def test_kind_knows_whether_a_password_comes_with_it(kind: str, *, has: bool) -> None:
    """Only what is logged in to has one."""
    assert KINDS[kind].has_credential is has


def test_kind_knows_where_it_stands_what_became_of_it() -> None:
    """Rule 71: a total is what was ever granted; what no list shows is known to the ledger alone."""
    remembered = {memory: [name for name, kind in KINDS.items() if kind.memory is memory] for memory in Memory}

    assert remembered[Memory.TOTAL] == ["credit"]
    assert remembered[Memory.LEDGER] == [
        "agency",
        "settings",
        "account_key",
        "addon",
        "branding",
        "delivery",
        "allowed_domain",
    ]


def test_only_what_has_no_call_is_manual() -> None:
    """Rules 50, 51, 57, 60 and 70."""
    nothing = {name: kind.is_manual(Resource(Address(name, "acme.email"), {}, ORIGIN)) for name, kind in KINDS.items()}
    assert [name for name, is_manual in nothing.items() if is_manual] == [
        "settings",
        "branding",
        "delivery",
        *sorted(CONTACT_KINDS),
    ]
    manual = {
        pool: KINDS["credit"].is_manual(_credit(pool, 1)) for pool in ("email", "compatibility", "sms", "prepaid")
    }
    assert manual == {"email": False, "compatibility": False, "sms": True, "prepaid": True}


def _credit(pool: str, total: int | str) -> Resource:
    account = Reference(Address("account", "acme"))
    return Resource(Address("credit", f"acme.{pool}"), {"account": account, "pool": pool, "total": total}, ORIGIN)


def test_rule_65_70_sms_credits_are_bought_and_allocated_by_hand() -> None:
    """Rules 65 to 68 and 71: only the difference is allocated, and the new total is recorded by hand."""
    resource = _credit("sms", 500)

    instruction = KINDS["credit"].instruction(resource, [Edit("total", 200, 500)])

    assert instruction.title == "Allocate 300 SMS credits to `acme`"
    assert instruction.text.splitlines() == [
        "1. In the partner portal, open the resold accounts and choose SMS sending credits in the menu on the right.",
        "2. Where less than that is left to allocate, choose an amount from the drop-down list and choose Buy.",
        "3. Allocate 300 SMS credits to `acme`.",
        "4. Where the portal does not offer it, look at the plan: only Trial, Plus, Pro and Enterprise send SMS.",
        "5. When that is done, record the new total, which nothing can read back:",
        "agencyfile ledger baseline credit.acme.sms=500",
    ]


@pytest.mark.parametrize(
    ("before", "granted"),
    [
        (None, "100.00 USD"),
        ("60.50 USD", "39.50 USD"),
        ("60.00 EUR", "100.00 USD"),
        ("some", "100.00 USD"),
        ("NaN USD", "100.00 USD"),
    ],
)
def test_rule_66_67_prepaid_credit_counts_money_of_one_currency(before: str | None, granted: str) -> None:
    """The command is one word of the shell for each argument, although money has a space."""
    instruction = KINDS["credit"].instruction(_credit("prepaid", "100.00 USD"), [Edit("total", before, "100.00 USD")])

    assert instruction.title == f"Allocate {granted} prepaid credit to `acme`"
    assert "authorises 1 USD on the card" in instruction.text
    assert instruction.text.splitlines()[-1] == "agencyfile ledger baseline 'credit.acme.prepaid=100.00 USD'"


@pytest.mark.parametrize(("pool", "before", "total"), [("sms", 500, 200), ("prepaid", "99.50 USD", "99.00 USD")])
def test_rule_71_smaller_total_allocates_nothing(pool: str, before: int | str, total: int | str) -> None:
    """Rule 71: what was granted cannot be taken back."""
    instruction = KINDS["credit"].instruction(_credit(pool, total), [Edit("total", before, total)])

    assert instruction.title == "Take nothing back from `acme`"
    assert f"write {before} or more" in instruction.text
    assert "Allocate" not in instruction.text
    assert instruction.text.splitlines()[-1].startswith("agencyfile ledger baseline ")
