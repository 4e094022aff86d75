"""`make bench-growth`: how cost grows with the accounts of one agency, with the entries of a ledger, and with agencies.

Every command is a process of its own. CPU is its user and system time with that of its children, memory is the largest
resident set of one process. The exponent compares a size with the size before, both without the fixed start, which is
what the command costs at the smallest size: 1.00 is linear, and 0 does not grow.
"""

import argparse
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks.growth_fleet import environment_of, fleet_of
from benchmarks.ledger import fill
from benchmarks.machine import AGENCYFILE, RECIPIENT, Cost, accounts, portal, run, seed

from plan import FileStore

EACH = 10_000  # accounts of one file: more would be above the limit of a file's size
HEAD = f"version: 1\nagency:\n  name: northwind\n  credentials: {{recipients: [{RECIPIENT}]}}\n"
LEDGER = Path(".agencyfile") / "ledger.jsonl"
SMALLEST = 2
NOISE = 0.05  # seconds: a difference below says nothing
PYTHON = sys.executable
APPEND = """\
import sys; sys.path[:0] = ["tests", "."]
from pathlib import Path
from benchmarks.ledger import pair
from plan import FileStore, Ledger
ledger = Ledger(FileStore(Path(sys.argv[1])), agency="northwind")
for number in range(500):
    ledger.append(*pair(number, ledger.serial + 1))
"""


@dataclass
class Table:
    """Costs of the size before, and of almost nothing, so that each row can say its exponent."""

    unit: str
    start: dict[str, Cost] = field(default_factory=dict)
    before: dict[str, tuple[int, Cost]] = field(default_factory=dict)

    def head(self) -> None:
        """Print the head of the table."""
        print(f"\n| {self.unit} | work | CPU s | exponent | MB | MB more per 10,000 |\n|---:|---|---:|---:|---:|---:|")

    def row(self, size: int, name: str, cost: Cost) -> None:
        """Print a row."""
        exponent = more = ""
        if name in self.before and self.before[name][0] != size:
            smaller, cheaper = self.before[name]
            exponent = self._exponent(name, cost.cpu, cheaper.cpu, size / smaller)
            more = f"{(cost.memory - cheaper.memory) / (size - smaller) * 10_000:.1f}"
        print(f"| {size:,} | {name} | {cost.cpu:.2f} | {exponent} | {cost.memory:.0f} | {more} |", flush=True)
        self.before[name] = (size, cost)

    def _exponent(self, name: str, cpu: float, before: float, ratio: float) -> str:
        start = self.start[name].cpu if name in self.start else 0.0
        is_measurable = before - start > NOISE and cpu > start
        return f"{math.log((cpu - start) / (before - start)) / math.log(ratio):.2f}" if is_measurable else ""


def write_agency(folder: Path, count: int, changed: int = 0) -> None:
    """Write an agency of `count` accounts in files of ten thousand."""
    folder.joinpath("agency.yaml").write_text(HEAD + "include: [parts/*.yaml]\n")
    folder.joinpath("parts").mkdir(exist_ok=True)
    for first in range(0, count, EACH):
        numbers = range(first, min(first + EACH, count))
        folder.joinpath("parts", f"{first:07}.yaml").write_text(accounts(numbers, changed=changed))


def measure_accounts(table: Table, count: int, folder: Path) -> None:
    """Measure the commands of one agency. The change is another notification address, which costs nothing."""
    with portal(folder) as (url, environment):
        seed(url, count)
        shown = folder / "agency"
        shown.mkdir()

        def measure(name: str, *arguments: str) -> None:
            table.row(count, name, run([AGENCYFILE, *arguments], shown, environment))

        write_agency(shown, count)
        measure("validate", "validate")
        measure("plan, no changes", "plan")
        write_agency(shown, count, changed=max(1, count // 100))
        measure("plan, 1 % changed", "plan")
        measure("apply, 1 % changed", "apply", "--auto-approve", "--allow", "guard")
        measure("report", "report", "--out", "report.html")
        shutil.rmtree(shown)
        shown.mkdir()
        measure("import of all, a file each", "import", "--all", "--name", "northwind", "--out", "imported")
        measure("validate of the import", "validate", "-f", "imported/agency.yaml")


def measure_ledger(table: Table, entries: int, folder: Path) -> None:
    """Measure opening a ledger, a thousand entries in five hundred appends, and its compaction."""
    folder.joinpath("agency.yaml").write_text(HEAD)
    path = folder / LEDGER
    fill(FileStore(path), entries + 1)  # an odd number: the entry that opens it, and whole pairs

    def measure(name: str, *command: str) -> None:
        table.row(entries, name, run(command, folder, {"AGENCYFILE_AGENCY_KEY": "none"}))

    measure("open (ledger show)", AGENCYFILE, "ledger", "show")
    measure("open + 500 appends of 2", PYTHON, "-c", APPEND.replace('"tests", "."', repr(sys.path[-1])), str(path))
    measure("compact", AGENCYFILE, "ledger", "compact")
    measure("open, compacted", AGENCYFILE, "ledger", "show")


def measure_agencies(table: Table, count: int, folder: Path) -> None:
    """Measure a fleet over the local pool, one child process per agency, all of them at one portal."""
    with portal(folder) as (url, environment):
        seed(url, 2)
        shown = folder / "fleet"
        fleet_of(shown, count)

        def measure(name: str, *arguments: str) -> None:
            table.row(count, name, run([AGENCYFILE, "fleet", *arguments], shown, environment_of(environment)))

        measure("fleet validate", "validate")
        measure("fleet list", "list", "--json")
        measure("fleet plan, no changes", "plan", "--json")


def grow(unit: str, sizes: Sequence[int], measure: Callable[[Table, int, Path], None]) -> None:
    """Print a table, each size in an empty folder. The smallest size runs twice, since the first compiles modules."""
    table = Table(unit)
    with redirect_stdout(StringIO()):
        for _ in range(2):
            in_empty_folder(table, SMALLEST, measure)
    table.start = {name: cost for name, (_, cost) in table.before.items()}
    table.before = {}
    table.head()
    for name, cost in table.start.items():
        table.row(SMALLEST, name, cost)
    table.before = {}
    for size in sizes:
        in_empty_folder(table, size, measure)


def in_empty_folder(table: Table, size: int, measure: Callable[[Table, int, Path], None]) -> None:
    """Measure one size."""
    with tempfile.TemporaryDirectory(prefix="agencyfile-growth-") as scratch:
        measure(table, size, Path(scratch))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    units: Mapping[str, tuple[list[int], Callable[[Table, int, Path], None]]] = {
        "accounts": ([1000, 10_000, 100_000], measure_accounts),
        "entries": ([10_000, 100_000, 1_000_000], measure_ledger),
        "agencies": ([10, 100, 1000], measure_agencies),
    }
    for unit, (sizes, _) in units.items():
        parser.add_argument(f"--{unit}", type=int, nargs="*", default=sizes)
    options = vars(parser.parse_args())
    for unit, (_, measure) in units.items():
        if options[unit]:
            grow(unit, options[unit], measure)


if __name__ == "__main__":
    main()
