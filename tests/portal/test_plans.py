"""Plans: one form on both sides, and a diagnostic wherever the portal does not sell what is declared."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from agencyfile.kinds.account.completion import complete
from agencyfile.kinds.at_portal import Completed
from agencyfile.kinds.catalogue import Catalogue, Terms, make_catalogue, parse_terms
from agencyfile.kinds.rows import PlanRow
from agencyfile.portal.apis.wire import rows_of
from plan.address import Address, Origin
from plan.resource import Live, Resource
from plan.values import Value

ROWS = [
    {"id": 1, "tier_word": "trial", "term": 0, "price": 0, "currency": "USD", "limit_sub": 100},
    {"id": 2, "tier_word": "Sandbox", "term": 0, "price": 0, "currency": "USD", "limit_sub": 100},
    {"id": "21", "tier_word": "Plus", "term": 1, "price": "49", "currency": "usd", "limit_sub": "1000"},
    {"id": 22, "tier_word": "plus", "term": 12, "price": 490, "currency": "USD", "limit_sub": 1000},
    {"id": 23, "tier_word": "plus", "term": 1, "price": 95.5, "currency": "USD", "limit_sub": 2500},
    {"id": 31, "tier_word": "Professional", "term": 1, "price": 149, "currency": "USD", "limit_sub": 2500},
    {"id": 90, "tier_word": "special", "term": 3, "price": None, "currency": "", "limit_sub": None},
]


@pytest.fixture
def catalogue() -> Catalogue:
    """A small catalogue."""
    return make_catalogue(rows_of(ROWS, PlanRow, name="plans"), {})


def _plan(resource: Resource) -> Mapping[str, Value]:
    plan = resource.attributes["plan"]
    assert isinstance(plan, Mapping)
    return plan


def _complete(resources: Any, catalogue: Catalogue | None, live: Any = ()) -> Completed:
    return complete(resources, {item.address: item for item in live}, catalogue)


@pytest.mark.parametrize(
    ("declared", "form"),
    [
        ({"tier": "trial"}, {"tier": "trial", "id": "1", "list_price": "0.00 USD"}),
        (
            {"tier": "plus", "billing": "monthly", "contacts": 1000},
            {"tier": "plus", "billing": "monthly", "contacts": 1000, "id": "21", "list_price": "49.00 USD"},
        ),
        (
            {"tier": "pro", "billing": "monthly", "contacts": 2500},
            {"tier": "pro", "billing": "monthly", "contacts": 2500, "id": "31", "list_price": "149.00 USD"},
        ),
        (
            {"id": "23"},
            {"tier": "plus", "billing": "monthly", "contacts": 2500, "id": "23", "list_price": "95.50 USD"},
        ),
        ({"id": "90"}, {"id": "90"}),
    ],
)
def test_plan_declared_in_any_form_has_the_form_of_the_live_one(
    catalogue: Catalogue, account: Any, declared: dict[str, Value], form: dict[str, Value]
) -> None:
    """Both sides share one form, so that equal plans are equal."""
    completed = _complete([account("acme", plan=declared)], catalogue)

    assert completed.resources[0].attributes["plan"] == form == catalogue.normal_form(str(form["id"]))
    assert not completed.diagnostics


def test_plan_without_a_catalogue_is_its_id(account: Any) -> None:
    """What was not read is left out on both sides."""
    completed = _complete([account("acme", plan={"id": "23"})], None)

    assert completed.resources[0].attributes["plan"] == {"id": "23"} == Catalogue().normal_form("23")


@pytest.mark.parametrize(
    ("declared", "word", "told"),
    [
        ({"tier": "plus", "billing": "monthly", "contacts": 1100}, "contacts", "1000, 2500"),
        ({"tier": "pro", "billing": "annual", "contacts": 2500}, "billing", "does not bill pro annual"),
        (
            {"tier": "enterprise", "billing": "annual", "contacts": 2500},
            "tier",
            "trial, sandbox, plus, pro",
        ),
        ({"id": "77"}, "id", "the id 77"),
    ],
)
def test_plan_that_is_not_offered_says_what_is(
    catalogue: Catalogue, account: Any, declared: dict[str, Value], word: str, told: str
) -> None:
    """The diagnostic stands at the word that is wrong and names what there is instead."""
    origin = Origin("agency.yaml", 7, 9)
    resource = replace(account("acme", plan=declared), origins={f"plan.{word}": origin})

    (diagnostic,) = _complete([resource], catalogue).diagnostics
    assert diagnostic.rule == "plan-not-offered"
    assert diagnostic.origin == origin
    assert told in diagnostic.detail
    assert diagnostic.fix


def test_plan_mistake_in_the_defaults_is_told_once(catalogue: Catalogue, account: Any) -> None:
    """One word of the file, one diagnostic, however many accounts inherit it."""
    origin = Origin("agency.yaml", 3, 5)
    wrong = {"tier": "plus", "billing": "monthly", "contacts": 7}
    resources = [replace(account(name, plan=wrong), origins={"plan.contacts": origin}) for name in ("a", "b", "c")]

    assert len(_complete(resources, catalogue).diagnostics) == 1


def test_plan_that_no_longer_is_offered_is_fine_for_who_has_it(catalogue: Catalogue, account: Any) -> None:
    """A legacy plan id is kept as long as the account is on it."""
    live = Live(Address("account", "acme"), {"plan": {"id": "77"}})

    assert not _complete([account("acme", plan={"id": "77"})], catalogue, [live]).diagnostics


def test_plan_that_two_ids_offer_is_ambiguous_unless_the_account_has_one(account: Any) -> None:
    """Two plans that cannot be told apart may cost different money."""
    rows = [*ROWS, {**ROWS[2], "id": 24}]
    catalogue = make_catalogue(rows_of(rows, PlanRow, name="plans"), {})
    live = Live(Address("account", "acme"), {"plan": {"id": "24"}})

    (diagnostic,) = _complete([account("acme")], catalogue).diagnostics
    assert diagnostic.rule == "plan-ambiguous"
    held = _complete([account("acme")], catalogue, [live])
    assert _plan(held.resources[0])["id"] == "24"


def test_plan_of_a_portal_that_tells_no_tiers_names_the_settings(account: Any) -> None:
    """The field of the tier is not published: it is a setting (portal.md 1.4)."""
    rows = [{**row, "tier_word": ""} for row in ROWS]
    catalogue = make_catalogue(rows_of(rows, PlanRow, name="plans"), {})

    (diagnostic,) = _complete([account("acme")], catalogue).diagnostics
    assert "portal.plan_tier_field" in diagnostic.detail
    assert "plan: {id: N}" in diagnostic.fix


def test_plan_ids_of_the_settings_have_the_last_word(account: Any) -> None:
    """Where the portal's words tell nothing, the settings do; the price is the portal's."""
    rows = [{**row, "tier_word": ""} for row in ROWS]
    settings = {"plus/monthly/1000": "21", "trial": "500"}
    catalogue = make_catalogue(rows_of(rows, PlanRow, name="plans"), settings)

    completed = _complete([account("acme"), account("try", plan={"tier": "trial"})], catalogue)
    assert _plan(completed.resources[0])["list_price"] == "49.00 USD"
    assert completed.resources[1].attributes["plan"] == {"tier": "trial", "id": "500"}


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("trial", Terms("trial")),
        ("Professional/annual/500", Terms("pro", "annual", 500)),
    ],
)
def test_terms_are_parsed(words: str, terms: Terms) -> None:
    """The keys of the setting."""
    assert parse_terms(words) == terms


def test_price_that_is_no_number_is_not_told() -> None:
    """An unreadable price is no price of 0."""
    (row,) = rows_of([{**ROWS[2], "price": "on request"}], PlanRow, name="plans")
    form = make_catalogue([row], {}).normal_form("21")

    assert "list_price" not in form
    assert rows_of([{**ROWS[2], "price": "49.90"}], PlanRow, name="plans")[0].price == Decimal("49.90")
