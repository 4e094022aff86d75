"""Money: budgets, prices that move, credits, endings; and where the ledger of a charge must live."""

import subprocess

import pytest
import requests
from rehearsal import Rehearsal
from stories import agency, live_account

APPROVED = ("-auto-approve", "--allow", "billed,permanent,guard")


def with_setting(text: str, setting: str) -> str:
    """An agency file with one more setting of the agency."""
    return text.replace("  name: northwind\n", f"  name: northwind\n  {setting}\n")


@pytest.mark.parametrize(
    ("setting", "flags", "words"),
    [
        ("budgets: {per_apply: 99.99 USD}", [], "over the budget per apply"),
        ("budgets: {per_month: 99.99 USD}", [], "over the budget per month"),
        ("budgets: {per_apply: 500 EUR}", [], "a charge in USD cannot be held against a budget in EUR"),
        ("lease: {duration: 1m}", ["--max-spend", "99.99 USD"], "over the budget --max-spend"),
    ],
)
def test_apply_over_budget_is_refused_before_anything_is_sent(
    rehearsal: Rehearsal, setting: str, flags: list[str], words: str
) -> None:
    """Exit 3, nothing sent, the ledger as it was."""
    rehearsal.write(with_setting(agency(rehearsal.recipient, acme="", beta=""), setting))

    ran = rehearsal.run("apply", *APPROVED, *flags)

    assert ran.code == 3
    assert words in ran.err
    assert rehearsal.writes() == []
    assert not rehearsal.ledger.exists()


def test_apply_within_budget_of_the_month_counts_what_was_charged_before(rehearsal: Rehearsal) -> None:
    """The second apply sees the charges of the first."""
    rehearsal.write(with_setting(agency(rehearsal.recipient, acme=""), "budgets: {per_month: 60 USD}"))
    rehearsal.apply()
    rehearsal.write(with_setting(agency(rehearsal.recipient, acme="", beta=""), "budgets: {per_month: 60 USD}"))

    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 3
    assert "10.00 USD of 60.00 USD are left" in ran.err


def test_apply_price_that_moved_since_the_review_charges_nothing(rehearsal: Rehearsal) -> None:
    """A plan holds for the price that was shown: a dearer one voids the approval."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    plan_file = rehearsal.folder / "plan.json"
    assert rehearsal.run("plan", "-out", str(plan_file)).code == 0
    answer = requests.post(f"{rehearsal.portal.url}/_portal/prices", json={"221": 75}, timeout=600)
    answer.raise_for_status()

    ran = rehearsal.run("apply", str(plan_file))

    assert ran.code == 4
    assert "account.acme has changed" in ran.err
    assert rehearsal.book("charges") == []


def test_apply_credits_grants_exactly_the_total_over_any_number_of_applies(rehearsal: Rehearsal) -> None:
    """Law 5: totals ever granted, by difference, never twice."""
    for email, compatibility in [(5000, 10), (5000, 10), (7000, 10), (7000, 15)]:
        totals = f"credits: {{email: {email}, compatibility: {compatibility}}}"
        rehearsal.write(agency(rehearsal.recipient, acme=totals))
        assert rehearsal.run("apply", *APPROVED).code == 0
        rehearsal.check_converged()

    (account,) = rehearsal.book("accounts")
    assert (account["email_credits"], account["compatibility_credits"]) == (7000, 15)


def test_apply_credits_of_an_account_that_was_there_before_need_a_baseline(rehearsal: Rehearsal) -> None:
    """Nobody knows what was granted before: refused, until a person says."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5000}"))

    refused = rehearsal.run("apply", *APPROVED)
    told = rehearsal.run("ledger", "baseline", "credit.acme.email=4000")
    again = rehearsal.run("ledger", "baseline", "credit.acme.email=1")
    done = rehearsal.run("apply", *APPROVED)

    assert (refused.code, told.code, again.code, done.code) == (1, 0, 1, 0), (refused, told, again, done)
    assert "agencyfile ledger baseline credit.acme.email=TOTAL" in refused.err
    assert rehearsal.book("accounts")[0]["email_credits"] == 1000


def test_apply_credits_beyond_the_pool_shows_the_portals_words(rehearsal: Rehearsal) -> None:
    """The portal tells of its pool only when it refuses."""
    rehearsal.seed(credits={"email": 10})
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 5000}"))

    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 7
    assert "failed            credit.acme.email" in ran.out
    assert rehearsal.book("accounts")[0]["email_credits"] == 0


def _credit_steps(rehearsal: Rehearsal) -> list[str]:
    return [step["id"] for step in rehearsal.plan()["manual_steps"] if step["address"].startswith("credit.")]


def test_apply_credits_by_hand_are_steps_until_they_are_recorded(rehearsal: Rehearsal) -> None:
    """SMS and prepaid credit have no API: words for a human, closed by the baseline that they record."""
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {sms: 500, prepaid: 100 USD}"))
    rehearsal.apply()
    assert _credit_steps(rehearsal) == ["credit.acme.prepaid", "credit.acme.sms"]
    assert rehearsal.run("ledger", "baseline", "credit.acme.sms=500", "credit.acme.prepaid=100.00 USD").code == 0
    assert _credit_steps(rehearsal) == []
    assert rehearsal.run("ledger", "baseline", "credit.acme.sms=700").code == 0
    assert rehearsal.run("ledger", "baseline", "credit.acme.sms=600").code == 1


def test_apply_removed_account_is_cancelled_once_with_its_reason(rehearsal: Rehearsal) -> None:
    """What is written down ends, once; it is permanent, so a yes must cover it."""
    rehearsal.seed(accounts=[live_account("acme"), live_account("foreign")])
    removed = "removed:\n  - {account: acme, action: cancel, reason: contract ended}\n"
    rehearsal.write(agency(rehearsal.recipient, removed))

    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed").code == 4
    assert rehearsal.run("apply", *APPROVED).code == 0
    rehearsal.check_converged()

    states = {row["account"]: (row["status"], row["cancel_reason"]) for row in rehearsal.book("accounts")}
    assert states == {"acme": ("cancelled", "contract ended"), "foreign": ("active", "")}


@pytest.mark.parametrize("ci", ["true", "1"])
def test_apply_in_ci_with_a_ledger_in_a_file_is_refused_with_the_fix(rehearsal: Rehearsal, ci: str) -> None:
    """A file is gone with the runner: nothing that must be remembered may be sent."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("apply", *APPROVED, environment={"CI": ci})

    assert ran.code == 3
    assert "git+branch:" in ran.err
    assert rehearsal.writes() == []


def test_apply_in_ci_with_a_ledger_on_a_branch_works_and_is_shared(rehearsal: Rehearsal) -> None:
    """The team's own repository keeps the ledger: durable, shared, no other infrastructure."""
    remote, clones = rehearsal.folder.parent / "remote.git", []
    git = ["git", "-c", "init.defaultBranch=main", "-c", "user.name=t", "-c", "user.email=t@t.example"]
    subprocess.run([*git, "init", "-q", "--bare", str(remote)], check=True)
    subprocess.run([*git, "init", "-q", str(rehearsal.folder)], check=True)
    subprocess.run([*git, "-C", str(rehearsal.folder), "remote", "add", "origin", str(remote)], check=True)
    text = with_setting(agency(rehearsal.recipient, acme=""), "ledger: git+branch:agencyfile-ledger")
    rehearsal.write(text)

    ran = rehearsal.run("apply", *APPROVED, environment={"CI": "true"})
    assert ran.code == 0, ran
    clones.append(subprocess.run([*git, "ls-remote", str(remote)], check=True, capture_output=True, text=True).stdout)
    again = rehearsal.run("apply", *APPROVED, environment={"CI": "true"})
    verified = rehearsal.run("ledger", "verify")

    assert "refs/heads/agencyfile-ledger" in clones[0]
    assert (again.code, verified.code) == (0, 0)
    assert "the chain is whole" in verified.out
    assert rehearsal.run("credentials", "reveal", "acme").code == 0
    assert len(rehearsal.book("charges")) == 1


@pytest.mark.parametrize("kind", ["upgrade", "cancel"])
def test_apply_on_a_list_that_lags_behind_sends_no_confirmed_change_again(rehearsal: Rehearsal, kind: str) -> None:
    """What the portal has confirmed is not sent a second time because a list does not show it yet."""
    rehearsal.environment["AGENCYFILE_SETTLE"] = "600"
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    dearer = "plan: {tier: pro, billing: monthly, contacts: 1000}"
    removed = "removed:\n  - {account: acme, action: cancel, reason: over}\n"
    text = agency(rehearsal.recipient, acme=dearer) if kind == "upgrade" else agency(rehearsal.recipient, removed)
    rehearsal.write(text)
    assert rehearsal.run("apply", *APPROVED).code == 0
    sent = rehearsal.writes()
    rehearsal.faults({"action": "account_list", "nth": 1, "times": None, "kind": "stale_list", "writes": 1})

    stale = rehearsal.run("apply", *APPROVED)
    rehearsal.faults()

    assert (stale.code, "change-not-listed" in stale.err) == (1, True), stale
    assert rehearsal.writes() == sent
    rehearsal.check_converged()
