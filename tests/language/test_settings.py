"""Ledgers, amounts and durations of the agency's settings."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import examples

from agencyfile.fields.amounts import parse_money
from agencyfile.fields.ledger_places import branch_problem
from agencyfile.language import AgencyFile, Review, load
from plan.money import Money

GIT = shutil.which("git")
PIECES = [
    "a",
    "B",
    "é",
    ".",
    "..",
    "/",
    "-",
    ".lock",
    ".locks",
    "@",
    "@{",
    "{",
    " ",
    "~",
    "^",
    ":",
    "?",
    "*",
    "[",
    "\\",
]


def loaded(folder: Path, words: str) -> tuple[AgencyFile | None, list[str]]:
    """What comes of an agency with these words besides its name, and the rules that they break."""
    path = folder / "agency.yaml"
    path.write_text(f"version: 1\nagency:\n  name: northwind\n  {words}\n")
    result = load(path, {})
    return result.agency_file, [one.rule for one in result.diagnostics]


@pytest.mark.parametrize(
    "ledger",
    [
        "file:ledger.jsonl",
        "file:.agencyfile/ledger.jsonl",
        "git+branch:agencyfile-ledger",
        "git+branch:ledgers/northwind",
        "git+branch:ledger@origin",
        "git+branch:led@ger@up_stream.2",
    ],
)
def test_ledger_of_a_store_that_exists_is_kept_as_it_is_written(ledger: str, tmp_path: Path) -> None:
    """A file of the folder, or a branch with or without a remote."""
    found, rules = loaded(tmp_path, f"ledger: {ledger}")

    assert rules == []
    assert found is not None
    assert found.settings.ledger == ledger


@pytest.mark.parametrize(
    "ledger",
    [
        *("ledger.jsonl", "s3://bucket/key", "git:ledger", "git+branch", "File:ledger", "", ":x", "file:", "file:/x"),
        *("git+branch:", "git+branch:@origin", "git+branch:-x", "git+branch:a..b", "git+branch:a/", "git+branch:HEAD"),
        *("git+branch:x@", "git+branch:x@-f", "git+branch:x@..", "git+branch:x@a/b", "git+branch:x@host:path"),
        *("git+branch:a@{1}", "git+branch:x.lock", "git+branch:x.lock@origin", "git+branch:a b"),
    ],
)
def test_ledger_of_any_other_form_is_refused(ledger: str, tmp_path: Path) -> None:
    """Neither options nor paths nor addresses get through as the name of a branch or remote."""
    assert loaded(tmp_path, f'ledger: "{ledger}"') == (None, ["ledger-location"])


@pytest.mark.skipif(GIT is None, reason="git says what a branch may be called")
@settings(max_examples=examples(300), deadline=None)
@given(name=st.lists(st.sampled_from(PIECES), max_size=5).map("".join))
def test_branch_is_valid_when_git_says_so(name: str) -> None:
    """The rules are git's own, but for what means something else to it: @, HEAD and options."""
    assert GIT is not None
    done = subprocess.run([GIT, "check-ref-format", f"refs/heads/{name}"], check=False)
    is_special = name in ("@", "HEAD") or name.startswith("-")

    assert (branch_problem(name) is None) is (done.returncode == 0 and not is_special)


@pytest.mark.parametrize("code", [*range(33), 127])
def test_branch_with_a_control_character_or_space_is_refused(code: int) -> None:
    """Whatever stands around it, also at the end."""
    assert branch_problem(f"a{chr(code)}b") is not None
    assert branch_problem(f"a{chr(code)}") is not None


@given(units=st.integers(0, 999_999_999), cents=st.integers(0, 99), currency=st.from_regex("[A-Z]{3}", fullmatch=True))
def test_money_is_exact_and_reads_its_own_text(units: int, cents: int, currency: str) -> None:
    """What is written is what is meant, and what is shown is read as the same."""
    money = parse_money(f"{units}.{cents:02} {currency}")

    assert money == Money.parse(f"{units}.{cents:02} {currency}")
    assert parse_money(str(money)) == money


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("budgets: {per_apply: 500}", "money"),
        ("budgets: {per_apply: 500 usd}", "money"),
        ("budgets: {per_apply: 500.001 USD}", "money"),
        ('budgets: {per_apply: "1,000 USD"}', "money"),
        ("budgets: {per_apply: 1e3 USD}", "money"),
        ("budgets: {per_month: 0.00 USD}", "budget-amount"),
        ("budgets: {per_month: -5 USD}", "money"),
        ("budgets: {per_apply: 1 USD, per_month: 1 EUR}", "budget-currency"),
        ("reconcile: {settle: 10}", "duration"),
        ("reconcile: {settle: 0s}", "duration"),
        ("reconcile: {resend: true}", "quote-text"),
        ("reconcile: {resend: always}", "resend"),
        ("lease: {duration: 9999ms}", "lease-duration"),
        ("lease: 2m", "wrong-type"),
        ("review: {max_changed_share: 0%}", "share"),
        ("review: {max_changed_share: 0.99%}", "share"),
        ("review: {max_changed_share: 100.01%}", "share"),
        ("review: {max_changed_share: 0.3}", "share"),
        ("review: {max_changed_share: third}", "share"),
        ("review: {approval: [costly]}", "review-effect"),
        ("portal: {account_api: 'https://{account}.{account}.example'}", "account-api"),
        ("portal: {account_api: 'https://{account}.{name}.example'}", "account-api"),
        ("portal: {account_api: 'http://{account}.example'}", "account-api"),
        ("portal: {account_api: 'https://key@{account}.example'}", "account-api"),
        ("portal: {account_api: '{account}.example'}", "account-api"),
    ],
)
def test_setting_of_no_meaning_is_refused(words: str, rule: str, tmp_path: Path) -> None:
    """One mistake, one diagnostic."""
    assert loaded(tmp_path, words) == (None, [rule])


@pytest.mark.parametrize(("share", "number"), [("1%", 0.01), ("30 %", 0.3), ("99.99%", 0.9999), ("100%", None)])
def test_share_of_a_review_is_a_number_and_none_where_it_is_all(
    share: str, number: float | None, tmp_path: Path
) -> None:
    """The whole is no limit."""
    found, _ = loaded(tmp_path, f"review: {{max_changed_share: {share}}}")

    assert found is not None
    assert found.settings.review == Review(max_changed_share=number)


def test_lease_of_ten_seconds_is_long_enough(tmp_path: Path) -> None:
    """The shortest one."""
    found, _ = loaded(tmp_path, "lease: {duration: 10s}")

    assert found is not None
    assert found.settings.lease == 10.0
