"""A change of what guards an apply is a change of the plan: seen first, approved by name, refused otherwise."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from contract.repositories import git
from rehearsal import Rehearsal
from sampling import thinned
from stories import agency, live_account

from agencyfile.vault import make_identity
from plan import Address, FileStore, Ledger
from plan.ledger import EntryType

STRANGER = "age1s8qxa7zz5szcag28umaul7merh8948n3gkdjxw84ethd8xkt430s8ddc24"
FORMS = ("text", "json", "markdown", "html", "github")
HEAD = (
    "  budgets: {per_apply: 500 USD}\n  review: {approval: [permanent]}\n  portal: {agency_key: '${env:AGENCY_KEY}'}\n"
)


def text_of(rehearsal: Rehearsal, recipient: str | None = None, head: str = HEAD, **accounts: str) -> str:
    """An agency file with settings that guard something."""
    text = agency(recipient or rehearsal.recipient, **(accounts or {"acme": ""}))
    return text.replace("  name: northwind\n", f"  name: northwind\n{head}")


@pytest.fixture
def guarded(rehearsal: Rehearsal) -> Rehearsal:
    """An agency whose settings are recorded, with one account."""
    rehearsal.environment.update(AGENCY_KEY=rehearsal.portal.agency_key, AGENCY_OTHER_KEY=rehearsal.portal.agency_key)
    rehearsal.write(text_of(rehearsal))
    rehearsal.apply()
    return rehearsal


@pytest.mark.attack("B3", "a pull request adds a recipient and raises a budget, and nothing else")
def test_b03_settings_alone_are_a_plan_in_every_form(guarded: Rehearsal) -> None:
    """Each form names who can read passwords now and what may be spent, before and after."""
    guarded.write(text_of(guarded, f"{guarded.recipient}, {STRANGER}").replace("500 USD", "99999 USD"))

    for form in FORMS:
        ran = guarded.run("plan", "--format", form)
        assert ran.code == 0, ran
        assert f"can read passwords of new accounts: + {STRANGER}" in ran.out
        assert "500.00 USD → 99,999.00 USD" in ran.out
    assert guarded.run("plan", "--concise").out.startswith("agencyfile") is False
    assert guarded.run("plan", "--concise").out.startswith("~ agency.northwind")
    assert guarded.run("plan", "--detailed-exitcode").code == 2
    assert guarded.plan()["resource_changes"][0]["effect"] == "guard"


@pytest.mark.attack("B3", "settings that were changed are applied by --auto-approve")
def test_b03_settings_need_a_word_of_their_own(guarded: Rehearsal) -> None:
    """--auto-approve covers them by name alone; then they are recorded without a call, and the next plan is empty."""
    guarded.write(text_of(guarded, f"{guarded.recipient}, {STRANGER}"))
    before = guarded.ledger.read_bytes()

    ran = guarded.run("apply", "--auto-approve", "--allow", "billed,permanent,one-shot")
    assert (ran.code, guarded.ledger.read_bytes()) == (4, before)
    assert "--allow guard" in ran.err

    writes = guarded.writes()
    guarded.apply("--auto-approve", "--allow", "guard")
    assert guarded.writes() == writes


@pytest.mark.attack("B3", "an offline comparison that says nothing differs")
def test_b03_settings_are_in_the_offline_plan(guarded: Rehearsal) -> None:
    """Without a portal, a ledger and a key: first of all."""
    git(guarded.folder, "init", "--quiet")
    git(guarded.folder, "add", "agency.yaml")
    git(guarded.folder, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=base")
    guarded.write(text_of(guarded, f"{guarded.recipient}, {STRANGER}", acme="", aaa=""))

    for form in ("text", "json", "markdown"):
        ran = guarded.run("plan", "--offline", "--format", form)
        assert ran.code == 0, ran
        assert f"can read passwords of new accounts: + {STRANGER}" in ran.out
        assert ran.out.index("agency.northwind") < ran.out.index("account.aaa")


CHANGES: dict[str, tuple[Callable[[str], str], str]] = {
    "recipients": (lambda text: text.replace("recipients: [", f"recipients: [{STRANGER}, "), STRANGER),
    "budgets": (lambda text: text.replace("500 USD", "99999 USD"), "budget per apply: 500.00 USD → 99,999.00 USD"),
    "policy": (lambda text: text.replace("[permanent]", "[]"), "applied from a reviewed plan alone: - permanent"),
    "share": (
        lambda text: text.replace("review: {", "review: {max_changed_share: 100%, "),
        "share of a kind that one plan may change: 30% → all",
    ),
    "resend": (
        lambda text: text.replace("  review:", "  reconcile: {resend: after-window}\n  review:"),
        "is sent again: never → once the settle time is over",
    ),
    "ledger": (
        lambda text: text.replace("  review:", "  ledger: file:.agencyfile/other.jsonl\n  review:"),
        "ledger: file:.agencyfile/other.jsonl",
    ),
    "portal": (
        lambda text: text.replace("portal: {", "portal: {agency_api: 'https://x.activecampaign.com/api.php', "),
        "the agency key is sent to: https://www.activecampaign.com/api.php → https://x.activecampaign.com/api.php",
    ),
    "variable": (
        lambda text: text.replace("env:AGENCY_KEY", "env:AGENCY_OTHER_KEY"),
        "the agency key comes from: AGENCY_KEY → AGENCY_OTHER_KEY",
    ),
    "login": (
        lambda text: text.replace("portal: {", "portal: {account_login: true, "),
        "logins of new accounts are used to push templates: no → yes",
    ),
}


@pytest.mark.parametrize("what", thinned(CHANGES, every=3))
@pytest.mark.attack("B3", "an approved plan is applied with other settings")
def test_b03_approval_does_not_cover_other_settings(guarded: Rehearsal, what: str) -> None:
    """Approved, then one setting is another: exit 4, the setting is named, nothing is sent."""
    approved = text_of(guarded, acme="", beta="")
    guarded.write(approved)
    digest = guarded.plan()["digest"]
    assert guarded.run("approve", digest).code == 0
    change, words = CHANGES[what]
    guarded.write(change(approved))
    writes = guarded.writes()

    ran = guarded.run("apply", "--approved", digest)

    assert ran.code == 4, ran
    assert words in ran.err
    assert guarded.writes() == writes


@pytest.mark.attack("B3", "a ledger that is moved to an empty place, which guards nothing")
def test_b03_empty_ledger_beside_live_accounts_needs_a_word_of_its_own(guarded: Rehearsal) -> None:
    """Settings are recorded silently by the first apply of a new agency alone."""
    guarded.write(text_of(guarded, STRANGER, HEAD + "  ledger: file:.agencyfile/new.jsonl\n", acme="", beta=""))

    ran = guarded.run("apply", "--auto-approve", "--allow", "billed")

    assert ran.code == 4, ran
    assert "--allow guard" in ran.err
    assert STRANGER in ran.out


def test_first_plan_over_a_portal_that_was_imported_is_empty(rehearsal: Rehearsal) -> None:
    """Nothing is recorded before something is done: no plan and no apply goes round in a circle."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    assert rehearsal.plan()["resource_changes"] == []
    assert rehearsal.run("apply").code == 0
    assert not rehearsal.ledger.exists()


def test_ledger_without_settings_has_them_recorded_once(rehearsal: Rehearsal) -> None:
    """A ledger of an older version: the first plan says that settings are recorded, the next is empty."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    store = FileStore(rehearsal.ledger)
    rehearsal.ledger.parent.mkdir(parents=True, exist_ok=True)
    Ledger(store, agency="northwind").append(
        (EntryType.BASELINE, Address("credit", "acme.email"), {"sent": {"total": 1}})
    )

    (change,) = rehearsal.plan()["resource_changes"]
    assert change["words"] == [f"can read passwords of new accounts: {rehearsal.recipient}"]
    assert rehearsal.run("apply", "--auto-approve").code == 4
    rehearsal.apply("--auto-approve", "--allow", "guard")


def test_looser_settings_do_not_hold_in_the_apply_that_records_them(guarded: Rehearsal) -> None:
    """A budget that a plan raises is not one that the same plan may use up; a reviewed effect stays one."""
    looser = text_of(guarded, acme="", beta="", gamma="").replace("500 USD", "5000 USD").replace("[permanent]", "[]")
    guarded.write(looser.replace("contacts: 1000", "contacts: 25000"))

    document = guarded.plan()
    assert [limit["most"] for limit in document["budget"]] == ["500.00 USD"]


def test_new_recipient_reads_what_is_sealed_after_it_was_recorded(guarded: Rehearsal, tmp_path: Path) -> None:
    """One plan records the recipient first and then seals to it; the ledger shows them in that order."""
    identity = tmp_path / "second.key"
    second = make_identity(identity)
    guarded.write(text_of(guarded, f"{guarded.recipient}, {second}", acme="", beta=""))
    guarded.apply()

    entries = [json.loads(line) for line in guarded.ledger.read_text("utf-8").splitlines()]
    recorded = [entry["serial"] for entry in entries if entry["address"] == "agency.northwind"]
    sealed = {
        entry["address"]: (entry["serial"], entry["body"]["credential"]["recipients"])
        for entry in entries
        if entry["body"].get("credential")
    }
    assert sealed["account.acme"][1] == [guarded.recipient]
    assert set(sealed["account.beta"][1]) == {guarded.recipient, second}
    assert recorded[-1] < sealed["account.beta"][0]
