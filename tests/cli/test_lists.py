"""What the portal holds and sells, narrowed and ordered as its own page can."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from rehearsal import Rehearsal
from stories import agency, live_account

from agencyfile.cli.app import run
from agencyfile.cli.render.table import Column, render_table

BIG = {"tier": "enterprise", "billing": "annual", "contacts": 100_000}
SEED: tuple[Mapping[str, object], ...] = (
    live_account("acme", created_at="2026-03-01", expire="2027-03-01"),
    live_account("beta", created_at="2026-01-01", expire="2099-01-01", plan=BIG),
    live_account("creating", status="creating", created_at="2026-11-01", expire="2027-01-05"),
    live_account("disabled", status="disabled", created_at="2026-02-01", expire="2027-02-01"),
    live_account("expired", created_at="2024-02-01", expire="2025-02-01"),
    live_account("gone", status="cancelled", created_at="2025-02-01", expire="2027-02-02"),
    live_account("lab", plan={"tier": "sandbox"}, created_at="2026-04-01"),
    live_account("pilot", plan={"tier": "trial"}, created_at="2026-05-01", expire="2098-01-01"),
)


@pytest.fixture
def seeded(rehearsal: Rehearsal) -> Rehearsal:
    """A portal with an account in every state, one of them in the file."""
    rehearsal._post("settings", {"provisioning": 600})
    rehearsal.seed(accounts=list(SEED))
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    return rehearsal


def names(rehearsal: Rehearsal, *arguments: str) -> list[str]:
    """The names that `accounts list` shows, in order."""
    ran = rehearsal.run("accounts", "list", "--json", *arguments)
    assert ran.code == 0, ran
    return [account["name"] for account in json.loads(ran.out)["accounts"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["acme", "beta", "creating", "disabled", "expired", "gone", "lab", "pilot"]),
        (["--status", "active"], ["acme", "beta", "lab", "pilot"]),
        (["--status", "expired"], ["expired"]),
        (["--status", "cancelled"], ["gone"]),
        (["--status", "archived"], ["expired", "gone"]),
        (["--status", "disabled"], ["disabled"]),
        (["--status", "creating"], ["creating"]),
        (["--status", "disabled", "--status", "archived"], ["disabled", "expired", "gone"]),
        (["--plan", "trial"], ["pilot"]),
        (["--plan", "sandbox"], ["lab"]),
        (["--plan", "enterprise"], ["beta"]),
        (["--plan", "plus", "--status", "active"], ["acme"]),
        (["--plan", "lite"], []),
        (["--billing", "annual"], ["beta"]),
        (["--name", "*E*"], ["acme", "beta", "creating", "disabled", "expired", "gone"]),
        (["--name", "a*"], ["acme"]),
        (["--name", "nobody"], []),
        (["--managed"], ["acme"]),
        (["--unmanaged", "--status", "active"], ["beta", "lab", "pilot"]),
    ],
)
def test_accounts_list_shows_those_that_were_asked_for(
    seeded: Rehearsal, arguments: list[str], expected: list[str]
) -> None:
    """Filters narrow each other; a filter that is repeated widens itself."""
    assert names(seeded, *arguments) == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("name", ["acme", "beta", "creating", "disabled", "expired", "gone", "lab", "pilot"]),
        ("status", ["acme", "beta", "lab", "pilot", "gone", "creating", "disabled", "expired"]),
        ("plan", ["pilot", "lab", "acme", "creating", "disabled", "expired", "gone", "beta"]),
        ("size", ["acme", "creating", "disabled", "expired", "gone", "beta", "lab", "pilot"]),
        ("created", ["expired", "gone", "beta", "disabled", "acme", "lab", "pilot", "creating"]),
        ("expires", ["expired", "creating", "disabled", "gone", "acme", "pilot", "beta", "lab"]),
    ],
)
def test_accounts_list_is_in_the_order_that_was_asked_for(seeded: Rehearsal, by: str, expected: list[str]) -> None:
    """What is not known comes last, either way round."""
    unknown = {"size": ["lab", "pilot"], "expires": ["lab"]}.get(by, [])

    assert names(seeded, "--sort", by) == expected
    turned = names(seeded, "--sort", by, "--reverse")
    assert turned[len(turned) - len(unknown) :] == unknown
    assert sorted(turned) == sorted(expected)
    assert turned[0] == (expected[-1 - len(unknown)] if by in {"name", "created", "expires"} else turned[0])


def test_accounts_list_text_and_json_tell_the_same(seeded: Rehearsal) -> None:
    """A table for a person; numbers, days and plans as values for a machine."""
    ran = seeded.run("accounts", "list")
    (beta,) = json.loads(seeded.run("accounts", "list", "--name", "beta", "--json").out)["accounts"]

    head, *lines = ran.out.splitlines()
    assert head.split() == [
        "NAME",
        "STATUS",
        "PLAN",
        "SIZE",
        "PRICE",
        "PER",
        "MONTH",
        "EXPIRES",
        "CREATED",
        "MANAGED",
        "CLIENT",
    ]
    assert lines[1].split() == [
        "beta",
        "active",
        "enterprise",
        "annual",
        "100,000",
        "75,000.00",
        "USD",
        "6,250.00",
        "USD",
        "2099-01-01",
        "2026-01-01",
        "no",
        "Beta",
    ]
    assert ran.err == "8 of 8 accounts\n"
    assert beta["plan"]["contacts"] == 100_000
    assert beta["created"].startswith("2026-01-01")
    assert (beta["expires"], beta["managed"], beta["archived"]) == ("2099-01-01", False, False)


def test_accounts_list_counts_what_it_leaves_out(seeded: Rehearsal) -> None:
    """Nothing found is said, not only shown by silence."""
    ran = seeded.run("accounts", "list", "--name", "nobody")

    assert (ran.code, ran.out, ran.err) == (0, "", "0 of 8 accounts\n")


def test_accounts_list_with_a_hostile_client_keeps_to_its_line(rehearsal: Rehearsal) -> None:
    """A name of the portal steers no terminal."""
    rehearsal.seed(accounts=[live_account("acme", client_name="a\nb\x1b[31m\u202e" + "x" * 300)])
    rehearsal.write(agency(rehearsal.recipient))

    ran = rehearsal.run("accounts", "list")

    assert len(ran.out.splitlines()) == 3  # heads, the account, the total
    assert "a\\nb\\x1b[31m\\u202e" in ran.out


def test_accounts_list_without_the_hubs_key_says_what_is_missing(seeded: Rehearsal) -> None:
    """Days of creation come from the hub alone; the column goes with them."""
    ran = seeded.run("accounts", "list", environment={"AGENCYFILE_HUB_KEY": ""})

    assert ran.code == 0
    assert "CREATED" not in ran.out
    assert "AGENCYFILE_HUB_KEY" in ran.err


def test_lists_work_with_the_keys_alone(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """Before there is any agency file; then nothing tells what is managed."""
    rehearsal.seed(accounts=list(SEED))
    with mock.patch.dict(os.environ, rehearsal.environment):
        here = Path.cwd()
        os.chdir(tmp_path)
        try:
            codes = [
                run(arguments)
                for arguments in (
                    ["accounts", "list"],
                    ["plans", "list"],
                    ["accounts", "list", "--managed"],
                    ["accounts", "list", "-f", "nowhere.yaml"],
                )
            ]
        finally:
            os.chdir(here)

    assert codes == [0, 0, 64, 1]


@pytest.mark.parametrize("command", [["accounts", "list"], ["plans", "list"]])
def test_lists_write_nothing(seeded: Rehearsal, command: list[str]) -> None:
    """They are given a reader, and open no ledger."""
    assert seeded.run(*command).code == 0
    assert seeded.writes() == []
    assert not seeded.ledger.exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--tier", "trial"], ["1"]),
        (["--tier", "sandbox", "--tier", "trial"], ["1", "2"]),
        (["--tier", "professional", "--billing", "annual"], ["312", "322", "332", "342", "352", "362", "372", "382"]),
        (["--tier", "trial", "--billing", "annual"], []),
    ],
)
def test_plans_list_shows_those_that_were_asked_for(
    rehearsal: Rehearsal, arguments: list[str], expected: list[str]
) -> None:
    """The smallest first."""
    rehearsal.write(agency(rehearsal.recipient))
    ran = rehearsal.run("plans", "list", "--json", *arguments)

    assert [plan["id"] for plan in json.loads(ran.out)["plans"]] == expected


def test_plans_list_calls_list_prices_list_prices(rehearsal: Rehearsal) -> None:
    """What a term costs before any discount, as a person and a machine read it."""
    rehearsal.write(agency(rehearsal.recipient))
    ran = rehearsal.run("plans", "list", "--tier", "plus", "--billing", "monthly")
    plan = json.loads(rehearsal.run("plans", "list", "--tier", "plus", "--json").out)["plans"][1]

    assert ran.out.splitlines()[0].endswith("LIST PRICE")
    assert ["221", "plus", "monthly", "1,000", "50.00", "USD"] in map(str.split, ran.out.splitlines())
    assert "list prices before any partner discount" in ran.err
    assert plan == {"id": "221", "tier": "plus", "billing": "monthly", "contacts": 1000, "list_price": "50.00 USD"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["accounts", "list", "--status", "dead"],
        ["accounts", "list", "--plan", "gold"],
        ["accounts", "list", "--sort", "colour"],
        ["plans", "list", "--tier", "gold"],
        ["accounts", "show"],
    ],
)
def test_lists_asked_for_what_there_is_not_are_usage_errors(rehearsal: Rehearsal, arguments: list[str]) -> None:
    """64, and no request."""
    rehearsal.write(agency(rehearsal.recipient))

    assert rehearsal.run(*arguments).code == 64
    assert rehearsal.book("requests") == []


def columns() -> list[Column]:
    """A table of 46 columns, of which some may go."""
    return [
        Column("NAME", ["acme", "beta"]),
        Column("SIZE", ["1", "1,000"], is_number=True),
        Column("MANAGED", ["yes", "no"], weight=2),
        Column("NOTHING", ["", ""]),
        Column("CLIENT", ["A client of ours", "B"], weight=1),
    ]


@pytest.mark.parametrize(
    ("width", "head"),
    [
        (None, "NAME   SIZE  MANAGED  CLIENT"),
        (38, "NAME   SIZE  MANAGED  CLIENT"),
        (37, "NAME   SIZE  MANAGED"),
        (12, "NAME   SIZE"),
        (3, "NAME   SIZE"),
    ],
)
def test_table_on_a_narrow_terminal_leaves_out_what_matters_least(width: int | None, head: str) -> None:
    """A column goes as a whole; names never do. A column without a word is not shown."""
    text: Any = render_table(columns(), width=width)

    assert head in text.splitlines()[0]
    assert "CLIENT" in text or "CLIENT" not in head
    assert text.splitlines()[2].startswith("beta  1,000")
