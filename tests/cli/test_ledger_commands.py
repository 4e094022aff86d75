"""The ledger and its lease, from the command line."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import forks
import jsonschema
import pytest
from rehearsal import Rehearsal
from stories import agency

from plan import FileStore, Ledger

APPROVED = ("-auto-approve", "--allow", "billed,guard")
SCHEMA = Path(__file__).parent.parent.parent / "schemas" / "ledger.schema.json"


def hold(rehearsal: Rehearsal) -> Ledger:
    """Somebody else takes the lease."""
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    ledger.acquire(holder="ann", run="https://ci.example/7", duration=timedelta(hours=1))
    return ledger


def test_apply_while_somebody_else_writes_exits_6_naming_the_holder(rehearsal: Rehearsal) -> None:
    """Nothing is sent, and the message says who, where and what to do."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    hold(rehearsal)

    ran = rehearsal.run("apply", *APPROVED)

    assert ran.code == 6
    assert "held by ann" in ran.err
    assert "https://ci.example/7" in ran.err
    assert "agencyfile lock break" in ran.err
    assert rehearsal.writes() == []


def test_apply_with_lock_timeout_waits_for_the_lease(rehearsal: Rehearsal) -> None:
    """The lease is given back while it waits; then it works."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    held = hold(rehearsal)
    line = ("apply", *APPROVED, "-lock-timeout", "600s", "-f", rehearsal.file)
    process = forks.start(*line, folder=rehearsal.folder, environment=rehearsal.environment)
    forks.wait_until(lambda: "waiting:" in process.err, "the apply waits")
    held.release()

    ran = process.wait()

    assert ran.code == 0
    assert "waiting: the ledger is held by ann" in ran.err
    rehearsal.check_converged()


def test_lock_show_and_break_free_a_lease(rehearsal: Rehearsal) -> None:
    """A person can end a lease, by its id alone."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    lease = hold(rehearsal).history.lease
    assert lease is not None

    assert lease.id in rehearsal.run("lock", "show").out
    assert rehearsal.run("lock", "break", "another").code == 1
    assert rehearsal.run("lock", "break", lease.id).code == 0
    assert "nobody" in rehearsal.run("lock", "show").out
    rehearsal.apply()


def test_apply_after_a_killed_run_breaks_its_lease_by_itself(rehearsal: Rehearsal) -> None:
    """The holder was a process of this host that is gone."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    take = (
        "import sys, datetime; from pathlib import Path; from plan import FileStore, Ledger\n"
        "Ledger(FileStore(Path(sys.argv[1])), agency='northwind')"
        ".acquire(holder='dead', run=None, duration=datetime.timedelta(hours=1))"
    )
    subprocess.run([sys.executable, "-c", take, str(rehearsal.ledger)], check=True)

    rehearsal.apply()


def test_apply_gives_its_lease_back(rehearsal: Rehearsal) -> None:
    """After an apply nobody holds the lease, also after one that failed."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "drop_after_commit"})
    assert rehearsal.run("apply", *APPROVED).code == 5

    assert "nobody" in rehearsal.run("lock", "show").out


def test_ledger_show_list_export_and_verify_tell_the_same(rehearsal: Rehearsal) -> None:
    """Every entry is listed and exported, and is valid under the published schema."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    exported = [json.loads(line) for line in rehearsal.run("ledger", "export").out.splitlines()]
    schema = json.loads(SCHEMA.read_text("utf-8"))

    for entry in exported:
        jsonschema.validate(entry, schema)
    assert [entry["serial"] for entry in exported] == list(range(1, len(exported) + 1))
    assert len(rehearsal.run("ledger", "list").out.splitlines()) == len(exported)
    assert len(rehearsal.run("ledger", "list", "--address", "account.acme").out.splitlines()) == 2
    assert f"{len(exported)} entries, the chain is whole" in rehearsal.run("ledger", "verify").out
    assert "open intents     0" in rehearsal.run("ledger", "show").out


def test_ledger_verify_names_the_first_bad_entry(rehearsal: Rehearsal) -> None:
    """A changed entry is found where it stands."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    text = rehearsal.ledger.read_text()
    changed = next(line for line, entry in enumerate(text.splitlines(), start=1) if "account_add" in entry)
    rehearsal.ledger.write_text(text.replace("account_add", "account_odd", 1))

    ran = rehearsal.run("ledger", "verify")

    assert ran.code == 1
    assert f"ledger.jsonl:{changed + 1}" in ran.err
    assert "fix:" in ran.err


def test_ledger_compacted_keeps_logins_totals_and_charges(rehearsal: Rehearsal) -> None:
    """Compaction forgets nothing that can still matter."""
    rehearsal.write(agency(rehearsal.recipient, acme="credits: {email: 50}"))
    assert rehearsal.run("apply", "-auto-approve", "--allow", "billed,permanent,guard").code == 0
    login = rehearsal.reveal("acme")

    assert rehearsal.run("ledger", "compact").code == 0

    assert rehearsal.reveal("acme") == login
    rehearsal.check_converged()
    assert "charges          1" in rehearsal.run("ledger", "show").out


def test_ledger_reconcile_with_wait_ends_when_nothing_moves_any_more(rehearsal: Rehearsal) -> None:
    """What the portal shows is adopted; exit 0 when nothing is open."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.faults({"action": "account_add", "nth": 1, "times": 1, "kind": "drop_after_commit"})
    rehearsal.run("apply", *APPROVED)
    assert rehearsal.run("ledger", "show").code == 5

    ran = rehearsal.run("ledger", "reconcile", "--wait")

    assert ran.code == 0
    assert "adopted" in ran.out
    assert "nothing is open" in rehearsal.run("ledger", "reconcile").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["resolve", "account.acme"], 64),
        (["resolve", "account.acme", "--absent", "--adopted"], 64),
        (["resolve", "acme", "--absent"], 64),
        (["resolve", "account.nobody", "--absent"], 1),
        (["baseline", "credit.acme.email"], 64),
        (["baseline", "account.acme=5"], 64),
        (["baseline", "credit.acme.email=lots"], 64),
    ],
)
def test_ledger_commands_refuse_what_makes_no_sense(rehearsal: Rehearsal, arguments: list[str], code: int) -> None:
    """A slip of a person changes nothing."""
    rehearsal.write(agency(rehearsal.recipient, acme=""))
    rehearsal.apply()
    before = [line for line in rehearsal.ledger.read_text().splitlines() if '"lease"' not in line]

    ran = rehearsal.run("ledger", *arguments)

    assert ran.code == code
    assert "bug" not in ran.err
    assert [line for line in rehearsal.ledger.read_text().splitlines() if '"lease"' not in line] == before
