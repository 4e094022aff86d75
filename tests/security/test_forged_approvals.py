"""Who may write the ledger may write an approval into it: not one of a plan that nobody reviewed."""

import json
from dataclasses import replace

import pytest
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger
from plan.approval import approval_of
from plan.document import decode
from plan.ledger import EntryType


@pytest.mark.attack("B4", "an approval under a reviewed digest that holds the steps of another plan")
def test_b04_approval_of_another_plan_under_a_reviewed_digest_is_refused(rehearsal: Rehearsal) -> None:
    """One account was reviewed, two would be created: nothing is sent, and `ledger verify` names the entry."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    reviewed = rehearsal.plan()["digest"]
    rehearsal.write(agency(rehearsal.recipient, acme="", evil=""))
    evil = decode(json.loads(rehearsal.run("plan", "--json").out))
    forged = replace(approval_of(evil, by="ann, head of review"), digest=reviewed)
    rehearsal.ledger.parent.mkdir(parents=True, exist_ok=True)
    (serial,) = Ledger(FileStore(rehearsal.ledger), agency="northwind").append(
        (EntryType.APPROVED, None, forged.body())
    )

    ran = rehearsal.run("apply", "--approved", reviewed)

    assert ran.code == 4, ran
    assert "of another plan" in ran.err
    assert rehearsal.writes() == []
    verified = rehearsal.run("ledger", "verify")
    assert verified.code == 1
    assert f"entry {serial}: an approval of {reviewed}" in verified.err


@pytest.mark.attack("B4", "an approval as an older version wrote it, whose digest covers less")
def test_b04_approval_of_an_older_version_is_not_used(rehearsal: Rehearsal) -> None:
    """It is readable, and approves nothing."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    digest = "pln_" + 40 * "0"
    body: dict[str, object] = {"digest": digest, "desired_digest": 64 * "0", "by": "ann", "until": None, "steps": {}}
    rehearsal.ledger.parent.mkdir(parents=True, exist_ok=True)
    Ledger(FileStore(rehearsal.ledger), agency="northwind").append((EntryType.APPROVED, None, body))

    ran = rehearsal.run("apply", "--approved", digest)

    assert ran.code == 4, ran
    assert "older version" in ran.err
    assert rehearsal.run("ledger", "verify").code == 0
