"""What commands beside plan and apply cost, each against the command that it cannot do without."""

import statistics
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from contract.repositories import git

SIZES = (50, 500)
RUNS = 3

Cost = Callable[[Sequence[str], Path], float]  # CPU seconds of one command in one folder


def report(cost: Cost, scratch: Path, seed: Callable[[int], None], agency: Callable[[int], str]) -> None:
    """Measure and print.

    Args:
        cost: runs a command to its end.
        scratch: an empty folder.
        seed: empties the portal, and puts so many accounts into it.
        agency: an agency file of so many accounts, which `seed` puts there.
    """
    print(f"\n  {'':<46}{'CPU s':>8}{'x base':>9}   base")
    for size in SIZES:
        folder = scratch / f"commands-{size}"
        folder.mkdir()
        _print_import(cost, folder, size, seed)
        _print_steps(cost, folder, size, agency)
        _print_approval(cost, folder, size, seed)
        _print_revisions(cost, folder, size)


def _print_import(cost: Cost, folder: Path, size: int, seed: Callable[[int], None]) -> None:
    """Reading is what both do; the rest is writing a file for each account, and loading what was written."""
    seed(size)
    number = count()
    seconds = _median(
        lambda: cost(["import", "--all", "--name", "northwind", "--out", f"imported-{next(number)}"], folder)
    )
    _print(f"import of {size:,}, a file each", seconds, cost, ["accounts", "list", "--json"], folder)


def _print_steps(cost: Cost, folder: Path, size: int, agency: Callable[[int], str]) -> None:
    """Every account has another client's name at the portal: a step each."""
    text = agency(size).replace("name: Client ", "name: Customer ")
    (folder / "agency.yaml").write_text(text, encoding="utf-8")
    for form in ("text", "markdown", "json"):
        seconds = _median(lambda form=form: cost(["steps", "list", "--format", form], folder))  # type: ignore[misc]
        _print(f"steps list of {size:,} steps, {form}", seconds, cost, ["plan", "-json"], folder)


def _print_approval(cost: Cost, folder: Path, size: int, seed: Callable[[int], None]) -> None:
    """A plan, its digest held against the one that was said, and one append."""
    seed(0)
    cost(["plan", "-out", "plan.json"], folder)
    digest = next(
        line.split('"')[3]
        for line in (folder / "plan.json").read_text("utf-8").splitlines()
        if '"digest": "pln_' in line
    )
    seconds = _median(lambda: cost(["approve", digest], folder))
    _print(f"approve of {size:,} changes", seconds, cost, ["plan", "-json"], folder)


def _print_revisions(cost: Cost, folder: Path, size: int) -> None:
    """Two loads and a checkout, against one load."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "agency.yaml")
    git(folder, "commit", "--quiet", "--message=Begin")
    path = folder / "agency.yaml"
    path.write_text(path.read_text("utf-8").replace("french", "english"), encoding="utf-8")
    seconds = _median(lambda: cost(["plan", "--offline"], folder))
    _print(f"plan --offline, {size:,} of {size:,} blocks differ", seconds, cost, ["validate"], folder)


def _median(run: Callable[[], float]) -> float:
    return statistics.median(run() for _ in range(RUNS))


def _print(name: str, seconds: float, cost: Cost, base: Sequence[str], folder: Path) -> None:
    least = _median(lambda: cost(base, folder))
    print(f"  {name:<46}{seconds:>8.2f}{seconds / least:>9.2f}   {' '.join(base)}", flush=True)
