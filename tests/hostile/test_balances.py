"""Grants where the account's own API tells a balance: a lost answer is settled, a repeated grant is seen."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from hostile.scene import APPROVED, GRANT, KEY, effects
from hostile_proxy import Rule, answer, drop
from rehearsal import Rehearsal
from stories import agency, live_account

API = "api: {url: 'https://acme.api-us1.com', key: '${env:AGENCY_KEY_ACME}'}"
ADDRESS = "credit.acme.email"
VIEW = "account_view"


@pytest.fixture
def granting(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    """An account with its own API, 1,200 credits and 200 emails sent; the next apply grants 5,000 more."""
    post(rehearsal, "settings", {"readings": {"account-view": "balances"}})
    rehearsal.seed(accounts=[live_account("acme", api_key="key-of-acme", email_credits=1200, emails_sent=200)])
    rehearsal.environment |= KEY
    rehearsal.write(agency(rehearsal.recipient, acme=API))
    rehearsal.run("ledger", "baseline", f"{ADDRESS}=1200")
    rehearsal.write(agency(rehearsal.recipient, acme=f"{API}, credits: {{email: 6200}}"))
    yield rehearsal
    post(rehearsal, "settings", {"readings": {"account-view": "unknown"}})  # a reset keeps settings


def post(rehearsal: Rehearsal, name: str, body: object) -> None:
    """Tell the local portal something."""
    requests.post(f"{rehearsal.portal.url}/_portal/{name}", json=body, timeout=600).raise_for_status()


def sent_emails(rehearsal: Rehearsal, number: int) -> None:
    """Let the account have sent so many emails in all."""
    post(rehearsal, "act", {"action": "edit", "account": "acme", "emails_sent": number})


def credits_of(rehearsal: Rehearsal) -> int:
    """What the portal's books say was granted in all."""
    (account,) = [row for row in rehearsal.book("accounts") if row["account"] == "acme"]
    return int(account["email_credits"])


@pytest.mark.parametrize("emails", [200, 950])
def test_lost_answer_of_a_grant_is_settled_by_the_balance(
    granting: Rehearsal, over: Callable[..., Any], emails: int
) -> None:
    """Also where the client has sent emails meanwhile: both lists together tell what came."""
    with over(Rule(GRANT, drop)) as proxy:
        first = granting.run("apply", *APPROVED)
        sent_emails(granting, emails)
        explained = granting.run("ledger", "reconcile", "--explain", ADDRESS)
        second = granting.run("apply", *APPROVED)

    assert first.code == 5, first
    assert "1,000 before the call, 6,000 after it" in " ".join(first.out.split())
    assert "agencyfile ledger reconcile --wait" in first.out
    assert "Seen: the balance was 1,000 before the call" in explained.out
    assert "5,000 credits were added, 5,000 were asked for" in explained.out
    assert second.code == 0, second
    assert proxy.sent(GRANT) == 1
    assert credits_of(granting) == 6200
    granting.check_converged()


def test_grant_that_never_arrived_is_absent_by_the_balance(granting: Rehearsal, over: Callable[..., Any]) -> None:
    """The verdict has the figures; the policy, or a person, has it granted."""
    with over(Rule(GRANT, answer(502), forward=False)):
        assert granting.run("apply", *APPROVED).code == 5
    time.sleep(0.4)
    explained = granting.run("ledger", "reconcile", "--explain", ADDRESS)

    assert "Verdict: absent" in explained.out, explained
    assert "is 1,000 now, 0 emails were sent meanwhile: 0 credits were added" in explained.out
    assert granting.run("ledger", "resolve", ADDRESS, "--absent", "--again", "5000").code == 0
    assert granting.run("apply", *APPROVED).code == 0
    assert credits_of(granting) == 6200


def test_grant_that_a_client_used_up_at_once_is_not_absent(granting: Rehearsal, over: Callable[..., Any]) -> None:
    """5,000 granted and 5,000 sent leave the balance as it was: the balance alone would have it granted again."""
    with over(Rule(GRANT, drop)):
        assert granting.run("apply", *APPROVED).code == 5
        sent_emails(granting, 5200)
        time.sleep(0.4)
        explained = granting.run("ledger", "reconcile", "--explain", ADDRESS)

    assert "Verdict: confirmed" in explained.out, explained


def test_figures_that_do_not_add_up_are_left_to_a_person(granting: Rehearsal, over: Callable[..., Any]) -> None:
    """Somebody granted 70 by hand meanwhile: nobody knows what the rest was."""
    with over(Rule(GRANT, answer(502), forward=False)):
        assert granting.run("apply", *APPROVED).code == 5
        sent_emails(granting, 130)
        time.sleep(0.4)
        explained = granting.run("ledger", "reconcile", "--explain", ADDRESS)

    assert "Verdict: ambiguous" in explained.out, explained
    assert "In doubt: the balance was 1,000 before the call" in explained.out


def test_repeated_grant_with_a_yes_is_said(granting: Rehearsal, over: Callable[..., Any]) -> None:
    """A middlebox sends it twice and answers once: the balance shows it in the same run."""
    with over(Rule(GRANT, repeat=2)):
        ran = granting.run("apply", *APPROVED)

    assert effects(granting)[GRANT] == 2
    assert "10,000 credits were added, 5,000 were asked for" in ran.err, ran


def test_repeated_grant_whose_answer_is_lost_is_said(granting: Rehearsal, over: Callable[..., Any]) -> None:
    """It is adopted once, with the figures in the verdict and in the ledger; it is not sent again."""
    with over(Rule(GRANT, drop, repeat=2)) as proxy:
        assert granting.run("apply", *APPROVED).code == 5
        reconciled = granting.run("ledger", "reconcile")
        assert granting.run("apply", *APPROVED).code == 0

    assert "carried out 2 times, or somebody granted more by hand" in " ".join(reconciled.out.split()), reconciled
    assert "carried out 2 times" in granting.ledger.read_text()
    assert proxy.sent(GRANT) == 1


@pytest.mark.parametrize("shown", ["unknown", "left out", "unreadable"])
def test_without_a_balance_a_person_decides_as_before(
    granting: Rehearsal, over: Callable[..., Any], shown: str
) -> None:
    """`account_view` unknown, without `credits` (plans that are not based on them), or not to be read."""
    reading = "unknown" if shown == "unknown" else "balances"
    post(granting, "settings", {"readings": {"account-view": reading}})
    body = b'{"result_code": 1, "result_message": "Success", "account": "acme.activehosted.com"}'
    replies = {"left out": answer(200, body), "unreadable": answer(403, b"<html>")}
    rules = [Rule(VIEW, replies[shown], forward=False, times=99)] if shown in replies else []
    with over(Rule(GRANT, drop), *rules):
        first = granting.run("apply", *APPROVED)
        time.sleep(0.4)
        explained = granting.run("ledger", "reconcile", "--explain", ADDRESS)
        second = granting.run("apply", *APPROVED)

    assert (first.code, second.code) == (5, 5), (first, second)
    assert "by the ledger 1,200 were granted in all before" in " ".join(first.out.split())
    assert "Verdict: ambiguous: the portal does not show whether such a call happened" in explained.out
    assert credits_of(granting) == 6200


def test_reads_stay_lists_where_no_grant_is_open(granting: Rehearsal) -> None:
    """A plan asks no account; an apply asks the one that is granted something, before and after."""
    granting.run("plan")
    assert not [row for row in granting.book("requests") if row["action"] == VIEW]
    assert granting.run("apply", *APPROVED).code == 0
    assert len([row for row in granting.book("requests") if row["action"] == VIEW]) == 2
    granting.check_converged()
    assert len([row for row in granting.book("requests") if row["action"] == VIEW]) == 2
