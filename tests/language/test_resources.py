"""What a valid agency file becomes."""

import gc
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language.casebook import CASES, loaded

from agencyfile.language import AgencyFile, Budgets, Reconcile, load
from plan.address import Address, Origin
from plan.money import Money
from plan.resource import Removal, Resource
from plan.values import Content, Reference

HEAD = "version: 1\nagency: {name: northwind}\n"


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> AgencyFile:
    """The case that uses every word."""
    found = loaded("everything", monkeypatch).agency_file
    assert found is not None
    return found


def resource(file: AgencyFile, address: str) -> Resource:
    """The resource at an address."""
    return next(one for one in file.resources if one.address == Address.parse(address))


def test_resources_are_ordered_by_kind_and_name(everything: AgencyFile) -> None:
    """What others depend on comes first; then by name."""
    assert [str(one.address) for one in everything.resources] == [
        "sandbox.fitness-lab",
        "sandbox.old-lab",
        "snapshot.Fitness, first version",
        "snapshot.fitness-2026-11",
        "snapshot.found",
        "template.newsletter",
        "template.promo",
        "template.welcome",
        "settings.account",
        "account.acme-gym",
        "account.acme-pilates",
        "account.initech",
        "account.moved-in",
        "account.no",
        "credit.acme-gym.compatibility",
        "credit.acme-gym.email",
        "credit.acme-gym.prepaid",
        "credit.acme-gym.sms",
        "credit.initech.compatibility",
        "credit.initech.email",
        "credit.no.compatibility",
        "credit.no.email",
        "addon.acme-gym.conversations",
        "addon.acme-gym.scoring",
        "addon.acme-pilates.conversations",
        "addon.acme-pilates.scoring",
        "addon.initech.scoring",
        "addon.moved-in.scoring",
        "addon.no.conversations",
        "addon.no.scoring",
        "branding.acme-gym",
        "branding.acme-pilates",
        "branding.initech",
        "branding.moved-in",
        "branding.no",
    ]


def test_account_has_its_own_words_over_the_defaults(everything: AgencyFile) -> None:
    """Plans are merged word by word, everything else is replaced."""
    assert resource(everything, "account.acme-gym").attributes == {
        "client.name": "Acme Gym",
        "client.email": "owner@acme.example",
        "notification": "ops@northwind.example",
        "snapshot": Reference(Address("snapshot", "fitness-2026-11")),
        "plan": {"tier": "plus", "billing": "monthly", "contacts": 2500},
        "domain": "mail.acme.example",
        "language": "french",
        "timezone": "Europe/Paris",
        "status": "disabled",
        "country": "BE",
        "currency": "EUR",
        "api": "https://acme.api-us1.com",
        "templates": (Reference(Address("template", "welcome")), Reference(Address("template", "promo"))),
        "keeps_templates": True,
    }


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("acme-pilates", {"tier": "trial"}),
        ("no", {"id": "123"}),
        ("moved-in", {"id": "7"}),
        ("initech", {"tier": "pro", "billing": "annual", "contacts": 1000}),
    ],
)
def test_plan_drops_what_cannot_stand_beside_it(everything: AgencyFile, name: str, plan: object) -> None:
    """A trial drops inherited terms, an id drops all words, and older words mean today's."""
    assert resource(everything, f"account.{name}").attributes["plan"] == plan


def test_origins_lead_to_the_value_also_in_the_defaults(everything: AgencyFile) -> None:
    """Every declared word has the place of its value; an inherited one that of the defaults."""
    account = resource(everything, "account.acme-gym")

    assert account.origin == Origin("agency.yaml", 59, 3)
    assert account.origin_of("plan.contacts") == Origin("agency.yaml", 62, 22)
    assert account.origin_of("plan.tier") == Origin("agency.yaml", 37, 18)
    assert account.origin_of("notification") == Origin("agency.yaml", 34, 19)
    assert account.origin_of("client.email") == Origin("agency.yaml", 60, 44)
    assert "plan.contacts" not in resource(everything, "account.no").origins


def test_origins_hold_the_words_that_they_say_they_hold(everything: AgencyFile) -> None:
    """A word is looked up without the places: both ways give the same words."""
    words = {word for one in everything.resources for word in one.origins}
    assert {"plan.contacts", "client.email", "notification"} <= words
    for one in everything.resources:
        assert {word for word in words if word in one.origins} == set(one.origins), one.address
        assert len(one.origins) == len(set(one.origins))


def test_sandbox_snapshot_and_template_have_their_attributes(everything: AgencyFile) -> None:
    """The contract with the provider."""
    html = (CASES / "everything/templates/newsletter.html").read_bytes()

    assert resource(everything, "sandbox.fitness-lab").attributes == {
        "client.name": "Northwind Lab",
        "client.email": "lab@northwind.example",
        "notification": "lab-ops@northwind.example",
        "plan": {"tier": "sandbox"},
        "custom_fields": True,
    }
    assert resource(everything, "snapshot.fitness-2026-11").attributes == {
        "sandbox": Reference(Address("sandbox", "fitness-lab"))
    }
    assert resource(everything, "template.newsletter").attributes == {
        "type": "basic",
        "html": "templates/newsletter.html",
        "content": Content(html.decode()),
        "tags": ("fitness", "monthly"),
    }


def test_accounts_and_snapshots_are_protected_unless_said_otherwise(everything: AgencyFile) -> None:
    """Protection is the default where an end is final."""
    protected = {str(one.address) for one in everything.resources if one.protect}

    assert protected == {
        "snapshot.fitness-2026-11",
        *(f"account.{name}" for name in ("acme-pilates", "initech", "moved-in", "no")),
    }


def test_settings_hold_units_and_secrets(everything: AgencyFile) -> None:
    """Durations are seconds, rates are per second, keys come from the environment and are not shown."""
    portal = everything.settings.portal

    assert (portal.wait.first, portal.wait.most, portal.wait.timeout) == (0.5, 10.0, 3600.0)
    assert portal.rate_limit == 2.5
    assert portal.plan_ids == {"plus/monthly/1000": "12", "sandbox": "3", "trial": "4"}
    assert portal.agency_key is not None
    assert portal.agency_key.reveal() == "agency-key-of-a-test"
    assert "of-a-test" not in repr(everything.settings)
    assert len(everything.settings.recipients) == 2


def test_credits_are_resources_of_their_own(everything: AgencyFile) -> None:
    """Each total above zero belongs to its account, and knows the place of its word and of its value."""
    email = resource(everything, "credit.acme-gym.email")
    prepaid = resource(everything, "credit.acme-gym.prepaid")
    inherited = resource(everything, "credit.acme-gym.compatibility")
    account = Reference(Address("account", "acme-gym"))

    assert email.attributes == {"account": account, "pool": "email", "total": 5000}
    assert prepaid.attributes == {"account": account, "pool": "prepaid", "total": "100.00 USD"}
    assert (email.origin, email.origin_of("total")) == (
        Origin("agency.yaml", 64, 15),
        Origin("agency.yaml", 64, 22),
    )
    assert inherited.attributes["total"] == 10
    assert (inherited.origin, inherited.origin_of("total")) == (
        Origin("agency.yaml", 38, 28),
        Origin("agency.yaml", 38, 43),
    )
    assert not email.protect


def test_removals_are_those_of_every_file_by_address(everything: AgencyFile) -> None:
    """An included file may remove, and data is kept unless said otherwise."""
    _, globex, old, *_ = everything.removals

    assert [(str(one.address), one.action) for one in everything.removals] == [
        ("account.elsewhere", "forget"),
        ("account.globex", "cancel"),
        ("account.old-client", "cancel"),
        ("account.spun-off", "transfer"),
        ("sandbox.lab-2023", "forget"),
        ("sandbox.lab-2024", "cancel"),
        ("snapshot.First of all", "forget"),
        ("snapshot.fitness-2024", "delete"),
    ]
    assert globex == Removal(
        Address("account", "globex"),
        "cancel",
        {"reason": "bankrupt, as told by mail", "retain_data": False},
        Origin("clients/initech.yaml", 6, 5),
    )
    assert (old.address, old.attributes) == (
        Address("account", "old-client"),
        {"reason": "contract ended 2026-10-31", "retain_data": True},
    )
    assert {one.action for one in everything.removals if "retain_data" in one.attributes} == {"cancel"}
    assert all("reason" in one.attributes for one in everything.removals)


def test_settings_hold_budgets_reconciliation_and_lease(everything: AgencyFile) -> None:
    """Amounts are exact, durations are seconds."""
    settings = everything.settings

    assert settings.budgets == Budgets(per_apply=Money.parse("500 USD"), per_month=Money.parse("1999.50 USD"))
    assert settings.reconcile == Reconcile(settle=900.0, resend=True)
    assert settings.lease == 90.0


def test_settings_of_a_minimal_file_are_the_defaults(tmp_path: Path) -> None:
    """What the file does not say has a default."""
    (tmp_path / "agency.yaml").write_text(HEAD)
    found = load(tmp_path / "agency.yaml", {}).agency_file
    assert found is not None

    assert found.settings.ledger == "file:.agencyfile/ledger.jsonl"
    assert found.settings.portal.rate_limit == 5.0
    assert found.settings.portal.first_page == "auto"
    assert found.settings.portal.agency_key is None
    assert found.settings.budgets == Budgets(per_apply=None, per_month=None)
    assert found.settings.reconcile == Reconcile(settle=600.0, resend=False)
    assert found.settings.lease == 120.0
    assert found.resources == ()
    assert found.removals == ()


TOTALS = st.dictionaries(st.sampled_from(["email", "compatibility", "sms"]), st.integers(0, 3))


@given(own=TOTALS, below=TOTALS)
def test_credits_are_the_totals_of_the_block_over_those_of_the_defaults(
    tmp_path_factory: pytest.TempPathFactory, own: dict[str, int], below: dict[str, int]
) -> None:
    """Field by field; a total of zero, own or inherited, is no resource."""
    path = tmp_path_factory.mktemp("credits") / "agency.yaml"
    defaults = f"{{notification: ops@northwind.example, plan: {{tier: trial}}, credits: {json.dumps(below)}}}"
    account = f"{{client: {{name: Acme, email: owner@acme.example}}, credits: {json.dumps(own)}}}"
    path.write_text(f"{HEAD}defaults: {{account: {defaults}}}\naccounts: {{acme: {account}}}\n")
    found = load(path, {}).agency_file
    assert found is not None

    assert {one.address.name: one.attributes["total"] for one in found.resources if one.address.kind == "credit"} == {
        f"acme.{pool}": total for pool, total in {**below, **own}.items() if total
    }


def blocks(count: int) -> list[str]:
    """Account blocks, each one line."""
    return [
        f"  client-{n}: {{client: {{name: Client {n}, email: owner@client-{n}.example}}, plan: {{contacts: {n + 1}}}}}"
        for n in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_resources_are_the_same_whatever_the_order_and_the_files(seed: int, tmp_path: Path) -> None:
    """Key order and the split into files change nothing but origins."""
    choose = random.Random(seed)
    defaults = "defaults: {account: {notification: ops@northwind.example, plan: {tier: plus, billing: annual}}}\n"
    lines = blocks(20)
    ended = [f"  - {{account: old-{n}, action: cancel, reason: 'no {n}'}}" for n in range(20)]
    (tmp_path / "one.yaml").write_text("\n".join([HEAD + defaults + "accounts:", *lines, "removed:", *ended]))
    choose.shuffle(lines)
    choose.shuffle(ended)
    cut = choose.randrange(1, 19)
    head = [*HEAD.splitlines(), defaults.strip(), "include: [part.yaml]"]
    choose.shuffle(head)
    (tmp_path / "two.yaml").write_text("\n".join([*head, "accounts:", *lines[:cut], "removed:", *ended[:cut]]))
    (tmp_path / "part.yaml").write_text("\n".join(["removed:", *ended[cut:], "accounts:", *lines[cut:]]))
    one = load(tmp_path / "one.yaml", {}).agency_file
    two = load(tmp_path / "two.yaml", {}).agency_file
    assert one is not None
    assert two is not None

    assert one.settings == two.settings
    assert [(r.address, r.attributes, r.protect) for r in one.resources] == [
        (r.address, r.attributes, r.protect) for r in two.resources
    ]
    assert len(one.removals) == 20
    assert [(r.address, r.attributes) for r in one.removals] == [(r.address, r.attributes) for r in two.removals]


@pytest.mark.parametrize("was_enabled", [True, False])
def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path: Path, *, was_enabled: bool) -> None:
    """The collector is paused while loading, and only then."""
    (tmp_path / "agency.yaml").write_text(HEAD)
    (gc.enable if was_enabled else gc.disable)()
    try:
        load(tmp_path / "agency.yaml", {})

        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()


def test_importing_the_package_imports_neither_parser_nor_models() -> None:
    """The start-up of a command that reads no file pays for neither."""
    code = (
        "import sys, agencyfile.language as language; language.render_github; "
        "print([name for name in ('yaml', 'pydantic', 'zoneinfo') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


LAYERED = """\
version: 1
agency: {name: northwind}
defaults:
  account: {notification: ops@a.example, language: english, plan: {tier: plus, billing: monthly, contacts: 1000}}
clients:
  acme-gym: {name: Acme Gym, email: owner@acme.example, language: fr, timezone: Europe/Brussels, country: BE}
profiles:
  fitness: {plan: {contacts: 2500}, credits: {email: 100}, country: FR}
  vip: {plan: {tier: pro}, credits: {sms: 5}}
accounts:
  acme-gym: {client: acme-gym, profile: [fitness, vip]}
  acme-two: {client: acme-gym, language: dutch, country: NL, credits: {email: 7}, profile: fitness}
"""


def test_account_takes_values_from_client_profiles_and_defaults(tmp_path: Path) -> None:
    """Defaults, profiles from left to right, the client, the block: the last one counts. Each value has its place."""
    path = tmp_path / "agency.yaml"
    path.write_text(LAYERED, encoding="utf-8")
    agency_file = load(path, {}).agency_file
    assert agency_file is not None
    found = {str(one.address): one for one in agency_file.resources}
    first, second = found["account.acme-gym"], found["account.acme-two"]

    assert first.attributes == {
        "client.name": "Acme Gym",
        "client.email": "owner@acme.example",
        "notification": "ops@a.example",
        "plan": {"tier": "pro", "billing": "monthly", "contacts": 2500},
        "language": "french",
        "timezone": "Europe/Brussels",
        "country": "BE",
    }
    lines = {word: origin.line for word, origin in first.origins.items()}
    assert {word: lines[word] for word in ("client.name", "language", "country", "timezone")} == dict.fromkeys(
        ("client.name", "language", "country", "timezone"), 6
    )
    assert (lines["notification"], lines["plan.billing"], lines["plan.contacts"], lines["plan.tier"]) == (4, 4, 8, 9)
    assert (second.attributes["language"], second.attributes["country"]) == ("dutch", "NL")
    assert found["credit.acme-two.email"].attributes["total"] == 7
    assert {name for name in found if name.startswith("credit.acme-gym")} == {
        "credit.acme-gym.email",
        "credit.acme-gym.sms",
    }


def test_account_of_a_client_is_the_account_with_the_words_written_out(tmp_path: Path) -> None:
    """Layers leave no trace in what is planned: the attributes are those of a block that says everything itself."""
    written_out = LAYERED.partition("accounts:")[0] + (
        "accounts:\n"
        "  acme-gym: {client: {name: Acme Gym, email: owner@acme.example}, language: french,\n"
        "    timezone: Europe/Brussels, country: BE, plan: {tier: pro, contacts: 2500},\n"
        "    credits: {email: 100, sms: 5}}\n"
    )
    made = []
    for name, text in (("layered", LAYERED), ("out", written_out)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        agency_file = load(path, {}).agency_file
        assert agency_file is not None
        made.append(
            {str(one.address): one.attributes for one in agency_file.resources if "two" not in one.address.name}
        )

    assert made[0] == made[1]
