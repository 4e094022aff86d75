"""The portal's rules that can be checked offline, by their number in `portal.md` section 2."""

from pathlib import Path

import pytest

from agencyfile.language import RULES, load

BASE = """\
version: 1
agency: {name: northwind}
defaults:
  account: {notification: ops@northwind.example, plan: {tier: plus, billing: monthly, contacts: 1000}}
  sandbox: {notification: ops@northwind.example}
"""
CLIENT = "client: {name: Acme, email: owner@acme.example}"


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


def test_rule_01_sandbox_with_a_plan_is_refused(rules: Rules) -> None:
    """A sandbox is its own tier; and no account is of that tier."""
    assert rules.broken_by(f"sandboxes: {{lab: {{{CLIENT}, plan: {{tier: plus}}}}}}\n") == ["sandbox-plan"]
    assert rules.broken_by_account("plan: {tier: sandbox}") == ["plan-tier-sandbox"]


def test_rule_02_any_number_of_sandboxes_is_taken(rules: Rules) -> None:
    """There is no cap to enforce."""
    lines = [f"  lab-{number}: {{{CLIENT}}}\n" for number in range(150)]

    assert rules.broken_by("sandboxes:\n" + "".join(lines)) == []


def test_rule_07_sandbox_with_a_domain_is_refused(rules: Rules) -> None:
    """The portal gives no CNAME to a sandbox."""
    assert rules.broken_by(f"sandboxes: {{lab: {{{CLIENT}, domain: lab.acme.example}}}}\n") == ["sandbox-domain"]


def test_rule_12_snapshot_of_anything_but_a_sandbox_is_refused(rules: Rules) -> None:
    """The source is a sandbox of the same agency file."""
    assert rules.broken_by(f"accounts: {{acme: {{{CLIENT}}}}}\nsnapshots: {{spring: {{sandbox: acme}}}}\n") == [
        "snapshot-source"
    ]
    assert rules.broken_by("snapshots: {spring: {sandbox: lab}}\n") == ["dangling-reference"]


def test_rule_13_several_accounts_of_one_snapshot_are_taken(rules: Rules) -> None:
    """A snapshot is used as often as one likes."""
    lines = [f"  acme-{number}: {{{CLIENT}, snapshot: spring}}\n" for number in range(3)]
    sections = f"sandboxes: {{lab: {{{CLIENT}}}}}\nsnapshots: {{spring: {{sandbox: lab}}}}\naccounts:\n"

    assert rules.broken_by(sections + "".join(lines)) == []


@pytest.mark.parametrize(
    "name", ["Acme", "acme.activehosted.com", "https://acme.activehosted.com/", "a_b", "-a", "a-", "a" * 64, '""', "é"]
)
def test_rule_24_account_name_that_is_no_host_label_is_refused(name: str, rules: Rules) -> None:
    """The name is the label before .activehosted.com."""
    assert rules.broken_by(f"accounts:\n  {name}: {{{CLIENT}}}\n") == ["account-name"]


@pytest.mark.parametrize("name", ["a", "0", "acme-gym", "3com", "no", "a" * 63, "xn--caf-dma"])
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


def test_rule_28_language_and_time_zone_are_of_the_catalog(rules: Rules) -> None:
    """Neither can be corrected after creation."""
    assert rules.broken_by_account("language: fr, timezone: Paris") == ["language", "timezone"]
    assert rules.broken_by_account("language: Portuguese - Brazil, timezone: America/Sao_Paulo") == []


def test_rule_30_plan_is_a_tier_a_billing_and_contacts(rules: Rules) -> None:
    """Each of the three is checked; an id stands for all of them."""
    assert rules.broken_by_account("plan: {tier: gold, billing: daily, contacts: 0}") == [
        "plan-tier",
        "plan-billing",
        "plan-number",
    ]
    assert rules.broken_by_account("plan: {tier: Professional, billing: Annual}") == []
    assert rules.broken_by_account("plan: {id: 12, tier: plus}") == ["plan-mixed"]


def test_rule_42_any_number_of_trials_is_taken(rules: Rules) -> None:
    """A trial is a tier without terms."""
    lines = [f"  acme-{number}: {{{CLIENT}, plan: {{tier: trial}}}}\n" for number in range(150)]

    assert rules.broken_by("accounts:\n" + "".join(lines)) == []
    assert rules.broken_by_account("plan: {tier: trial, billing: annual}") == ["trial-terms"]


def test_rule_45_status_is_of_the_vocabulary(rules: Rules) -> None:
    """What an account can be told to be: other states are the portal's own."""
    assert rules.broken_by_account("status: active") == []
    assert rules.broken_by_account("status: expired") == ["status"]


def test_rule_52_domain_of_two_accounts_is_refused(rules: Rules) -> None:
    """One sub-domain each, whatever the case."""
    lines = f"  a: {{{CLIENT}, domain: m.acme.example}}\n  b: {{{CLIENT}, domain: M.acme.example}}\n"

    assert rules.broken_by("accounts:\n" + lines) == ["domain-duplicate"]


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


def test_rule_59_template_of_another_type_is_refused(rules: Rules) -> None:
    """Three types exist, each with its own keys."""
    assert rules.broken_by("templates: {welcome: {type: new, html: x.html}}\n") == ["template-type", "template-html"]
    assert rules.broken_by("templates: {welcome: {type: legacy, source_account: northwind}}\n") == []


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
    path.write_text("version: 1\nagency: {name: northwind, portal: {agency_key: '${env:KEY}'}}\n")
    result = load(path, {"KEY": value})

    assert [one.rule for one in result.diagnostics] == ["environment-value"]
