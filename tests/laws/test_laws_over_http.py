"""The laws of the design, on random agencies, through real commands, against the local portal over real HTTP."""

import json
import math
import random
from collections.abc import Mapping
from typing import Any

import evidence
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsal import Rehearsal, writes_of
from sampling import examples, thinned
from stories import agency, live_account

NAMES = [f"client{number}" for number in range(5)]
TIERS = ["starter", "plus", "pro", "enterprise"]
PLANS = [f"plan: {{tier: {tier}, billing: {billing}}}" for tier in TIERS for billing in ("monthly", "annual")]
CHOICES = [["snapshot: base"], ["status: disabled"], ["language: dutch"], ["notification: n@x.example"], PLANS]
EXTRAS = st.lists(
    st.sampled_from(CHOICES),
    max_size=4,
    unique_by=lambda choice: choice[0],
)


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, str]:
    """Account blocks, by name."""
    found: dict[str, str] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        extras = [draw(st.sampled_from(choices)) for choices in draw(EXTRAS)]
        if draw(st.booleans()):
            extras.append(f"domain: mail.{name}.example")
        found[name] = ", ".join(extras)
    return found


LIVE = st.lists(st.sampled_from([*NAMES, "foreign"]), unique=True, max_size=3)
LAB = """\
sandboxes:
  lab: {client: {name: Lab, email: lab@northwind.example}}
snapshots:
  base: {sandbox: lab}
"""


def reset(rehearsal: Rehearsal) -> None:
    """An empty portal, an empty ledger."""
    requests.post(f"{rehearsal.portal.url}/_portal/reset", timeout=600).raise_for_status()
    rehearsal.ledger.unlink(missing_ok=True)
    for mark in rehearsal.folder.rglob("*.mark"):  # how far a ledger was, which another life knows nothing of
        mark.unlink()


@pytest.mark.usefixtures("rehearsal")
class TestRandomAgencies:
    """Each example is a whole life: seed, plan, apply, plan again."""

    @settings(max_examples=examples(80))
    @given(declared=blocks(), live=LIVE)
    def test_apply_converges_charges_once_and_leaves_the_rest_alone(
        self, rehearsal: Rehearsal, declared: dict[str, str], live: list[str]
    ) -> None:
        """Laws 1, 2, 4 and 6: one apply, one charge a new paid account, foreign accounts as they were."""
        reset(rehearsal)
        rehearsal.seed(accounts=[live_account(name) for name in live])
        before = accounts(rehearsal)
        rehearsal.write(agency(rehearsal.recipient, LAB, **declared))

        rehearsal.apply()

        after = accounts(rehearsal)
        charged = [charge["account"] for charge in rehearsal.book("charges")]
        assert {name: row for name, row in after.items() if name in before and name not in declared} == {
            name: row for name, row in before.items() if name not in declared
        }
        assert all(charged.count(name) == 1 for name in declared if name not in live)
        assert set(charged) <= set(declared)
        assert set(after) == {*before, *declared, "lab"}

    @settings(max_examples=examples(50))
    @given(declared=blocks(), live=LIVE, chance=st.randoms(use_true_random=False))
    def test_plan_is_the_same_whatever_the_order_and_the_files(
        self, rehearsal: Rehearsal, declared: dict[str, str], live: list[str], chance: random.Random
    ) -> None:
        """Law 8: order of blocks and split of files change where things stand, and nothing else."""
        reset(rehearsal)
        rehearsal.seed(accounts=[live_account(name) for name in live])
        rehearsal.write(agency(rehearsal.recipient, LAB, **declared))
        one = rehearsal.plan()

        names = list(declared)
        chance.shuffle(names)
        cut = chance.randrange(len(names) + 1)
        root = agency(rehearsal.recipient, LAB + "include: [clients/*.yaml]\n", **{n: declared[n] for n in names[:cut]})
        rehearsal.write(root)
        part = agency(rehearsal.recipient, **{name: declared[name] for name in names[cut:]})
        rehearsal.write(part[part.index("\naccounts:") :], "clients/more.yaml")
        other = rehearsal.plan()

        assert one["digest"] == other["digest"]
        assert json.dumps(without_origins(one)) == json.dumps(without_origins(other))


def accounts(rehearsal: Rehearsal) -> dict[str, dict[str, Any]]:
    """The portal's accounts, by name."""
    return {row["account"]: row for row in rehearsal.book("accounts")}


_OF_PLACES = ("origin", "document_digest")  # the second digest is over the first


def without_origins(document: Any) -> Any:
    """A document without the places in the files."""
    if isinstance(document, Mapping):
        return {key: without_origins(value) for key, value in document.items() if key not in _OF_PLACES}
    if isinstance(document, list):
        return [without_origins(item) for item in document]
    return document


@pytest.mark.parametrize("count", thinned([0, 1, 99, 100, 101, 1000], every=5))
@pytest.mark.parametrize("first_page", ["auto", "1"])
def test_reads_equal_the_formula(rehearsal: Rehearsal, count: int, first_page: str) -> None:
    """Law 3: the pages of the lists that the file needs, and nothing for each object."""
    names = [f"client{number}" for number in range(count)]
    rehearsal.seed(accounts=[live_account(name) for name in names])
    text = agency(rehearsal.recipient, **dict.fromkeys(names, ""))
    rehearsal.write(text.replace("  name: northwind\n", f"  name: northwind\n  portal: {{first_page: {first_page}}}\n"))

    document = rehearsal.plan()

    pages = math.ceil(count / 100) + 1 + (1 if first_page == "auto" else 0)
    expected = {"account_list": pages, **({"account_plans": 1} if count else {})}
    if not count:
        expected = {}
    assert document["reads"] == expected
    assert document["resource_changes"] == []
    assert sorted(rehearsal.reads()) == sorted(name for name, times in expected.items() for _ in range(times))
    evidence.keep(json.dumps(document["reads"]))


def test_reads_are_only_those_that_the_file_needs(rehearsal: Rehearsal) -> None:
    """No snapshot list without snapshots, no catalogue when nothing is priced."""
    rehearsal.seed(accounts=[live_account("acme", planid=221)])
    rehearsal.write(agency(rehearsal.recipient, acme="plan: {id: 221}"))

    assert set(rehearsal.plan()["reads"]) == {"account_list"}

    rehearsal.write(agency(rehearsal.recipient, LAB, acme="plan: {id: 221}"))
    assert set(rehearsal.plan()["reads"]) == {"account_list", "account_plans", "snapshot_list", "snapshot_source_list"}


def test_waiting_for_many_costs_one_list_a_tick(rehearsal: Rehearsal) -> None:
    """While K accounts are made, a tick is one pass over one list."""
    names = [f"client{number}" for number in range(30)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "plan: {tier: trial}")))
    rehearsal.environment["AGENCYFILE_WAIT_FIRST"] = "0.3"
    before = len(rehearsal.reads())
    predicted = writes_of(rehearsal.plan())
    planning = len(rehearsal.reads()) - before

    rehearsal.run("apply", "-auto-approve", "--allow", "guard")

    ticks = len(rehearsal.reads()) - before - 2 * planning
    assert len(predicted) == 30
    assert ticks <= 6
