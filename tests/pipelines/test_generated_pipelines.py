"""What `agencyfile ci` writes: accepted by the linters, minimal in what it may do, and never over somebody's work."""

import importlib.util
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pipelines.runner import BIN
from pipelines.team import FROM
from rehearsal import Ran, Rehearsal
from test_docs import problem_of

TOP = Path(__file__).parent.parent.parent
PARTS = ("plan", "queue", "apply", "drift")

FILE = """\
version: 1
agency:
  name: northwind
  ledger: "git+branch:agencyfile-ledger"
accounts:
  acme: {adopt: true}
"""


def write(rehearsal: Rehearsal, *arguments: str, text: str = FILE) -> Ran:
    """Run `agencyfile ci` for the agency file."""
    rehearsal.write(text)
    return rehearsal.run("ci", *arguments, *FROM, "--out", str(rehearsal.folder), "-f", str(rehearsal.file))


@pytest.fixture
def github(rehearsal: Rehearsal) -> Path:
    """The folder of the workflows."""
    ran = write(rehearsal, "github")
    assert ran.code == 0, ran
    return rehearsal.folder / ".github" / "workflows"


@pytest.fixture
def gitlab(rehearsal: Rehearsal) -> dict[str, Any]:
    """The jobs of the pipeline."""
    ran = write(rehearsal, "gitlab")
    assert ran.code == 0, ran
    found: dict[str, Any] = yaml.safe_load((rehearsal.folder / ".gitlab" / "agencyfile.yml").read_text("utf-8"))
    return found


def workflow(folder: Path, part: str) -> dict[Any, Any]:
    """One workflow; YAML 1.1 reads its `on` as true."""
    found: dict[Any, Any] = yaml.safe_load((folder / f"agencyfile-{part}.yml").read_text("utf-8"))
    return found


def jobs(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every job, with its workflow and its name."""
    for part in PARTS:
        yield from ((part, name, job) for name, job in workflow(folder, part)["jobs"].items())


def lint(*paths: Path) -> str:
    """What jactionlint, and shellcheck through it, has to say."""
    command = [str(BIN / "jactionlint"), "--strict-exit", "--shellcheck", str(BIN / "shellcheck"), "--oneline"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == (1 if done.stdout else 0), done.stderr
    return str(done.stdout)


def errors(schema: str, document: object) -> list[str]:
    """How a document differs from a published schema."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    vendored = Path(package.origin).parent / "builtin_schemas" / "vendor"
    rules = json.loads((vendored / f"{schema}.json").read_text("utf-8"))
    found = jsonschema.validators.validator_for(rules)(rules).iter_errors(json.loads(json.dumps(document)))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_github_workflows_pass_the_linter(github: Path) -> None:
    """Syntax, expressions, shell, permissions, injections."""
    assert lint(*sorted(github.iterdir())) == ""
    assert len(list(github.iterdir())) == len(PARTS)


def test_github_linter_finds_what_is_wrong(github: Path) -> None:
    """A linter that finds nothing proves nothing by silence."""
    path = github / "agencyfile-plan.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("steps.", "stepz.").replace("github.token", "github.tokenn"), encoding="utf-8")

    assert "tokenn" in lint(path)
    path.write_text(text.replace('"$RUNNER_TEMP"', "$RUNNER_TEMP"), "utf-8")
    assert "SC2086" in lint(path)


@pytest.mark.parametrize("part", PARTS)
def test_github_workflows_are_of_the_published_schema(github: Path, part: str) -> None:
    """GitHub's own shape of a workflow."""
    document = workflow(github, part)
    document["on"] = document.pop(True)

    assert errors("github-workflows", document) == []


def test_github_action_passes_the_linter_and_the_schema() -> None:
    """The composite action of this repository."""
    assert lint(TOP / "action.yml") == ""
    assert errors("github-actions", yaml.safe_load((TOP / "action.yml").read_text("utf-8"))) == []


def test_gitlab_pipeline_is_of_the_published_schema(gitlab: dict[str, Any]) -> None:
    """GitLab's own shape of a pipeline."""
    assert errors("gitlab-ci", gitlab) == []
    assert errors("gitlab-ci", gitlab | {"a": {"script": 7}}) != []


def test_gitlab_component_is_of_the_published_schema_and_uses_every_input(rehearsal: Rehearsal) -> None:
    """The same pipeline with inputs in its words; each is declared, none is declared in vain."""
    assert write(rehearsal, "gitlab", "--component").code == 0
    text = (rehearsal.folder / "templates" / "agencyfile.yml").read_text("utf-8")
    head, body = yaml.safe_load_all(text)
    used = set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", text))

    assert errors("gitlab-ci", head) == []
    assert errors("gitlab-ci", body) == []
    assert used == set(head["spec"]["inputs"])
    assert "northwind" not in text


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_pipeline_leaves_no_word_unfilled(rehearsal: Rehearsal, forge: str) -> None:
    """A template's words are all replaced, and the file says what wrote it."""
    write(rehearsal, forge)
    folder = rehearsal.folder / (".github/workflows" if forge == "github" else ".gitlab")
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert "<<" not in text.replace("<<<", "")
        assert text.startswith(f"# Generated by `agencyfile ci {forge}` (")


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_pipeline_calls_agencyfile_as_it_is(rehearsal: Rehearsal, forge: str) -> None:
    """Every command and option that a pipeline uses exists."""
    write(rehearsal, forge)
    folder = rehearsal.folder / (".github/workflows" if forge == "github" else ".gitlab")
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    calls = [call for line in lines for call in re.findall(r"\bagencyfile [a-z]+[^|<>;)]*", line)]

    assert [problem_of(call) for call in calls if problem_of(call)] == []
    assert len(calls) >= 8


def test_github_permissions_are_those_that_a_job_needs(github: Path) -> None:
    """None by default; only the apply writes to the repository, which holds the ledger."""
    found = {f"{part}.{name}": job["permissions"] for part, name, job in jobs(github)}

    assert all(workflow(github, part)["permissions"] == {} for part in PARTS)
    assert found == {
        "plan.plan": {"contents": "read", "pull-requests": "write", "statuses": "write"},
        "plan.read": {"contents": "read"},
        "queue.plan": {"contents": "read", "pull-requests": "read", "statuses": "read", "actions": "read"},
        "apply.plan": {"contents": "read", "statuses": "write"},
        "apply.apply": {"contents": "write", "pull-requests": "read", "statuses": "write", "actions": "read"},
        "drift.drift": {"contents": "read", "issues": "write", "statuses": "read"},
    }


def test_github_keys_that_write_are_in_one_job_behind_an_environment(github: Path) -> None:
    """All others have the keys that are used for reading."""
    writing = {
        f"{part}.{name}": job.get("environment")
        for part, name, job in jobs(github)
        if "secrets.AGENCYFILE_AGENCY_KEY" in str(job) or "agencyfile apply" in str(job["steps"])
    }

    assert writing == {"apply.apply": "agencyfile"}


def test_github_job_of_a_fork_names_no_secret(github: Path) -> None:
    """Not even one that would be empty; nor does it keep the credentials of the checkout."""
    job = workflow(github, "plan")["jobs"]["read"]

    assert "secrets." not in str(job)
    assert "github.token" not in str(job)
    check_outs = [step["with"] for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert [one["persist-credentials"] for one in check_outs] == [False, False]
    assert "pull_request_target" not in (github / "agencyfile-plan.yml").read_text("utf-8")


def test_github_apply_is_never_cancelled(github: Path) -> None:
    """A plan may be: it writes nothing."""
    groups = {part: workflow(github, part)["concurrency"] for part in PARTS}

    assert groups["apply"] == {"group": "agencyfile-apply", "cancel-in-progress": False}
    assert groups["drift"]["cancel-in-progress"] is False
    assert groups["plan"]["cancel-in-progress"] is True
    assert "pull_request.number" in groups["plan"]["group"]


def audit(*paths: Path, persona: str = "pedantic") -> list[str]:
    """Which of zizmor's audits find something."""
    command = [str(BIN / "zizmor"), "--offline", "--quiet", "--no-config", "--format=json", f"--persona={persona}"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    return [finding["ident"] for finding in json.loads(done.stdout)]


def test_github_workflows_and_the_action_pass_the_audit(github: Path) -> None:
    """The audit finds nothing; its strictest persona finds two things; docs/pipelines.md gives the reasons."""
    assert audit(*sorted(github.iterdir()), TOP / "action.yml") == []
    assert set(audit(github, TOP / "action.yml", persona="auditor")) == {"artipacked", "secrets-outside-env"}


def test_github_audit_finds_what_is_wrong(github: Path) -> None:
    """An audit that finds nothing proves nothing by silence."""
    path = github / "agencyfile-plan.yml"
    path.write_text(path.read_text("utf-8").replace("  pull_request:", "  pull_request_target:"), encoding="utf-8")

    assert "dangerous-triggers" in audit(path)


def test_github_actions_are_pinned_and_versions_can_be_moved(github: Path) -> None:
    """By commit, with the version in a comment."""
    for part in PARTS:
        text = (github / f"agencyfile-{part}.yml").read_text("utf-8")
        uses = re.findall(r"\buses: (.*)", text)
        assert uses
        assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in uses)


def test_github_jobs_all_end(github: Path) -> None:
    """A job that hangs is ended; none interpolates an expression into a script."""
    for _, name, job in jobs(github):
        assert 0 < job["timeout-minutes"] <= 180, name
        assert not any("${{" in step.get("run", "") for step in job["steps"]), name


def test_github_secrets_of_the_agency_file_reach_the_jobs(rehearsal: Rehearsal) -> None:
    """Whatever the file takes from the environment is handed over, but not where a fork is looked at."""
    text = FILE.replace("agency:\n", "agency:\n  portal: {agency_key: '${env:AGENCY_PORTAL_KEY}'}\n")
    ran = write(rehearsal, "github", text=text)
    folder = rehearsal.folder / ".github" / "workflows"

    assert ran.code == 0, ran
    assert "AGENCY_PORTAL_KEY" in ran.out
    for part, name, job in jobs(folder):
        assert ("AGENCY_PORTAL_KEY': '${{ secrets.AGENCY_PORTAL_KEY }}" in str(job)) == (name != "read"), (part, name)


def test_gitlab_apply_runs_alone_and_to_its_end(gitlab: dict[str, Any]) -> None:
    """One at a time, never interrupted, in its environment, without the keys that read."""
    job = gitlab["agencyfile:apply"]

    assert (job["resource_group"], job["interruptible"]) == ("agencyfile", False)
    assert job["environment"]["name"] == "agencyfile"
    assert job["variables"] == {"AGENCYFILE_AGENCY_KEY": "", "AGENCYFILE_HUB_KEY": ""}
    assert gitlab["agencyfile:plan"]["artifacts"]["reports"] == {"terraform": "terraform.json"}


def test_gitlab_forks_get_their_own_job(gitlab: dict[str, Any]) -> None:
    """The rules of the two jobs for merge requests exclude each other."""
    (ours,), (theirs,) = gitlab["agencyfile:plan"]["rules"], gitlab["agencyfile:read"]["rules"]

    assert ours["if"].replace("==", "!=", 2).replace("!=", "==", 1) == theirs["if"]
    assert "comment" not in str(gitlab["agencyfile:read"]["script"])


def test_ci_writes_nothing_over_what_is_there(rehearsal: Rehearsal) -> None:
    """All files or none; --force overwrites; what is as it should be is no obstacle."""
    write(rehearsal, "github")
    folder = rehearsal.folder / ".github" / "workflows"
    (folder / "agencyfile-plan.yml").unlink()
    (folder / "agencyfile-apply.yml").write_text("name: mine\n", encoding="utf-8")
    refused = write(rehearsal, "github")
    before = sorted(path.name for path in folder.iterdir())
    forced = write(rehearsal, "github", "--force")

    assert refused.code == 1
    assert "agencyfile-apply.yml exists already" in refused.err
    assert "agencyfile-drift.yml exists" not in refused.err
    assert before == ["agencyfile-apply.yml", "agencyfile-drift.yml", "agencyfile-queue.yml"]
    assert forced.code == 0
    assert "agencyfile-drift.yml  (unchanged)" in forced.out
    assert "name: mine" not in (folder / "agencyfile-apply.yml").read_text("utf-8")


def test_ci_leaves_a_gitlab_pipeline_alone(rehearsal: Rehearsal) -> None:
    """It says what to add, once; even --force does not replace it."""
    (rehearsal.folder / ".gitlab-ci.yml").write_text("build: {script: make}\n", encoding="utf-8")
    first = write(rehearsal, "gitlab", "--force")
    (rehearsal.folder / ".gitlab-ci.yml").write_text("include:\n  - local: .gitlab/agencyfile.yml\n", "utf-8")
    second = write(rehearsal, "gitlab", "--force")

    assert "stays as it is; add to it" in first.out
    assert "- local: .gitlab/agencyfile.yml" in first.out
    assert "add to it" not in second.out


def test_ci_warns_of_a_ledger_that_a_job_would_lose(rehearsal: Rehearsal) -> None:
    """A file on a machine that is thrown away."""
    lost = write(rehearsal, "github", text=FILE.replace('  ledger: "git+branch:agencyfile-ledger"\n', ""))
    kept = write(rehearsal, "github", text=FILE)

    assert "git+branch:agencyfile-ledger" in lost.err
    assert kept.err == ""


def test_ci_names_and_places_can_be_chosen(rehearsal: Rehearsal) -> None:
    """Two agencies in one repository, each in a folder of its own."""
    rehearsal.write(FILE, "clients/northwind/agency.yaml")
    flags = ("--name", "northwind", "--branch", "release/1", "--environment", "live")
    path = rehearsal.folder / "clients" / "northwind" / "agency.yaml"
    ran = rehearsal.run("ci", "github", "--out", str(rehearsal.folder), "-f", str(path), *flags, *FROM)
    text = (rehearsal.folder / ".github" / "workflows" / "northwind-apply.yml").read_text("utf-8")

    assert ran.code == 0, ran
    assert 'AGENCYFILE_FILE: "clients/northwind/agency.yaml"' in text
    assert 'branches: ["release/1"]' in text
    assert "environment: live #" in text
    assert lint(*sorted((rehearsal.folder / ".github" / "workflows").iterdir())) == ""


@pytest.mark.parametrize("branch", ["a b", "$(id)", "x'y", '"', "${{ secrets.X }}", "../up", "-x", "é"])
def test_ci_text_that_would_need_quotes_is_refused(rehearsal: Rehearsal, branch: str) -> None:
    """It would stand in YAML, in a shell and in an expression."""
    ran = write(rehearsal, "github", "--branch", branch)

    assert ran.code == 64
    assert not (rehearsal.folder / ".github").exists()


def test_ci_file_that_is_not_valid_writes_nothing(rehearsal: Rehearsal) -> None:
    """Its diagnostics are shown."""
    ran = write(rehearsal, "github", text="version: 1\nagency: {name: northwind}\naccounts: {Acme: {}}\n")

    assert ran.code == 1
    assert "agency.yaml:3" in ran.err
    assert not (rehearsal.folder / ".github").exists()


def test_ci_file_outside_the_repository_is_refused(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The jobs would not find it."""
    rehearsal.write(FILE)
    ran = rehearsal.run("ci", "github", "--out", str(tmp_path / "elsewhere"), "-f", str(rehearsal.file), *FROM)

    assert ran.code == 1
    assert "is not below" in ran.err
