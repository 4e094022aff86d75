"""`agencyfile clients import`: a plan in four groups, files that keep their bytes, and no personal number anywhere."""

import functools
import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import forks
import pytest
from clients.workbooks import enterprise_number, register_number, row, rows, write
from rehearsal import Ran, Rehearsal
from terminals import Terminal

from agencyfile.language import matching

ROOT = """\
version: 1
agency: {name: northwind}
include: [clients/*.yaml]
defaults:
  account: {notification: ops@northwind.example}
profiles:
  fitness: {plan: {tier: plus, billing: monthly, contacts: 1000}, language: english}
"""


@pytest.fixture
def agency(rehearsal: Rehearsal) -> Rehearsal:
    """An agency with a profile and no clients."""
    rehearsal.write(ROOT)
    return rehearsal


def run(agency: Rehearsal, *arguments: str) -> Ran:
    """Run `clients`, with the agency's file."""
    return agency.run("clients", *arguments, "-f", str(agency.file))


def imported(agency: Rehearsal, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The document of an import."""
    ran = run(agency, "import", *arguments, "--json")
    assert ran.code == code, ran
    document: dict[str, Any] = json.loads(ran.out)
    return document


def content(folder: Path) -> Mapping[str, bytes]:
    """Every file of the agency, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".state" not in path.parts
    }


def _has(folder: Path, least: int) -> bool:
    return sum(1 for _ in folder.glob("*.yaml")) >= least


def test_import_groups_clients_and_writes_the_new_ones(agency: Rehearsal, tmp_path: Path) -> None:
    """New, only here, in both, invalid; one file for each new client, in the layout of `fmt`."""
    known = f"clients:\n  own: {{name: Own}}\n  one: {{name: Another, enterprise_number: '{enterprise_number(1)}'}}\n"
    agency.write(known, "own.yaml")
    agency.write(ROOT.replace("[clients/*.yaml]", "[clients/*.yaml, own.yaml]"))
    table = [*rows(3), [None, "no name", "fr", "BE", None, None, None, None]]
    document = imported(agency, str(write(tmp_path / "book.xlsx", table)))

    assert document["summary"] == {
        "new": 2,
        "only_here": 1,
        "both": 1,
        "same": 0,
        "changed": 0,
        "unchanged": 1,
        "invalid": 1,
    }
    assert [one["name"] for one in document["both"]] == ["one"]
    assert (agency.folder / "own.yaml").read_text() == known
    assert agency.run("validate").code == 0
    assert [agency.run("fmt", "--check", str(path)).code for path in (agency.folder / "clients").iterdir()] == [0, 0]


def test_second_import_changes_no_byte(agency: Rehearsal, tmp_path: Path) -> None:
    """Also with accounts, and with every field to overwrite."""
    path = str(write(tmp_path / "book.xlsx", rows(20)))
    imported(agency, path, "--accounts", "fitness")
    before = content(agency.folder)
    document = imported(agency, path, "--accounts", "fitness", "--overwrite", "all")

    assert document["summary"] == {
        "new": 0,
        "only_here": 0,
        "both": 20,
        "same": 20,
        "changed": 0,
        "unchanged": 20,
        "invalid": 0,
    }
    assert content(agency.folder) == before


def test_dry_run_writes_nothing(agency: Rehearsal, tmp_path: Path) -> None:
    """The plan is the same."""
    path = str(write(tmp_path / "book.xlsx", rows(3)))
    before = content(agency.folder)
    dry = imported(agency, path, "--dry-run")

    assert content(agency.folder) == before
    assert {**dry, "dry_run": False} == imported(agency, path)


def test_overwrite_changes_named_fields_and_keeps_comments(agency: Rehearsal, tmp_path: Path) -> None:
    """The e-mail is taken, the name is kept; a comment and the order of keys stay."""
    imported(agency, str(write(tmp_path / "book.xlsx", rows(2))))
    path = agency.folder / "clients" / "client-1.yaml"
    text = path.read_text().replace("    email:", "    # ask before you change it\n    email:")
    path.write_text(text)
    table = rows(2)
    table[1][:2] = ["Client One", "new@client1.example"]
    document = imported(agency, str(write(tmp_path / "book.xlsx", table)), "--overwrite", "email")

    assert document["both"][1]["differences"] == [
        {"field": "name", "here": "Client 1", "there": "Client One", "taken": False},
        {"field": "email", "here": "owner1@client1.example", "there": "new@client1.example", "taken": True},
    ]
    assert path.read_text() == text.replace("owner1@client1.example", "new@client1.example")


def test_field_that_nothing_knows_is_a_mistake_of_usage(agency: Rehearsal, tmp_path: Path) -> None:
    """The fields are named."""
    ran = run(agency, "import", str(write(tmp_path / "book.xlsx", rows(1))), "--overwrite", "mail")

    assert ran.code == 64
    assert "the fields are name, email" in ran.err


def test_client_that_lost_its_code_is_found_by_its_number(agency: Rehearsal, tmp_path: Path) -> None:
    """Key first, then number, then address, then name."""
    imported(agency, str(write(tmp_path / "book.xlsx", rows(2))))
    table = rows(2)
    for values in table:
        values[6] = None
        values[0] = f"{values[0]} SA"
    document = imported(agency, str(write(tmp_path / "book.xlsx", table)), "--dry-run")

    assert document["summary"]["both"] == 2
    assert document["new"] == []


def test_row_of_the_same_client_twice_is_invalid(agency: Rehearsal, tmp_path: Path) -> None:
    """The second one names the first one."""
    document = imported(agency, str(write(tmp_path / "book.xlsx", [row(1), row(2), row(1)])))

    assert document["invalid"] == [
        {"place": "Clients!4", "problems": [{"place": "Clients!4", "reason": "has the key of Clients!2"}]}
    ]


def test_names_of_clients_are_unique_and_readable(agency: Rehearsal, tmp_path: Path) -> None:
    """Accents fold, a second one of a name gets a number, a name without Latin letters its code."""
    table = [row(number) for number in range(4)]
    for values, name in zip(table, ("Café Crème", "Café Crème", "東京", "Café-Creme"), strict=True):
        values[0] = name
    document = imported(agency, str(write(tmp_path / "book.xlsx", table)))

    assert [one["name"] for one in document["new"]] == ["cafe-creme", "cafe-creme-2", "client-k2", "cafe-creme-3"]
    assert agency.run("validate").code == 0


def test_accounts_are_written_for_new_clients_that_can_have_one(agency: Rehearsal, tmp_path: Path) -> None:
    """Not where the login name is taken, nor without an address."""
    agency.write(f"{ROOT}accounts:\n  client-1: {{client: {{name: X, email: x@x.example}}, profile: fitness}}\n")
    table = rows(3)
    table[2][1] = None
    document = imported(agency, str(write(tmp_path / "book.xlsx", table)), "--accounts", "fitness")
    plan = agency.plan()

    assert [(one["name"], one["has_account"]) for one in document["new"]] == [
        ("client-0", True),
        ("client-1-2", True),
        ("client-2", False),
    ]
    assert {one["address"] for one in plan["resource_changes"] if one["address"].startswith("account.")} == {
        "account.client-0",
        "account.client-1",
        "account.client-1-2",
    }
    assert document["remarks"] == ["client-2 gets no account: the client has no e-mail address"]


def test_profile_that_is_not_declared_is_a_mistake_of_usage(agency: Rehearsal, tmp_path: Path) -> None:
    """Before anything is read."""
    ran = run(agency, "import", str(write(tmp_path / "book.xlsx", rows(1))), "--accounts", "vip")

    assert ran.code == 64
    assert "no profile is named vip" in ran.err


def test_register_numbers_stand_nowhere(agency: Rehearsal, tmp_path: Path) -> None:
    """Not in files, not in the plan as text or JSON, not in the list; wherever in the workbook they were."""
    table = rows(9)
    secrets = [register_number(number) for number in range(200, 209)]
    for number, secret in enumerate(secrets):
        written = secret if number % 2 else f"{secret[:2]}.{secret[2:4]}.{secret[4:6]}-{secret[6:9]}.{secret[9:]}"
        table[number][number % 8] = written if number % 8 else f"Jan {written}"
    path = str(write(tmp_path / "book.xlsx", table))
    said = [run(agency, "import", path, *more) for more in (("--dry-run",), ("--json",), (), ("--overwrite", "all"))]
    said += [run(agency, "list"), run(agency, "connect", path)]
    text = "".join(f"{ran.out}{ran.err}" for ran in said)
    text += "".join(f"{name}{held.decode()}" for name, held in content(agency.folder).items())
    digits = "".join(character for character in text if character.isalnum())

    assert [secret for secret in secrets if secret in text or secret in digits] == []


def test_clients_are_listed_with_their_accounts(agency: Rehearsal, tmp_path: Path) -> None:
    """As a table and as JSON."""
    imported(agency, str(write(tmp_path / "book.xlsx", rows(2))), "--accounts", "fitness")
    listed = json.loads(run(agency, "list", "--json").out)

    assert [(one["name"], one["accounts"], one["sources"]) for one in listed["clients"]] == [
        ("client-0", ["client-0"], {"excel": "K0"}),
        ("client-1", ["client-1"], {"excel": "K1"}),
    ]
    assert "Client 0" in run(agency, "list").out


def test_file_that_is_in_the_way_is_named_and_left(agency: Rehearsal, tmp_path: Path) -> None:
    """Somebody's own file, which the agency file does not include."""
    agency.write(ROOT.replace("clients/*.yaml", "elsewhere/*.yaml"))
    agency.write("# mine\n", "clients/client-0.yaml")
    document = imported(agency, str(write(tmp_path / "book.xlsx", rows(1))), code=1)

    assert document["in_the_way"] == [str(agency.folder / "clients" / "client-0.yaml")]
    assert (agency.folder / "clients" / "client-0.yaml").read_text() == "# mine\n"


def test_import_without_include_says_what_to_add(agency: Rehearsal, tmp_path: Path) -> None:
    """The files are written, and are no part of the agency yet."""
    agency.write(ROOT.replace("include: [clients/*.yaml]\n", ""))
    ran = run(agency, "import", str(write(tmp_path / "book.xlsx", rows(1))))

    assert ran.code == 0
    assert "include: [clients/*.yaml]" in ran.err


def test_import_that_is_killed_three_times_ends_with_the_same_bytes(agency: Rehearsal, tmp_path: Path) -> None:
    """Real processes, killed after some files; the next import goes on where the last one ended."""
    path = write(tmp_path / "book.xlsx", [row(number) for number in range(400)])
    imported(agency, str(path), "--accounts", "fitness")
    whole = content(agency.folder)
    for one in (agency.folder / "clients").iterdir():
        one.unlink()
    clients = agency.folder / "clients"
    kills = 0
    for least in (20, 90, 200):
        child = forks.start(
            "clients",
            "import",
            path,
            "--accounts",
            "fitness",
            "-f",
            agency.file,
            folder=agency.folder,
            environment=agency.environment,
        )
        forks.wait_until(functools.partial(_has, clients, least), "files", every=0.001)
        child.send_signal(signal.SIGKILL)
        kills += child.wait().code == -signal.SIGKILL
        for left in clients.glob(".*"):
            left.unlink()  # a file that was being written has another name, and is no part of the agency
    document = imported(agency, str(path), "--accounts", "fitness")

    assert kills >= 1
    assert document["summary"]["invalid"] == 0
    assert content(agency.folder) == whole


@pytest.mark.parametrize(("most", "code", "files"), [(4, 0, 4), (3, 1, 1)])
def test_import_writes_as_many_files_as_the_agency_file_includes(
    agency: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, code: int, files: int
) -> None:
    """Beyond that nothing is written: the next command could not read them. The root counts for none."""
    agency.write("clients: {own: {name: Own}}\n", "clients/own.yaml")
    monkeypatch.setattr(matching, "MOST_FILES", most)
    ran = run(agency, "import", str(write(tmp_path / "book.xlsx", rows(3))))

    assert ran.code == code, ran
    assert sum(1 for _ in (agency.folder / "clients").iterdir()) == files
    assert code == 0 or "an agency file includes 3; nothing is written" in ran.err


def test_person_at_a_terminal_sees_progress_and_a_pipe_does_not(agency: Rehearsal, tmp_path: Path) -> None:
    """Numbers while it reads, a bar while it writes; nothing of it in a log."""
    path = write(tmp_path / "book.xlsx", [row(number) for number in range(120)])
    with Terminal(width=80) as terminal:
        process = terminal.start(
            "clients", "import", path, "-f", agency.file, folder=tmp_path, environment=agency.environment
        )
        code, shown = terminal.wait(process), terminal.text
    quiet = run(agency, "import", str(path))

    assert code == 0, shown
    assert "reading: 120 clients" in shown
    assert "writing" in shown
    assert "100%" in shown
    assert "reading" not in quiet.out + quiet.err
