"""From a workbook to running accounts: import, review, apply, log in."""

from pathlib import Path

from clients.workbooks import row, write
from rehearsal import Rehearsal, writes_of

ROOT = """\
version: 1
agency: {{name: northwind, credentials: {{recipients: [{recipient}]}}}}
include: [clients/*.yaml]
defaults:
  account: {{notification: ops@northwind.example, timezone: Europe/Brussels}}
profiles:
  fitness: {{plan: {{tier: plus, billing: monthly, contacts: 1000}}}}
"""


def test_workbook_becomes_accounts_that_people_log_in_to(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """One creation and one charge for each client; a later change of a client shows in the plan of its account."""
    rehearsal.write(ROOT.format(recipient=rehearsal.recipient))
    table = [row(number) for number in range(3)]
    for values in table:
        values[3] = None  # with a country the hub creates the account, and returns no login
    book = str(write(tmp_path / "clients.xlsx", table))
    source = ("-f", str(rehearsal.file))
    assert rehearsal.run("clients", "import", book, "--accounts", "fitness", *source).code == 0

    assert rehearsal.run("validate").code == 0
    assert sorted(writes_of(rehearsal.plan())) == [("account_add", f"client-{number}") for number in range(3)]
    rehearsal.apply()
    for number in range(3):
        login = rehearsal.reveal(f"client-{number}")
        assert rehearsal.can_log_in(f"client-{number}", login["username"], login["password"])
    assert {account["client_email"] for account in rehearsal.book("accounts")} == {one[1] for one in table}
    assert len(rehearsal.book("charges")) == 3

    table[1][1] = "new-owner@client1.example"
    write(Path(book), table)
    assert rehearsal.run("clients", "import", book, "--overwrite", "email", *source).code == 0
    plan = rehearsal.plan()

    steps = [step for step in plan["manual_steps"] if not step["id"].endswith(".handover")]

    assert [step["address"] for step in steps] == ["account.client-1"]
    assert "new-owner@client1.example" in str(steps)
    assert writes_of(plan) == []


def test_explain_shows_where_each_value_of_an_account_comes_from(rehearsal: Rehearsal) -> None:
    """File and line of the block, the client, the profile and the defaults."""
    rehearsal.write(ROOT.format(recipient=rehearsal.recipient))
    rehearsal.write(
        "clients:\n  acme: {name: Acme, email: owner@acme.example, language: fr}\n"
        "accounts:\n  acme: {client: acme, profile: fitness, plan: {contacts: 2500}}\n",
        "clients/acme.yaml",
    )
    ran = rehearsal.run("validate", "--explain", "account.acme")
    places = {line.split()[0]: line.split()[-1] for line in ran.out.splitlines()[3:]}
    client, root = rehearsal.folder / "clients" / "acme.yaml", rehearsal.file

    assert places["client.name"] == f"{client}:2:16"
    assert places["language"].startswith(f"{client}:2:")
    assert places["plan.contacts"].startswith(f"{client}:4:")
    assert places["plan.tier"].startswith(f"{root}:7:")
    assert places["timezone"].startswith(f"{root}:5:")
    assert rehearsal.run("validate", "--explain", "account.nobody").code == 64
