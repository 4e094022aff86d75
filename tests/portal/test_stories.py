"""Whole applies over real HTTP: what is planned is what is made, and the plan after it is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agencyfile.portal import open_provider
from plan import manual_steps
from plan.address import Address, Origin
from plan.apply import Finished, Pace, Report, apply
from plan.call import Effect
from plan.ledger import FileStore, Ledger
from plan.plan import Plan
from plan.planner import make_plan
from plan.reconcile import Policy, reconcile
from plan.resource import Removal, Resource
from plan.values import Content, Reference, Secret, Value

KEY = "sentinel account key"
HTML = "<h1>Hello</h1>"
PLUS: Mapping[str, Value] = {"tier": "plus", "billing": "monthly", "contacts": 1000}


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals by a mark."""

    recipients: tuple[str, ...] = ("age1test",)

    def seal(self, secret: Secret) -> str:
        """The length alone."""
        return f"sealed({len(secret.reveal())})"


@dataclass(slots=True)
class Agency:
    """A file's resources, a ledger on disk, and the local portal."""

    portal: Any
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    removals: tuple[Removal, ...] = ()

    def ledger(self) -> Ledger:
        """The ledger, opened anew as each command does."""
        return Ledger(FileStore(self.folder / "ledger.jsonl"), agency="northwind")

    def plan(self, *desired: Resource) -> Plan:
        """The plan, now."""
        with open_provider(self.portal.endpoint(**self.settings)) as provider:
            return self._plan(provider, desired)

    def apply(self, *desired: Resource) -> Report:
        """Plan and apply; hold law 2 for whatever was done: nothing is sent that was not planned."""
        before = len(self.portal.writes())
        with open_provider(self.portal.endpoint(**self.settings)) as provider:
            plan = self._plan(provider, desired)
            assert plan.is_applicable, plan.diagnostics
            pace = Pace(first=0.02, most=0.1, timeout=5)
            *_, last = apply(plan, provider=provider, ledger=self.ledger(), vault=Vault(), pace=pace)
        assert isinstance(last, Finished)
        if last.report.is_complete:
            assert sorted(_predicted(plan)) == sorted(self.portal.writes()[before:])
        return last.report

    def converge(self, *desired: Resource) -> Plan:
        """Apply, and hold laws 1 and 2: what was predicted was made, and nothing is left to do."""
        report = self.apply(*desired)
        assert report.is_complete, report
        plan = self.plan(*desired)
        assert plan.is_empty, plan.steps
        return plan

    def do(self, plan: Plan, step_id: str) -> None:
        """A person says that a step is done."""
        (step,) = [step for step in plan.manual_steps if step.id == step_id]
        manual_steps.record(self.ledger(), step, text="done", by="ann")

    def act(self, action: str, **words: Any) -> None:
        """A human does something at the portal."""
        self.portal.act(action, **words)

    def _plan(self, provider: Any, desired: Sequence[Resource]) -> Plan:
        return make_plan(
            agency="northwind",
            kinds=provider.kinds,
            declared=desired,
            reading=provider.read(desired, self.removals),
            history=self.ledger().history,
            removals=self.removals,
        )


def _predicted(plan: Plan) -> list[tuple[str, str]]:
    return [(call.operation, str(call.parameters.get("account", _sandbox(call.parameters)))) for call in plan.calls]


def _sandbox(parameters: Mapping[str, Value]) -> str:
    return "lab" if parameters else ""


@pytest.fixture
def agency(portal: Any, tmp_path: Path) -> Agency:
    """An agency without anything."""
    return Agency(portal, tmp_path)


def _account(named: str = "acme", **attributes: Value) -> Resource:
    known: dict[str, Value] = {
        "client.name": named.title(),
        "client.email": f"owner@{named}.example",
        "notification": "ops@agency.example",
        "plan": PLUS,
    }
    return _resource("account", named, {**known, **attributes})


def _template(name: str = "newsletter", html: str = HTML, **attributes: Value) -> Resource:
    path = f"templates/{name}.html"
    return _resource("template", name, {"type": "basic", "content": Content(html), "html": path, **attributes})


def _resource(kind: str, name: str, attributes: Mapping[str, Value]) -> Resource:
    return Resource(Address(kind, name), attributes, Origin("agency.yaml", 1, 1))


def _of(kind: str, name: str, **attributes: Value) -> Resource:
    owner = Reference(Address("account", name.partition(".")[0]))
    return _resource(kind, name, {"account": owner, **attributes})


def _references(*names: str) -> tuple[Reference, ...]:
    return tuple(Reference(Address("template", name)) for name in names)


def _steps(plan: Plan) -> list[str]:
    return [step.id for step in plan.manual_steps]


def _templates(portal: Any) -> list[tuple[str, str, str]]:
    return [(row["account"], row["name"], row["content"]) for row in portal.book("templates")]


def test_rule_61_new_account_is_given_its_templates_by_its_login(agency: Agency, portal: Any) -> None:
    """In one apply, where the settings allow it; and nothing is left but what a human does."""
    agency.settings = {"account_login": True}
    desired = (_template(), _template("welcome", "<p>Hi</p>", tags=("a", "b")))
    account = _account(templates=_references("newsletter", "welcome"))

    plan = agency.converge(*desired, account)

    # They are sent side by side, so either may come first.
    assert sorted(_templates(portal)) == [("acme", "newsletter", HTML), ("acme", "welcome", "<p>Hi</p>")]
    assert [each["tags"] for each in portal.book("templates") if each["name"] == "welcome"] == [["a", "b"]]
    assert _steps(plan) == ["account.acme.handover"]


def test_rule_58_existing_account_gets_no_template_that_it_does_not_name(agency: Agency, portal: Any) -> None:
    """Neither a new template nor a new text of one, whoever made the account."""
    agency.settings = {"account_login": True}
    agency.converge(_template(), _account(templates=_references("newsletter")))
    portal.seed(accounts=[{"account": "older", "client_name": "Older", "plan": PLUS}])

    later = (_template(html="<p>new</p>"), _template("welcome"))
    every = _references("newsletter", "welcome")
    plan = agency.plan(*later, _account(templates=every), _account("older", notification="", templates=every))

    assert plan.is_empty
    assert _steps(plan) == ["account.acme.handover"]


def test_rule_61_account_that_names_its_templates_keeps_them_by_its_own_api(
    agency: Agency, portal: Any, paid: Any
) -> None:
    """Added, changed in place, renamed in place; a template that is named no more is left alone."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])
    agency.settings = {"account_keys": {"acme": Secret(KEY)}}

    def keeping(*names: str) -> Resource:
        return _account(templates=_references(*names), keeps_templates=True, api=portal.url_of("acme"))

    agency.converge(_template(), keeping("newsletter"))
    assert _templates(portal) == [("acme", "newsletter", HTML)]

    agency.converge(_template(html="<p>2</p>", tags=("x",)), keeping("newsletter"))
    assert _templates(portal) == [("acme", "newsletter", "<p>2</p>")]

    renamed = replace(_template("news", "<p>2</p>", tags=("x",)), previously="newsletter")
    agency.converge(renamed, keeping("news"))
    assert _templates(portal) == [("acme", "news", "<p>2</p>")]

    agency.converge(renamed, keeping())
    assert _templates(portal) == [("acme", "news", "<p>2</p>")]
    assert [action for action, _ in portal.writes()] == [
        "message_template_add",
        "message_template_edit",
        "message_template_edit",
    ]


def test_rule_60_template_without_a_way_in_is_a_step_that_evidence_closes(agency: Agency, portal: Any) -> None:
    """Designer templates always, basic ones where nothing opens the account; a new text asks anew."""
    designer = _resource("template", "welcome", {"type": "designer", "share_link": "https://tplshare.com/AbC"})
    account = _account(templates=_references("newsletter", "welcome"), keeps_templates=True)

    planned = agency.plan(_template(), designer, account)
    plan = agency.converge(_template(), designer, account)
    assert _steps(planned) == _steps(plan)
    assert _steps(plan) == ["account.acme.handover", "delivery.acme.newsletter", "delivery.acme.welcome"]
    assert [step.after for step in planned.manual_steps] == [(Address("account", "acme"),)] * 3
    assert [step.after for step in plan.manual_steps] == [()] * 3

    for step_id in _steps(plan):
        agency.do(plan, step_id)
    assert _steps(agency.plan(_template(), designer, account)) == []

    changed = agency.plan(_template(html="<p>2</p>"), designer, account)
    assert _steps(changed) == ["delivery.acme.newsletter"]
    assert changed.manual_steps[0].instruction.title == "Replace template newsletter in acme"
    assert portal.writes() == [("account_add", "acme")]


def test_template_that_its_login_could_not_deliver_becomes_a_step(agency: Agency, portal: Any) -> None:
    """Whether a login opens the account's API is not known: a no is recorded as failed, and the next plan is clear."""
    portal.set(account_login=False)
    agency.settings = {"account_login": True}
    account = _account(templates=_references("newsletter"))

    report = agency.apply(_template(), account)
    plan = agency.plan(_template(), account)

    assert "not authorized" in report.failed[Address("delivery", "acme.newsletter")]
    assert plan.is_empty
    assert _steps(plan) == ["account.acme.handover", "delivery.acme.newsletter"]
    assert not _templates(portal)


def test_template_whose_answer_was_lost_is_found_in_the_account(agency: Agency, portal: Any, paid: Any) -> None:
    """Nothing is sent again while it is unknown; what the account shows settles it."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])
    agency.settings = {"account_keys": {"acme": Secret(KEY)}}
    account = _account(templates=_references("newsletter"), keeps_templates=True, api=portal.url_of("acme"))
    portal.fault("drop_after_commit", "message_template_add")

    report = agency.apply(_template(), account)
    assert list(report.unknown) == [Address("delivery", "acme.newsletter")]
    blocked = agency.plan(_template(), account)
    assert blocked.is_empty
    assert [intent.operation for intent in blocked.blocked] == ["message_template_add"]

    with open_provider(portal.endpoint(**agency.settings)) as provider:
        reconcile(agency.ledger(), provider, Policy(timedelta()), now=datetime.now(UTC))
    plan = agency.plan(_template(), account)

    assert (plan.is_empty, plan.blocked, plan.manual_steps) == (True, (), ())
    assert len(_templates(portal)) == 1


def test_addons_are_switched_by_their_calls_and_paid_seats_are_billed(agency: Agency, portal: Any) -> None:
    """portal.md 1.2: no source tells the price of a seat; scoring's 1 is on, where account_status_set's is off."""
    portal.set(seat_price=7)
    scoring = _of("addon", "acme.scoring", addon="scoring", status="active")
    seats = _of("addon", "acme.conversations", addon="conversations", status="paid", seats=2)

    plan = agency.plan(_account(), scoring, seats)
    calls = {call.operation: call for call in plan.calls}
    assert calls["account_conversations"].effect is Effect.BILLED
    assert calls["account_conversations"].price is not None
    assert calls["account_conversations"].price.now is None
    assert calls["account_scoring"].effect is Effect.REVERSIBLE
    agency.converge(_account(), scoring, seats)

    (addons,) = portal.book("addons")
    assert (addons["scoring"], addons["conversations"], addons["seats"]) == (True, "paid", 2)
    off = _of("addon", "acme.scoring", addon="scoring", status="inactive")
    ended = _of("addon", "acme.conversations", addon="conversations", status="cancel")
    agency.converge(_account(), off, ended)
    (addons,) = portal.book("addons")
    assert (addons["scoring"], addons["conversations"]) == (False, "cancel")
    assert [charge["amount"] for charge in portal.charges()] == [50, 14]


def test_paid_seats_whose_answer_was_lost_are_not_sent_again(agency: Agency, portal: Any, paid: Any) -> None:
    """No call reads an add-on: a person looks."""
    portal.seed(accounts=[paid("acme")])
    portal.fault("drop_after_commit", "account_conversations")
    seats = _of("addon", "acme.conversations", addon="conversations", status="paid", seats=2)

    assert list(agency.apply(_account(), seats).unknown) == [seats.address]
    with open_provider(portal.endpoint()) as provider:
        ((_, verdict),) = reconcile(agency.ledger(), provider, Policy(timedelta()), now=datetime.now(UTC))

    assert verdict.state == "ambiguous"
    assert agency.plan(_account(), seats).is_empty
    assert portal.writes() == [("account_conversations", "acme")]


def test_rule_51_branding_goes_by_the_accounts_own_api(agency: Agency, portal: Any, paid: Any) -> None:
    """In the portal's fields; links are hidden by being sent at all, and come back by hand alone."""
    portal.seed(accounts=[paid("acme", api_key=KEY)])
    agency.settings = {"account_keys": {"acme": Secret(KEY)}}
    url = portal.url_of("acme")
    words: dict[str, Value] = {"site_name": "Acme Mail", "footer_html": "<i>x</i>", "copyright": False, "help": True}

    agency.converge(_account(api=url), _of("branding", "acme", api=url, links=True, **words))
    (branding,) = portal.book("brandings")
    assert (branding["siteName"], branding["footerHtmlValue"]) == ("Acme Mail", "<i>x</i>")
    assert (branding["copyright"], branding["help"], branding["links"]) == ("0", "1", "0")

    agency.converge(_account(api=url), _of("branding", "acme", api=url, links=False, **words))
    (branding,) = portal.book("brandings")
    assert branding["links"] == "1"

    back = (_account(api=url), _of("branding", "acme", api=url, links=True, **words))
    plan = agency.plan(*back)
    assert plan.is_empty
    assert _steps(plan) == ["branding.acme.links"]
    agency.do(plan, "branding.acme.links")
    assert _steps(agency.plan(*back)) == []
    assert portal.writes() == [("branding_edit", "acme")] * 2


def test_rule_51_branding_without_a_key_is_a_step(agency: Agency, paid: Any, portal: Any) -> None:
    """Closed by evidence, and open again when a word changes."""
    portal.seed(accounts=[paid("acme")])
    plan = agency.plan(_account(), _of("branding", "acme", site_name="Acme", help=False))
    assert _steps(plan) == ["branding.acme"]
    agency.do(plan, "branding.acme")

    assert _steps(agency.plan(_account(), _of("branding", "acme", site_name="Acme", help=False))) == []
    changed = agency.plan(_account(), _of("branding", "acme", site_name="Acme", help=True))
    assert "Show the vendor's help." in changed.manual_steps[0].instruction.text
    assert "Site name" not in changed.manual_steps[0].instruction.text


def test_rule_29_account_with_a_country_comes_from_the_hub_without_a_password(agency: Agency, portal: Any) -> None:
    """It is made once, found by the list, and asks for a password; its country is told to be fixed from then on."""
    agency.settings = {"account_login": True}
    account = _account(country="FR", currency="EUR", templates=_references("newsletter"))

    plan = agency.converge(_template(), account)

    assert [(row["account"], row["country"]) for row in portal.accounts()] == [("acme", "FR")]
    assert [charge["amount"] for charge in portal.charges()] == [50]
    assert _steps(plan) == ["account.acme.password", "delivery.acme.newsletter"]
    moved = agency.plan(_template(), replace(account, attributes={**account.attributes, "country": "US"}))
    assert [diagnostic.rule for diagnostic in moved.diagnostics] == ["attribute-fixed"]


def test_rule_29_disabled_account_with_a_country_is_disabled_after_its_creation(agency: Agency, portal: Any) -> None:
    """The hub has no word for it: one more call of the agency API."""
    agency.converge(_account(country="FR", status="disabled"))

    assert portal.writes() == [("child_account_create", "acme"), ("account_status_set", "acme")]
    assert portal.accounts()[0]["status"] == "disabled"


def test_rule_29_account_with_a_country_is_made_from_a_snapshot(agency: Agency, portal: Any, lab: Any) -> None:
    """The hub takes the snapshot's number."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}])
    sandbox = _resource("sandbox", "lab", {"notification": "ops@agency.example", "plan": {"tier": "sandbox"}})
    snapshot = _resource("snapshot", "fit", {"sandbox": Reference(sandbox.address)})

    plan = agency.converge(sandbox, snapshot, _account(country="FR", snapshot=Reference(snapshot.address)))

    assert portal.accounts()[1]["snapshot_id"] == 1
    assert "account.acme.clone" in _steps(plan)


def test_rule_15_snapshot_is_deleted_because_it_is_written_down(agency: Agency, portal: Any, lab: Any) -> None:
    """Once; the entry may stay in the file."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}, {"name": "fit-2", "source": "lab"}])
    words = {"reason": "superseded"}
    agency.removals = (Removal(Address("snapshot", "fit"), "delete", words, Origin("agency.yaml", 9, 1)),)

    plan = agency.plan()
    assert [step.change.effect for step in plan.steps] == [Effect.PERMANENT]
    agency.converge()

    assert [snapshot["name"] for snapshot in portal.snapshots()] == ["fit-2"]


def test_rule_57_default_settings_are_a_step_that_knows_what_changed(agency: Agency) -> None:
    """Closed by evidence; a template with a new text is asked for again, a moved file is not."""
    settings = _resource(
        "settings", "account", {"branding.site_name": "Northwind", "templates": ("newsletter", "welcome")}
    )
    welcome = _resource("template", "welcome", {"type": "designer", "share_link": "https://tplshare.com/AbC"})
    plan = agency.plan(settings, _template(), welcome)
    assert _steps(plan) == ["settings.account"]
    assert "paste the whole of `templates/newsletter.html`" in plan.manual_steps[0].instruction.text
    agency.do(plan, "settings.account")

    moved = _template("newsletter", HTML)
    moved = replace(moved, attributes={**moved.attributes, "html": "elsewhere/newsletter.html"})
    assert _steps(agency.plan(settings, moved, welcome)) == []

    text = agency.plan(settings, _template(html="<p>2</p>"), welcome).manual_steps[0].instruction.text
    assert "newsletter" in text
    assert "welcome" not in text
    assert "Northwind" not in text


def test_rule_34_account_that_moves_in_is_waited_for_and_then_managed(agency: Agency) -> None:
    """Nothing is created; what is declared of it is managed once it is there."""
    account = replace(_account(domain="mail.acme.example"), adopt=True)
    before = agency.converge(account)
    assert _steps(before) == ["account.acme.move-in"]

    agency.act("move_in", account="acme", client_name="Acme", notification="someone@acme.example", plan=PLUS)
    plan = agency.converge(account)

    assert _steps(plan) == ["account.acme.dns"]
    assert agency.portal.writes() == [("account_edit", "acme")]
    assert not agency.portal.charges()


def test_rule_35_account_that_leaves_is_a_step_until_it_has_left(agency: Agency, portal: Any, paid: Any) -> None:
    """The portal's list closes it, not anybody's word."""
    portal.seed(accounts=[paid("acme")])
    words = {"reason": "client takes over"}
    agency.removals = (Removal(Address("account", "acme"), "transfer", words, Origin("agency.yaml", 9, 1)),)

    assert _steps(agency.converge()) == ["account.acme.transfer"]
    agency.act("delete", account="acme")
    assert _steps(agency.converge()) == []
    assert not portal.writes()


def test_rename_of_an_account_is_waited_for_and_takes_everything_with_it(agency: Agency, portal: Any) -> None:
    """portal.md 1.5: support renames; neither the account nor its templates are made a second time."""
    agency.settings = {"account_login": True}
    agency.converge(_template(), _account("acme", templates=_references("newsletter")))
    renamed = replace(
        _account("acme-gym", templates=_references("newsletter"), keeps_templates=True), previously="acme"
    )
    renamed = replace(renamed, attributes={**renamed.attributes, "client.name": "Acme"})

    assert _steps(agency.converge(_template(), renamed)) == ["account.acme-gym.name"]
    agency.act("rename", account="acme", to="acme-gym")
    plan = agency.converge(_template(), renamed)

    assert [(row["account"], row["name"]) for row in portal.book("templates")] == [("acme-gym", "newsletter")]
    assert not any(step.id.startswith("delivery.") for step in plan.manual_steps)
    assert len(portal.charges()) == 1


def test_rename_of_a_snapshot_is_one_of_the_file_alone(agency: Agency, portal: Any, lab: Any) -> None:
    """Nobody renames a snapshot at the portal: it goes on under its former name, and accounts are made from it."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}])
    sandbox = _resource("sandbox", "lab", {"notification": "ops@agency.example", "plan": {"tier": "sandbox"}})
    snapshot = _resource("snapshot", "fitness", {"sandbox": Reference(sandbox.address)})

    agency.converge(sandbox, replace(snapshot, previously="fit"), _account(snapshot=Reference(snapshot.address)))

    assert portal.writes() == [("account_add", "acme")]
    assert portal.accounts()[1]["snapshot_id"] == 1


def test_rule_43_extension_of_a_trial_is_asked_for_once(agency: Agency) -> None:
    """Whatever becomes of the words, evidence closes it for good."""
    trial = _account(plan={"tier": "trial"})
    trial = replace(trial, attributes={**trial.attributes, "trial.extended": True})
    plan = agency.converge(trial)
    assert _steps(plan) == ["account.acme.handover", "account.acme.trial"]
    assert plan.manual_steps[1].effect is Effect.ONE_SHOT
    agency.do(plan, "account.acme.trial")

    other_words = replace(trial, attributes={**trial.attributes, "notification": "other@agency.example"})
    assert "account.acme.trial" not in _steps(agency.plan(other_words))


def test_rule_8_custom_fields_of_a_sandbox_are_a_step(agency: Agency) -> None:
    """With the creation of the sandbox in one plan."""
    words: dict[str, Value] = {
        "client.name": "Lab",
        "client.email": "lab@agency.example",
        "notification": "ops@agency.example",
        "plan": {"tier": "sandbox"},
        "custom_fields": True,
    }
    sandbox = _resource("sandbox", "lab", words)

    assert _steps(agency.converge(sandbox)) == ["sandbox.lab.custom-fields"]


def test_rule_41_account_that_nothing_brings_back_is_told_so(agency: Agency, portal: Any, paid: Any) -> None:
    """Instead of a renewal that the portal does not offer."""
    portal.seed(accounts=[paid("acme", status="cancelled", expire="2020-01-01")])

    plan = agency.plan(_account())

    assert plan.is_empty
    assert plan.manual_steps[0].instruction.title == "Replace account.acme, which nothing brings back"


def test_kinds_that_no_list_shows_wait_for_an_account_that_is_archived(agency: Agency, portal: Any, paid: Any) -> None:
    """Nothing is sent to what nobody can use."""
    portal.seed(accounts=[paid("acme", status="cancelled")])
    rest = (
        _of("addon", "acme.scoring", addon="scoring", status="active"),
        _of("branding", "acme", site_name="Acme"),
    )

    plan = agency.plan(_template(), _account(templates=_references("newsletter"), keeps_templates=True), *rest)

    assert plan.is_empty
    assert _steps(plan) == ["account.acme.renewal"]


def test_branding_follows_the_renaming_of_its_account(agency: Agency) -> None:
    """It is named after the account alone: what was set is not asked for again under the new name."""
    before = agency.converge(_account("acme"), _of("branding", "acme", site_name="Acme"))
    agency.do(before, "branding.acme")
    renamed = replace(_account("acme-gym", **{"client.name": "Acme"}), previously="acme")
    agency.act("rename", account="acme", to="acme-gym")

    plan = agency.converge(renamed, _of("branding", "acme-gym", site_name="Acme"))

    assert not [step for step in _steps(plan) if step.startswith("branding.")]
