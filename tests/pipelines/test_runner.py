"""The runner that the stories rest on forbids and skips what GitHub's does."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from pipelines.expressions import filled, is_met
from pipelines.forge import Forge, running_forge
from pipelines.origin import Origin, make_origin
from pipelines.runner import Runner, WorkflowRun

CONTEXTS = {"a": {"b": "Yes", "empty": "", "n": 0}, "github": {"ref": "refs/heads/main"}}


@pytest.fixture
def forge() -> Iterator[Forge]:
    """An empty forge."""
    with running_forge() as running:
        yield running


@pytest.fixture
def runner(tmp_path: Path, forge: Forge) -> Runner:
    """A runner with one secret, and another one in an environment."""
    secrets, environments = {"READ": "secret-to-read"}, {"live": {"WRITE": "secret-to-write"}}
    return Runner(make_origin(tmp_path, forge), tmp_path / "runner", secrets, environments, {})


def started(runner: Runner, jobs: Mapping[str, object], *, is_from_fork: bool = False) -> WorkflowRun:
    """Run these jobs on a pull request."""
    workflow = {True: {"pull_request": None}, "defaults": {"run": {"shell": "bash"}}, "jobs": dict(jobs)}
    origin: Origin = runner.origin
    origin.push("main", "Begin")
    folder = origin.work / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "w.yml").write_text(yaml.safe_dump(workflow), encoding="utf-8")
    origin.push("change", "Change")
    thread = origin.open_pull_request("change")
    return runner.run("w.yml", runner.pull_request(thread.number, is_from_fork=is_from_fork))


def steps(*scripts: str, **more: object) -> dict[str, object]:
    """A job of shell steps that checks the repository out first."""
    check_out = {"uses": "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8"}
    return {"steps": [check_out, *({"run": script} for script in scripts)], **more}


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("a.b == 'yes'", True),
        ("a.b != 'yes' || a.empty == ''", True),
        ("a.b == 'yes' && a.empty", False),
        ("!a.empty && (a.n || a.b)", True),
        ("${{ github.ref == 'refs/heads/main' }}", True),
        ("a.absent.too == ''", True),
        ("a.b == 'it''s'", False),
    ],
)
def test_expression_is_met_as_github_would(text: str, *, met: bool) -> None:
    """Texts compare without case; what is absent is empty."""
    functions = {"success": lambda: True, "failure": lambda: False, "always": lambda: True}

    assert is_met(text, CONTEXTS, functions) == met


def test_expression_is_not_met_after_a_failure_unless_it_says_so() -> None:
    """The default of every step."""
    functions = {"success": lambda: False, "failure": lambda: True, "always": lambda: True}

    assert not is_met(None, CONTEXTS, functions)
    assert not is_met("a.b == 'yes'", CONTEXTS, functions)
    assert is_met("failure()", CONTEXTS, functions)
    assert is_met("always() && a.b == 'yes'", CONTEXTS, functions)


@pytest.mark.parametrize("text", ["a.b ==", "b.c", "a.b = 'x'", "a.b 'x'"])
def test_expression_that_is_none_is_an_error(text: str) -> None:
    """Never a guess."""
    with pytest.raises((AssertionError, IndexError)):
        filled(f"${{{{ {text} }}}}", CONTEXTS, {})


def test_runner_stops_at_a_failure_in_a_pipe(runner: Runner) -> None:
    """As `shell: bash` does."""
    run = started(runner, {"one": steps("false | tee x", "echo never")})

    assert run.results() == {"one": "failure"}
    assert "never" not in run.jobs["one"].output


def test_runner_hands_outputs_to_the_jobs_that_need_them(runner: Runner) -> None:
    """And skips the jobs that need one that failed."""
    first = {
        "steps": [{"id": "s", "run": 'echo "n=7" >>"$GITHUB_OUTPUT"; echo "# Hi" >>"$GITHUB_STEP_SUMMARY"'}],
        "outputs": {"n": "${{ steps.s.outputs.n }}"},
    }
    second = {"needs": "first", "if": "needs.first.outputs.n == '7'", "steps": [{"run": "exit 3"}]}
    third = {"needs": ["first", "second"], "steps": [{"run": "true"}]}
    run = started(runner, {"first": first, "second": second, "third": third})

    assert run.results() == {"first": "success", "second": "failure", "third": "skipped"}
    assert run.jobs["first"].summary == "# Hi\n"
    assert "exit code 3" in run.jobs["second"].output


def test_runner_pushes_only_with_the_permission(runner: Runner) -> None:
    """`contents: read` may fetch, and no more; without credentials there is not even that."""
    push = "git fetch --quiet origin main && git push origin FETCH_HEAD:refs/heads/other"
    reads, writes = (steps(push, permissions={"contents": may}) for may in ("read", "write"))
    run = started(runner, {"reads": reads, "writes": writes})

    assert run.results() == {"reads": "failure", "writes": "success"}
    assert "denied" in run.jobs["reads"].output


def test_runner_gives_a_fork_no_secret(runner: Runner) -> None:
    """Nor does anybody get the secrets of an environment without naming it."""
    show = {"run": 'echo "[$READ][$WRITE]"', "env": {"READ": "${{ secrets.READ }}", "WRITE": "${{ secrets.WRITE }}"}}
    jobs = {"plain": {"steps": [show]}, "live": {"steps": [show], "environment": "live"}}
    ours = started(runner, jobs)

    assert ours.jobs["plain"].output.strip() == "[secret-to-read][]"
    assert ours.jobs["live"].output.strip() == "[secret-to-read][secret-to-write]"


def test_runner_gives_a_fork_a_token_that_reads(runner: Runner, forge: Forge) -> None:
    """Whatever the workflow asks for."""
    text = "echo Plan | agencyfile comment github --agency northwind --body -"
    comment = {"run": text, "env": {"GITHUB_TOKEN": "${{ github.token }}"}}
    look = {"run": 'echo "[$READ]"', "if": "always()", "env": {"READ": "${{ secrets.READ }}"}}
    job = {"permissions": {"pull-requests": "write"}, "steps": [comment, look]}
    run = started(runner, {"one": job}, is_from_fork=True)

    assert "Resource not accessible by integration" in run.jobs["one"].output
    assert run.jobs["one"].steps[1].output.strip() == "[]"
    assert forge.bodies(1) == []
