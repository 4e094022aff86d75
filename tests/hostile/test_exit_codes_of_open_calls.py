"""Exit 5 for as long as a call is open, and only then."""

from collections.abc import Callable
from typing import Any

import pytest
from hostile.scene import APPROVED, CREATION, GRANT, prepare
from hostile_proxy import Rule, answer, drop
from rehearsal import Rehearsal
from stories import agency

FOR_EVER = 1_000_000


@pytest.mark.parametrize("line", [("plan",), ("apply", *APPROVED), ("drift",), ("plan", "-detailed-exitcode")])
def test_open_call_is_named_with_exit_5_when_the_portal_cannot_be_read(
    rehearsal: Rehearsal, over: Callable[..., Any], line: tuple[str, ...]
) -> None:
    """Exit 1 would say that nothing is unknown."""
    prepare(rehearsal, CREATION)
    with over(Rule(CREATION, drop), Rule("account_list", answer(500), forward=False, times=FOR_EVER)) as proxy:
        proxy.rules.pop()
        assert rehearsal.run("apply", *APPROVED).code == 5
        proxy.rules.append(Rule("account_list", answer(401, b"<html>"), forward=False, times=FOR_EVER))
        ran = rehearsal.run(*line)

    assert ran.code == 5, ran
    assert "account.acme (account_add)" in ran.err
    assert "agencyfile ledger reconcile --explain account.acme" in ran.err


@pytest.mark.parametrize("flags", [(), ("-detailed-exitcode",)])
def test_plan_with_only_an_open_call_exits_5_and_names_it(
    rehearsal: Rehearsal, over: Callable[..., Any], flags: tuple[str, ...]
) -> None:
    """A pipeline that stops there surfaces it."""
    prepare(rehearsal, GRANT)
    with over(Rule(GRANT, drop)):
        assert rehearsal.run("apply", *APPROVED).code == 5
    ran = rehearsal.run("plan", *flags)

    assert ran.code == 5, ran
    assert "credit.acme.email (account_credits_apply)" in ran.err


def test_unclear_repeatable_call_is_safe_to_resume(rehearsal: Rehearsal, over: Callable[..., Any]) -> None:
    """It sets a value: nothing is open in the ledger, so that 5 would be wrong, and 1 too."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    rehearsal.write(agency(rehearsal.recipient, acme="notification: new@northwind.example"))
    with over(Rule("account_edit", answer(403, b"<html>"), times=FOR_EVER)) as proxy:
        ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 7, ran
    assert "it only sets a value" in ran.out
    assert proxy.sent("account_edit") == 4
    assert rehearsal.run("ledger", "show").code == 0
    rehearsal.check_converged()
