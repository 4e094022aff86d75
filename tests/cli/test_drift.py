"""Drift: every change made behind our back that the portal tells, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rehearsal import Rehearsal
from sampling import thinned
from stories import agency, live_account

BODY = """\
sandboxes:
  lab: {client: {name: Lab, email: lab@northwind.example}}
  other: {client: {name: Other, email: other@northwind.example}}
snapshots:
  base: {sandbox: lab}
"""
ACME = "domain: mail.acme.example, status: active, snapshot: base"

Change = Callable[[Rehearsal], None]


def act(action: str, account: str, **fields: object) -> Change:
    """What a human does on the portal's pages."""

    def change(rehearsal: Rehearsal) -> None:
        rehearsal._post("act", {"action": action, "account": account, **fields})

    return change


def drift(rehearsal: Rehearsal) -> dict[str, Any]:
    """What `drift` finds: (applied, live) by address and attribute."""
    ran = rehearsal.run("drift", "--json")
    found = json.loads(ran.out)["drift"]
    assert ran.code == (2 if found else 0), ran
    return {f"{item['address']} {item['attribute']}": (item["applied"], item["live"]) for item in found}


def applied(rehearsal: Rehearsal) -> None:
    """An agency that has just been applied."""
    rehearsal.write(agency(rehearsal.recipient, BODY, acme=ACME, beta=""))
    rehearsal.apply()
    assert drift(rehearsal) == {}


def replace_snapshot(rehearsal: Rehearsal) -> None:
    """Somebody deletes the snapshot, and takes one of the same name of another sandbox."""
    (snapshot,) = rehearsal.book("snapshots")
    rehearsal.delete_snapshot(snapshot["id"])
    rehearsal.seed(snapshots=[{"name": "base", "source": "other"}])


def delete_snapshot(rehearsal: Rehearsal) -> None:
    """Somebody deletes the snapshot."""
    rehearsal.delete_snapshot(rehearsal.book("snapshots")[0]["id"])


@pytest.mark.parametrize(
    ("change", "expected"),
    thinned(
        [
            (act("edit", "acme", client_name="Zenith"), {"account.acme client.name": ("Acme", "Zenith")}),
            (
                act("edit", "acme", notification="evil@client.example"),
                {"account.acme notification": ("ops@northwind.example", "evil@client.example")},
            ),
            (
                act("edit", "acme", plan={"tier": "plus", "billing": "monthly", "contacts": 2500}),
                {
                    "account.acme plan.contacts": (1000, 2500),
                    "account.acme plan.id": ("221", "231"),
                    "account.acme plan.list_price": ("50.00 USD", "130.00 USD"),
                },
            ),
            (
                act("edit", "acme", plan={"tier": "pro", "billing": "annual", "contacts": 1000}),
                {
                    "account.acme plan.billing": ("monthly", "annual"),
                    "account.acme plan.id": ("221", "322"),
                    "account.acme plan.list_price": ("50.00 USD", "800.00 USD"),
                    "account.acme plan.tier": ("plus", "pro"),
                },
            ),
            (
                act("edit", "acme", cname="mail.zenith.example"),
                {"account.acme domain": ("mail.acme.example", "mail.zenith.example")},
            ),
            (act("edit", "acme", cname=""), {"account.acme domain": ("mail.acme.example", "")}),
            (act("edit", "acme", status="disabled"), {"account.acme status": ("active", "disabled")}),
            (act("cancel", "acme", reason="no more"), {"account.acme state": ("there", "cancelled")}),
            (act("expire", "acme"), {"account.acme state": ("there", "expired")}),
            (act("delete", "acme"), {"account.acme existence": ("there", "gone")}),
            (act("edit", "lab", client_name="Library"), {"sandbox.lab client.name": ("Lab", "Library")}),
            (
                act("edit", "lab", notification="evil@client.example"),
                {"sandbox.lab notification": ("ops@northwind.example", "evil@client.example")},
            ),
            (act("cancel", "lab"), {"sandbox.lab state": ("there", "cancelled")}),
            (act("delete", "other"), {"sandbox.other existence": ("there", "gone")}),
            (delete_snapshot, {"snapshot.base existence": ("there", "gone")}),
            (
                replace_snapshot,
                {"snapshot.base sandbox": ({"reference": "sandbox.lab"}, {"reference": "sandbox.other"})},
            ),
        ],
        every=3,
    ),
)
def test_drift_finds_each_change_of_what_the_portal_tells(
    rehearsal: Rehearsal, change: Change, expected: dict[str, Any]
) -> None:
    """One change at a time: that one, with what was applied and what is live, and no other."""
    applied(rehearsal)
    change(rehearsal)

    assert drift(rehearsal) == expected


@pytest.mark.parametrize(
    "change",
    thinned(
        [
            act("edit", "acme", client_email="new@client.example", language="dutch", timezone="Europe/Brussels"),
            act("edit", "acme", subscribers=900, emails_sent=12_000, contents={"campaigns": 3}),
            act("edit", "beta", status="disabled"),
            act("edit", "beta", cname="mail.beta.example"),
            act("new_key", "acme"),
            act("addons", "acme", scoring=True),
            lambda rehearsal: rehearsal.seed(accounts=[live_account("foreign")]),
        ],
        every=3,
    ),
)
def test_drift_finds_nothing_where_the_file_manages_nothing_or_the_portal_tells_nothing(
    rehearsal: Rehearsal, change: Change
) -> None:
    """What no list shows, what no block declares, and what belongs to others is no drift."""
    applied(rehearsal)
    change(rehearsal)

    assert drift(rehearsal) == {}


def test_drift_of_several_objects_is_all_found_and_an_apply_sets_it_back(rehearsal: Rehearsal) -> None:
    """Every change at once; after the apply there is none."""
    applied(rehearsal)
    act("edit", "acme", notification="x@client.example", status="disabled")(rehearsal)
    act("edit", "beta", notification="x@client.example")(rehearsal)

    assert sorted(drift(rehearsal)) == ["account.acme notification", "account.acme status", "account.beta notification"]
    rehearsal.apply()
    assert drift(rehearsal) == {}


def test_drift_is_no_difference_between_the_file_and_what_was_applied(rehearsal: Rehearsal) -> None:
    """Who edits the file changes nothing at the portal: that is a plan, not drift."""
    applied(rehearsal)
    rehearsal.write(agency(rehearsal.recipient, BODY, acme=f"{ACME}, notification: new@northwind.example", beta=""))

    assert rehearsal.run("plan", "-detailed-exitcode").code == 2
    assert drift(rehearsal) == {}


def test_drift_of_what_was_never_applied_is_held_against_the_file_and_says_so(rehearsal: Rehearsal) -> None:
    """An account that was there before has only the file to be compared with."""
    rehearsal.seed(accounts=[live_account("acme", notification="old@northwind.example")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("drift")
    (item,) = json.loads(rehearsal.run("drift", "--json").out)["drift"]

    assert ran.code == 2
    assert item["reference"] == "file"
    assert "the ledger has never seen it applied" in ran.out
    rehearsal.apply()
    act("edit", "acme", notification="x@client.example")(rehearsal)
    (item,) = json.loads(rehearsal.run("drift", "--json").out)["drift"]
    assert (item["reference"], item["applied"]) == ("ledger", "ops@northwind.example")
    assert "never seen" not in rehearsal.run("drift").out


def test_drift_writes_nothing_anywhere(rehearsal: Rehearsal) -> None:
    """Neither to the portal nor to the ledger, in any form."""
    applied(rehearsal)
    act("edit", "acme", status="disabled")(rehearsal)
    ledger, writes = rehearsal.ledger.read_bytes(), rehearsal.writes()

    for form in ([], ["--json"], ["--format", "github"]):
        assert rehearsal.run("drift", *form).code == 2

    assert rehearsal.ledger.read_bytes() == ledger
    assert rehearsal.writes() == writes


def test_drift_forms_name_the_object_the_change_and_its_place(rehearsal: Rehearsal) -> None:
    """A person, a machine and a pull request get the same; names are only ever text."""
    applied(rehearsal)
    act("edit", "acme", client_name="\x1b[31mred\u202e::error::x")(rehearsal)

    text = rehearsal.run("drift").out
    (item,) = json.loads(rehearsal.run("drift", "--json").out)["drift"]
    annotation = rehearsal.run("drift", "--format", "github").out

    assert "account.acme\n    client.name  Acme → \\x1b[31mred\\u202e::error::x" in text
    assert "1 attribute of 1 object differs from what was last applied." in text
    assert item["live"] == "\x1b[31mred\u202e::error::x"
    assert item["origin"]["line"] == 19
    assert annotation.startswith("::warning file=")
    assert annotation.count("\n") == 1
    assert "line=19" in annotation
    assert "\x1b" not in text + annotation


def test_drift_of_an_empty_agency_and_of_a_broken_file(rehearsal: Rehearsal) -> None:
    """0 and a sentence; 1 and the diagnostics, with no request made."""
    rehearsal.write(agency(rehearsal.recipient))
    nothing = rehearsal.run("drift")
    rehearsal.write(agency(rehearsal.recipient, acme="languag: x"))
    before = len(rehearsal.book("requests"))
    broken = rehearsal.run("drift")

    assert (nothing.code, nothing.out) == (0, "no drift: the portal is as it was last applied\n")
    assert broken.code == 1
    assert "unknown-key" in broken.err
    assert len(rehearsal.book("requests")) == before


def test_drift_that_a_call_of_our_own_may_have_made_says_so(rehearsal: Rehearsal) -> None:
    """The answer of an upgrade was lost: what the portal shows may be our own doing."""
    applied(rehearsal)
    rehearsal.write(
        agency(
            rehearsal.recipient, BODY, acme=f"{ACME}, plan: {{tier: plus, billing: monthly, contacts: 2500}}", beta=""
        )
    )
    rehearsal.faults({"action": "account_edit", "nth": 1, "times": 1, "kind": "drop_after_commit"})
    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed").code == 5
    rehearsal.write(agency(rehearsal.recipient, BODY, acme=ACME, beta=""))

    assert "agencyfile ledger reconcile" in rehearsal.run("drift").out


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("notification: new@northwind.example", act("edit", "acme", notification="new@northwind.example")),
        ("client: {name: Zenith, email: acme@client.example}", act("edit", "acme", client_name="Zenith")),
    ],
)
def test_drift_ends_when_the_file_says_what_the_portal_shows(rehearsal: Rehearsal, words: str, change: Change) -> None:
    """A change that the file has taken over, or asked a human for, is behind nobody's back."""
    applied(rehearsal)
    change(rehearsal)
    assert len(drift(rehearsal)) == 1
    text = agency(rehearsal.recipient, BODY, acme=ACME, beta="")
    if words.startswith("client"):
        text = text.replace("client: {name: Acme, email: acme@client.example}", words)
    else:
        text = text.replace(ACME, f"{ACME}, {words}")
    rehearsal.write(text)

    assert rehearsal.plan()["resource_changes"] == []
    assert drift(rehearsal) == {}
