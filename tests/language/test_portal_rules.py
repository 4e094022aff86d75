"""The portal's rules that can be checked offline, by their number in `portal.md` section 2.

`cases/rule-NN` holds for each of them a file that breaks it, every mistake marked, and a `valid.yaml` that just does
not; where there is nothing to break, one file that makes use of it.
"""

import re
from pathlib import Path

import pytest
from language.casebook import CASES, loaded, marked

from agencyfile.language import RULES, load
from agencyfile.language.rules import NOTHING_TO_CHECK

OFFLINE = (1, 2, 7, 12, 13, 14, 17, 24, 25, 26, 28, 29, 30, 42, 43, 45, 52, 53, 59, 62, 68)
BASE = """\
version: 1
agency: {name: northwind}
defaults:
  account: {notification: ops@northwind.example, plan: {tier: plus, billing: monthly, contacts: 1000}}
  sandbox: {notification: ops@northwind.example}
"""
CLIENT = "client: {name: Acme, email: owner@acme.example}"


def cited(rule: str) -> set[int]:
    """The numbers of the portal's rules that a rule of ours comes from."""
    source = RULES[rule].source
    return {int(number) for number in re.findall(r"\d+", source)} if source.startswith("portal.md rule") else set()


class Case:
    """The files of one rule of the portal."""

    def __init__(self, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number = number
        self.name = f"rule-{number:02}"
        self.monkeypatch = monkeypatch

    def check(self) -> None:
        """The broken file breaks what is marked, by rules of which one names the number; the valid file nothing."""
        found = loaded(self.name, self.monkeypatch).diagnostics

        assert sorted((*one.origin, one.rule) for one in found if one.origin) == marked(CASES / self.name) != []
        assert self.number in set().union(*(cited(one.rule) for one in found))
        assert load(Path("valid.yaml"), {}).diagnostics == ()

    def check_use(self) -> None:
        """There is nothing to break, and the file that makes use of it is valid."""
        result = loaded(self.name, self.monkeypatch)

        assert self.number in NOTHING_TO_CHECK
        assert result.diagnostics == ()
        assert result.agency_file is not None


def test_rules_that_can_be_checked_offline_have_a_rule_of_ours_or_nothing_to_check() -> None:
    """Each is the source of a diagnostic, has a folder of files, and a test with its number in this module."""
    sources = set().union(*(cited(rule) for rule in RULES))
    text = Path(__file__).read_text()

    assert set(OFFLINE) - sources == set(NOTHING_TO_CHECK)
    for number in OFFLINE:
        assert (CASES / f"rule-{number:02}" / "agency.yaml").exists()
        assert (CASES / f"rule-{number:02}" / "valid.yaml").exists() is (number not in NOTHING_TO_CHECK)
        assert f"def test_rule_{number:02}_" in text


def test_rule_01_sandbox_takes_no_paid_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox is its own tier; and no account is of that tier."""
    Case(1, monkeypatch).check()


def test_rule_02_sandboxes_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no cap to enforce."""
    Case(2, monkeypatch).check_use()


def test_rule_07_sandbox_takes_no_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal gives no CNAME to a sandbox."""
    Case(7, monkeypatch).check()


def test_rule_12_snapshot_is_of_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source is a sandbox of the same agency file."""
    Case(12, monkeypatch).check()


def test_rule_13_snapshots_and_their_accounts_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any number of snapshots, and of accounts that start from one."""
    Case(13, monkeypatch).check_use()


def test_rule_14_snapshot_has_no_content_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what its sandbox was; another state is another name."""
    Case(14, monkeypatch).check()


def test_rule_17_snapshot_serves_accounts_of_every_country(monkeypatch: pytest.MonkeyPatch) -> None:
    """No region is checked."""
    Case(17, monkeypatch).check_use()


def test_rule_24_account_name_is_a_host_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is the label before .activehosted.com, and a domain of its own may stand beside it."""
    Case(24, monkeypatch).check()


def test_rule_25_client_has_a_name_and_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are required of what is to be created."""
    Case(25, monkeypatch).check()


def test_rule_26_notifications_go_to_the_agency(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mailbox is required, is one, and is not the client's."""
    Case(26, monkeypatch).check()


def test_rule_28_language_and_time_zone_are_in_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither can be corrected after creation."""
    Case(28, monkeypatch).check()


def test_rule_29_country_is_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """It decides where data is stored, and is chosen once."""
    Case(29, monkeypatch).check()


def test_rule_30_plan_has_the_shape_of_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tier, a billing and contacts; an id stands for all of them."""
    Case(30, monkeypatch).check()


def test_rule_42_trials_have_no_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any number of them, branded or not, and none with billing."""
    Case(42, monkeypatch).check()


def test_rule_43_trial_is_extended_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of times is refused, and so is the extension of what is no trial."""
    Case(43, monkeypatch).check()


def test_rule_45_status_is_one_that_an_account_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other states are the portal's own."""
    Case(45, monkeypatch).check()


def test_rule_52_domain_is_one_account_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sub-domain each, whatever the case, and none on a sandbox."""
    Case(52, monkeypatch).check()


def test_rule_53_domain_is_a_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain and a top-level domain."""
    Case(53, monkeypatch).check()


def test_rule_59_template_is_of_one_of_three_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each type has its own keys."""
    Case(59, monkeypatch).check()


def test_rule_62_share_link_is_on_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """One word behind the host, which may end with a dollar sign."""
    Case(62, monkeypatch).check()


def test_rule_68_sms_credits_are_for_some_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starter is treated as Lite was; a total of zero grants nothing."""
    Case(68, monkeypatch).check()


@pytest.fixture
def rules(tmp_path: Path) -> "Rules":
    """Loads sections after the same head."""
    return Rules(tmp_path)


class Rules:
    """Which rules a file with these sections breaks."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "agency.yaml"

    def broken_by(self, sections: str) -> list[str]:
        """Ids of the rules, in the order of the file."""
        self.path.write_text(BASE + sections)
        return [one.rule for one in load(self.path, {}).diagnostics]

    def broken_by_account(self, words: str) -> list[str]:
        """The same for one account with these words besides its client."""
        return self.broken_by(f"accounts: {{acme: {{{CLIENT}, {words}}}}}\n")


@pytest.mark.parametrize(
    "name",
    ["Acme", "acme.activehosted.com", "https://acme.activehosted.com/", "a.b", "_a", "-a", "a-", "a" * 64, '""', "é"],
)
def test_rule_24_account_name_that_is_no_host_label_is_refused(name: str, rules: Rules) -> None:
    """The name is the label before .activehosted.com."""
    assert rules.broken_by(f"accounts:\n  {name}: {{{CLIENT}}}\n") == ["account-name"]


@pytest.mark.parametrize("name", ["a", "0", "acme-gym", "acme_gym", "3com", "no", "a" * 63, "xn--caf-dma"])
def test_rule_24_account_name_that_is_a_host_label_is_taken(name: str, rules: Rules) -> None:
    """One RFC 1123 label of at most 63 characters."""
    assert rules.broken_by(f"accounts:\n  {name}: {{{CLIENT}}}\n") == []


def test_rule_25_account_without_client_name_or_email_is_refused(rules: Rules) -> None:
    """Both are required, and the address must be one."""
    assert rules.broken_by("accounts: {acme: {client: {}}}\n") == ["missing-key", "missing-key"]
    assert rules.broken_by("accounts: {acme: {}}\n") == ["missing-key"]
    assert rules.broken_by("accounts: {acme: {client: {name: A, email: nobody}}}\n") == ["email"]
    assert rules.broken_by("accounts: {acme: {client: {name: ' ', email: a@b.example}}}\n") == ["client"]


@pytest.mark.parametrize(
    "address",
    [
        "ops",
        "ops@",
        "@a.example",
        "a@b",
        "a b@c.example",
        "Ops <ops@a.example>",
        "a@b.example, c@d.example",
        "a..b@c.example",
    ],
)
def test_rule_26_notification_that_is_no_address_is_refused(address: str, rules: Rules) -> None:
    """Billing and abuse mail must arrive."""
    assert rules.broken_by_account(f'notification: "{address}"') == ["email"]


def test_rule_26_notification_to_the_client_is_warned_of(rules: Rules) -> None:
    """The agency must read it: the client should not have to."""
    assert rules.broken_by_account("notification: OWNER@acme.example") == ["notification-is-client"]
    assert RULES["notification-is-client"].severity == "warning"


@pytest.mark.parametrize(
    ("domain", "rule"),
    [
        ("mail", "domain-single-word"),
        ("localhost", "domain-single-word"),
        ("mail..example", "domain"),
        ("-a.example", "domain"),
        ("a_b.example", "domain"),
        ("192.0.2.7", "domain"),
        ("a.b7", "domain"),
        ("mail.acme.example:443", "domain"),
        ("*.acme.example", "domain"),
        (f"{'a' * 64}.example", "domain"),
        (f"{'a.' * 130}example", "domain"),
    ],
)
def test_rule_53_domain_that_is_no_host_name_is_refused(domain: str, rule: str, rules: Rules) -> None:
    """A domain and a top-level domain, by RFC 952, 1123 and 2181."""
    assert rules.broken_by_account(f'domain: "{domain}"') == [rule]


REMOVED = "account: old-client, action: cancel, reason: contract ended"


def test_rule_36_removal_that_deletes_is_refused(rules: Rules) -> None:
    """The portal deletes no account and no sandbox."""
    for kind in ("account", "sandbox"):
        for action in ("delete", "destroy"):
            removed = f"removed: [{{{kind}: old, action: {action}, reason: why}}]\n"
            assert rules.broken_by(removed) == ["removal-action"]
    assert rules.broken_by("removed: [{snapshot: spring, action: delete, reason: why}]\n") == []


def test_rule_37_account_is_cancelled_one_by_one_with_a_reason(rules: Rules) -> None:
    """Each entry names one account, the action and why."""
    assert rules.broken_by(f"removed: [{{{REMOVED}}}]\n") == []
    assert rules.broken_by(f"removed: [{{{REMOVED}, retain_data: false}}]\n") == []
    assert rules.broken_by("removed: [{}]\n") == ["missing-key", "missing-key", "missing-key"]
    assert rules.broken_by("removed: [{account: old, action: cancel, reason: ' '}]\n") == ["removal-reason"]
    assert rules.broken_by(f"removed: [{{{REMOVED}}}, {{{REMOVED}}}]\n") == ["removal-duplicate"]


@pytest.mark.parametrize("section", ["accounts", "sandboxes"])
def test_rule_37_account_that_is_declared_is_not_cancelled(section: str, rules: Rules) -> None:
    """What is declared and removed is a contradiction, whatever the case of the name."""
    assert rules.broken_by(f"{section}: {{old-client: {{{CLIENT}}}}}\nremoved: [{{{REMOVED}}}]\n") == [
        "removal-declared"
    ]


@pytest.mark.parametrize("tier", ["trial", "plus", "pro", "professional", "enterprise"])
def test_rule_68_sms_credits_on_a_tier_with_sms_are_taken(tier: str, rules: Rules) -> None:
    """Trial, Plus, Professional and Enterprise send SMS."""
    terms = "" if tier == "trial" else ", billing: annual, contacts: 500"

    assert rules.broken_by_account(f"plan: {{tier: {tier}{terms}}}, credits: {{sms: 500}}") == []


@pytest.mark.parametrize("tier", ["starter", "lite", "Lite"])
def test_rule_68_sms_credits_on_a_tier_without_sms_are_refused(tier: str, rules: Rules) -> None:
    """Starter is treated as Lite was; a plan by its id is not known, and a total of zero grants nothing."""
    assert rules.broken_by_account(f"plan: {{tier: {tier}}}, credits: {{sms: 500}}") == ["sms-tier"]
    assert rules.broken_by_account(f"plan: {{tier: {tier}}}, credits: {{sms: 0, email: 500}}") == []
    assert rules.broken_by_account("plan: {id: 12}, credits: {sms: 500}") == []


def test_rule_71_total_below_zero_is_refused(rules: Rules) -> None:
    """Allocation adds; nothing takes credits back."""
    assert rules.broken_by_account("credits: {email: -1, compatibility: 0, sms: 1}") == ["credit-total"]
    assert rules.broken_by_account("credits: {prepaid: -1 USD}") == ["money"]


@pytest.mark.parametrize("value", ["key\n", " key", "a b", "clé", "\x00"])
def test_key_in_the_environment_that_is_no_key_is_refused(value: str, tmp_path: Path) -> None:
    """A line break at the end of a CI secret is found here, not in a refused request."""
    path = tmp_path / "agency.yaml"
    path.write_text("version: 1\nagency: {name: northwind, portal: {agency_key: '${env:AGENCY_KEY}'}}\n")
    result = load(path, {"AGENCY_KEY": value})

    assert [one.rule for one in result.diagnostics] == ["environment-value"]
