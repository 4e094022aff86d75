"""Import: agency files from what the portal holds, whose plan is empty at once."""

import json
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import forks
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rehearsal import Ran, Rehearsal
from stories import LAB, PLUS, agency, live_account

from agencyfile.cli.importing import layout
from agencyfile.cli.importing.blocks import Block
from agencyfile.cli.importing.scalars import text_problem
from agencyfile.cli.importing.text import part_text
from agencyfile.cli.importing.writing import write_new
from agencyfile.language import load
from agencyfile.language.document import parse_document
from agencyfile.language.matching import MOST_FILES
from agencyfile.language.rules import make_report
from agencyfile.language.source import Limits
from agencyfile.vault import recipient_of
from plan import Address, Resource

IDENTITY = ".agencyfile/identity.txt"
LEDGER = ".agencyfile/ledger.jsonl"  # knows the keys of the portal, under a salt of its own
OWN = ("agency.yaml", IDENTITY, ".gitignore", LEDGER, f"{LEDGER}.mark")  # each import has its own
SANDBOX = {"tier": "sandbox"}
EVERY_STATE: tuple[Mapping[str, object], ...] = (
    live_account("active", cname="mail.active.example"),
    live_account("creating", status="creating"),
    live_account("disabled", status="disabled"),
    live_account("cancelled", status="cancelled"),
    live_account("expired", expire="2020-01-01"),
    live_account("trial", plan={"tier": "trial"}),
    live_account("annual", plan={"tier": "enterprise", "billing": "annual", "contacts": 100_000}),
    live_account("mute", notification=""),
    live_account("odd", notification="nobody"),
    live_account("nameless", client_name=""),
    live_account("no"),
    live_account("0123"),
    live_account("lab", plan=SANDBOX),
    live_account("old-lab", plan=SANDBOX, status="cancelled"),
)
SNAPSHOTS = (
    {"name": "base", "source": "lab"},
    {"name": 'base 2: "quoted" # no', "source": "lab"},
    {"name": "twice", "source": "lab"},
    {"name": "twice", "source": "lab"},
    {"name": "failed", "source": "lab", "status": "failed"},
    {"name": "second try", "source": "lab", "status": "failed"},
    {"name": "second try", "source": "lab"},
    {"name": "early", "source": "lab", "created_at": "2020-05-01"},
    {"name": "orphan", "source": "old-lab"},
    {"name": " ", "source": "lab"},
    {"name": "two\nlines", "source": "lab"},
)


def seed_every_state(rehearsal: Rehearsal) -> None:
    """A portal with something in every state, some of which is never ready."""
    rehearsal._post("settings", {"provisioning": 600})
    rehearsal.seed(accounts=list(EVERY_STATE), snapshots=list(SNAPSHOTS))


def import_all(rehearsal: Rehearsal, *arguments: str, out: str = "northwind") -> Ran:
    """`import --all` into a folder below that of the rehearsal."""
    return rehearsal.run("import", "--all", "--out", str(rehearsal.folder / out), *arguments)


def new_agency(rehearsal: Rehearsal) -> Ran:
    """`import --all` where there is no agency file yet."""
    ran = import_all(rehearsal, "--name", "northwind")
    assert ran.code == 0, ran
    return ran


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def written(folder: Path) -> dict[str, bytes]:
    """What an import has written whole, but for the files that are this agency's alone."""
    found = files(folder).items()
    return {name: text for name, text in found if name not in OWN and not Path(name).name.startswith(".")}


def resources(path: Path) -> dict[str, Resource]:
    """What the file declares, by address; it is valid."""
    loaded = load(path, {})
    assert loaded.agency_file is not None, loaded.diagnostics
    return {str(resource.address): resource for resource in loaded.agency_file.resources}


def plan_of(rehearsal: Rehearsal, path: Path) -> dict[str, Any]:
    """The plan document of another agency file."""
    rehearsal.folder = path.parent
    return rehearsal.plan()


def test_import_of_every_state_is_valid_and_its_plan_is_empty_at_once(rehearsal: Rehearsal) -> None:
    """Nothing to create, nothing to change, no step for a human; an apply writes nothing."""
    seed_every_state(rehearsal)

    new_agency(rehearsal)
    document = plan_of(rehearsal, rehearsal.folder / "northwind" / "agency.yaml")

    assert document["applicable"]
    assert (document["resource_changes"], document["manual_steps"], document["drift"]) == ([], [], [])
    rehearsal.check_converged()
    assert rehearsal.writes() == []


def test_import_says_what_it_leaves_out_and_why(rehearsal: Rehearsal) -> None:
    """Each thing that cannot be declared, and each word."""
    seed_every_state(rehearsal)

    told = new_agency(rehearsal).out

    for words in (
        "account.cancelled: it is cancelled, and the portal keeps it archived",
        "account.expired: it is expired, and the portal keeps it archived",
        "sandbox.old-lab: it is cancelled",
        "account.creating: the portal is still making it",
        "snapshot.twice: 2 snapshots bear this name (ids 3, 4): delete all but one in the portal",
        "snapshot.failed: the portal says that it is failed",
        "snapshot.two\\nlines: no block can bear its name",
        "account.mute: notification, it has none",
        "account.odd: notification, it is not an e-mail address",
        "snapshot.orphan: sandbox, ",
    ):
        assert words in told
    assert "Next: agencyfile plan -f " in told


def test_import_declares_what_the_portal_tells(rehearsal: Rehearsal) -> None:
    """Every word that a block can hold, as it is at the portal, and `adopt`."""
    seed_every_state(rehearsal)
    new_agency(rehearsal)

    found = resources(rehearsal.folder / "northwind" / "agency.yaml")

    assert all(resource.adopt for resource in found.values())
    assert sorted(found) == [
        "account.0123",
        "account.active",
        "account.annual",
        "account.disabled",
        "account.mute",
        "account.nameless",
        "account.no",
        "account.odd",
        "account.trial",
        "sandbox.lab",
        "snapshot.base",
        'snapshot.base 2: "quoted" # no',
        "snapshot.early",
        "snapshot.orphan",
        "snapshot.second try",
    ]
    assert found["account.active"].attributes["domain"] == "mail.active.example"
    assert found["account.active"].attributes["plan"] == {"tier": "plus", "billing": "monthly", "contacts": 1000}
    assert found["account.active"].attributes["client.name"] == "Active"
    assert found["account.disabled"].attributes["status"] == "disabled"
    assert found["account.trial"].attributes["plan"] == {"tier": "trial"}
    assert "notification" not in found["account.mute"].attributes
    assert found["sandbox.lab"].attributes["notification"] == "ops@northwind.example"
    assert found["snapshot.base"].references() == (Address("sandbox", "lab"),)
    assert found["snapshot.orphan"].references() == ()


def test_import_a_second_time_changes_nothing_and_says_so(rehearsal: Rehearsal) -> None:
    """The same command: every file as it was, byte by byte."""
    seed_every_state(rehearsal)
    new_agency(rehearsal)
    folder = rehearsal.folder / "northwind"
    before = files(folder)

    again = new_agency(rehearsal)

    assert files(folder) == before
    assert "15 declared already\nnothing was written\n" in again.out


def test_import_of_one_portal_gives_the_same_bytes_wherever_it_goes(rehearsal: Rehearsal) -> None:
    """Nothing of the day, the folder or the order gets into the files; the key that opens passwords is a new one."""
    seed_every_state(rehearsal)

    for out in ("one", "two/deep"):
        assert import_all(rehearsal, "--name", "northwind", out=out).code == 0

    first, second = files(rehearsal.folder / "one"), files(rehearsal.folder / "two" / "deep")
    keys = [recipient_of(rehearsal.folder / out / IDENTITY) for out in ("one", "two/deep")]
    assert first.pop(IDENTITY) != second.pop(IDENTITY)
    assert first["agency.yaml"].replace(str(keys[0]).encode(), str(keys[1]).encode()) == second["agency.yaml"]
    assert all(first.pop(name) != second.pop(name) for name in (LEDGER, f"{LEDGER}.mark"))
    assert {**first, "agency.yaml": b""} == {**second, "agency.yaml": b""}


def test_import_later_writes_what_is_new_alone(rehearsal: Rehearsal) -> None:
    """New accounts get files beside the old ones; new sandboxes and snapshots a file of their own."""
    seed_every_state(rehearsal)
    new_agency(rehearsal)
    folder = rehearsal.folder / "northwind"
    before = files(folder)
    rehearsal.seed(
        accounts=[live_account("later"), live_account("lab-2", plan=SANDBOX)],
        snapshots=[{"name": "newer", "source": "lab-2"}],
    )

    new_agency(rehearsal)

    after = files(folder)
    assert {name: text for name, text in after.items() if name in before} == before
    assert after.keys() - before.keys() == {"clients/later.yaml", "sandboxes-2.yaml", "snapshots-2.yaml"}
    assert plan_of(rehearsal, folder / "agency.yaml")["summary"]["unmanaged"] == 6


def test_import_of_a_name_that_is_also_a_files_name_collides_with_nothing(rehearsal: Rehearsal) -> None:
    """An account may be called like the file of the sandboxes."""
    rehearsal.seed(accounts=[live_account("sandboxes"), live_account("lab", plan=SANDBOX), live_account("agency")])
    rehearsal.write(agency(rehearsal.recipient).replace("version: 1", "version: 1\ninclude: [imported/*.yaml]"))

    assert import_all(rehearsal, "-f", str(rehearsal.file), out="imported").code == 0

    assert sorted(files(rehearsal.folder / "imported")) == ["agency.yaml", "sandboxes-2.yaml", "sandboxes.yaml"]
    assert {"account.sandboxes", "account.agency", "sandbox.lab"} <= resources(rehearsal.file).keys()


def test_import_beside_a_file_writes_only_what_no_block_names(rehearsal: Rehearsal) -> None:
    """Declared, formerly called so, removed and ignored accounts are left alone, and it is said which."""
    rehearsal.seed(
        accounts=[live_account(name) for name in ("acme", "older", "leaving", "legacy-1", "fresh", "twin")]
        + [live_account("lab", plan=SANDBOX)]
    )
    text = agency(rehearsal.recipient, acme="", newer="previously: older")
    rehearsal.write(
        text.replace("version: 1", "version: 1\ninclude: [imported/*.yaml]\nignore: ['account.legacy-*']")
        + "removed:\n  - {account: leaving, action: forget, reason: theirs now}\n"
    )

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.code == 0, ran
    assert sorted(files(rehearsal.folder / "imported")) == ["fresh.yaml", "sandboxes.yaml", "twin.yaml"]
    assert "2 declared already" in ran.out
    assert "account.leaving: it stands under `removed:`" in ran.out
    assert "account.legacy-1: `ignore:` covers it (account.legacy-*)" in ran.out
    assert {"account.fresh", "account.twin", "sandbox.lab"} <= resources(rehearsal.file).keys()


def test_import_of_a_snapshot_whose_sandbox_has_another_name_by_now_goes_without_it(rehearsal: Rehearsal) -> None:
    """The old name is nobody's: a reference to it would lead nowhere."""
    rehearsal.seed(accounts=[live_account("lab", plan=SANDBOX)], snapshots=[{"name": "base", "source": "lab"}])
    body = "sandboxes:\n  workshop: {adopt: true, previously: lab}\n"
    rehearsal.write(agency(rehearsal.recipient, body).replace("version: 1", "version: 1\ninclude: [imported/*.yaml]"))

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.code == 0, ran
    assert "snapshot.base: sandbox, no block declares lab" in ran.out
    assert resources(rehearsal.file)["snapshot.base"].references() == ()


def test_import_into_a_folder_that_the_file_does_not_include_says_what_to_add(rehearsal: Rehearsal) -> None:
    """The files are there, and a second import neither writes them again nor works around them."""
    rehearsal.seed(accounts=[live_account("acme"), live_account("beta")])
    rehearsal.write(agency(rehearsal.recipient))

    first = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")
    before = files(rehearsal.folder / "imported")
    second = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert (first.code, second.code) == (0, 0)
    assert "include: [imported/*.yaml]" in first.out
    assert "include: [imported/*.yaml]" in second.out
    assert "nothing was written" in second.out
    assert files(rehearsal.folder / "imported") == before
    rehearsal.write(agency(rehearsal.recipient).replace("version: 1", "version: 1\ninclude: [imported/*.yaml]"))
    assert rehearsal.plan()["resource_changes"] == []
    assert "2 declared already" in import_all(rehearsal, "-f", str(rehearsal.file), out="imported").out


def test_import_never_overwrites_what_somebody_wrote(rehearsal: Rehearsal) -> None:
    """A file that stands in the way stays as it is, is named, and the exit is 1; the rest is written."""
    rehearsal.seed(accounts=[live_account("acme"), live_account("beta")])
    rehearsal.write(agency(rehearsal.recipient))
    rehearsal.write("accounts: {mine: {}}\n", "imported/acme.yaml")

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.code == 1
    assert f"{Path('imported') / 'acme.yaml'}" in ran.out
    assert "something else stands there" in ran.out
    assert (rehearsal.folder / "imported" / "acme.yaml").read_text() == "accounts: {mine: {}}\n"
    assert (rehearsal.folder / "imported" / "beta.yaml").exists()


def test_import_of_single_addresses_writes_those(rehearsal: Rehearsal) -> None:
    """A snapshot whose sandbox no block declares is adopted without it."""
    seed_every_state(rehearsal)
    out = rehearsal.folder / "northwind"

    ran = rehearsal.run("import", "account.active", "snapshot.base", "--out", str(out), "--name", "northwind")

    assert ran.code == 0, ran
    assert sorted(resources(out / "agency.yaml")) == ["account.active", "snapshot.base"]
    assert "snapshot.base: sandbox, no block declares lab" in ran.out
    assert plan_of(rehearsal, out / "agency.yaml")["resource_changes"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["account.actvie"], 1, "did you mean account.active?"),
        (["account.lab"], 1, "did you mean sandbox.lab?"),
        (["account.\x1b[31m"], 1, "\\x1b"),
        (["account.cancelled"], 1, ""),
        (["active"], 64, "not an address"),
        (["template.active"], 64, "no address of an account, a sandbox or a snapshot"),
        ([], 64, "say either --all or what to import"),
        (["--all", "account.active"], 64, "say either --all or what to import"),
    ],
)
def test_import_of_what_there_is_not_is_an_error_and_writes_nothing(
    rehearsal: Rehearsal, arguments: list[str], code: int, words: str
) -> None:
    """What is wrong, and what was meant most likely."""
    rehearsal.seed(accounts=list(EVERY_STATE))
    out = rehearsal.folder / "northwind"

    ran = rehearsal.run("import", *arguments, "--out", str(out), "--name", "northwind")

    assert ran.code == code, ran
    assert words in ran.err
    assert "\x1b" not in ran.err
    assert not out.exists()


def test_import_beside_another_agency_begins_one_where_it_is_told_to(rehearsal: Rehearsal) -> None:
    """`-f` names the file that is to be; the one here is left alone."""
    rehearsal.seed(accounts=[live_account("acme")])
    out = rehearsal.folder / "new"

    ran = import_all(rehearsal, "-f", str(out / "agency.yaml"), "--name", "southwind", out="new")
    nowhere = import_all(rehearsal, "-f", str(rehearsal.folder / "gone.yaml"), "--name", "southwind", out="other")

    assert ran.code == 0, ran
    assert sorted(resources(out / "agency.yaml")) == ["account.acme"]
    assert nowhere.code == 1
    assert "File cannot be read" in nowhere.err


@pytest.mark.parametrize("name", [None, "North Wind", "-x", "northwind\n"])
def test_import_into_a_new_agency_needs_its_name(rehearsal: Rehearsal, name: str | None) -> None:
    """It names the ledger and the lease: one label."""
    rehearsal.seed(accounts=[live_account("acme")])

    ran = import_all(rehearsal, *(["--name", name] if name is not None else []))

    assert ran.code == 64
    assert not (rehearsal.folder / "northwind").exists()
    assert rehearsal.book("requests") == []


def test_import_into_another_agency_or_out_of_its_folder_is_refused(rehearsal: Rehearsal) -> None:
    """The file's agency is the one that is imported into, and includes nothing from elsewhere."""
    rehearsal.seed(accounts=[live_account("acme")])
    rehearsal.write(agency(rehearsal.recipient))

    named = import_all(rehearsal, "-f", str(rehearsal.file), "--name", "southwind")
    outside = import_all(rehearsal, "-f", str(rehearsal.file), out="../elsewhere")

    assert (named.code, outside.code) == (64, 64)
    assert "is that of northwind" in named.err
    assert "--out" in outside.err
    assert files(rehearsal.folder).keys() == {"agency.yaml"}


def test_import_beside_defaults_that_would_change_an_account_leaves_it_out(rehearsal: Rehearsal) -> None:
    """A word that cannot be written, and that the defaults give, would be an edit: it is not imported."""
    rehearsal.seed(accounts=[live_account("mute", notification=""), live_account("fine", plan={"tier": "trial"})])
    rehearsal.write(agency(rehearsal.recipient).replace("version: 1", "version: 1\ninclude: [imported/*.yaml]"))

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.code == 0
    assert "account.mute: its notification cannot be written (it has none), and defaults.account would" in ran.out
    assert rehearsal.plan()["resource_changes"] == []
    assert rehearsal.plan()["unmanaged"] == ["account.mute"]


def test_import_beside_defaults_that_no_list_shows_says_so(rehearsal: Rehearsal) -> None:
    """Credits of the defaults are granted to imported accounts too: the next plan has something to say."""
    rehearsal.seed(accounts=[live_account("acme")])
    text = agency(rehearsal.recipient).replace("version: 1", "version: 1\ninclude: [imported/*.yaml]")
    rehearsal.write(text.replace(f"plan: {PLUS}", f"plan: {PLUS}\n    credits: {{email: 50}}"))

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.code == 0
    assert "defaults.account gives credits to these accounts too" in ran.out


def test_import_of_two_accounts_with_one_domain_declares_it_once(rehearsal: Rehearsal) -> None:
    """A file cannot say it twice; whichever comes second goes without."""
    rehearsal.seed(
        accounts=[live_account("acme", cname="mail.x.example"), live_account("beta", cname="mail.x.example")]
    )

    ran = new_agency(rehearsal)

    assert "account.beta: domain, another account has the same" in ran.out
    assert plan_of(rehearsal, rehearsal.folder / "northwind" / "agency.yaml")["resource_changes"] == []


def test_import_without_the_hubs_key_imports_accounts_and_says_so(rehearsal: Rehearsal) -> None:
    """What cannot be read is not taken for absent in silence."""
    seed_every_state(rehearsal)
    out = rehearsal.folder / "northwind"

    ran = rehearsal.run(
        "import", "--all", "--out", str(out), "--name", "northwind", environment={"AGENCYFILE_HUB_KEY": ""}
    )

    assert ran.code == 0
    assert "AGENCYFILE_HUB_KEY" in ran.err
    assert not [address for address in resources(out / "agency.yaml") if address.startswith("snapshot.")]


def test_import_of_an_empty_portal_writes_nothing(rehearsal: Rehearsal) -> None:
    """There is nothing to begin an agency file with."""
    ran = new_agency(rehearsal)

    assert ran.out == "nothing was written\n"
    assert not (rehearsal.folder / "northwind").exists()


@pytest.mark.parametrize("stale", [False, True])
def test_import_into_a_file_in_place_of_a_folder_is_a_clear_error(rehearsal: Rehearsal, *, stale: bool) -> None:
    """Neither a traceback nor a lost file."""
    rehearsal.seed(accounts=[live_account("acme")])
    (rehearsal.folder / "northwind").mkdir()
    place = rehearsal.folder / "northwind" / "clients"
    place.symlink_to("nowhere") if stale else place.write_text("mine")

    ran = import_all(rehearsal, "--name", "northwind")

    assert ran.code == 1
    assert "acme.yaml" in ran.out + ran.err
    assert "bug" not in ran.err
    assert place.is_symlink() if stale else place.read_text() == "mine"


def test_import_of_more_accounts_than_a_run_reads_files_shares_files(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many accounts share files, so that what is written can be read; a later import adds to none that is there."""
    assert layout.MANY < MOST_FILES
    assert 100_000 / layout.EACH < layout.MANY
    monkeypatch.setattr(layout, "MANY", 3)
    monkeypatch.setattr(layout, "EACH", 2)
    rehearsal.seed(accounts=[live_account(f"acme{number}") for number in range(5)])
    new_agency(rehearsal)
    clients = rehearsal.folder / "northwind" / "clients"
    first = files(clients)
    rehearsal.seed(accounts=[live_account("late")])
    new_agency(rehearsal)

    assert sorted(first) == [f"accounts-{number:04}.yaml" for number in (1, 2, 3)]
    assert {path: files(clients)[path] for path in first} == first
    declared = resources(clients.parent / "agency.yaml")
    names = {address for address in declared if address.startswith("account.")}
    assert names == {*(f"account.acme{number}" for number in range(5)), "account.late"}


@pytest.mark.rest
def test_import_of_five_hundred_accounts_in_every_state(rehearsal: Rehearsal) -> None:
    """Validates, plans empty, and a second import changes nothing: with five reads of lists, whatever their number."""
    seed = [
        {**each, "account": f"{each['account']}-{number}", "cname": f"m{number}.x.example" if number % 3 == 0 else ""}
        for number, each in enumerate(EVERY_STATE * 36)
    ]
    rehearsal._post("settings", {"provisioning": 600})
    rehearsal.seed(accounts=[*seed, live_account("lab", plan=SANDBOX), live_account("old-lab", plan=SANDBOX)])
    rehearsal.seed(snapshots=list(SNAPSHOTS))
    assert len(seed) == 504

    new_agency(rehearsal)
    reads = rehearsal.reads()
    folder = rehearsal.folder / "northwind"
    before = files(folder)
    new_agency(rehearsal)

    assert files(folder) == before
    assert len(reads) < 20
    assert len(before) > 320
    document = plan_of(rehearsal, folder / "agency.yaml")
    assert (document["resource_changes"], document["manual_steps"]) == ([], [])
    assert [found for found in document["diagnostics"] if found["severity"] == "error"] == []
    assert rehearsal.run("validate").code == 0
    assert rehearsal.run("fmt", "--check", "-f", str(folder / "agency.yaml")).code == 0


def test_import_killed_at_any_moment_goes_on_where_it_was(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """A real SIGKILL while files are written: what is there is whole and valid, and the same command ends the job."""
    rehearsal.seed(
        accounts=[live_account("lab", plan=SANDBOX), *(live_account(f"client-{number}") for number in range(300))],
        snapshots=[{"name": "base", "source": "lab"}],
    )
    assert import_all(rehearsal, "--name", "northwind", out="whole").code == 0
    whole = {name: text for name, text in files(rehearsal.folder / "whole").items() if name not in OWN}
    out = tmp_path / "killed"
    command = ("import", "--all", "--out", out, "--name", "northwind")
    for wanted in (1, 40, 160):
        while not _is_killed_at(wanted, rehearsal, command, out):
            shutil.rmtree(out)  # it was faster than we are: again, from the beginning
        assert load(out / "agency.yaml", {}).agency_file is not None
        assert {name: whole[name] for name in written(out)}.items() <= whole.items()

    done = forks.run(*command, folder=tmp_path, environment=rehearsal.environment)

    assert written(out) == whole
    assert f"recipients: [{recipient_of(out / IDENTITY)}]" in (out / "agency.yaml").read_text()
    assert done.code == 0
    assert "accounts" in done.out or "declared already" in done.out


def _is_killed_at(wanted: int, rehearsal: Rehearsal, command: Sequence[str | Path], out: Path) -> bool:
    """Kill an import once `out` holds `wanted` files; return whether it still ran."""
    process = forks.start(*command, folder=out.parent, environment=rehearsal.environment)
    while len(list(out.rglob("*.yaml"))) < wanted and process.is_running():
        pass
    process.send_signal(signal.SIGKILL)
    return process.wait().code == -signal.SIGKILL


def test_write_new_of_two_at_once_leaves_one_whole_file(tmp_path: Path) -> None:
    """Whoever comes second with other words is told; with the same words all is well."""
    path = tmp_path / "deep" / "acme.yaml"

    assert write_new(path, "one\n")
    assert not write_new(path, "one\n")
    with pytest.raises(Exception, match="exists already"):
        write_new(path, "two\n")

    assert path.read_text() == "one\n"
    assert [found.name for found in path.parent.iterdir()] == ["acme.yaml"]


TEXTS = st.text(max_size=80)


def read_back(written: str) -> Any:
    """What the language reads from one file, and what it finds wrong with it."""
    report = make_report({})
    document = parse_document(written, "x.yaml", report, Limits())
    return document.root, report.diagnostics()


def written_and_read(text: str) -> Any:
    """What the language reads where an import wrote `text` as a name, as a value and within a mapping."""
    block = Block(Address("snapshot", text), {"adopt": True, "sandbox": text, "client": {"name": text}}, {})
    root, diagnostics = read_back(part_text([block], schema="x.json"))
    assert diagnostics == ()
    return root


@given(text=TEXTS)
def test_every_text_is_read_back_as_it_was_or_is_known_to_be_impossible(text: str) -> None:
    """The language, its layout and the import agree on what a file can hold."""
    if text_problem(text) is None:
        expected = {"adopt": True, "sandbox": text, "client": {"name": text}}
        assert written_and_read(text) == {"snapshots": {text: expected}}


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "0123",
        "1e3",
        "null",
        "~",
        "",
        " spaced ",
        "a: b",
        "a #b",
        '"quoted"',
        "'single'",
        "back\\slash",
        "{a: b}",
        "[x]",
        "*alias",
        "&anchor",
        "!tag",
        "%x",
        "@x",
        "`x`",
        "- x",
        "? x",
        "| x",
        "> x",
        "<<",
        "---",
        "...",
        "مرحبا",
        "שלום",
        "日本語",
        "👩‍👩‍👧",
        "e\u0301",
        "\ufeffbom",
        "\u200bzero",
        "\u00a0nbsp",
        "\uffff",
        "\U0010ffff",
    ],
)
def test_hostile_text_is_read_back_as_it_was(text: str) -> None:
    """Whatever YAML would take it for, it is text."""
    assert text_problem(text) is None
    root = written_and_read(text)

    assert list(root["snapshots"]) == [text]
    assert root["snapshots"][text]["client"]["name"] == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two\nlines", "line break"),
        ("a\u2028b", "line break"),
        ("bell\a", "U+0007"),
        ("evil\u202e", "U+202E"),
        ("half\ud800", "half a character"),
        ("${env:HOME}", "secret in the environment"),
        ("AGE-SECRET-KEY-1X", "private key"),
    ],
)
def test_text_that_no_file_may_hold_is_known_before_it_is_written(text: str, words: str) -> None:
    """The import leaves it out and says why, instead of writing what the language refuses."""
    assert words in (text_problem(text) or "")


def test_import_of_snapshots_with_hostile_names_is_read_back(rehearsal: Rehearsal) -> None:
    """Names of the portal are keys of the file."""
    hostile = ["no", "0123", 'a "b": c # d', "{x}", "<<", "日本語 📸", "שלום עולם", "e\u0301 \u00e9"]
    rehearsal.seed(
        accounts=[live_account("lab", plan=SANDBOX)], snapshots=[{"name": name, "source": "lab"} for name in hostile]
    )
    new_agency(rehearsal)

    found = resources(rehearsal.folder / "northwind" / "agency.yaml")

    assert {name.removeprefix("snapshot.") for name in found if name.startswith("snapshot.")} == set(hostile)
    assert plan_of(rehearsal, rehearsal.folder / "northwind" / "agency.yaml")["resource_changes"] == []


def test_import_of_clients_with_hostile_names_is_read_back(rehearsal: Rehearsal) -> None:
    """What a file can hold is declared as the portal has it; the rest is left out, and said."""
    good = ["no", "0123", 'a "b": c # d', "{x}", "- y", "日本語 📸", "שלום עולם", "O'Neill & Söhne", "0:?"]
    bad = ["two\nlines", "evil\u202e", "${env:HOME}"]
    rehearsal.seed(accounts=[live_account(f"c{number}", client_name=name) for number, name in enumerate([*good, *bad])])

    told = new_agency(rehearsal).out
    found = resources(rehearsal.folder / "northwind" / "agency.yaml")

    names = [found[f"account.c{number}"].attributes.get("client.name") for number in range(len(good + bad))]
    assert names == [*good, *([None] * len(bad))]
    assert told.count(": client, ") == len(bad)
    document = plan_of(rehearsal, rehearsal.folder / "northwind" / "agency.yaml")
    assert (document["resource_changes"], document["manual_steps"]) == ([], [])


def test_import_after_an_apply_finds_nothing_new(rehearsal: Rehearsal) -> None:
    """What agencyfile made itself is declared already."""
    rehearsal.write(agency(rehearsal.recipient, LAB, acme="snapshot: base"))
    rehearsal.apply()

    ran = import_all(rehearsal, "-f", str(rehearsal.file), out="imported")

    assert ran.out == "3 declared already\nnothing was written\n"
    assert json.loads(rehearsal.run("accounts", "list", "--unmanaged", "--json").out)["accounts"] == []
