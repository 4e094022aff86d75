"""A rehearsal: the calls that the plan predicts, made at a copy of the portal, and later the same ones for real."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from rehearsal import Rehearsal, reads_in, writes_in, writes_of
from stories import LAB, agency, live_account

from agencyfile.cli.rehearsal.copying import Copy, copy_of
from agencyfile.cli.rehearsal.stage import staged
from agencyfile.cli.workspace import Workspace, open_workspace
from agencyfile.local_portal import Settings, running
from agencyfile.local_portal.catalogue import Plan
from agencyfile.portal import open_reader
from plan import History

PLANS = (
    {"tier": "plus", "billing": "monthly", "contacts": 1000},
    {"tier": "starter", "billing": "annual", "contacts": 500},
    {"tier": "pro", "billing": "monthly", "contacts": 2500},
)
NEW = 8


def _crowd(number: int) -> Iterator[Mapping[str, Any]]:
    """Accounts of three plans; every fiftieth one is disabled, and every sixtieth one a trial."""
    for place in range(number):
        more: dict[str, Any] = {"plan": PLANS[place % 3], "expire": f"2027-{1 + place % 12:02}-{1 + place % 28:02}"}
        if place % 60 == 59:
            more["plan"] = {"tier": "trial"}
        elif place % 50 == 49:
            more["status"] = "disabled"
        yield live_account(f"studio-{place:03}", client_name=f"Studio_{place:03}", **more)


def _blocks(number: int) -> Mapping[str, str]:
    """A block for each of them, as it is."""
    found = {}
    for place in range(number):
        plan = "{tier: trial}" if place % 60 == 59 else json.dumps(PLANS[place % 3])
        status = ", status: disabled" if place % 50 == 49 and place % 60 != 59 else ""
        found[f"studio-{place:03}"] = f"plan: {plan}{status}"
    return found | {f"own-{place}": "credits: {email: 100}" for place in range(5)}


def _mixed(blocks: Mapping[str, str]) -> Mapping[str, str]:
    """The same blocks, with something of each sort changed in a few of them, and new ones."""
    found = dict(blocks)
    for place in range(0, 30, 3):  # dearer
        found[f"studio-{place:03}"] = "plan: {tier: plus, billing: monthly, contacts: 2500}"
    for place in range(2, 20, 3):  # cheaper
        found[f"studio-{place:03}"] = "plan: {tier: pro, billing: monthly, contacts: 1000}"
    for place in range(31, 40, 3):  # another term
        found[f"studio-{place:03}"] = "plan: {tier: starter, billing: monthly, contacts: 500}"
    for place in range(60, 68):
        found[f"studio-{place:03}"] += f", domain: mail.studio-{place}.example"
    for place in range(70, 75):
        found[f"studio-{place:03}"] += ", status: disabled"
    for place in range(5):
        found[f"own-{place}"] = "credits: {email: 1000}"
    for place in range(NEW):
        found[f"new-{place}"] = "snapshot: base, credits: {email: 500}"
    return {name: extra for name, extra in found.items() if name not in ("studio-200", "studio-201")}


ENDED = """
removed:
  - {account: studio-200, action: cancel, reason: contract ended}
  - {account: studio-201, action: cancel, reason: contract ended}
"""


def _apply(rehearsal: Rehearsal) -> None:
    rehearsal.apply("--auto-approve", "--allow", "billed,permanent,guard,one-shot", "--max-changed-share", "100%")


def _file(rehearsal: Rehearsal, blocks: Mapping[str, str], body: str = LAB) -> None:
    named = {name.replace("-", "_"): extra for name, extra in blocks.items()}
    rehearsal.write(agency(rehearsal.recipient, body, **named))


def test_rehearsal_of_300_accounts_makes_the_calls_that_are_made_for_real_afterwards(rehearsal: Rehearsal) -> None:
    """Predicted, rehearsed and made are the same calls and the same money; before, the portal saw reads alone."""
    rehearsal.seed(accounts=list(_crowd(295)))
    blocks = _blocks(295)
    _file(rehearsal, blocks)
    _apply(rehearsal)
    _file(rehearsal, _mixed(blocks), LAB + ENDED)
    before, ledger = rehearsal.book("requests"), rehearsal.ledger.read_bytes()

    predicted = rehearsal.plan()
    ran = rehearsal.run("rehearse", "--json")
    assert ran.code == 0, ran
    document = json.loads(ran.out)

    seen = rehearsal.book("requests")[len(before) :]
    assert writes_in(seen) == []
    assert len(reads_in(seen)) > 0
    assert document["requests"] == sum(document["reads"].values())
    assert rehearsal.ledger.read_bytes() == ledger

    made_before, charged_before = len(rehearsal.writes()), len(rehearsal.book("charges"))
    _apply(rehearsal)
    real = rehearsal.writes()[made_before:]
    wanted = writes_of(predicted)
    assert len(wanted) > 50
    assert sorted(real) == sorted(wanted)
    rehearsed = Counter((one["address"], one["operation"]) for one in document["made"])
    assert rehearsed == Counter(
        (change["address"], call["operation"]) for change in predicted["resource_changes"] for call in change["calls"]
    )
    assert document["calls"] == {"predicted": len(wanted), "made": len(wanted), "recorded": len(wanted)}
    assert document["digest"] == predicted["digest"]
    assert (document["ok"], document["same_plan"], document["next_plan"]["changes"]) == (True, True, [])

    card = Counter((one["account"], one["amount"]) for one in document["card"])
    charges = rehearsal.book("charges")[charged_before:]
    assert card == Counter((row["account"], f"{row['amount']}.00 {row['currency']}") for row in charges)
    assert document["charges"] == document["predicted_charges"] == predicted["summary"]["charges_now"]
    money = predicted["money"]["recurring"]
    assert document["before"]["per_month"] == money["before"]["per_month"]
    assert document["after"]["per_month"] == money["after"]["per_month"]
    changed = {change["address"] for change in document["changed"]}
    assert {f"account.new-{place}" for place in range(NEW)} < changed
    assert {"account.studio-200", "account.studio-060", "account.studio-070"} < changed
    assert "account.studio-294" not in changed


def test_rehearsal_shows_calls_card_lists_and_the_next_plan(rehearsal: Rehearsal) -> None:
    """The text names each call, the money, what the lists show before and after, and that the portal was only read."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="domain: mail.acme.example", beta="snapshot: base"))

    ran = rehearsal.run("rehearse")

    assert ran.code == 0, ran
    assert rehearsal.writes() == []
    assert not rehearsal.ledger.exists()
    for words in (
        "Rehearsed on a copy of the portal: as planned.",
        "4 made, 4 predicted, 4 writes",
        "account_add",
        "account.beta",
        "50.00 USD charged, 50.00 USD predicted",
        "account.acme: domain (none) → mail.acme.example",
        "snapshot base: 0 → 1",
        "Next plan  empty",
        "The portal itself was only read",
    ):
        assert words in ran.out, words


def test_rehearsal_paragraph_is_one_line_and_the_document_is_kept(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A pull request gets a line; the artifact is the document."""
    rehearsal.write(agency(rehearsal.recipient, beta=""))
    kept = tmp_path / "rehearsal.json"

    ran = rehearsal.run("rehearse", "--format", "markdown", "--out", str(kept))

    assert ran.code == 0, ran
    assert ran.out.count("\n") == 1
    assert "1 call as predicted" in ran.out
    assert "50.00 USD on the card" in ran.out
    assert "the next plan is empty" in ran.out
    assert json.loads(kept.read_text("utf-8"))["ok"] is True


def test_rehearsal_of_a_plan_that_an_apply_refuses_is_not_begun(rehearsal: Rehearsal) -> None:
    """Without a recipient the password of a new account would be lost: exit 3, as from an apply."""
    rehearsal.write(agency(None, beta=""))

    ran = rehearsal.run("rehearse", "--json")

    document = json.loads(ran.out)
    assert (ran.code, document["ok"], document["made"]) == (3, False, [])
    assert document["next_plan"]["number"] == len(document["next_plan"]["changes"]) > 0
    assert document["refusals"]
    assert rehearsal.writes() == []


@pytest.mark.parametrize("dialect", ["vendor-2014", "hub-only"])
def test_rehearsal_reads_the_portal_as_it_speaks(rehearsal: Rehearsal, dialect: str) -> None:
    """Readings that the portal has shown hold in the copy too, and the plan is the same there."""
    rehearsal._post("settings", {"dialect": dialect})
    rehearsal.seed(accounts=list(_crowd(12)))
    _file(rehearsal, {**_blocks(12), "studio-000": "plan: {tier: pro, billing: monthly, contacts: 1000}", "beta": ""})

    ran = rehearsal.run("rehearse", "--json")

    document = json.loads(ran.out)
    assert (ran.code, document["same_plan"], document["next_plan"]["changes"]) == (0, True, []), ran


def _copied(workspace: Workspace) -> tuple[History, Copy]:
    ledger = workspace.portal_ledger()
    with open_reader(workspace.endpoint()) as reader:
        plan = workspace.plan(reader, ledger)
        return ledger.history, copy_of(reader.inventory(), ledger.history, reader.observations.seen(), plan)


KEYS = "  portal: {fetch_account_keys: true}\n"
NEWS = "templates: {news: {type: basic, html: news.html}}\n"


@pytest.mark.parametrize("is_seen", [True, False])
def test_rehearsal_reaches_into_accounts_as_the_apply_does(rehearsal: Rehearsal, is_seen: bool) -> None:  # noqa: FBT001
    """Keys are fetched, templates put in and edited, brandings set, in new accounts and in older ones."""
    rehearsal._post("settings", {"readings": {"user-me-login": "key"}})
    branded = "templates: [news], branding: {site_name: Acme Mail}"
    head = ("  name: northwind\n", f"  name: northwind\n{KEYS}")
    rehearsal.write("<h1>November</h1>", "news.html")
    if is_seen:
        rehearsal.write(agency(rehearsal.recipient, NEWS, acme=branded).replace(*head))
        rehearsal.apply()
        rehearsal.write("<h1>December</h1>", "news.html")
    later = branded.replace("Acme Mail", "Acme News")
    rehearsal.write(agency(rehearsal.recipient, NEWS, acme=later, beta=branded).replace(*head))
    wanted = writes_of(rehearsal.plan())
    assert {operation for operation, _ in wanted} >= {"message_template_add", "branding_edit", "account_add"}

    document = json.loads(rehearsal.run("rehearse", "--json").out)

    assert document["ok"], document
    made = Counter(one["operation"] for one in document["made"] if one["operation"] != "user_me")
    assert made == Counter(operation for operation, _ in wanted)
    assert ("message_template_edit" in made) is is_seen
    assert [text for text in document["left_out"] if "user_me" in text]  # the ledger knows no answer of the portal
    before = len(rehearsal.writes())
    rehearsal.apply()
    assert sorted(rehearsal.writes()[before:]) == sorted(wanted)


@pytest.mark.attack("B21", "keys of the portal, and of accounts, in the copy or in what speaks to it")
def test_copy_and_stage_of_a_rehearsal_hold_no_key_of_the_real_portal(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every account gets another key, and what speaks to the local portal has the local portal's keys alone."""
    api = "{url: https://acme.api-us1.com, key: '${env:AGENCY_ACME_KEY}'}"
    monkeypatch.setenv("AGENCY_ACME_KEY", "real-key-of-acme-0123456789")
    for name, value in rehearsal.environment.items():
        monkeypatch.setenv(name, value)
    rehearsal.seed(accounts=[live_account("acme", api_key="real-key-of-acme-0123456789")])
    rehearsal.write(agency(rehearsal.recipient, acme=f"api: {api}", beta=""))
    workspace = open_workspace(rehearsal.file, color=False)
    real = {secret.reveal() for secret in workspace.secrets()}
    assert {rehearsal.portal.agency_key, rehearsal.portal.hub_key, "real-key-of-acme-0123456789"} <= real

    history, copy = _copied(workspace)
    assert not [key for key in real if key in json.dumps(copy.seed)]
    with staged(copy, workspace, history) as stage:
        endpoint = stage.endpoint
        given = [endpoint.agency_key, endpoint.hub_key, *endpoint.account_keys.values()]
        assert len(given) == 3
        assert not {secret.reveal() for secret in given if secret} & real
        assert endpoint.agency_api.startswith(stage.portal.url)
        assert endpoint.account_api.startswith(stage.portal.url)
        assert endpoint.account_urls == {}


@pytest.mark.attack("B21", "another user of the machine who reads the copy while it is there")
def test_copy_of_a_rehearsal_shows_nothing_to_other_users_of_the_machine(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its books and pages answer 403 and 404 to whoever lacks its key."""
    for name, value in rehearsal.environment.items():
        monkeypatch.setenv(name, value)
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    workspace = open_workspace(rehearsal.file, color=False)
    history, copy = _copied(workspace)
    with staged(copy, workspace, history) as stage:
        found = {
            path: requests.get(f"{stage.portal.url}{path}", timeout=60).status_code
            for path in ("/_portal/", "/_portal/accounts", "/_portal/books", "/partner/login", "/accounts/acme/admin/")
        }
        assert found == {
            "/_portal/": 403,
            "/_portal/accounts": 403,
            "/_portal/books": 403,
            "/partner/login": 404,
            "/accounts/acme/admin/": 404,
        }
        assert [row["account"] for row in stage.books()["accounts"]] == ["acme"]


OTHER_PLANS = (
    Plan(planid=9001, tier="trial", rank=0, term=0, contacts=100, sends=100, price=0),
    Plan(planid=9002, tier="sandbox", rank=0, term=0, contacts=100, sends=100, price=0),
    Plan(planid=111, tier="pro", rank=1, term=12, contacts=700, sends=0, price=1234.56, currency="EUR"),
    Plan(planid=9100, tier="plus", rank=1, term=1, contacts=1000, sends=0, price=49.5),
    Plan(planid=9101, tier="plus", rank=1, term=1, contacts=2500, sends=0, price=129.99),
)


def test_rehearsal_sells_what_the_portal_sells(tmp_path: Path) -> None:
    """Plan ids, terms, currencies and prices with cents are those of the portal; numbers of objects are too."""
    folder = tmp_path / "agency"
    folder.mkdir()
    with running(Settings(provisioning=0.02, snapshot_time=0.02, catalogue=OTHER_PLANS)) as portal:
        rehearsal = Rehearsal(folder, portal)
        rehearsal.seed(
            accounts=[
                live_account(
                    "lab", id=811, client_name="Lab", plan={"tier": "sandbox"}, notification="ops@northwind.example"
                ),
                live_account("acme", id=4711),
            ],
            snapshots=[{"id": 77, "name": "other", "source": "lab"}, {"id": 78, "name": "base", "source": "lab"}],
        )
        ended = "removed: [{snapshot: other, action: delete, reason: superseded}]\n"
        body = LAB.replace("{sandbox: lab}", "{sandbox: lab, adopt: true}") + ended
        pro = "plan: {tier: pro, billing: annual, contacts: 700}"
        more = "plan: {tier: plus, billing: monthly, contacts: 2500}"
        rehearsal.write(agency(rehearsal.recipient, body, acme=more, beta=f"snapshot: base, {pro}", gamma=""))

        document = json.loads(rehearsal.run("rehearse", "--json").out)
        assert document["ok"], document
        assert document["charges"] == ["1234.56 EUR", "129.99 USD"] == document["predicted_charges"]
        assert document["after"]["per_month"] == ["102.88 EUR", "179.49 USD"]

        assert document["snapshots"] == [{"name": "other", "before": 1, "after": 0}]
        assert rehearsal.run("apply", "--auto-approve", "--allow", "billed,permanent,guard").code == 0
        charges = Counter(
            (row["account"], round(row["amount"], 2), row["currency"]) for row in rehearsal.book("charges")
        )
        card = Counter((one["account"], float(one["amount"][:-4]), one["amount"][-3:]) for one in document["card"])
        assert card == charges
        assert next(row["snapshot_id"] for row in rehearsal.book("accounts") if row["account"] == "beta") == 78


def test_two_portals_of_one_process_sell_different_plans() -> None:
    """A catalogue belongs to its portal."""
    with running(Settings(catalogue=OTHER_PLANS)) as one, running(Settings()) as other:
        sold = []
        for portal in (one, other, one):
            body = {"api_key": portal.agency_key, "api_action": "account_plans", "api_output": "json"}
            sold.append(set(requests.post(portal.agency_api, data=body, timeout=60).json()["plans"]))
    assert sold[0] == sold[2] == {"9001", "9002", "111", "9100", "9101"}
    assert "221" in sold[1]
    assert "9001" not in sold[1]
