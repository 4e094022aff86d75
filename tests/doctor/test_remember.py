"""What doctor learns is kept in the ledger, in both stores; plans compare it with what they see."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from contract.repositories import make_clone, make_remote
from doctor.scene import codes, examine, line_of, set_up, speak
from rehearsal import Rehearsal

from plan.ledger import EntryType, History
from plan.ledger.entry import FORMAT_VERSION, Entry, line_digest
from plan.ledger.observed import Observed

RULE: Final = "portal-reading-changed"
OPENED: Final = {"agency": "northwind", "format_version": FORMAT_VERSION}


def entries(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """The entries about the portal's readings."""
    lines = rehearsal.run("ledger", "export").out.splitlines()
    return [entry for entry in map(json.loads, lines) if entry["type"] == "portal observed"]


def warnings(rehearsal: Rehearsal, keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """The warnings of a plan about changed readings."""
    ran = rehearsal.run("plan", "--json", environment=keys)
    assert ran.code == 0, ran
    return [found for found in json.loads(ran.out)["diagnostics"] if found["rule"] == RULE]


@pytest.fixture(params=["file", "branch"])
def store(request: pytest.FixtureRequest, rehearsal: Rehearsal, tmp_path: Path) -> Rehearsal:
    """An agency whose ledger is a file, or a branch of a remote."""
    if request.param == "branch":
        clone = make_clone(tmp_path / "clone", make_remote(tmp_path / "remote.git"))
        shutil.copytree(clone, rehearsal.folder, dirs_exist_ok=True)
    return rehearsal


def declared(rehearsal: Rehearsal, **more: str) -> Mapping[str, str]:
    """The scene, with the ledger where the folder has a place for it."""
    keys = set_up(rehearsal, **more)
    if (rehearsal.folder / ".git").exists():
        text = rehearsal.file.read_text("utf-8")
        ledger = "  name: northwind\n  ledger: git+branch:agencyfile-ledger\n"
        rehearsal.write(text.replace("  name: northwind\n", ledger))
    return keys


def test_doctor_remembers_and_says_what_changed(store: Rehearsal) -> None:
    """Learned once, told at each later run until a person accepts it; nothing is written at the portal."""
    keys = declared(store)
    ran, first = examine(store, "--remember", environment=keys)
    assert (ran.code, len(entries(store))) == (0, 1), ran
    body = entries(store)[0]["body"]
    assert body["readings"]["unknown-account"] == "failure"
    assert body["first_page"] == 1

    again, _ = examine(store, "--remember", environment=keys)
    assert "knows all of it already" in again.err
    assert len(entries(store)) == 1

    speak(store, "today", {"unknown-account": "no-status"})
    ran, changed = examine(store, environment=keys)
    assert ran.code == 1
    assert codes(changed)["readings"] == "changed"
    assert "unknown-account was failure, is no-status" in line_of(changed, "readings")["words"]

    accepted, _ = examine(store, "--remember", environment=keys)
    assert "new or changed: 1" in accepted.err
    ran, after = examine(store, environment=keys)
    assert (ran.code, codes(after)["readings"]) == (0, "well")
    assert store.writes() == []
    assert {each["question"]: each["recorded"] for each in after["readings"]}["unknown-account"] == "no-status"
    assert first["summary"]["readings_seen"] == after["summary"]["readings_seen"]


def test_plan_warns_of_a_changed_reading_until_it_is_accepted(store: Rehearsal) -> None:
    """The ledger says numbers, the portal shows words: a warning in the plan, and an apply does not accept it."""
    keys = declared(store)
    speak(store, "today", {"status-words": "numbers"})
    examine(store, "--remember", environment=keys)
    assert warnings(store, keys) == []

    speak(store, "today")
    (warning,) = warnings(store, keys)
    assert "The ledger knows status-words as numbers, and the portal now shows words." in warning["detail"]
    assert warning["severity"] == "warning"

    before = len(entries(store))
    store.write(store.file.read_text("utf-8").replace("beta: {", "beta: {notification: new@northwind.example, "))
    ran = store.run("apply", "-auto-approve", "--allow", "billed,guard", environment=keys)
    assert ran.code == 0, ran
    assert len(entries(store)) == before
    assert len(warnings(store, keys)) == 1

    examine(store, "--remember", environment=keys)
    assert warnings(store, keys) == []


def test_apply_writes_down_readings_that_the_ledger_does_not_know(store: Rehearsal) -> None:
    """Beside its lease, in the same append; a plan writes nothing."""
    keys = declared(store, gamma="")
    speak(store, "today", {"status-words": "numbers"})
    assert warnings(store, keys) == []
    assert entries(store) == []

    ran = store.run("apply", "-auto-approve", "--allow", "billed,guard", environment=keys)
    assert ran.code == 0, ran
    (entry,) = entries(store)
    assert entry["body"]["readings"]["status-words"] == "numbers"
    assert entry["serial"] <= 4


def test_compacted_ledger_keeps_the_readings(store: Rehearsal) -> None:
    """Also those of several entries."""
    keys = declared(store)
    examine(store, "--remember", environment=keys)
    speak(store, "today", {"hub-more": "served"})
    examine(store, "--remember", environment=keys)
    assert len(entries(store)) == 2
    assert store.run("ledger", "compact").code == 0

    ran, document = examine(store, environment=keys)
    assert (ran.code, entries(store)) == (0, [])
    recorded = {each["question"]: each["recorded"] for each in document["readings"]}
    assert (recorded["hub-more"], recorded["unknown-account"]) == ("served", "failure")


def test_doctor_does_not_remember_a_portal_that_the_ledger_does_not_know(rehearsal: Rehearsal) -> None:
    """Another key may open another portal; its readings would stand beside those of the right one."""
    keys = set_up(rehearsal, gamma="")
    rehearsal.run("apply", "-auto-approve", "--allow", "billed,guard", environment=keys)
    stranger = {**keys, "AGENCYFILE_AGENCY_KEY": "another-key-0123456789"}
    ran = rehearsal.run("doctor", "--remember", environment=stranger)

    assert ran.code == 3, ran
    assert "none that this ledger knows" in ran.err
    assert "agencyfile ledger portal --accept" in ran.out


def test_doctor_remembers_nothing_without_a_ledger_or_a_reading(rehearsal: Rehearsal) -> None:
    """It says so; the table is there all the same."""
    nothing = rehearsal.run("doctor", "--remember")
    assert nothing.code == 1
    assert "without a valid agency file" in nothing.err

    keys = set_up(rehearsal)
    lost = rehearsal.run("doctor", "--remember", environment={**keys, "CI": "true"})
    assert lost.code == 3
    assert "discarded after this CI run" in lost.err


def test_doctor_waits_for_a_lease_and_names_its_holder(rehearsal: Rehearsal) -> None:
    """Exit 6, as everywhere; the table says who holds it, since when and until when."""
    keys = set_up(rehearsal)
    held = {
        "lease": "0123456789ab",
        "holder": "ann",
        "host": "elsewhere",
        "pid": 7,
        "run": None,
        "taken": "2026-01-01T00:00:00.000+00:00",
        "expires": "2126-01-01T00:00:00.000+00:00",
    }
    opened = Entry(1, "2026-01-01T00:00:00.000+00:00", EntryType.OPENED, None, OPENED, "0" * 64)
    lease = Entry(2, "2026-01-01T00:00:00.000+00:00", EntryType.LEASE, None, held, line_digest(opened.line()))
    rehearsal.ledger.parent.mkdir()
    rehearsal.ledger.write_text(f"{opened.line()}\n{lease.line()}\n", "utf-8")
    ran, document = examine(rehearsal, environment=keys)
    assert ran.code == 0
    words = line_of(document, "lease")["words"]
    assert "held by ann, process 7 on elsewhere, since 2026-01-01T00:00:00+00:00, until 2126-01-01" in words

    assert rehearsal.run("doctor", "--remember", environment=keys).code == 6


def test_history_folds_later_readings_over_earlier_ones() -> None:
    """A page figure that was not seen again stays."""
    history = History()
    for serial, observed in enumerate(
        [Observed({"a": "x", "b": "y"}, 1, 100, "ann"), Observed({"b": "z"}, None, None, "bob")], 1
    ):
        history.add(Entry(serial, "2026-01-01T00:00:00.000+00:00", EntryType.OBSERVED, None, observed.body(), "0" * 64))

    assert history.observed == Observed({"a": "x", "b": "z"}, 1, 100, "bob")
    assert list(history.observed.changes({"a": "x", "b": "y", "c": "w"})) == [("b", "z", "y")]
    assert history.observed.news({"a": "q", "c": "w"}) == {"c": "w"}
