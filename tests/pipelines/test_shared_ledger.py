"""A ledger in a database or a bucket: the generated jobs install its client and get the variables that lead to it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from pipelines.forge import Forge
from pipelines.runner import JobRun
from pipelines.team import FROM, Team, make_team
from pipelines.test_action import ACTION, USES, copy_of_this_repository
from pipelines.test_generated_pipelines import lint
from rehearsal import Ran, Rehearsal
from stores.servers import PostgresServer, postgres

from agencyfile.ci.ledgers import needs_of
from agencyfile.ledger_stores.postgres import migrations

TOP = Path(__file__).parent.parent.parent

PLACE = "postgres:northwind"
# By ledger, a variable that its jobs need, at each forge that has to be given it.
VARIABLES = {
    PLACE: "PGPASSWORD",
    "s3:bucket/northwind": "AWS_SECRET_ACCESS_KEY",
    "gs:bucket/northwind": "GOOGLE_SERVICE_ACCOUNT_KEY",
    "az:container/northwind": "AZURE_STORAGE_ACCOUNT_KEY",
    "http:northwind": "TF_HTTP_PASSWORD",
}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server with the tables, a login that may append, and one that may only read."""
    with postgres() as running:
        found = running.environment()
        with psycopg.connect(host=found["PGHOST"], dbname="postgres", user=found["PGUSER"], autocommit=True) as owner:
            owner.execute(migrations())
            owner.execute("CREATE ROLE applier LOGIN IN ROLE agencyfile_writer")
            owner.execute("CREATE ROLE planner LOGIN IN ROLE agencyfile_reader")
        yield running


def write(rehearsal: Rehearsal, forge: str, ledger: str) -> Ran:
    """Run `agencyfile ci` for an agency with that ledger."""
    rehearsal.write(
        f"version: 1\nagency: {{name: northwind, ledger: '{ledger}'}}\naccounts:\n  acme: {{adopt: true}}\n"
    )
    return rehearsal.run("ci", forge, *FROM, "--out", str(rehearsal.folder), "-f", str(rehearsal.file))


def lock(rehearsal: Rehearsal, forge: str) -> set[str]:
    """The names in the lock that was written."""
    text = (rehearsal.folder / f".{forge}" / "agencyfile-requirements.txt").read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", text, re.MULTILINE))


def keyed_steps(folder: Path) -> Iterator[dict[str, Any]]:
    """The variables of each step of the workflows that has a key of the portal."""
    for path in (folder / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            yield from (step["env"] for step in job["steps"] if "AGENCYFILE_AGENCY_KEY" in step.get("env", {}))


@pytest.mark.parametrize("forge", ["github", "gitlab"])
@pytest.mark.parametrize("ledger", [*VARIABLES, "git+branch:agencyfile-ledger"])
def test_jobs_install_the_client_of_their_ledger_and_no_other(rehearsal: Rehearsal, ledger: str, forge: str) -> None:
    """Who needs none installs none: less that can be attacked."""
    ran = write(rehearsal, forge, ledger)
    has_client = ledger.partition(":")[0] in ("postgres", "s3", "gs", "az")

    assert ran.code == 0, ran
    assert ({"obstore", "psycopg", "psycopg-binary"} <= lock(rehearsal, forge)) is has_client
    assert ("obstore" in lock(rehearsal, forge)) is has_client


@pytest.mark.parametrize("ledger", VARIABLES)
def test_steps_with_a_key_get_the_variables_of_the_ledger(rehearsal: Rehearsal, ledger: str) -> None:
    """Each step that plans or applies; and `ci` says which secrets have to be made, and where."""
    ran = write(rehearsal, "github", ledger)
    steps = list(keyed_steps(rehearsal.folder))
    (said,) = (line for line in ran.out.splitlines() if "for the ledger" in line and VARIABLES[ledger] in line)

    assert len(steps) >= 4
    assert [env.get(VARIABLES[ledger]) for env in steps] == [f"${{{{ secrets.{VARIABLES[ledger]} }}}}"] * len(steps)
    assert "secrets of the repository, and of environment agencyfile" in said


@pytest.mark.parametrize(("ledger", "may"), [("git+branch:agencyfile-ledger", "write"), (PLACE, "read")])
def test_job_may_push_only_where_the_ledger_is_on_a_branch(rehearsal: Rehearsal, ledger: str, may: str) -> None:
    """A token with less rights is worth less to a thief."""
    write(rehearsal, "github", ledger)
    workflow = (rehearsal.folder / ".github" / "workflows" / "agencyfile-apply.yml").read_text("utf-8")

    assert yaml.safe_load(workflow)["jobs"]["apply"]["permissions"]["contents"] == may


def test_workflows_with_variables_of_a_ledger_pass_the_linter(rehearsal: Rehearsal) -> None:
    """Contexts that a step may not use would stop every run."""
    write(rehearsal, "github", PLACE)

    assert lint(*(rehearsal.folder / ".github" / "workflows").glob("*.yml")) == ""


@pytest.mark.parametrize("ledger", VARIABLES)
def test_page_names_the_variables_that_the_jobs_get(ledger: str) -> None:
    """The table of the page is written by hand."""
    page = (TOP / "docs" / "how-to" / "share-a-ledger.md").read_text("utf-8").partition("## In a pipeline")[2]
    needs = needs_of(ledger, "github")
    (row,) = (line for line in page.splitlines() if line.startswith(f"| `{ledger.partition(':')[0]}:`"))

    assert [name for name in (*needs.variables, *needs.secrets) if f"`{name}`" not in row] == []


def test_job_of_gitlab_reaches_states_with_its_own_token(rehearsal: Rehearsal) -> None:
    """So nothing has to be set for it; and nothing is said of a branch."""
    ran = write(rehearsal, "gitlab", "http:northwind")

    assert ran.code == 0, ran
    assert "TF_HTTP" not in ran.out
    assert "branch:" not in ran.out.partition("Next")[2].replace("default branch", "")


def keep_it_there(team: Team, server: PostgresServer, *source: str, **accounts: str) -> str:
    """Let the agency file name the ledger in the database, and write the pipelines anew; return its text."""
    work, runner = team.origin.work, team.runner
    runner.variables = server.environment(user="planner")
    runner.environment_variables = {"agencyfile": server.environment(user="applier")}
    text = team.agency(**accounts).replace("git+branch:agencyfile-ledger", PLACE)
    (work / "agency.yaml").write_text(text, encoding="utf-8")
    place = ("--out", str(work), "-f", str(work / "agency.yaml"))
    ran = team.rehearsal.run("ci", "github", "--force", *place, *(source or FROM))
    assert ran.code == 0, ran
    return text


def entries(server: PostgresServer) -> int:
    """How many entries the database holds."""
    found = server.environment()
    with psycopg.connect(host=found["PGHOST"], dbname="postgres", user=found["PGUSER"]) as owner:
        (count,) = owner.execute("SELECT count(*) FROM agencyfile.entries").fetchone() or (0,)
    return int(count)


def test_pull_request_is_planned_by_one_that_reads_and_applied_by_one_that_appends(
    team: Team, server: PostgresServer
) -> None:
    """From the pull request that names the ledger to an apply and the next night: all of it is in the database."""
    runner = team.runner
    text = keep_it_there(team, server, acme="")
    team.origin.push("acme", "Acme, and a ledger in the database", agency_yaml=text)
    thread = team.origin.open_pull_request("acme")
    planned = runner.run("agencyfile-plan.yml", runner.pull_request(thread.number))
    before = entries(server)
    team.origin.merge(thread)
    applied = runner.run("agencyfile-apply.yml", runner.pushed())
    again = runner.run("agencyfile-apply.yml", runner.pushed())
    looked = runner.run("agencyfile-drift.yml", runner.started("schedule"))

    assert planned.results() == {"plan": "success", "read": "skipped"}, planned.jobs["plan"].output
    assert applied.results() == {"plan": "success", "apply": "success"}, applied.jobs
    assert again.results() == {"plan": "success", "apply": "skipped"}
    assert looked.results() == {"drift": "success"}, looked.jobs["drift"].output
    assert [name for _, name in team.rehearsal.writes()] == ["acme"]
    assert team.ledger() == []
    assert (before, entries(server) > 2) == (0, True)


@pytest.mark.installs
@pytest.mark.timeout(1200)
def test_what_the_jobs_install_reaches_the_database(
    tmp_path: Path, rehearsal: Rehearsal, forge: Forge, server: PostgresServer, wheel: Path
) -> None:
    """From the lock, with hashes, into an empty environment; and by the action, where it is told so."""
    team = make_team(tmp_path, rehearsal, forge)
    text = keep_it_there(team, server, "--from-wheel", str(wheel))
    team.runner.installs = True
    team.runner.actions = {ACTION: copy_of_this_repository(tmp_path / "action")}
    team.origin.push("main", "A ledger in the database", agency_yaml=text)
    looked = team.runner.run("agencyfile-drift.yml", team.runner.started("schedule"))
    with_it, without = (used_action(team, stores) for stores in ("true", "false"))

    assert looked.results() == {"drift": "success"}, looked.jobs["drift"].output
    assert with_it.result == "success", with_it.output
    assert without.result == "failure"
    assert "pip install 'agencyfile[postgres]'" in without.output


def used_action(team: Team, stores: str) -> JobRun:
    """The job of a workflow that plans with the action."""
    names = ("PGHOST", "PGDATABASE", "PGUSER")
    keys = {f"AGENCYFILE_{name}": f"${{{{ secrets.AGENCYFILE_READ_{name} }}}}" for name in ("AGENCY_KEY", "HUB_KEY")}
    environment = keys | {name: f"${{{{ vars.{name} }}}}" for name in names}
    steps = [{"uses": f"actions/checkout@{'0' * 40}"}, {"uses": USES, "with": {"stores": stores}, "env": environment}]
    job = {"permissions": {"contents": "read"}, "env": environment, "steps": steps}
    workflow = {True: {"push": None}, "defaults": {"run": {"shell": "bash"}}, "jobs": {"job": job}}
    path = team.origin.work / ".github" / "workflows" / "own.yml"
    path.write_text(yaml.safe_dump(workflow), encoding="utf-8")
    team.origin.push("main", f"Own workflow, {stores}")
    return team.runner.run("own.yml", team.runner.pushed()).jobs["job"]
