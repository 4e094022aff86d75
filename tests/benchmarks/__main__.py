"""`make bench`: CPU seconds and peak memory of whole commands, as ratios measured in one run.

Each command is a process of its own; the local portal is another one. A figure is the median of a few runs. Absolute
seconds say something about this machine alone; the ratios hold elsewhere: against a bare interpreter, against a tenth
of the accounts, and against `terraform` on as many `terraform_data` resources where that binary is present.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks import commands, ledger, renderers
from benchmarks.machine import AGENCYFILE, Cost, agency, median, portal, run, seed, terraform_file


def median_of(measure: Callable[[], Cost], times: int) -> Cost:
    """The median of several runs."""
    return median([measure() for _ in range(times)])


def ours(count: int, folder: Path, url: str, environment: Mapping[str, str], times: int) -> dict[str, Cost]:
    """What our commands cost at `count` accounts."""
    file = folder / "agency.yaml"
    costs: dict[str, Cost] = {}
    file.write_text(agency(count))
    costs["validate"] = median_of(lambda: run([AGENCYFILE, "validate"], folder, environment), times)
    seed(url, count)
    costs["plan, nothing to change"] = median_of(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    file.write_text(agency(count, changed=count // 100))
    costs["plan, 1 % changed"] = median_of(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    approve = [AGENCYFILE, "apply", "-auto-approve", "--allow", "guard"]
    costs["apply, 1 % changed"] = run(approve, folder, environment)
    seed(url, 0)
    shutil.rmtree(folder / ".agencyfile", ignore_errors=True)
    costs["plan, all new"] = median_of(lambda: run([AGENCYFILE, "plan"], folder, environment), times)
    costs["apply, all new"] = run(approve, folder, environment)
    return costs


def terraforms(count: int, folder: Path, times: int, *, may_apply: bool) -> dict[str, Cost]:
    """What terraform costs at `count` resources that have no API at all."""
    terraform_file(folder, count)
    plan = ["terraform", "plan", "-input=false"]
    costs = {
        "validate": median_of(lambda: run(["terraform", "validate"], folder, {}), times),
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
        bare = median_of(lambda: run([sys.executable, "-c", "pass"], Path(scratch), {}), 20)
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
        cost = median_of(lambda argument=argument: run([AGENCYFILE, argument], folder, {}), 20)  # type: ignore[misc]
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
