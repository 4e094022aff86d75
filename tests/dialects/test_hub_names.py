"""Names that people write, in the Partners Hub (docs/portal.md section 8, R2): found, or nothing is guessed."""

from typing import Any

import pytest
from dialects.agencies import declare, dialect, rows, rules
from rehearsal import Rehearsal

DISPLAY = {"hub-account-name": "display-name"}
LAB = """sandboxes:
  lab: {client: {name: My Laboratory, email: lab@agency.example}}
snapshots:
  base: {sandbox: lab}
"""
TWINS = """sandboxes:
  lab-a: {client: {name: My Laboratory, email: lab@agency.example}}
  lab-b: {client: {name: My Laboratory, email: lab@agency.example}}
snapshots:
  base: {sandbox: lab-b}
"""


def seeded(name: str, **words: Any) -> dict[str, Any]:
    """A sandbox that is there already, with the client of `LAB`."""
    known = {"client_name": "My Laboratory", "client_email": "lab@agency.example", "notification": "ops@agency.example"}
    return {"account": name, "plan": {"tier": "sandbox"}, **known, **words}


def source_of(rehearsal: Rehearsal, name: str) -> int:
    """The number of the account that a snapshot was taken of."""
    (found,) = [row["source_id"] for row in rehearsal.book("snapshots") if row["name"] == name]
    return int(found)


@pytest.mark.parametrize("others", [(), ("acme",)])
def test_snapshot_of_a_new_sandbox_and_an_account_from_it(rehearsal: Rehearsal, others: tuple[str, ...]) -> None:
    """From an empty portal, and beside another sandbox; the rehearsal checks that the next plan is empty."""
    dialect(rehearsal, DISPLAY)
    rehearsal.seed(accounts=[seeded(name, client_name="Someone Else") for name in others])
    declare(
        rehearsal,
        f"{LAB}accounts:\n  acme-gym: {{client: {{name: Acme Gym, email: a@acme.example}}, snapshot: base}}\n",
    )

    rehearsal.apply()

    sandbox = rows(rehearsal)["lab"]["id"]
    assert source_of(rehearsal, "base") == sandbox
    assert rows(rehearsal)["acme-gym"]["snapshot_id"] == rehearsal.book("snapshots")[0]["id"]


def test_sandbox_that_was_there_is_found_by_client_and_address(rehearsal: Rehearsal) -> None:
    """Name and e-mail address of the client fit one account, and no other."""
    dialect(rehearsal, DISPLAY)
    rehearsal.seed(accounts=[seeded("other", client_name="Other"), seeded("lab"), seeded("third", client_name="Third")])
    declare(rehearsal, LAB)

    rehearsal.apply()

    assert source_of(rehearsal, "base") == rows(rehearsal)["lab"]["id"]


def test_display_name_that_is_another_login_name_misleads_nobody(rehearsal: Rehearsal) -> None:
    """One sandbox is displayed as the login name of another: the address decides, and not the name."""
    dialect(rehearsal, DISPLAY)
    names = {"display_name": "lab", "client_name": "Other", "client_email": "other@agency.example"}
    rehearsal.seed(accounts=[seeded("other", **names), seeded("lab"), seeded("spaced", client_name="With Space")])
    declare(rehearsal, LAB)

    rehearsal.apply()

    assert source_of(rehearsal, "base") == rows(rehearsal)["lab"]["id"]


def test_two_sandboxes_that_look_alike_are_told_apart_by_when_they_came(rehearsal: Rehearsal) -> None:
    """A new sandbox has a number that was not there before; the ledger keeps it for later plans."""
    dialect(rehearsal, DISPLAY)
    rehearsal.seed(accounts=[seeded("lab-a")])
    declare(rehearsal, TWINS)

    rehearsal.apply()
    assert source_of(rehearsal, "base") == rows(rehearsal)["lab-b"]["id"]
    declare(rehearsal, TWINS + "  later: {sandbox: lab-b}\n")
    rehearsal.apply()

    assert source_of(rehearsal, "later") == rows(rehearsal)["lab-b"]["id"]


def test_what_cannot_be_told_is_said_and_nothing_is_taken(rehearsal: Rehearsal) -> None:
    """Two sandboxes that were there look alike: no snapshot is taken of either, and the plan says why."""
    dialect(rehearsal, DISPLAY)
    rehearsal.seed(accounts=[seeded("lab-a"), seeded("lab-b")])
    declare(rehearsal, TWINS)

    assert rules(rehearsal.plan()) == ["object-unidentified"]
    ran = rehearsal.run("apply", "-auto-approve", "--allow", "guard")

    assert ran.code == 0, ran
    assert rehearsal.book("snapshots") == []


def test_new_sandboxes_that_look_alike_do_not_hold_up_the_rest(rehearsal: Rehearsal) -> None:
    """Both are created; the snapshot is not taken, with the reason, and without waiting for half an hour."""
    dialect(rehearsal, DISPLAY)
    declare(rehearsal, TWINS)

    ran = rehearsal.run("apply", "-auto-approve")

    assert ran.code == 7
    assert "the remote id of sandbox.lab-b is not known: the hub shows `My Laboratory`" in ran.out + ran.err
    assert sorted(rows(rehearsal)) == ["lab-a", "lab-b"]
    assert rehearsal.book("snapshots") == []
