"""Fleets over real HTTP: real portals, real processes, one for each agency."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import forks
import published
import pytest
from fleets import Fleet, statuses

from plan.apply.pace import Pace


def test_fleet_planned_and_applied_converges_and_every_report_is_the_same_story(fleet: Fleet) -> None:
    """The reviewed plans are applied, exactly; the next plan is empty; one report, one comment, one page."""
    fleet.write(waves="waves: [{name: first, agencies: [north/a]}, {name: rest, agencies: ['**']}]\n")
    fleet.agency("north/a", ["alpha"])
    fleet.agency("north/b", ["beta"])
    fleet.agency("south/c", ["gamma", "delta"])
    plans = fleet.folder / "plans"

    planned = fleet.report("plan", "--out", str(plans), "--detailed-exitcode")

    assert planned["code"] == 2
    assert statuses(planned) == dict.fromkeys(["north/a", "north/b", "south/c"], "changes")
    assert planned["totals"]["changes"]["create"] == 4
    assert json.loads((plans / "fleet.json").read_text("utf-8"))["run"] == planned["run"]
    for name in ("fleet.md", "fleet.html"):
        text = (plans / name).read_text("utf-8")
        assert all(agency in text for agency in statuses(planned))
    assert fleet.run("plan").code == 0

    applied = fleet.report("apply", "--plans", str(plans))

    assert applied["code"] == 0, applied
    assert statuses(applied) == dict.fromkeys(["north/a", "north/b", "south/c"], "done")
    assert [wave["status"] for wave in applied["waves"]] == ["done", "done"]
    assert (fleet.accounts("north"), fleet.accounts("south")) == ({"alpha", "beta"}, {"gamma", "delta"})
    after = fleet.report("plan", "--detailed-exitcode")
    assert after["code"] == 0
    assert set(statuses(after).values()) == {"done"}
    assert fleet.report("drift")["code"] == 0


def test_wave_with_a_failure_stops_the_roll_out_and_a_retry_starts_the_failed_ones_alone(fleet: Fleet) -> None:
    """Nothing of the next wave is started; a retry starts what failed, and with --rest what was left out."""
    fleet.write(waves="waves: [{name: first, agencies: ['north/*']}, {name: rest, agencies: ['**']}]\n", concurrency=1)
    fleet.agency("north/a", ["alpha"])
    broken = fleet.agency("north/b", ["beta"])
    fleet.agency("north/c", ["epsilon"])
    fleet.agency("south/d", ["gamma"])
    good = broken.read_text("utf-8")
    broken.write_text(good.replace("tier: trial", "tier: trail"), encoding="utf-8")
    approve = ("apply", "--auto-approve", "--allow", "billed,guard")

    stopped = fleet.report(*approve)

    assert stopped["code"] == 1
    assert statuses(stopped) == {
        "north/a": "done",
        "north/b": "failed",
        "north/c": "not_started",
        "south/d": "not_started",
    }
    assert [wave["status"] for wave in stopped["waves"]] == ["failed", "not_started"]
    totals = stopped["totals"]
    assert (totals["agencies"], totals["well"], totals["problems"], totals["waves"]) == (4, 1, 3, 2)
    failed = next(record for record in stopped["agencies"] if record["status"] == "failed")
    assert failed["problem"].startswith('north/b/agency.yaml:7:73: Tier not known: "trail" is not a tier: ')
    assert failed["fix"] == "write trial"
    assert "Next: agencyfile fleet retry --rest\n" in fleet.run("status", "--run", "latest").out
    assert fleet.accounts("south") == set()

    broken.write_text(good, encoding="utf-8")
    before = len(fleet.requests("south"))
    again = fleet.report("retry")

    assert again["code"] == 0
    assert statuses(again) == {"north/b": "done"}
    assert len(fleet.requests("south")) == before
    assert fleet.run("retry").out == ""
    fleet.report(*approve)
    assert fleet.accounts("south") == {"gamma"}


def test_agency_with_an_unknown_outcome_is_never_retried(fleet: Fleet) -> None:
    """Exit 5 is for a person: a retry names it, leaves it alone, and keeps its exit code."""
    fleet.write()
    fleet.agency("north/a", ["alpha"])
    fleet.agency("south/b", ["beta"])
    # the answer is lost, and no list shows the account for long
    fleet.faults("north", {"kind": "drop_before_commit", "action": "account_add", "nth": 1, "times": 1})

    lost = fleet.report("apply", "--auto-approve", "--allow", "billed,guard", environment={"AGENCYFILE_SETTLE": "600"})

    assert lost["code"] == 5, lost
    assert statuses(lost)["north/a"] == "unknown"
    before = len(fleet.requests("north"))
    retried = fleet.run("retry")
    assert retried.code == 5
    assert "north/a: left alone" in retried.err
    assert len(fleet.requests("north")) == before


def test_failure_of_one_agency_holds_up_no_plan_of_another(fleet: Fleet) -> None:
    """A plan changes nothing, so all others are planned; the exit code is the worst one."""
    fleet.write(concurrency=1)
    fleet.agency("north/a", ["alpha"]).write_text("version: 2\n", encoding="utf-8")
    fleet.agency("north/b", ["beta"])
    fleet.agency("south/c", ["gamma"])

    report = fleet.report("plan")

    assert report["code"] == 1
    assert statuses(report) == {"north/a": "failed", "north/b": "changes", "south/c": "changes"}


def test_plans_that_are_not_those_of_the_report_are_refused(fleet: Fleet) -> None:
    """The digest that was shown is the one that is applied."""
    fleet.write(keys=["north"])
    fleet.agency("north/a", ["alpha"])
    plans = fleet.folder / "plans"
    fleet.run("plan", "--out", str(plans))
    fleet.agency("north/a", ["alpha", "beta"])
    fleet.run("plan", "--out", str(fleet.folder / "others"))
    path = plans / "north" / "a.plan.json"
    path.write_text((fleet.folder / "others" / "north" / "a.plan.json").read_text("utf-8"), encoding="utf-8")

    refused = fleet.run("apply", "--plans", str(plans))

    assert refused.code == 4
    assert fleet.accounts("north") == set()


def test_typical_mistakes_of_a_command_line_name_the_way_out(fleet: Fleet) -> None:
    """An apply without a plan, a folder without one, and half of a name; a retry of a plan ends as a plan does."""
    fleet.write(keys=["north"])
    fleet.agency("north/a", ["alpha"])
    assert "fleet plan --out FOLDER" in fleet.run("apply").err
    assert "fix: agencyfile fleet plan --out FOLDER" in fleet.run("apply", "--plans", str(fleet.folder / "none")).err
    assert "fix: did you mean north/a?" in fleet.run("plan", "a").err
    assert "--engine postgres" in fleet.run("retry").err
    assert fleet.run("plan", environment={"AGENCY_NORTH_KEY": "", "AGENCY_NORTH_HUB_KEY": ""}).out.count("not set") == 1
    assert fleet.run("retry").code == 0


def test_pause_keeps_agencies_from_an_apply_and_a_plan_goes_on(fleet: Fleet) -> None:
    """A paused agency is left out with its reason; resume ends it; the status shows both."""
    fleet.write()
    fleet.agency("north/a", ["alpha"])
    fleet.agency("south/b", ["beta"])
    assert fleet.run("pause", "north/*", "--reason", "price change").code == 0

    report = fleet.report("apply", "--auto-approve", "--allow", "billed,guard")

    assert statuses(report) == {"north/a": "paused", "south/b": "done"}
    assert statuses(fleet.report("plan")) == {"north/a": "changes", "south/b": "done"}
    status = json.loads(fleet.run("status", "--json").out)
    assert not published.mistakes_in_fleet("status", status)
    assert {one["name"]: one["paused"] for one in status["agencies"]} == {"north/a": "price change", "south/b": None}
    assert {one["name"]: sorted(one["last"]) for one in status["agencies"]} == {
        "north/a": ["plan"],
        "south/b": ["apply", "plan"],
    }
    fleet.run("resume")
    assert statuses(fleet.report("apply", "--auto-approve", "--allow", "billed,guard"))["north/a"] == "done"


def test_agencies_changed_since_a_revision_are_those_whose_files_differ(fleet: Fleet) -> None:
    """Changed, new and removed files count, committed or not; another agency's files, and ledgers, do not."""
    fleet.write()
    for name in ("north/a", "north/b", "south/c", "south/d"):
        fleet.agency(name, [f"acct-{name[-1]}"])
    part = fleet.folder / "south" / "c" / "clients" / "more.yaml"
    part.parent.mkdir()
    part.write_text("accounts: {}\n", encoding="utf-8")
    _git(fleet.folder, "init", "-q")
    (fleet.folder / ".gitignore").write_text(".program\n.state\nidentity.key\n.agencyfile/\n", encoding="utf-8")
    _git(fleet.folder, "add", ".")
    _git(fleet.folder, "commit", "-q", "-m", "one")

    def changed() -> list[str]:
        ran = fleet.run("list", "--changed-since", "HEAD~0", "--json", "--batch", "1")
        listing = json.loads(ran.out)
        assert not published.mistakes_in_fleet("list", listing)
        names = [agency["name"] for agency in listing["agencies"]]
        assert listing["batches"] == [[name] for name in names]
        return names

    assert changed() == []
    fleet.agency("north/a", ["acct-other"])
    ledger = fleet.folder / "north" / "b" / ".agencyfile" / "ledger.jsonl"
    ledger.parent.mkdir()
    ledger.write_text("{}\n", encoding="utf-8")
    assert changed() == ["north/a"]
    part.unlink()
    fleet.agency("south/e", ["acct-e"])
    assert changed() == ["north/a", "south/c", "south/e"]
    _git(fleet.folder, "add", "-A")
    _git(fleet.folder, "commit", "-q", "-m", "two")
    assert changed() == []
    assert [
        agency["name"]
        for agency in json.loads(fleet.run("list", "--changed-since", "HEAD~1", "--json").out)["agencies"]
    ] == [
        "north/a",
        "south/c",
        "south/e",
    ]


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_rate_of_a_key_holds_over_all_of_its_children_as_the_portal_measures_it(fleet: Fleet) -> None:
    """Four agencies on one key, all at once: the portal never sees more than the rate of the key allows."""
    rate = 20.0
    fleet.write(keys=["north"], rate=f"{rate:g}/s", concurrency=4)
    for name in "abcd":
        fleet.agency(f"north/{name}", [f"acct-{name}"])

    assert fleet.report("plan")["code"] == 0

    times = sorted(datetime.fromisoformat(row["time"]).timestamp() for row in fleet.requests("north"))
    assert len(times) >= 12
    assert times[-1] - times[0] >= (len(times) - 1) / rate - 0.1  # alone, each would take a fraction of that


def _lives(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_fleet_that_is_killed_leaves_no_child_that_goes_on_and_a_retry_knows_what_it_was_at(
    fleet: Fleet, request: pytest.FixtureRequest
) -> None:
    """SIGKILL of the fleet: the child records the calls under way and stops; nothing is created twice after that."""
    names = [f"acct-{number}" for number in range(30)]
    fleet.write(keys=["north"], concurrency=1)
    fleet.agency("north/a", names)
    fleet.agency("north/b", ["gamma"])
    fleet.faults("north", {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 30, "seconds": None})
    state = {"XDG_STATE_HOME": str(fleet.folder / ".state")}
    line = [sys.executable, "-P", "-m", "agencyfile", "fleet", "apply", "--auto-approve", "--allow", "billed,guard"]
    environment = {**os.environ, **fleet.environment, **state}
    killed = subprocess.Popen(line, cwd=fleet.folder, env=environment, stderr=subprocess.DEVNULL)
    request.addfinalizer(killed.kill)
    forks.wait_until(lambda: len(fleet.accounts("north")) == Pace().workers, "no call waits for its turn any more")
    assert json.loads(fleet.run("status", "--run", "latest", "--json").out)["agencies"] == []  # it goes on
    found = [path.read_text("ascii") for path in Path(f"/proc/{killed.pid}/task").glob("*/children")]
    (child,) = " ".join(found).split()
    said = Path(f"/proc/{child}/fd/2")  # the file that the fleet has opened for it, and that has no name any more

    killed.kill()
    killed.wait()
    ledger = fleet.folder / "north" / "a" / ".agencyfile" / "ledger.jsonl"

    def entries(kind: str) -> int:
        return sum(json.loads(entry)["type"] == kind for entry in ledger.read_text("utf-8").splitlines())

    forks.wait_until(lambda: b"stopping" in said.read_bytes(), "the child has seen it")
    fleet.faults("north")
    forks.wait_until(lambda: not _lives(child), "the calls under way are recorded, and the child is gone")
    assert entries("intent") == entries("outcome") == len(fleet.accounts("north")) < len(names)
    report = json.loads(fleet.run("status", "--run", "latest", "--json").out)
    assert not published.mistakes_in_fleet_report(report)
    assert statuses(report) == {"north/a": "interrupted", "north/b": "not_started"}
    assert (report["exit_code"], report["ended"]) == (130, None)

    assert statuses(fleet.report("retry", "--rest")) == {"north/a": "done", "north/b": "done"}
    sent = [row for row in fleet.requests("north") if row["action"] == "account_add" and row["write"]]
    assert len(sent) == len(fleet.accounts("north")) == len(names) + 1
    assert json.loads(fleet.run("status", "--json").out)["running"] == []


def test_interrupted_fleet_lets_children_record_what_they_do_and_starts_no_other(fleet: Fleet) -> None:
    """Ctrl-C reaches each child once: the call under way is answered and recorded, the rest is not started."""
    fleet.write(keys=["north"], concurrency=1)
    fleet.agency("north/a", ["alpha"])
    fleet.agency("north/b", ["beta"])
    fleet.faults("north", {"kind": "late_answer", "action": "account_add", "nth": 1, "times": 1, "seconds": None})
    state = {"XDG_STATE_HOME": str(fleet.folder / ".state")}
    line = ("fleet", "apply", "--auto-approve", "--allow", "billed,guard", "--json", "-f", fleet.file)
    running = forks.start(*line, folder=fleet.folder, environment={**fleet.environment, **state})
    forks.wait_until(lambda: fleet.accounts("north"), "the first account")

    running.send_signal(signal.SIGINT)
    forks.wait_until(lambda: "stopping" in running.err, "the fleet heeds Ctrl-C")
    fleet.faults("north")
    ended = running.wait()

    report = json.loads(ended.out)
    assert ended.code == 130
    assert statuses(report) == {"north/a": "interrupted", "north/b": "not_started"}
    assert fleet.accounts("north") == {"alpha"}
    ledger = fleet.folder / "north" / "a" / ".agencyfile" / "ledger.jsonl"
    types = [json.loads(entry)["type"] for entry in ledger.read_text("utf-8").splitlines()]
    assert types.count("intent") == types.count("outcome") == 1
