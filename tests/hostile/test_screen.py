"""A person in a hurry after exit 5: one screen says what may have happened, where to look, and what settles it."""

import os
from collections.abc import Callable
from typing import Any

import click
import pytest
from hostile.scene import APPROVED, CREATION, GRANT, SNAPSHOT, UPGRADE, effects, prepare
from hostile_proxy import Rule, answer, drop
from rehearsal import Rehearsal
from stories import agency

from agencyfile.cli.open_calls import explained, open_calls
from agencyfile.cli.render.folding import columns
from agencyfile.cli.render.open_call_text import render_open_calls
from plan import FileStore, Ledger

WORDS = {
    CREATION: ["`acme` was created", "50.00 USD on the card", 'search for "acme"', "reconcile --wait"],
    UPGRADE: ["changed to plan", "on the card", "column Plan", "reconcile --wait"],
    GRANT: [
        "5,000 email credits were granted",
        "of your pool",
        "Email sending credits",
        "0 were granted in all before",
    ],
    SNAPSHOT: ["snapshot `base` was taken", "nothing on the card", 'search for "base"', "reconcile --wait"],
}


@pytest.mark.parametrize("call", WORDS)
def test_screen_after_exit_5_ends_with_the_commands_that_settle_it(
    rehearsal: Rehearsal, over: Callable[..., Any], call: str
) -> None:
    """What, how much, where, meanwhile, and two commands; on 80 and on 120 columns."""
    address = prepare(rehearsal, call)
    with over(Rule(call, answer(403, b"<html>"))):
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 5, ran
    assert f"Next              agencyfile ledger reconcile --explain {address}" in ran.out
    told = ran.out.partition("Unknown: ")[2]
    assert all(word in " ".join(told.split()) for word in WORDS[call]), told
    *_, happened, _, absent = ran.out.splitlines()
    assert happened == f"    agencyfile ledger resolve {address} --adopted"
    assert absent.startswith(f"    agencyfile ledger resolve {address} --absent")
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    calls = [(intent, explained(ledger, intent)) for intent in open_calls(ledger).values()]
    for width in (80, 120):
        text = click.unstyle(render_open_calls(calls, width=width))
        if os.environ.get("AGENCYFILE_SHOW"):
            print(f"\n{'-' * width}\n{text}")
        assert max(columns(line) for line in text.splitlines()) <= width
        assert len(text.splitlines()) < 24


def test_explain_shows_every_signal_and_settles_nothing(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """The evidence and the verdict, exit 5, the ledger as it was."""
    prepare(rehearsal, CREATION)
    with over(Rule(CREATION, drop)):
        rehearsal.run("apply", *APPROVED)
    before = rehearsal.ledger.read_bytes()
    ran = rehearsal.run("ledger", "reconcile", "--explain", "account.acme")

    assert ran.code == 5, ran
    assert "Seen: account_list shows `acme`" in ran.out
    assert "Verdict: confirmed" in ran.out
    assert "ledger resolve account.acme --adopted" in ran.out
    assert rehearsal.ledger.read_bytes() == before
    assert rehearsal.run("ledger", "reconcile", "--explain", "account.nobody").code == 1


def test_grant_is_not_called_absent_without_the_amount(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """Absent means granted once more: it is never the first word, and it is confirmed."""
    prepare(rehearsal, GRANT)
    with over(Rule(GRANT, drop, forward=False)):
        rehearsal.run("apply", *APPROVED)
    hasty = rehearsal.run("ledger", "resolve", "credit.acme.email", "--absent")
    wrong = rehearsal.run("ledger", "resolve", "credit.acme.email", "--absent", "--again", "500")
    sure = rehearsal.run("ledger", "resolve", "credit.acme.email", "--absent", "--again", "5000")

    assert (hasty.code, wrong.code, sure.code) == (4, 4, 0)
    assert "grant credit.acme.email again, 5000 credits" in hasty.err
    rehearsal.apply("-auto-approve", "--allow", "billed,permanent")
    assert effects(rehearsal)[GRANT] == 1


def test_resolve_takes_several_addresses(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """One command for what one look at the portal has told; all of them or none."""
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5}", beta="credits: {email: 7}"))
    with over(Rule(GRANT, drop, times=2)):
        assert rehearsal.run("apply", *APPROVED).code == 5
        rehearsal.run("apply", *APPROVED)
    addresses = ("credit.acme.email", "credit.beta.email")

    assert rehearsal.run("ledger", "resolve", *addresses, "credit.nobody.email", "--adopted").code == 1
    ran = rehearsal.run("ledger", "resolve", *addresses, "--adopted")

    assert (ran.code, ran.out.splitlines()) == (0, [f"{address}: confirmed" for address in addresses])
    rehearsal.check_converged()


def test_credit_of_an_adopted_account_waits_alone(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """`beta` is created while the credit of `acme` waits for a person, whose command is named."""
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5000}"))
    with over(Rule(CREATION, drop)):
        assert rehearsal.run("apply", *APPROVED).code == 5
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5000}", beta=""))
    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 7, ran
    assert "agencyfile ledger baseline credit.acme.email=TOTAL" in ran.err
    assert sorted(row["account"] for row in rehearsal.book("charges")) == ["acme", "beta"]
    assert rehearsal.run("ledger", "baseline", "credit.acme.email=0").code == 0
    rehearsal.apply(*APPROVED)
    assert effects(rehearsal)[GRANT] == 1
