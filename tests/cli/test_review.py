"""What a reviewer is told of a plan: who asked, what it costs by client, what ends, and whether it can be applied."""

import json
from pathlib import Path
from typing import Any

import pytest
from contract.repositories import git, isolate
from rehearsal import Rehearsal
from stories import agency, live_account

APPROVED = ("-auto-approve", "--allow", "billed,permanent,guard")
DEARER = "plan: {tier: pro, billing: monthly, contacts: 1000}"
TEMPLATES = "templates:\n  news: {type: basic, html: news.html}\n"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


def commit(folder: Path, author: str) -> None:
    """Commit everything, and make the folder a repository if it is none."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
        (folder / ".gitignore").write_text(".agencyfile/\n.state/\nplan.json\n", "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=change", f"--author={author} <somebody@northwind.example>")


def reviewed(rehearsal: Rehearsal, *arguments: str, code: int = 0) -> tuple[Any, str]:
    """The document of a plan against the base, and its comment."""
    file = rehearsal.folder / "plan.json"
    ran = rehearsal.run("plan", "--base", "base", "--out", str(file), *arguments)
    assert ran.code == code, ran
    comment = rehearsal.run("show", str(file), "--format", "markdown", "--approval", "merge")
    assert comment.code == 0, comment
    return json.loads(file.read_text("utf-8")), comment.out


def begin(rehearsal: Rehearsal, text: str) -> None:
    """Apply a file and tag its commit."""
    rehearsal.write(text)
    commit(rehearsal.folder, "Ann Lee")
    git(rehearsal.folder, "tag", "base")
    assert rehearsal.run("apply", *APPROVED).code == 0


def test_plan_with_a_base_says_who_asked_and_what_is_new(rehearsal: Rehearsal) -> None:
    """Authors with their commits; steps and warnings of other clients fold; merging is what approves."""
    rehearsal.seed(accounts=[live_account("old", status="disabled")])
    begin(rehearsal, agency(rehearsal.recipient, old="domain: mail.old.example"))
    rehearsal.write(agency(rehearsal.recipient, old="domain: mail.old.example", acme=""))
    commit(rehearsal.folder, "Bo Berg")

    document, comment = reviewed(rehearsal)

    assert document["request"]["authors"] == [{"name": "Bo Berg", "commits": 1}]
    assert document["request"]["changed"] == ["account.acme"]
    assert (document["review"]["standing_warnings"], document["review"]["standing_steps"]) == (1, 1)
    assert "`Bo Berg` (1 commit) since `" in comment
    assert "<summary>1 warning of other clients, there before</summary>" in comment
    assert "Merging approves exactly this plan: `pln2_" in comment
    assert [row["client"] for row in document["rows"] if row["changes"]] == ["Acme"]


def test_plan_names_a_block_that_left_the_file_with_its_price(rehearsal: Rehearsal) -> None:
    """Nothing changes, and the portal goes on billing: by name, in the first line."""
    begin(rehearsal, agency(rehearsal.recipient, acme="", beta=DEARER))
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    commit(rehearsal.folder, "Bo Berg")

    document, comment = reviewed(rehearsal)

    assert document["request"]["left"] == ["account.beta"]
    assert document["money"]["left"]["per_month"] == ["80.00 USD"]
    assert "**1 block left the file, still billed 80.00 USD a month**" in comment.splitlines()[0]
    assert "| Beta `account.beta` | `pro/monthly/1000` | 80.00 USD |" in comment


def test_plan_of_a_mixed_change_comes_gravest_first_with_the_net(rehearsal: Rehearsal) -> None:
    """An ending, an upgrade and a reduction: the net, what each makes of it, and what becomes of the data."""
    begin(rehearsal, agency(rehearsal.recipient, acme="", beta=DEARER, gone=DEARER))
    removed = "removed:\n  - {account: gone, action: cancel, reason: contract ended, retain_data: false}\n"
    rehearsal.write(agency(rehearsal.recipient, removed, acme=DEARER, beta=""))
    commit(rehearsal.folder, "Bo Berg")

    document, comment = reviewed(rehearsal)

    rows = [(row["rank"], row["address"], row["recurring"]["difference"]["per_month"]) for row in document["rows"]]
    assert [row for row in rows if row[0] != "other"] == [
        ("ending", "account.gone", ["-80.00 USD"]),
        ("charge", "account.acme", ["30.00 USD"]),
        ("reduction", "account.beta", ["-30.00 USD"]),
    ]
    assert document["summary"]["per_month"] == ["-80.00 USD"]
    assert "per month **-80.00 USD (210.00 USD → 130.00 USD)**" in comment.splitlines()[0]
    assert "The portal deletes its data: nothing brings it back." in comment
    assert "| ~ less | Beta `account.beta` | | **-30.00 USD** | `pro/monthly/1000` → `plus/monthly/1000` |" in comment


def test_plan_of_a_template_shows_the_difference_of_its_html(rehearsal: Rehearsal) -> None:
    """As text in the comment, and drawn in frames that run nothing on the page."""
    rehearsal.write("<h1>Old news</h1>\n", "news.html")
    begin(rehearsal, agency(rehearsal.recipient, TEMPLATES, acme="templates: [news]", beta="templates: [news]"))
    rehearsal.write("<h1>New news</h1>\n<script>alert(1)</script>\n", "news.html")
    commit(rehearsal.folder, "Bo Berg")

    _, comment = reviewed(rehearsal)
    page = rehearsal.run("show", str(rehearsal.folder / "plan.json"), "--format", "html").out

    assert "-<h1>Old news</h1>\n+<h1>New news</h1>\n+<script>alert(1)</script>" in comment
    assert '<iframe srcdoc="&lt;h1&gt;Old news&lt;/h1&gt;\n" sandbox=""' in page
    assert "<script>alert" not in page


def test_plan_check_fails_where_an_apply_would(rehearsal: Rehearsal) -> None:
    """Exit 3, the document is written all the same, and nobody is told to apply it."""
    text = agency(None, acme="")
    rehearsal.write(text)

    assert rehearsal.run("plan").code == 0
    refused = rehearsal.run("plan", "--check", "--out", str(rehearsal.folder / "plan.json"))

    assert refused.code == 3
    assert "An apply refuses it." in refused.err
    assert "Apply exactly this" not in refused.err
    comment = rehearsal.run("show", str(rehearsal.folder / "plan.json"), "--format", "markdown").out
    assert "agencyfile apply --approved" not in comment
    assert rehearsal.run("show", str(rehearsal.folder / "plan.json"), "--format", "outputs").out.endswith(
        "refused=true\n"
    )


def test_apply_that_raises_the_total_above_max_monthly_is_refused(rehearsal: Rehearsal) -> None:
    """A limit of all accounts together: what raises them too far is refused, what saves never is."""
    limited = ("  name: northwind\n", "  name: northwind\n  budgets: {max_monthly: 120 USD}\n")
    rehearsal.seed(accounts=[live_account("other")])
    rehearsal.write(agency(rehearsal.recipient, acme="").replace(*limited))
    assert rehearsal.run("apply", *APPROVED).code == 0
    rehearsal.write(agency(rehearsal.recipient, acme=DEARER).replace(*limited))

    refused = rehearsal.run("apply", *APPROVED)

    assert refused.code == 3
    assert "130.00 USD a month after the apply is over max_monthly" in refused.err


def test_plan_with_an_unknown_base_warns_and_plans(rehearsal: Rehearsal) -> None:
    """Who asked is not known; what would be done is."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))

    ran = rehearsal.run("plan", "--base", "no-such", "--json")

    assert ran.code == 0
    assert json.loads(ran.out)["request"] is None
    assert "who asked for this plan is not known" in ran.err


def test_plan_of_the_same_change_for_many_clients_is_one_row(rehearsal: Rehearsal) -> None:
    """The sum and what each comes to, from and to, and every name folded; a client that differs has its own row."""
    names = [f"c{number}" for number in range(6)]
    begin(rehearsal, agency(rehearsal.recipient, **dict.fromkeys(names, ""), other=""))
    moved = "notification: new@northwind.example"
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, DEARER), other=moved))
    commit(rehearsal.folder, "Bo Berg")

    document, comment = reviewed(rehearsal)

    (group,) = document["review"]["groups"]
    assert group["rows"] == [f"account.{name}" for name in names]
    assert (group["now"]["amounts"], group["recurring"]["difference"]["per_month"]) == (["180.00 USD"], ["180.00 USD"])
    assert (
        "| ~ 💳 | **6 clients** | 180.00 USD (30.00 USD each) | +180.00 USD (+30.00 USD each) | "
        "`plus/monthly/1000` → `pro/monthly/1000` | 1 manual step | |"
    ) in comment
    assert "| notification `ops@northwind.example` → `new@northwind.example` |" in comment
    assert "<details><summary>The 6 clients</summary>" in comment
    assert all(f"`account.{name}`" in comment for name in names)
    assert "@@ account.c0 and 5 more @@ change\n" in comment
