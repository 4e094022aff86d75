"""PLAN rules of portal.md section 2: what only the portal can tell against a file, over real HTTP."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agencyfile.portal import open_reader
from agencyfile.portal.connection import Connection
from agencyfile.portal.reader import PortalReader
from agencyfile.portal.rules import RULES
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic, Severity
from plan.resource import Reading, Removal, Resource
from plan.values import Reference

ORIGIN = Origin("agency.yaml", 9, 3)
SANDBOX_PLAN = "2"
TRIAL_PLAN = "1"


def _read(portal: Any, *desired: Resource, removals: tuple[Removal, ...] = (), **settings: Any) -> Reading:
    with open_reader(portal.endpoint(**settings)) as reader:
        return reader.read(desired, removals)


def _one(reading: Reading) -> Diagnostic:
    (diagnostic,) = reading.diagnostics
    assert diagnostic.rule in RULES
    return diagnostic


def _addition(kind: str, name: str, **attributes: Any) -> Resource:
    owner = Reference(Address("account", name.partition(".")[0]))
    return Resource(Address(kind, name), {"account": owner, **attributes}, ORIGIN)


def _ending(kind: str, name: str, action: str) -> Removal:
    return Removal(Address(kind, name), action, {"reason": "superseded"}, ORIGIN)


def test_rule_1_new_account_on_the_plan_of_sandboxes_is_refused(portal: Any, account: Any) -> None:
    """A plan by id can be that of sandboxes, which the file does not show."""
    diagnostic = _one(_read(portal, account("acme", plan={"id": SANDBOX_PLAN})))

    assert (diagnostic.rule, diagnostic.severity) == ("plan-is-sandbox", Severity.ERROR)
    assert "they are declared apart (rule 1)" in diagnostic.detail


def test_rule_4_and_21_sandbox_that_holds_something_is_told_before_its_snapshot(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """Snapshots copy contacts and reports; the portal tells contacts and sends, and nothing of deals."""
    portal.seed(accounts=[{**lab, "subscribers": 3, "emails_sent": 7}])

    diagnostic = _one(_read(portal, sandbox("lab"), snapshot("fit", "lab")))

    assert (diagnostic.rule, diagnostic.severity) == ("sandbox-not-clean", Severity.WARNING)
    assert diagnostic.address == Address("snapshot", "fit")
    assert "sandbox.lab has 3 contacts and 7 email sends" in diagnostic.detail


def test_rule_4_snapshot_that_was_taken_is_told_nothing(portal: Any, sandbox: Any, snapshot: Any, lab: Any) -> None:
    """What is done is done, and an empty sandbox is as it should be."""
    portal.seed(accounts=[{**lab, "subscribers": 3}], snapshots=[{"name": "fit", "source": "lab"}])

    assert not _read(portal, sandbox("lab"), snapshot("fit", "lab")).diagnostics


def test_rule_5_account_does_not_become_a_sandbox_by_a_plan_id(portal: Any, account: Any, paid: Any) -> None:
    """The portal would refuse it."""
    portal.seed(accounts=[paid("acme")])

    diagnostic = _one(_read(portal, account("acme", plan={"id": SANDBOX_PLAN})))

    assert (diagnostic.rule, diagnostic.severity) == ("plan-is-sandbox", Severity.ERROR)
    assert "cannot be turned into one (rule 5)" in diagnostic.detail


def test_rule_6_sandbox_under_its_former_name_is_no_account_either(portal: Any, account: Any, lab: Any) -> None:
    """`previously` does not turn a sandbox into an account."""
    portal.seed(accounts=[lab])

    diagnostic = _one(_read(portal, replace(account("acme"), previously="lab")))

    assert (diagnostic.rule, diagnostic.severity) == ("account-is-sandbox", Severity.ERROR)


def test_rule_12_sandbox_and_snapshot_to_be_adopted_must_be_there(portal: Any, sandbox: Any, snapshot: Any) -> None:
    """Only accounts can be moved in."""
    reading = _read(
        portal, replace(sandbox("lab"), adopt=True), replace(snapshot("fit", "lab"), adopt=True, attributes={})
    )

    assert [(item.rule, str(item.address)) for item in reading.diagnostics] == [
        ("adopted-not-found", "sandbox.lab"),
        ("adopted-not-found", "snapshot.fit"),
    ]


def test_rule_15_snapshot_to_be_deleted_is_found_by_its_name(portal: Any, lab: Any) -> None:
    """The list of snapshots alone is read, and what does not count for accounts counts here: one that failed."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab", "status": "failed"}])

    reading = _read(portal, removals=(_ending("snapshot", "fit", "delete"),))

    assert [(str(live.address), live.remote_id) for live in reading.live] == [("snapshot.fit", "1")]
    assert not reading.diagnostics
    assert reading.reads == {"snapshot_list": 1}


@pytest.mark.parametrize("status", ["success", "in_progress"])
def test_rule_15_snapshot_to_be_deleted_is_not_chosen_among_several(portal: Any, lab: Any, status: str) -> None:
    """Deletion is final: two of one name are a person's to tell apart, complete or not."""
    rows = [{"name": "fit", "source": "lab"}, {"name": "fit", "source": "lab", "status": status}]
    portal.seed(accounts=[lab], snapshots=rows)

    diagnostic = _one(_read(portal, removals=(_ending("snapshot", "fit", "delete"),)))

    assert (diagnostic.rule, diagnostic.severity) == ("snapshot-ambiguous", Severity.ERROR)
    assert "2 snapshots named `fit` (ids 1, 2)" in diagnostic.detail
    assert diagnostic.origin == ORIGIN


def test_rule_15_snapshot_that_is_forgotten_is_judged_by_nobody(portal: Any, lab: Any) -> None:
    """Nothing is deleted by it, so that nothing is read for it, and no key is needed."""
    portal.seed(accounts=[lab], snapshots=[{"name": "fit", "source": "lab"}, {"name": "fit", "source": "lab"}])

    reading = _read(portal, removals=(_ending("snapshot", "fit", "forget"),), hub_key=None)

    assert (reading.diagnostics, dict(reading.reads)) == ((), {})


def test_rule_16_snapshot_is_too_old_under_its_former_name_too(
    portal: Any, account: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """A new name in the file makes a snapshot no younger."""
    portal.seed(
        accounts=[lab], snapshots=[{"name": "fit-old", "source": "lab", "created_at": "2021-07-31T23:59:59+00:00"}]
    )
    renamed = replace(snapshot("fit", "lab"), previously="fit-old")
    new = account("acme", snapshot=Reference(renamed.address))

    diagnostic = _one(_read(portal, new, sandbox("lab"), renamed))

    assert (diagnostic.rule, diagnostic.severity) == ("snapshot-too-old", Severity.ERROR)


def test_rule_16_does_not_concern_an_account_that_is_moved_in(
    portal: Any, account: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """Nothing is created of a block that is adopted."""
    rows = [{"name": "fit", "source": "lab", "created_at": "2021-07-31T23:59:59+00:00"}]
    portal.seed(accounts=[lab], snapshots=rows)
    adopted = replace(account("acme", snapshot=Reference(Address("snapshot", "fit"))), adopt=True)

    assert not _read(portal, adopted, sandbox("lab"), snapshot("fit", "lab")).diagnostics


@pytest.mark.parametrize(
    ("expire", "is_lost"), [("2025-11-20", True), ("2025-11-22", False), ("", False), ("2026-12-31", False)]
)
def test_rule_41_archived_account_is_lost_after_a_year(
    portal: Any, account: Any, paid: Any, expire: str, *, is_lost: bool
) -> None:
    """By the day it ran until; what is not known is not lost."""
    portal.seed(accounts=[paid("acme", status="cancelled", expire=expire)])

    with PortalReader(Connection(portal.endpoint()), today=lambda: date(2026, 11, 22)) as reader:
        (live,) = reader.read([account("acme")]).live

    assert (live.archived, live.is_lost) == ("cancelled", is_lost)


@pytest.mark.parametrize(
    ("declared", "live", "is_told"),
    [
        ("disabled", "active", True),
        ("disabled", "disabled", True),
        (None, "disabled", True),
        ("active", "disabled", False),
        (None, "active", False),
        ("disabled", None, True),
        ("disabled", "cancelled", False),
    ],
)
def test_rule_47_disabled_account_is_told_to_be_billed_still(
    portal: Any, account: Any, paid: Any, declared: str | None, live: str | None, *, is_told: bool
) -> None:
    """Whether the file says so or the portal does; not for one that ends or is enabled again."""
    if live:
        portal.seed(accounts=[paid("acme", status=live)])

    reading = _read(portal, account("acme", **({"status": declared} if declared else {})))

    assert [item.rule for item in reading.diagnostics] == (["disabled-billed"] if is_told else [])
    assert all(item.severity is Severity.WARNING for item in reading.diagnostics)


def test_rule_47_disabled_trial_costs_nothing(portal: Any, account: Any) -> None:
    """There is nothing to bill."""
    assert not _read(portal, account("acme", plan={"tier": "trial"}, status="disabled")).diagnostics


@pytest.mark.parametrize("plan", [{"tier": "trial"}, {"id": TRIAL_PLAN}])
def test_rule_52_domain_of_a_trial_is_warned_of(portal: Any, account: Any, plan: dict[str, str]) -> None:
    """The vendor describes domains for paid accounts; whether a trial may have one is not published."""
    diagnostic = _one(_read(portal, account("acme", plan=plan, domain="mail.acme.example")))

    assert (diagnostic.rule, diagnostic.severity) == ("domain-on-trial", Severity.WARNING)


def test_rule_52_paid_account_may_have_a_domain_and_a_trial_none(portal: Any, account: Any) -> None:
    """No domain is nothing to warn of."""
    paid_one = account("acme", domain="mail.acme.example")

    assert not _read(portal, paid_one, account("trial", plan={"tier": "trial"}, domain="")).diagnostics


def test_rule_68_sms_credit_of_a_plan_by_id_is_held_against_its_tier(portal: Any, account: Any) -> None:
    """The file alone does not show the tier; a total of nothing is fine."""
    starter, plus = account("one", plan={"id": "121"}), account("two", plan={"id": "221"})
    sms = [_addition("credit", f"{name}.sms", pool="sms", total=500) for name in ("one", "two")]
    nothing = _addition("credit", "one.email", pool="email", total=500)

    diagnostic = _one(_read(portal, starter, plus, *sms, nothing))

    assert (diagnostic.rule, diagnostic.severity) == ("sms-plan", Severity.ERROR)
    assert diagnostic.address == Address("credit", "one.sms")
    assert not _read(portal, starter, _addition("credit", "one.sms", pool="sms", total=0)).diagnostics


def test_scoring_of_a_plan_by_id_is_held_against_its_tier(portal: Any, account: Any) -> None:
    """portal.md 1.2: the call is for accounts that are not Enterprise."""
    enterprise = account("acme", plan={"id": "421"})
    scoring = _addition("addon", "acme.scoring", addon="scoring", status="active")

    diagnostic = _one(_read(portal, enterprise, scoring))

    assert (diagnostic.rule, diagnostic.severity) == ("scoring-plan", Severity.WARNING)


def test_country_needs_a_plan_whose_terms_are_known(portal: Any, account: Any) -> None:
    """portal.md 1.8: the hub takes tier, billing and contacts; an id alone does not tell them."""
    new = account("acme", plan={"id": "221"}, country="FR")

    told = _one(_read(portal, new, tier_field="style"))

    assert (told.rule, told.severity) == ("country-plan", Severity.ERROR)
    assert not _read(portal, new).diagnostics
    assert not _read(portal, replace(new, adopt=True), tier_field="style").diagnostics


def test_country_needs_the_key_of_the_hub_before_anything_is_sent(portal: Any, account: Any, paid: Any) -> None:
    """An apply would fail at it after other charges; told once, and only where something is to be created."""
    portal.seed(accounts=[paid("held")])
    new = [account("acme", country="FR"), account("other", country="FR")]
    rest = [account("held", country="FR"), replace(account("moved", country="FR"), adopt=True)]

    told = _one(_read(portal, *new, *rest, hub_key=None))

    assert (told.rule, told.severity, str(told.address)) == ("hub-key", Severity.ERROR, "account.acme")
    assert "AGENCYFILE_HUB_KEY" in told.fix
    assert not _read(portal, *rest, hub_key=None).diagnostics
    assert not _read(portal, *new, *rest).diagnostics


@pytest.mark.parametrize("name", ["lab-old", "lab"])
def test_snapshot_of_a_renamed_sandbox_has_the_source_that_its_block_is_called(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any, name: str
) -> None:
    """Before and after support has renamed it; else its source would seem to have changed, which nothing can."""
    portal.seed(accounts=[{**lab, "account": name}], snapshots=[{"name": "fit", "source": name}])
    renamed = replace(sandbox("lab"), previously="lab-old")

    reading = _read(portal, renamed, snapshot("fit", "lab"))

    (live,) = [live for live in reading.live if live.address.kind == "snapshot"]
    assert live.attributes == {"sandbox": Reference(Address("sandbox", "lab"))}


def test_snapshot_is_found_under_its_former_name_with_its_source(
    portal: Any, sandbox: Any, snapshot: Any, lab: Any
) -> None:
    """The portal keeps the name; of two the one of the declared sandbox is it, as under its own name."""
    portal.seed(
        accounts=[lab, {**lab, "account": "other-lab"}],
        snapshots=[{"name": "fit-old", "source": "lab"}, {"name": "fit-old", "source": "other-lab"}],
    )
    renamed = replace(snapshot("fit", "lab"), previously="fit-old")

    reading = _read(portal, sandbox("lab"), sandbox("other-lab"), renamed)

    assert not reading.diagnostics
    assert [live.remote_id for live in reading.live if live.address.kind == "snapshot"] == ["1"]


def test_sandbox_is_known_by_its_former_name_where_the_catalogue_is_not_read(portal: Any, sandbox: Any) -> None:
    """What the file calls a sandbox is one, also when no plan tells."""
    row = {"account": "lab-old", "planid": 2}
    portal.seed(accounts=[row])

    reading = _read(portal, replace(sandbox("lab", plan={"id": "2"}), previously="lab-old"))

    assert [str(live.address) for live in reading.live] == ["sandbox.lab-old"]
    assert "account_plans" not in reading.reads


def test_every_rule_has_a_source_in_the_portal_facts() -> None:
    """What a diagnostic says can be looked up."""
    assert all(rule.source.startswith("portal.md ") and rule.fix and rule.summary for rule in RULES.values())
