"""A fleet's folder, its portals over real HTTP, and the commands of `agencyfile fleet`."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import evidence
import forks
import published
import requests
from rehearsal import Ran, stream, text_of

from agencyfile.cli.app import run
from agencyfile.fleet import child
from agencyfile.local_portal import RunningPortal, Settings, running
from agencyfile.vault import make_identity

KEYS = ("north", "south")


@dataclass
class Fleet:
    """Agencies in a folder. Each key has a portal of its own; the agencies of a key are on one portal."""

    folder: Path
    portals: Mapping[str, RunningPortal]
    recipient: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the environment: keys and addresses for each key of the fleet."""
        identity = self.folder / "identity.key"
        self.recipient = make_identity(identity)
        self.environment = {
            "AGENCYFILE_RATE_LIMIT": "10000",
            "AGENCYFILE_WAIT_FIRST": "0.02",
            "AGENCYFILE_IDENTITY": str(identity),
            "AGENCYFILE_SETTLE": "0.3",
            "NO_COLOR": "1",
            "CI": "",
        }
        for key, portal in self.portals.items():
            word = key.upper()
            self.environment |= {
                f"AGENCY_{word}_KEY": portal.agency_key,
                f"AGENCY_{word}_HUB_KEY": portal.hub_key,
                f"AGENCY_{word}_API": portal.agency_api,
                f"AGENCY_{word}_HUB_API": portal.hub_api,
                f"AGENCY_{word}_ACCOUNT_API": portal.account_api,
            }

    @property
    def file(self) -> Path:
        """The fleet file."""
        return self.folder / "fleet.yaml"

    def write(self, waves: str = "", rate: str = "1000/s", concurrency: int = 2, keys: Iterable[str] = KEYS) -> None:
        """Write the fleet file: a group for each key, whose agencies lie in a folder of its name."""
        shared, groups = [], []
        for key in keys:
            word = key.upper()
            shared.append(
                f"  {key}: {{agency_key: '${{env:AGENCY_{word}_KEY}}', hub_key: '${{env:AGENCY_{word}_HUB_KEY}}', "
                f"rate: {rate}}}\n"
            )
            apis = ", ".join(f"AGENCYFILE_{api}: '${{env:AGENCY_{word}_{api}}}'" for api in ("HUB_API", "ACCOUNT_API"))
            groups.append(
                f"  {key}:\n    files: ['{key}/*/agency.yaml']\n    key: {key}\n    environment: "
                f"{{AGENCYFILE_AGENCY_API: '${{env:AGENCY_{word}_API}}', {apis}}}\n"
            )
        head = f"version: 1\nfleet: group\nconcurrency: {concurrency}\n"
        text = f"{head}keys:\n{''.join(shared)}agencies:\n{''.join(groups)}{waves}"
        self.file.write_text(text, encoding="utf-8")

    def agency(self, name: str, accounts: Iterable[str] = (), more: str = "") -> Path:
        """Write one agency, with a trial account of each of these names."""
        path = self.folder / name / "agency.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = "".join(
            f"  {account}: {{client: {{name: {account}, email: {account}@client.example}}, plan: {{tier: trial}}}}\n"
            for account in accounts
        )
        path.write_text(
            f"version: 1\nagency:\n  name: {name.replace('/', '-')}\n"
            f"  credentials: {{recipients: [{self.recipient}]}}\n{more}"
            f"defaults: {{account: {{notification: ops@northwind.example}}}}\n"
            + (f"accounts:\n{blocks}" if blocks else ""),
            encoding="utf-8",
        )
        return path

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run `agencyfile fleet` in this process, with real children; everything that is printed becomes evidence."""
        out, err = stream("strict"), stream("backslashreplace")
        line = ["fleet", *arguments, "-f", str(self.file)]
        state = {"XDG_STATE_HOME": str(self.folder / ".state")}
        with (
            mock.patch.dict(os.environ, {**self.environment, **state, **(environment or {})}),
            redirect_stdout(out),
            redirect_stderr(err),
            mock.patch.object(child, "PROGRAM", [str(self.program())]),
        ):
            code = run(line)
        ran = Ran(code, text_of(out), text_of(err))
        evidence.keep(f"$ {line}\n{ran.code}\n{ran.out}\n{ran.err}", self._written())
        return ran

    def report(self, *arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Run a command and return its report, which is what the published schema describes."""
        ran = self.run(*arguments, "--json", environment=environment)
        assert ran.out, ran
        report: dict[str, Any] = json.loads(ran.out)
        mistakes = published.mistakes_in_fleet_report(report)
        assert not mistakes, mistakes
        return {**report, "code": ran.code, "err": ran.err}

    def requests(self, key: str) -> list[dict[str, Any]]:
        """The requests that a portal has recorded."""
        url = f"{self.portals[key].url}/_portal/requests"
        found: list[dict[str, Any]] = requests.get(url, timeout=600).json()["requests"]
        return found

    def accounts(self, key: str) -> set[str]:
        """The names of a portal's accounts."""
        rows = requests.get(f"{self.portals[key].url}/_portal/accounts", timeout=600).json()["accounts"]
        return {row["account"] for row in rows}

    def faults(self, key: str, *faults: Mapping[str, Any]) -> None:
        """Let a portal misbehave from now on."""
        answer = requests.post(f"{self.portals[key].url}/_portal/faults", json={"faults": list(faults)}, timeout=600)
        assert answer.ok, answer.text

    def program(self) -> Path:
        """An `agencyfile` that is forked."""
        path = self.folder / ".program"
        if not path.exists():
            forks.write_program(path)
        return path

    def _written(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.suffix in {".json", ".jsonl", ".md", ".html"}]


def statuses(report: Mapping[str, Any]) -> dict[str, str]:
    """The result of each agency, by name."""
    return {record["name"]: record["status"] for record in report["agencies"]}


@contextmanager
def open_portals(keys: Iterable[str] = KEYS, **settings: Any) -> Iterator[dict[str, RunningPortal]]:
    """A portal for each key, with a sentinel as its key."""
    with ExitStack() as stack:
        portals = {}
        for key in keys:
            secrets: dict[str, Any] = {name: f"sentinel-{key}-{name}-3f8a1c7b9d" for name in ("agency_key", "hub_key")}
            for secret in secrets.values():
                evidence.add_secret(secret)
            portals[key] = stack.enter_context(
                running(Settings(provisioning=0.02, snapshot_time=0.02, **secrets, **settings))
            )
        yield portals
