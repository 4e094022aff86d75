"""`make bench`: CPU seconds and peak memory of whole commands, as ratios measured in one run.

Each command is a process of its own; the local portal is another one. A figure is the median of a few runs. Absolute
seconds say something about this machine alone; the ratios hold elsewhere: against a bare interpreter, against a tenth
of the accounts, and against `terraform` on as many `terraform_data` resources where that binary is present.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import commands, ledger, renderers

AGENCYFILE = str(Path(sys.executable).with_name("agencyfile"))
RECIPIENT = "age14y578xyckpqx7c0f5dchs94rmcnxzxx5cmpyt4jl09dcv0mck5qq39urwd"


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system) and peak memory in MB of one process."""

    cpu: float
    memory: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], expect: Sequence[int] = (0,)) -> Cost:
    """Run one process to its end and ask the operating system what it cost."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expect:
        raise SystemExit(f"{command} exited with {process.returncode}:\n{(folder / 'output.txt').read_text()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(measure: Callable[[], Cost], times: int) -> Cost:
    """The median CPU and the largest memory of several runs."""
    costs = [measure() for _ in range(times)]
    return Cost(statistics.median(cost.cpu for cost in costs), max(cost.memory for cost in costs))


@contextmanager
def portal(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A local portal in a process of its own: its URL, and the environment that points at it."""
    command = [AGENCYFILE, "portal", "serve", "--provisioning", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    assert process.stdout
    where = json.loads(process.stdout.readline())
    try:
        yield (
            where["hub_api"].rstrip("/"),
            {
                "AGENCYFILE_AGENCY_API": where["agency_api"],
                "AGENCYFILE_HUB_API": where["hub_api"],
                "AGENCYFILE_AGENCY_KEY": where["agency_key"],
                "AGENCYFILE_HUB_KEY": where["hub_key"],
                "AGENCYFILE_RATE_LIMIT": "100000",
                "AGENCYFILE_WAIT_FIRST": "0.2",
            },
        )
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def agency(count: int, notification: str = "ops@northwind.example", changed: int = 0) -> str:
    """An agency file of `count` account blocks, `changed` of them with another notification address."""
    blocks = "".join(
        f"""\
  client{number}:
    client:
      name: Client {number}
      email: owner{number}@client.example
    notification: {"new@northwind.example" if number < changed else notification}
    language: french
    timezone: Europe/Paris
    plan:
      tier: trial
    protect: true
"""
        for number in range(count)
    )
    head = f"version: 1\nagency:\n  name: northwind\n  credentials: {{recipients: [{RECIPIENT}]}}\naccounts:\n"
    return head + blocks


def seed(url: str, count: int) -> None:
    """An empty portal with `count` accounts as `agency` declares them."""
    requests.post(f"{url}/_portal/reset", timeout=60).raise_for_status()
    rows = [
        {
            "account": f"client{number}",
            "client_name": f"Client {number}",
            "client_email": f"owner{number}@client.example",
            "notification": "ops@northwind.example",
            "plan": {"tier": "trial"},
        }
        for number in range(count)
    ]
    requests.post(f"{url}/_portal/seed", json={"accounts": rows}, timeout=300).raise_for_status()


def ours(count: int, folder: Path, url: str, environment: Mapping[str, str], times: int) -> dict[str, Cost]:
    """What our commands cost at `count` accounts."""
    file = folder / "agency.yaml"
    costs: dict[str, Cost] = {}
    file.write_text(agency(count))
    costs["validate"] = median(lambda: run([AGENCYFILE, "validate"], folder, environment), times)
    seed(url, count)
    costs["plan, nothing to change"] = median(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    file.write_text(agency(count, changed=count // 100))
    costs["plan, 1 % changed"] = median(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    approve = [AGENCYFILE, "apply", "-auto-approve", "--allow", "guard"]
    costs["apply, 1 % changed"] = run(approve, folder, environment)
    seed(url, 0)
    shutil.rmtree(folder / ".agencyfile", ignore_errors=True)
    costs["plan, all new"] = median(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    costs["apply, all new"] = run(approve, folder, environment)
    return costs


def terraforms(count: int, folder: Path, times: int, *, may_apply: bool) -> dict[str, Cost]:
    """What terraform costs at `count` resources that have no API at all."""
    blocks = "".join(
        f'resource "terraform_data" "client{number}" {{\n  input = {{ name = "Client {number}", plan = "trial" }}\n}}\n'
        for number in range(count)
    )
    (folder / "main.tf").write_text(blocks)
    run(["terraform", "init", "-input=false"], folder, {})
    plan = ["terraform", "plan", "-input=false"]
    costs = {
        "validate": median(lambda: run(["terraform", "validate"], folder, {}), times),
        "plan, all new": run(plan, folder, {}),
    }
    if may_apply:
        costs["apply, all new"] = run(["terraform", "apply", "-auto-approve", "-input=false"], folder, {})
        costs["plan, nothing to change"] = run(plan, folder, {})
    return costs


def document(count: int, folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """The plan document of `count` new accounts."""
    folder.mkdir(exist_ok=True)
    (folder / "agency.yaml").write_text(agency(count))
    run([AGENCYFILE, "plan", "-out", "plan.json"], folder, environment)
    found: dict[str, Any] = json.loads((folder / "plan.json").read_text("utf-8"))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--terraform-apply", type=int, default=1000, help="largest size that terraform applies")
    options = parser.parse_args()
    has_terraform = shutil.which("terraform") is not None
    with tempfile.TemporaryDirectory(prefix="agencyfile-bench-") as scratch:
        bare = median(lambda: run([sys.executable, "-c", "pass"], Path(scratch), {}), 20)
        print_start(Path(scratch), bare)
        before: dict[str, Cost] = {}
        for count in options.sizes:
            with portal(Path(scratch)) as (url, environment):
                folder = Path(scratch) / f"ours-{count}"
                folder.mkdir()
                costs = ours(count, folder, url, environment, options.runs)
            theirs: dict[str, Cost] = {}
            if has_terraform:
                other = Path(scratch) / f"terraform-{count}"
                other.mkdir()
                theirs = terraforms(count, other, options.runs, may_apply=count <= options.terraform_apply)
            print_size(count, costs, theirs, before, bare)
            before = costs
        with portal(Path(scratch)) as (_, environment):
            keys = {"agency": environment["AGENCYFILE_AGENCY_KEY"], "hub": environment["AGENCYFILE_HUB_KEY"]}
            ledger.report(environment["AGENCYFILE_AGENCY_API"], environment["AGENCYFILE_HUB_API"], keys)
        with portal(Path(scratch)) as (url, environment):
            seed(url, 0)
            renderers.report(*(document(count, Path(scratch) / "shown", environment) for count in (200, 2000)))
            commands.report(
                lambda arguments, folder: run([AGENCYFILE, *arguments], folder, environment).cpu,
                Path(scratch),
                lambda count: seed(url, count),
                agency,
            )
    if not has_terraform:
        print("terraform is not on PATH: no comparison")


def print_start(folder: Path, bare: Cost) -> None:
    """How start-up compares with a bare interpreter."""
    print(f"bare `python -c pass`: {bare.cpu * 1000:.0f} ms CPU, {bare.memory:.0f} MB")
    for argument in ("version", "--help"):
        cost = median(lambda argument=argument: run([AGENCYFILE, argument], folder, {}), 20)  # type: ignore[misc]
        print(f"agencyfile {argument}: {cost.cpu / bare.cpu:.2f} x bare")


def print_size(
    count: int, costs: Mapping[str, Cost], theirs: Mapping[str, Cost], before: Mapping[str, Cost], bare: Cost
) -> None:
    """One table: CPU, memory, and three ratios."""
    print(f"\n{count:,} accounts")
    print(f"  {'':<26}{'CPU s':>8}{'MB':>7}{'x bare':>9}{'x size before':>15}{'terraform CPU s':>17}{'ours/its':>10}")
    for name, cost in costs.items():
        growth = f"{cost.cpu / before[name].cpu:.1f}" if name in before else ""
        row = f"  {name:<26}{cost.cpu:>8.2f}{cost.memory:>7.0f}{cost.cpu / bare.cpu:>9.0f}{growth:>15}"
        other = theirs.get(name)
        print(row + (f"{other.cpu:>17.2f}{cost.cpu / other.cpu:>10.2f}" if other else ""), flush=True)


main()
