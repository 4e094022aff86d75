"""MAN rules of portal.md section 2, one by one: the words in which each reaches the human who has to know it."""

from collections.abc import Mapping
from typing import Any

import pytest

from agencyfile.kinds.price import plan_price
from agencyfile.portal import KINDS, open_provider
from plan.address import Address, Origin
from plan.call import Call, Confirmed, Effect, OperationClass
from plan.change import Create, Edit, Manual, Update
from plan.provider import HasManualSteps, Recoverable, ResourceStatus
from plan.resource import Live, Resource
from plan.values import Reference, Value

ORIGIN = Origin("agency.yaml", 1, 1)
ACME: Mapping[str, Value] = {
    "client.name": "Acme Gym",
    "client.email": "owner@acme.example",
    "notification": "ops@agency.example",
    "snapshot": Reference(Address("snapshot", "fit")),
    "domain": "mail.acme.example",
}
PLUS: Mapping[str, Value] = {"tier": "plus", "billing": "monthly", "contacts": 1000, "list_price": "49.00 USD"}


def _resource(kind: str, name: str, attributes: Mapping[str, Value]) -> Resource:
    return Resource(Address(kind, name), attributes, ORIGIN)


def _step(topic: str, attributes: Mapping[str, Value] = ACME) -> Manual:
    kind = KINDS["account"]
    assert isinstance(kind, HasManualSteps)
    steps = kind.manual_steps(_resource("account", "acme", attributes), ResourceStatus(is_planned=True))
    return next(step for step in steps if step.topic == topic)


def _line(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if word in line)


def _delivery(**attributes: Value) -> str:
    words = {"account": Reference(Address("account", "acme")), "template": Reference(Address("template", "welcome"))}
    resource = _resource("delivery", "acme.welcome", {**words, **attributes})
    return KINDS["delivery"].instruction(resource, [Edit("type", None, attributes["type"])]).text


def _settings(**attributes: Value) -> str:
    resource = _resource("settings", "account", attributes)
    return KINDS["settings"].instruction(resource, [Edit(name, None, value) for name, value in attributes.items()]).text


def test_rule_10_login_of_a_new_account_is_shown_once_and_kept(portal: Any) -> None:
    """The answer of the creation is the only place of the password."""
    parameters: dict[str, Value] = {"account": "lab", "plan": "2"}
    call = Call(Address("sandbox", "lab"), "agency", "account_add", "POST", parameters, OperationClass.CREATE)

    with open_provider(portal.endpoint()) as provider:
        outcome = provider.send(call)

    assert isinstance(outcome, Confirmed)
    assert outcome.credential is not None
    assert (outcome.credential.username, outcome.credential.login_url) == ("admin", "https://lab.activehosted.com")
    assert outcome.credential.password.reveal() not in repr(outcome)


def test_rule_18_images_are_added_by_hand_after_cloning() -> None:
    """In templates, campaigns and automation mails."""
    line = _line(_step("clone").instruction.text, "images")

    assert all(word in line for word in ("template", "campaign", "automation mail"))


def test_rule_19_every_segment_is_checked_after_cloning() -> None:
    """Copying is not guaranteed."""
    assert "not guaranteed" in _line(_step("clone").instruction.text, "every segment")


def test_rule_20_red_error_of_a_segment_is_named_with_its_conditions() -> None:
    """So that it is recognised, and nobody looks for a copy of what is never copied."""
    text = _step("clone").instruction.text

    assert '"unable to retrieve segment data"' in _line(text, "red error")
    assert all(word in _line(text, "never copied") for word in ("custom objects", "deal tasks", "email"))


def test_rule_21_what_was_copied_is_told_with_what_is_to_be_deleted() -> None:
    """Contacts and deals of the sandbox are in the client's account."""
    line = _line(_step("clone").instruction.text, "Copied")

    assert all(word in line for word in ("pipelines", "scoring rules", "contacts", "deals"))


def test_rule_22_account_is_made_from_the_number_of_its_snapshot() -> None:
    """A reference in the plan, the remote id on the wire."""
    change = Create(Address("account", "acme"), {**ACME, "plan": {"id": "1"}}, Effect.REVERSIBLE, "", ORIGIN)

    (call,) = KINDS["account"].lower(change)

    assert call.parameters["snapshot"] == Reference(Address("snapshot", "fit"))


def test_rule_27_login_is_handed_over_by_the_agency() -> None:
    """The vendor never emails clients: a mail to the client, with everything in it but the password."""
    text = _step("handover").instruction.text

    assert "To: owner@acme.example" in text
    assert "Address: https://acme.activehosted.com\nUser: admin" in text
    assert "agencyfile credentials reveal acme" in text
    assert "Password:" not in text


@pytest.mark.parametrize(("price", "now"), [("49.00 USD", "49.00 USD"), ("0.00 USD", None)])
def test_rule_31_32_creation_is_billed_at_the_list_price_at_once(price: str, now: str | None) -> None:
    """Before any discount, of which the portal tells nothing; what costs nothing is no charge."""
    found = plan_price(None, {"plan": {**PLUS, "list_price": price}})

    assert (str(found.now) if found else None) == now


def test_rule_46_plan_is_upgraded_by_the_api() -> None:
    """By `account_edit`, which is billed by the difference."""
    dearer = {**PLUS, "contacts": 2500, "list_price": "95.00 USD", "id": "31"}
    before, after = {"plan": {**PLUS, "id": "21"}}, {"plan": dearer}
    kind = KINDS["account"]
    edits = (Edit("plan.contacts", 1000, 2500),)
    change = Update(
        Address("account", "acme"), "acme", edits, before, after, Effect.BILLED, "", ORIGIN, kind.price(before, after)
    )

    (call,) = kind.lower(change)

    assert (call.operation, call.parameters) == ("account_edit", {"account": "acme", "plan": "31"})
    assert call.price is not None
    assert str(call.price.now) == "46.00 USD"


def test_rule_48_renewed_account_is_billed_on_its_own_day() -> None:
    """Each account has its renewal day, and all of them one card."""
    resource = _resource("account", "acme", {"plan": PLUS})

    text = KINDS["account"].revival(resource, Live(resource.address, {"plan": PLUS}, archived="expired")).text

    assert "billed on its own renewal day, to the same card" in text


@pytest.mark.parametrize(("is_applied", "words"), [(True, "Tick Update all"), (False, "Leave Update all")])
def test_rule_50_box_of_the_default_settings_is_ticked_or_not(*, is_applied: bool, words: str) -> None:
    """It brands the accounts that exist."""
    assert words in _settings(apply_to_existing=is_applied)


def test_rule_54_dns_record_is_written_out() -> None:
    """Type, name and target, as a line that a zone file takes."""
    text = _step("dns").instruction.text

    assert "\n  mail.acme.example. IN CNAME acme.activehosted.com.\n" in text
    assert "CNAME" in text.splitlines()[0]


def test_rule_57_58_59_default_templates_are_for_accounts_to_come() -> None:
    """Each of the three kinds has a choice of its own, and no box gives them to accounts that exist."""
    templates: tuple[Value, ...] = (
        {"name": "welcome", "type": "designer", "share_link": "https://tplshare.com/AbC"},
        {"name": "news", "type": "basic", "content": "sha256:0 (1 bytes)"},
        {"name": "promo", "type": "legacy", "source_account": "northwind"},
    )
    text = _settings(templates=templates, paths={"news": "templates/news.html"})

    assert "tick Add my templates, and choose Manage templates" in text
    assert "new designer template" in _line(text, "https://tplshare.com/AbC")
    assert "basic template" in _line(text, "templates/news.html")
    assert "old designer template" in _line(text, "northwind")
    assert "accounts that exist do not" in text


def test_rule_60_63_designer_template_is_imported_by_its_link() -> None:
    """By hand, account by account; a changed link replaces what its former one brought."""
    text = _delivery(type="designer", share_link="https://tplshare.com/AbC$")

    assert "Or import a template, and paste this link: https://tplshare.com/AbC$" in text


def test_rule_69_compatibility_credits_go_by_the_api_to_any_account() -> None:
    """Whatever its plan."""
    change = Create(Address("credit", "acme.compatibility"), {"total": 10}, Effect.PERMANENT, "", ORIGIN)

    (call,) = KINDS["credit"].lower(change)

    assert (call.operation, call.parameters["credits"]) == ("account_emailtest_credits_apply", 10)


def test_rule_72_lost_password_is_set_by_the_agencys_own_log_in() -> None:
    """The user of a new account is `admin`."""
    kind = KINDS["account"]
    assert isinstance(kind, Recoverable)

    text = kind.recovery(_resource("account", "acme", ACME)).text

    assert "choose Login" in text
    assert "`admin`" in text
