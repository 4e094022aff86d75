"""The law of money: what a plan predicts is what the portal charges, now and over the next year."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from laws.money_histories import STORIES, Account, Stage, Story, added, by_account, endpoint_of, told
from sampling import Part, part

from agencyfile.local_portal import Settings, running
from agencyfile.portal import open_provider
from plan.document import decode, encode

STORIES_IN = {Part.SAMPLE: 50, Part.REST: 1950, Part.ALL: 2000}
AGENCY_KEY, HUB_KEY = "money-agency-key", "money-hub-key"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One portal for every story."""
    with (
        running(Settings(provisioning=0, agency_key=AGENCY_KEY, hub_key=HUB_KEY)) as portal,
        open_provider(endpoint_of(portal)) as provider,
    ):
        yield Stage(portal, provider)


@pytest.mark.long
@settings(max_examples=STORIES_IN[part()])
@given(story=STORIES)
def test_money_predicted_is_money_charged(stage: Stage, story: Story) -> None:
    """Now and per year, before and after, in each currency, by client and in total: the portal's books say the same."""
    stage.set_up(story)
    before = stage.renewals()
    stage.set_up(story)
    plan = stage.plan(story)
    document = encode(plan)
    earlier = len(stage.charges())
    stage.apply(plan)
    charged = by_account(stage.charges()[earlier:])
    after = stage.renewals()

    money = document["money"]
    assert money["now"]["untold"] == 0
    assert told(money["now"]["amounts"]) == added(iter(charged.values()))
    assert told(money["recurring"]["before"]["per_year"]) == added(iter(before.values()))
    assert told(money["recurring"]["after"]["per_year"]) == added(iter(after.values()))
    less = {name: {currency: -amount for currency, amount in found.items()} for name, found in before.items()}
    assert told(money["recurring"]["difference"]["per_year"]) == added(iter([*after.values(), *less.values()]))

    rows = {row["address"].removeprefix("account."): row for row in document["rows"]}
    assert {name: told(row["now"]["amounts"]) for name, row in rows.items() if row["now"]["amounts"]} == charged
    for name, row in rows.items():
        assert told(row["recurring"]["before"]["per_year"]) == before.get(name, {})
        assert told(row["recurring"]["after"]["per_year"]) == after.get(name, {})
    assert money["recurring"]["difference"]["per_year"] == summed(
        [row["recurring"]["difference"]["per_year"] for row in rows.values()]
    )
    assert encode(decode(document)) == document


def summed(parts: list[list[str]]) -> list[str]:
    """Return amounts of a document, added up by currency."""
    found = added(told(part) for part in parts)
    return [f"{found[currency]:.2f} {currency}" for currency in sorted(found)]


@pytest.mark.parametrize(
    ("moves", "ended", "expected"),
    [
        (30 * [("plus/1000", "pro/1000")] + 10 * [("pro/2500", "plus/2500")], [], ["120.00 USD"]),
        (30 * [("plus/1000", "pro/1000")] + 10 * [("pro/2500", "plus/2500")], ["enterprise/5000"], ["-600.00 USD"]),
        ([("plus-annual/2500", "plus/2500")], [], ["21.67 USD"]),
        ([("plus/1000", "plus/2500"), ("pro/5000", "plus/2500")], [], ["-174.00 USD"]),
    ],
    ids=["upgrades-and-downgrades", "with-an-ending", "annual-to-monthly", "one-up-one-down"],
)
def test_money_of_a_mixed_plan_is_the_net(
    stage: Stage, moves: list[tuple[str, str]], ended: list[str], expected: list[str]
) -> None:
    """Reductions and endings count as much as upgrades do, and terms are compared by the month."""
    accounts = [Account(plan(old), plan(new), "active", "block", 9) for old, new in moves]
    accounts += [Account(plan(old), plan(old), "active", "cancel", 9) for old in ended]
    story = Story(accounts, frozenset(), frozenset())
    stage.set_up(story)

    document = encode(stage.plan(story))

    assert document["summary"]["per_month"] == expected
    assert document["money"]["recurring"]["difference"]["per_month"] == expected


def plan(words: str) -> dict[str, object]:
    """`plus-annual/2500`."""
    tier, _, contacts = words.partition("/")
    name, _, billing = tier.partition("-")
    return {"tier": name, "billing": billing or "monthly", "contacts": int(contacts)}
