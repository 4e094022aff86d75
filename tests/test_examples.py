"""Every example is a story that runs: law 10."""

import shutil
from pathlib import Path

import pytest
from rehearsal import Rehearsal, writes_of

EXAMPLES = Path(__file__).parent.parent / "examples"

CLIENTS = [
    "acme-gym",
    "atlas-boxing",
    "bodywise-pilates",
    "cadence-cycling",
    "deep-end-swim",
    "evergreen-yoga",
    "fleet-feet-run",
    "granite-climb",
]
TWELVE = [*CLIENTS, "hammer-strength-hall", "iron-garden", "joie-de-bouger", "kettle-club"]
STORIES = {
    "tested-agency": [("account_add", name) for name in ("acme-gym", "atlas-boxing", "granite-climb")],
    "first-client": [("account_add", "acme-gym")],
    "demo": [
        ("account_add", "fitness-lab"),
        ("snapshot_create", "fitness-2026-11"),
        *(("account_add", name) for name in CLIENTS[:3]),
    ],
    "onboarding": [("account_add", name) for name in TWELVE],
    "contacts": [],  # every change is a manual step: see below
    "fitness-agency": [
        ("account_add", "fitness-lab"),
        ("snapshot_create", "fitness-2026-11"),
        *(("account_add", name) for name in CLIENTS),
        *(("message_template_add", name) for name in CLIENTS),
    ],
}


def start(rehearsal: Rehearsal, name: str) -> None:
    """The folder of an example, with the identity that it ships."""
    shutil.copytree(EXAMPLES / name, rehearsal.folder, dirs_exist_ok=True)
    rehearsal.environment["AGENCYFILE_IDENTITY"] = str(rehearsal.folder / "example-identity.txt")


def test_examples_all_have_a_story() -> None:
    """No example is left untested."""
    named = {path.parent.name for path in EXAMPLES.glob("*/agency.yaml")}

    assert named == {*STORIES, "everything"}  # whose story is in test_everything


@pytest.mark.parametrize("name", STORIES)
def test_example_from_nothing_validates_plans_and_applies_to_its_story(rehearsal: Rehearsal, name: str) -> None:
    """An example is valid, plans the writes that its story tells, applies them, and then there is nothing to do."""
    start(rehearsal, name)

    assert rehearsal.run("validate").code == 0
    assert sorted(writes_of(rehearsal.plan())) == sorted(STORIES[name])

    rehearsal.apply()


@pytest.mark.parametrize("name", STORIES)
def test_example_applied_gives_every_account_a_login_that_works(rehearsal: Rehearsal, name: str) -> None:
    """The password that the ledger keeps is the one that the portal set."""
    start(rehearsal, name)
    rehearsal.apply()

    for account in rehearsal.book("accounts"):
        login = rehearsal.reveal(account["account"])

        assert rehearsal.can_log_in(account["account"], login["username"], login["password"])


def test_fitness_example_clones_the_sandbox_as_it_was_at_the_snapshot(rehearsal: Rehearsal) -> None:
    """Every client account is a copy of the snapshot, and the card shows one charge for each paid one."""
    start(rehearsal, "fitness-agency")
    rehearsal.apply()

    accounts = {row["account"]: row for row in rehearsal.book("accounts")}
    (snapshot,) = rehearsal.book("snapshots")
    clients = [row for name, row in accounts.items() if name != "fitness-lab"]
    paid = sorted(row["account"] for row in clients if row["plan"]["tier"] != "trial")

    assert len(clients) == 8
    assert {row["snapshot_id"] for row in clients} == {snapshot["id"]}
    assert sorted(row["account"] for row in rehearsal.book("charges")) == paid


def test_onboarding_example_is_what_the_import_writes(rehearsal: Rehearsal) -> None:
    """Importing its workbook again changes no byte; without the files of the clients, the import writes them anew."""
    start(rehearsal, "onboarding")
    clients = rehearsal.folder / "clients"
    before = {path.name: path.read_bytes() for path in clients.iterdir()}
    arguments = ("import", str(rehearsal.folder / "clients.xlsx"), "-f", str(rehearsal.file))
    assert rehearsal.run("clients", *arguments, "--overwrite", "all").code == 0
    again = {path.name: path.read_bytes() for path in clients.iterdir()}
    text = rehearsal.file.read_text("utf-8")
    shutil.rmtree(clients)
    rehearsal.write(text.partition("# Name, e-mail")[0])
    assert rehearsal.run("clients", *arguments).code == 0

    assert len(before) == 40
    assert before == again == {path.name: path.read_bytes() for path in clients.iterdir()}


def test_contacts_example_is_done_once_its_second_export_is_there(rehearsal: Rehearsal) -> None:
    """Three journeys, a deletion by request, a domain; the export after them leaves nothing to do."""
    start(rehearsal, "contacts")
    steps = rehearsal.plan()["manual_steps"]
    texts = "\n".join(step["text"] for step in steps)
    assert [step["id"] for step in steps] == [
        "allowed_domain.OCN-100201.contractor.example",
        "contact.jane@acme.example.record",
        "contact.zoe@contractor.example.record",
        "customer.OCN-100200.contacts",
        "contact.old@acme.example.deletion",
    ]
    assert all(
        words in texts for words in ("Add a contact.", "choose By subscription", "choose By user", "Subject: Delete")
    )

    (rehearsal.folder / "contacts-after.csv").replace(rehearsal.folder / "contacts.csv")
    assert rehearsal.plan()["manual_steps"] == []


def test_onboarding_example_from_workbook_to_running_accounts(rehearsal: Rehearsal) -> None:
    """The whole story: import the workbook with accounts, review, apply, log in wherever a creation shows a login."""
    start(rehearsal, "onboarding")
    shutil.rmtree(rehearsal.folder / "clients")
    rehearsal.write(rehearsal.file.read_text("utf-8").partition("# Name, e-mail")[0])
    workbook = str(rehearsal.folder / "clients.xlsx")
    assert rehearsal.run("clients", "import", workbook, "--accounts", "fitness", "-f", str(rehearsal.file)).code == 0
    plan = rehearsal.plan()
    names = sorted(name for _, name in writes_of(plan))
    by_hub = {
        name for operation, name in writes_of(plan) if operation == "child_account_create"
    }  # those with a country
    assert set(TWELVE) <= set(names)
    assert len(names) == 40
    assert rehearsal.run("approve", plan["digest"], "--by", "ada").code == 0
    rehearsal.apply("--approved", plan["digest"])

    assert sorted(row["account"] for row in rehearsal.book("charges")) == names
    for name in sorted(set(names) - by_hub):
        login = rehearsal.reveal(name)
        assert rehearsal.can_log_in(name, login["username"], login["password"])
