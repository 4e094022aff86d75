"""`make bench-fleet`: a fleet over the local pool: wall and processor time, its overhead, the rate of a key.

The portals run in one process beside the fleet, one for each key. Each figure is a row of a printed table; ratios and
counts hold on other machines, seconds do not.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks.machine import BYTECODE, RECIPIENT

_TOO_MANY = 429
PROGRAM = [sys.executable, "-P", "-m", "agencyfile"]
WAVES = """\
waves:
  - {name: first, agencies: ['k0/a0']}
  - {name: some, agencies: ['k0/*']}
  - {name: rest, agencies: ['**']}
"""


@dataclass(frozen=True)
class Size:
    """Keys, agencies of each key, and accounts of each agency."""

    keys: int
    agencies: int
    accounts: int

    @property
    def all(self) -> int:
        """Number of agencies."""
        return self.keys * self.agencies


@dataclass(frozen=True)
class Ran:
    """A command that has ended: wall and processor time with all of its children, exit code, and what it printed."""

    wall: float
    cpu: float
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The report of a fleet."""
        assert self.out, self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


def run(folder: Path, environment: Mapping[str, str], *arguments: str) -> Ran:
    """Run a command to its end."""
    ours = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    state = {"PYTHONPYCACHEPREFIX": BYTECODE.name, "XDG_STATE_HOME": str(folder / ".state"), "CI": ""}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ended = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        env={**ours, **state, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if ended.returncode not in (0, 1, 2):
        raise SystemExit(f"{arguments} exited with {ended.returncode}:\n{ended.stderr[-2000:]}")
    return Ran(wall, cpu, ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def portals(count: int) -> Iterator[list[dict[str, str]]]:
    """A process with so many portals."""
    command = [sys.executable, str(Path(__file__)), "--serve", str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdin
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def serve(count: int) -> None:
    """Run portals until standard input ends."""
    import evidence  # noqa: PLC0415 - the process with the portals alone
    from fleets import open_portals  # noqa: PLC0415 - same

    scratch = tempfile.TemporaryDirectory(prefix="agencyfile-fleet-")
    os.environ.setdefault(evidence.FOLDER, scratch.name)
    with scratch, open_portals([f"k{number}" for number in range(count)]) as running:
        found = [
            {
                "url": one.url,
                "agency": one.agency_api,
                "hub": one.hub_api,
                "key": one.agency_key,
                "hub_key": one.hub_key,
            }
            for one in running.values()
        ]
        print(json.dumps(found), flush=True)
        sys.stdin.read()


def account(key: int, agency: int, number: int) -> str:
    """The name of an account."""
    return f"k{key}a{agency}c{number}"


def write_fleet(folder: Path, size: Size, *, rate: str) -> None:
    """Write the fleet file."""
    keys, groups = [], []
    for key in range(size.keys):
        secrets = f"agency_key: '${{env:AGENCY_K{key}_KEY}}', hub_key: '${{env:AGENCY_K{key}_HUB_KEY}}'"
        keys.append(f"  k{key}: {{{secrets}, rate: {rate}}}\n")
        agency_api = f"AGENCYFILE_AGENCY_API: '${{env:AGENCY_K{key}_API}}'"
        hub_api = f"AGENCYFILE_HUB_API: '${{env:AGENCY_K{key}_HUB_API}}'"
        groups.append(f"  k{key}: {{files: ['k{key}/*/agency.yaml'], key: k{key}, ")
        groups.append(f"environment: {{{agency_api}, {hub_api}}}}}\n")
    (folder / "fleet.yaml").write_text(
        f"version: 1\nfleet: group\nkeys:\n{''.join(keys)}agencies:\n{''.join(groups)}{WAVES}"
    )


def write_agencies(folder: Path, size: Size) -> None:
    """Write the agency files."""
    for key in range(size.keys):
        for agency in range(size.agencies):
            (folder / f"k{key}" / f"a{agency}").mkdir(parents=True, exist_ok=True)
            agency_file(folder, key, agency).write_text(agency_text(key, agency, size.accounts))


def agency_file(folder: Path, key: int, agency: int) -> Path:
    """The file of an agency."""
    return folder / f"k{key}" / f"a{agency}" / "agency.yaml"


def agency_text(key: int, agency: int, accounts: int) -> str:
    """An agency file."""
    blocks = "".join(
        f"  {name}: {{client: {{name: {name}, email: {name}@client.example}}, plan: {{tier: trial}}}}\n"
        for name in (account(key, agency, number) for number in range(accounts))
    )
    head = f"version: 1\nagency: {{name: k{key}-a{agency}, credentials: {{recipients: [{RECIPIENT}]}}}}\n"
    return f"{head}defaults: {{account: {{notification: ops@northwind.example}}}}\naccounts:\n{blocks}"


def environment_of(running: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The variables that the fleet file names."""
    found = {"AGENCYFILE_WAIT_FIRST": "0.05", "AGENCYFILE_RATE_LIMIT": "100000"}
    for number, portal in enumerate(running):
        found |= {
            f"AGENCY_K{number}_KEY": portal["key"],
            f"AGENCY_K{number}_HUB_KEY": portal["hub_key"],
            f"AGENCY_K{number}_API": portal["agency"],
            f"AGENCY_K{number}_HUB_API": portal["hub"],
        }
    return found


def book(portal: Mapping[str, str]) -> list[tuple[float, int]]:
    """When a portal got its requests, and the status of each answer."""
    rows = requests.get(f"{portal['url']}/_portal/requests", timeout=600).json()["requests"]
    return sorted((datetime.fromisoformat(row["time"]).timestamp(), row["status"] or 0) for row in rows)


def busiest(times: Sequence[float], seconds: float) -> int:
    """The most requests in any window of so many seconds."""
    first, most = 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def single(folder: Path, environment: Mapping[str, str], runs: int) -> Ran:
    """The cheapest of some plans of one agency without a fleet."""
    own = {
        "AGENCYFILE_AGENCY_KEY": environment["AGENCY_K0_KEY"],
        "AGENCYFILE_HUB_KEY": environment["AGENCY_K0_HUB_KEY"],
        "AGENCYFILE_AGENCY_API": environment["AGENCY_K0_API"],
        "AGENCYFILE_HUB_API": environment["AGENCY_K0_HUB_API"],
    }
    plan = ("plan", "-f", "k0/a0/agency.yaml", "--json", "--detailed-exitcode")
    return min((run(folder, {**environment, **own}, *plan) for _ in range(runs)), key=lambda ran: ran.cpu)


def row(name: str, ran: Ran, agencies: int, alone: Ran | None = None) -> None:
    """Print a row of the table."""
    over = f"{1000 * (ran.cpu / agencies - alone.cpu):+.0f}" if alone else ""
    each = f"{1000 * ran.wall / agencies:.0f} | {1000 * ran.cpu / agencies:.0f} | {over}"
    print(f"| {name} | {ran.wall:.1f} | {ran.cpu:.1f} | {each} |", flush=True)


def measure_pool(folder: Path, size: Size, environment: Mapping[str, str]) -> None:
    """Apply and plan the whole fleet with 1, 2 and 4 children."""
    print("| run | wall s | CPU s | wall ms per agency | CPU ms per agency | CPU ms more than one plan alone |")
    print("|---|---|---|---|---|---|")
    approve = ("--auto-approve", "--allow", "guard", "--json")
    applied = run(folder, environment, "fleet", "apply", *approve, "--concurrency", "4")
    assert applied.report["totals"]["statuses"] == {"done": size.all}, applied.report["totals"]
    row(f"apply, {size.all * size.accounts:,} creations, 4 children", applied, size.all)
    alone = single(folder, environment, 3)
    row("plan of one agency without a fleet", alone, 1)
    for children in (1, 2, 4):
        planned = run(folder, environment, "fleet", "plan", "--json", "--concurrency", str(children))
        assert planned.report["totals"]["statuses"] == {"done": size.all}, planned.report["totals"]
        row(f"plan, no changes, {children} children", planned, size.all, alone)


def measure_rate(folder: Path, size: Size, environment: Mapping[str, str], portal: Mapping[str, str]) -> None:
    """Plan the agencies of one key at 5 requests a second, and look at what its portal got."""
    write_fleet(folder, size, rate="5/s")
    requests.post(f"{portal['url']}/_portal/settings", json={"rate_limit": 5}, timeout=60).raise_for_status()
    before = len(book(portal))
    planned = run(folder, environment, "fleet", "plan", "k0/*", "--json", "--concurrency", "4")
    taken = book(portal)[before:]
    requests.post(f"{portal['url']}/_portal/settings", json={"rate_limit": None}, timeout=60).raise_for_status()
    times = [moment for moment, _ in taken]
    rate = (len(times) - 1) / (times[-1] - times[0])
    print(
        f"\ncap of 5/s over {size.agencies} agencies of one key, 4 children: {len(times)} requests in "
        f"{times[-1] - times[0]:.1f} s = {rate:.2f}/s, busiest second {busiest(times, 1.0)}, "
        f"busiest ten seconds {busiest(times, 10.0)}, {sum(status == _TOO_MANY for _, status in taken)} answered with "
        f"429 by a portal that allows 5/s, exit {planned.code}"
    )


def measure_waves(folder: Path, size: Size, environment: Mapping[str, str]) -> None:
    """Break one agency of the second wave; count what is started, and what a retry starts."""
    write_fleet(folder, size, rate="1000/s")
    broken = agency_file(folder, 0, size.agencies - 1)
    good = broken.read_text()
    broken.write_text(good.replace("tier: trial", "tier: trail", 1))
    approve = ("--auto-approve", "--allow", "guard", "--json")
    stopped = run(folder, environment, "fleet", "apply", *approve).report
    broken.write_text(good)
    retried = run(folder, environment, "fleet", "retry", "--json").report
    waves = ", ".join(f"{wave['name']} {wave['status']}" for wave in stopped["waves"])
    print(f"\na failure in the second wave: {stopped['totals']['statuses']} ({waves})")
    print(f"retry: {retried['totals']['agencies']} started, {retried['totals']['statuses']}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--agencies", type=int, default=10, help="of each key")
    parser.add_argument("--accounts", type=int, default=20, help="of each agency")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    size = Size(options.keys, options.agencies, options.accounts)
    with tempfile.TemporaryDirectory(prefix="agencyfile-fleet-") as scratch, portals(size.keys) as running:
        folder = Path(scratch)
        environment = environment_of(running)
        write_agencies(folder, size)
        write_fleet(folder, size, rate="1000/s")
        measure_pool(folder, size, environment)
        measure_rate(folder, size, environment, running[0])
        measure_waves(folder, size, environment)


if __name__ == "__main__":
    main()
