"""`make compare`: this checkout against an older one and against terraform, in one run.

Each figure is the CPU time (user and system) of a whole process, and its peak memory. The two checkouts take turns, so
that a machine that slows down slows both. Both use this checkout's interpreter, libraries and local portal.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import RECIPIENT, Cost, accounts, agency, median, portal, run, seed, terraform_file

ROOT = Path(__file__).parents[2]
FILES = 10
CHANGED = 100
TARGETS = {
    "validate 1,000": 0.6,
    "plan 1,000, no change": 0.2,
    "plan 10,000, 100 changed": 0.07,
    "apply 1,000 creations": 0.09,
}


@dataclass(frozen=True)
class Checkout:
    """A source tree whose command line is run."""

    root: Path

    def run(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
        """Run `agencyfile` of this tree to its end."""
        program = "import sys; from agencyfile.cli.entry import main; sys.argv[0] = 'agencyfile'; main()"
        command = [sys.executable, "-P", "-c", program, *arguments]
        return run(command, folder, {**environment, "PYTHONPATH": str(self.root)})

    def create(self, folder: Path, environment: Mapping[str, str]) -> Cost:
        """Apply without a question. Older trees do not know the word `guard`."""
        self.run(["apply", "--help"], folder, environment)
        allow = ["--allow", "guard"] if "guard" in (folder / "output.txt").read_text() else []
        return self.run(["apply", "-auto-approve", *allow], folder, environment)


@dataclass
class Row:
    """What one job cost."""

    before: Cost
    after: Cost
    terraform: Cost | None = None


@dataclass
class Bench:
    """Two checkouts, a folder to work in, and what was measured."""

    before: Checkout
    after: Checkout
    folder: Path
    runs: int
    rows: dict[str, Row] = field(default_factory=dict)

    def measure(self, name: str, job: Callable[[Checkout], Cost], runs: int = 0) -> None:
        """Let the two take turns, and keep the medians."""
        costs: tuple[list[Cost], list[Cost]] = ([], [])
        for _ in range(runs or self.runs):
            costs[0].append(job(self.before))
            costs[1].append(job(self.after))
        self.rows[name] = Row(median(costs[0]), median(costs[1]))
        print(".", end="", file=sys.stderr, flush=True)

    def terraform(self, name: str, job: Callable[[], Cost], runs: int = 0) -> None:
        """Measure what terraform does instead."""
        if shutil.which("terraform"):
            self.rows[name].terraform = median([job() for _ in range(runs or self.runs)])


@contextmanager
def baseline(revision: str) -> Iterator[Path]:
    """The files of an older revision, in a folder that is gone afterwards."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory(prefix="agencyfile-baseline-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def start(bench: Bench) -> None:
    """What a command costs that does nothing."""
    bench.measure("version", lambda tree: tree.run(["version"], bench.folder, {}), 20)
    bench.terraform("version", lambda: run(["terraform", "version"], bench.folder, {}), 5)
    bench.measure("plan --help", lambda tree: tree.run(["plan", "--help"], bench.folder, {}), 10)


def small(bench: Bench, count: int = 1000) -> None:
    """A thousand accounts: validated, planned without a change, created."""
    folder, other = bench.folder / "small", bench.folder / "small-terraform"
    folder.mkdir()
    (folder / "agency.yaml").write_text(agency(count))
    with portal(bench.folder) as (url, environment):
        bench.measure(f"validate {count:,}", lambda tree: tree.run(["validate"], folder, {}))
        seed(url, count)
        bench.measure(f"plan {count:,}, no change", lambda tree: tree.run(["plan"], folder, environment))
        seed(url, 0)
        bench.measure(f"plan {count:,}, all new", lambda tree: tree.run(["plan"], folder, environment))

        def create(tree: Checkout) -> Cost:
            seed(url, 0)
            shutil.rmtree(folder / ".agencyfile", ignore_errors=True)
            return tree.create(folder, environment)

        bench.measure(f"apply {count:,} creations", create, 2)
    if terraform_file(other, count):
        bench.terraform(f"validate {count:,}", lambda: run(["terraform", "validate"], other, {}))
        bench.terraform(f"plan {count:,}, all new", lambda: run(["terraform", "plan", "-input=false"], other, {}))
        apply = ["terraform", "apply", "-auto-approve", "-input=false"]
        bench.terraform(f"apply {count:,} creations", lambda: run(apply, other, {}), 1)
        bench.terraform(f"plan {count:,}, no change", lambda: run(["terraform", "plan", "-input=false"], other, {}))


def middle(bench: Bench, count: int = 10_000) -> None:
    """Ten thousand accounts in one file."""
    folder, other = bench.folder / "middle", bench.folder / "middle-terraform"
    folder.mkdir()
    (folder / "agency.yaml").write_text(agency(count, changed=CHANGED))
    name = f"plan {count:,}, {CHANGED} changed"
    with portal(bench.folder) as (url, environment):
        seed(url, count)
        bench.measure(f"validate {count:,}", lambda tree: tree.run(["validate"], folder, {}))
        bench.measure(name, lambda tree: tree.run(["plan"], folder, environment))
    if terraform_file(other, count):
        bench.terraform(f"validate {count:,}", lambda: run(["terraform", "validate"], other, {}), 1)
        bench.terraform(name, lambda: run(["terraform", "plan", "-input=false"], other, {}), 1)


def large(bench: Bench, count: int = 100_000) -> None:
    """A hundred thousand accounts in ten files."""
    folder = bench.folder / "large"
    (folder / "accounts").mkdir(parents=True)
    head = f"version: 1\nagency:\n  name: northwind\n  credentials: {{recipients: [{RECIPIENT}]}}\n"
    (folder / "agency.yaml").write_text(head + 'include: ["accounts/*.yaml"]\n')
    size = count // FILES
    for number in range(FILES):
        text = accounts(range(number * size, (number + 1) * size), changed=CHANGED)
        (folder / "accounts" / f"{number}.yaml").write_text(text)
    with portal(bench.folder) as (url, environment):
        seed(url, count)
        bench.measure(f"validate {count:,} in {FILES} files", lambda tree: tree.run(["validate"], folder, {}), 1)
        name = f"plan {count:,} in {FILES} files, {CHANGED} changed"
        bench.measure(name, lambda tree: tree.run(["plan"], folder, environment), 1)


def warm_up(tree: Checkout, folder: Path) -> None:
    """Compile what the jobs import; they then find it compiled, as where a package is installed."""
    (folder / "agency.yaml").write_text(agency(3))
    with portal(folder) as (url, environment):
        seed(url, 0)
        tree.run(["validate"], folder, environment)
        tree.create(folder, environment)
        tree.run(["plan"], folder, environment)
    shutil.rmtree(folder / ".agencyfile")


def table(rows: Mapping[str, Row]) -> str:
    """Markdown: seconds, memory, the ratio between the two, and the ratios against terraform."""
    lines = [
        "| job (CPU s, MB) | before | after | after/before | terraform | before/its | after/its | target |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        both = f"| {name} | {_cost(row.before)} | {_cost(row.after)} | {row.after.cpu / row.before.cpu:.2f} "
        its = "| | | |"
        if row.terraform:
            ratios = f"{row.before.cpu / row.terraform.cpu:.2f} | {row.after.cpu / row.terraform.cpu:.2f}"
            its = f"| {_cost(row.terraform)} | {ratios} |"
        lines.append(f"{both}{its} {TARGETS.get(name, '')} |")
    return "\n".join(lines)


def _cost(cost: Cost) -> str:
    return f"{cost.cpu:.3f}, {cost.memory:.0f}" if cost.cpu < 1 else f"{cost.cpu:.2f}, {cost.memory:.0f}"


SIZES = {"start": start, "1000": small, "10000": middle, "100000": large}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baseline", help="a revision of this repository")
    parser.add_argument("--only", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with baseline(options.baseline) as tree, tempfile.TemporaryDirectory(prefix="agencyfile-bench-") as scratch:
        bench = Bench(Checkout(tree), Checkout(ROOT), Path(scratch), options.runs)
        for checkout in (bench.before, bench.after):
            warm_up(checkout, bench.folder)
        for name in options.only:
            SIZES[name](bench)
    print(f"\n{table(bench.rows)}")


if __name__ == "__main__":
    main()
