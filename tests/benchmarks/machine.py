"""Processes and what they cost; the portal and the files that they work on."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

AGENCYFILE = str(Path(sys.executable).with_name("agencyfile"))
BYTECODE = tempfile.TemporaryDirectory(prefix="agencyfile-bench-bytecode-")
RECIPIENT = "age14y578xyckpqx7c0f5dchs94rmcnxzxx5cmpyt4jl09dcv0mck5qq39urwd"


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system) and peak memory in MB of one process."""

    cpu: float
    memory: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], expect: Sequence[int] = (0,)) -> Cost:
    """Run one process to its end and ask the operating system what it cost.

    Python keeps compiled modules, as it does where a package is installed, whatever the caller's environment says.
    """
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    state = str(folder / ".agencyfile" / "state")  # goes with the ledger whose mark it holds
    environment = {**ours, "PYTHONPYCACHEPREFIX": BYTECODE.name, "XDG_STATE_HOME": state, **environment}
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expect:
        raise SystemExit(f"{command} exited with {process.returncode}:\n{(folder / 'output.txt').read_text()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """The median CPU and the largest memory of several runs."""
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
    head = f"version: 1\nagency:\n  name: northwind\n  credentials: {{recipients: [{RECIPIENT}]}}\n"
    return head + accounts(range(count), notification, changed)


def accounts(numbers: Iterable[int], notification: str = "ops@northwind.example", changed: int = 0) -> str:
    """The blocks of these accounts; the first `changed` accounts have another notification address."""
    return "accounts:\n" + "".join(
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
        for number in numbers
    )


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


def terraform_file(folder: Path, count: int) -> bool:
    """Declare as many resources that have no API at all; is there a terraform to plan them?"""
    if shutil.which("terraform") is None:
        return False
    folder.mkdir()
    blocks = "".join(
        f'resource "terraform_data" "client{number}" {{\n  input = {{ name = "Client {number}", plan = "trial" }}\n}}\n'
        for number in range(count)
    )
    (folder / "main.tf").write_text(blocks)
    run(["terraform", "init", "-input=false"], folder, {})
    return True
