"""A rehearsal: real commands, a real folder, the local portal over real HTTP, and the laws checked at every apply."""

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import evidence
import published
import requests

from agencyfile.cli.app import run
from agencyfile.kinds import OPERATIONS
from agencyfile.local_portal import RunningPortal
from agencyfile.vault import make_identity, unseal


@dataclass(frozen=True)
class Ran:
    """One command line that has ended."""

    code: int
    out: str
    err: str


def stream(errors: str) -> io.TextIOWrapper:
    """A stream that takes what the real one takes: standard output is strict, standard error shows escapes."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, newline="")


def text_of(written: io.TextIOWrapper) -> str:
    """Return what was written to a stream."""
    written.flush()
    content: bytes = written.buffer.getvalue()  # type: ignore[attr-defined]
    return content.decode("utf-8")


class Rehearsal:
    """An agency's folder and its portal.

    `apply` holds laws 1 and 2 of the design at every use: the writes that the plan predicted are those that the portal
    recorded, the next plan is empty, and applying that one writes nothing.
    """

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        self.folder = folder
        self.portal = portal
        identity = folder.parent / "identity.key"
        self.recipient = make_identity(identity)
        self._opened: set[str] = set()
        self.environment = {
            "AGENCYFILE_AGENCY_API": portal.agency_api,
            "AGENCYFILE_HUB_API": portal.hub_api,
            "AGENCYFILE_ACCOUNT_API": portal.account_api,
            "AGENCYFILE_AGENCY_KEY": portal.agency_key,
            "AGENCYFILE_HUB_KEY": portal.hub_key,
            "AGENCYFILE_RATE_LIMIT": "10000",
            "AGENCYFILE_WAIT_FIRST": "0.02",
            "AGENCYFILE_IDENTITY": str(identity),
            "AGENCYFILE_SETTLE": "0.3",
            "AGENCYFILE_ALLOW_LOCAL_REMOTE": "1",  # remotes of tests are folders of this machine
            "XDG_STATE_HOME": str(folder / ".state"),  # gone with the folder, for the next history
            "NO_COLOR": "1",
            "CI": "",
        }

    @property
    def file(self) -> Path:
        """The agency file."""
        return self.folder / "agency.yaml"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / ".agencyfile" / "ledger.jsonl"

    def write(self, text: str, name: str = "agency.yaml") -> None:
        """Write one file of the agency."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
        """Run one command in this process; everything it prints and writes becomes evidence."""
        out, err = stream("strict"), stream("backslashreplace")
        line = [command, *arguments, *(["-f", str(self.file)] if command in _TAKES_FILE else [])]
        with (
            mock.patch.dict(os.environ, {**self.environment, **(environment or {})}),
            redirect_stdout(out),
            redirect_stderr(err),
            mock.patch.object(sys, "stdin", io.StringIO()),
        ):
            code = run(line)
        ran = Ran(code, text_of(out), text_of(err))
        if command == "apply":
            self._remember_passwords()
        evidence.keep(f"$ {line}\n{ran.code}\n{ran.out}\n{ran.err}", self._files())
        _check_published(ran, line)
        return ran

    def plan(self) -> dict[str, Any]:
        """The plan document, now."""
        ran = self.run("plan", "-json")
        assert ran.code in {0, 5}, ran  # 5: what came of an earlier call is unknown
        document: dict[str, Any] = json.loads(ran.out)
        return document

    def apply(self, *arguments: str) -> Ran:
        """Plan, apply, and hold the laws."""
        predicted = writes_of(self.plan())
        before = len(self.writes())
        ran = self.run("apply", *(arguments or ("-auto-approve", "--allow", "billed,guard")))
        assert ran.code == 0, ran
        assert sorted(self.writes()[before:]) == sorted(predicted)
        self.check_converged()
        evidence.count_apply()
        return ran

    def check_converged(self) -> None:
        """The next plan is empty, and applying it writes nothing."""
        before = len(self.writes())
        document = self.plan()
        assert document["resource_changes"] == []
        assert self.run("apply").code == 0
        assert len(self.writes()) == before

    def book(self, name: str) -> list[dict[str, Any]]:
        """One of the portal's books."""
        rows: list[dict[str, Any]] = requests.get(f"{self.portal.url}/_portal/{name}", timeout=600).json()[name]
        return rows

    def writes(self) -> list[tuple[str, str]]:
        """The writes that the portal took, as (operation, name): those it turned away with 429 were not taken."""
        return writes_in(self.book("requests"))

    def reads(self) -> list[str]:
        """The reads that the portal recorded, by operation."""
        return reads_in(self.book("requests"))

    def seed(self, **objects: Any) -> None:
        """Put objects into the portal behind everybody's back."""
        self._post("seed", objects)

    def act_by_hand(self, action: str, **parameters: object) -> None:
        """Do something at the portal that agencyfile knows nothing of; the portal records it like any write."""
        body = {"api_key": self.portal.agency_key, "api_action": action, "api_output": "json", **parameters}
        answer = requests.post(self.portal.agency_api, data=body, timeout=600).json()
        assert answer["result_code"] == 1, answer

    def delete_snapshot(self, snapshot_id: int) -> None:
        """Delete a snapshot behind everybody's back."""
        url = f"{self.portal.hub_api}/api/child-account-snapshots/v1/{snapshot_id}"
        requests.delete(url, headers={"api-key": self.portal.hub_key}, timeout=600).raise_for_status()

    def faults(self, *faults: Mapping[str, Any]) -> None:
        """Let the portal misbehave from now on."""
        self._post("faults", {"faults": list(faults)})

    def can_log_in(self, account: str, username: str, password: str) -> bool:
        """Does the portal let this login in?"""
        body = {"account": account, "username": username, "password": password}
        return bool(self._post("login", body)["ok"])

    def reveal(self, name: str) -> dict[str, str]:
        """The login that the ledger keeps for an account. The only way to a password: it is not evidence of a leak."""
        out = io.StringIO()
        with mock.patch.dict(os.environ, self.environment), redirect_stdout(out):
            assert run(["credentials", "reveal", name, "--json", "-f", str(self.file)]) == 0
        found: dict[str, str] = json.loads(out.getvalue())
        return found

    def _post(self, path: str, body: object) -> Any:
        answer = requests.post(f"{self.portal.url}/_portal/{path}", json=body, timeout=600)
        assert answer.ok, answer.text
        return answer.json()

    def _remember_passwords(self) -> None:
        """Every password that the portal has shown: whatever the run writes must not hold one of them."""
        lines = self.ledger.read_text("utf-8").splitlines() if self.ledger.exists() else []
        bodies = [json.loads(line)["body"] for line in lines if line.endswith("}")]
        for sealed in {body["credential"]["sealed"] for body in bodies if body.get("credential")} - self._opened:
            self._opened.add(sealed)
            evidence.add_secret(unseal(sealed, Path(self.environment["AGENCYFILE_IDENTITY"])).reveal())

    def _files(self) -> Sequence[Path]:
        suffixes = {".json", ".jsonl", ".txt"}
        return [path for path in self.folder.rglob("*") if path.is_file() and path.suffix in suffixes]


_SCHEMAS = {
    "rehearse": "rehearsal",
    "report": "report",
    "accounts list": "accounts",
    "accounts show": "account",
    "steps mail": "mail",
}

_TAKES_FILE = {
    "rehearse",
    "report",
    "approve",
    "validate",
    "plan",
    "apply",
    "credentials",
    "ledger",
    "lock",
    "steps",
    "drift",
    "doctor",
    "accounts",
    "plans",
}


def _check_published(ran: Ran, line: Sequence[str]) -> None:
    """What a program would read is what the published schemas describe."""
    if not {"-json", "--json", "json"} & set(line) or "--offline" in line:
        return
    if line[0] == "plan" and ran.out:
        mistakes = published.mistakes_in_plan(json.loads(ran.out))
        assert not mistakes, mistakes
    if line[:2] == ["clients", "import"] and ran.out:
        mistakes = published.mistakes_in_client_import(json.loads(ran.out))
        assert not mistakes, mistakes
    if name := _SCHEMAS.get(" ".join(line[:2]), _SCHEMAS.get(line[0])) if ran.out else None:
        mistakes = published.mistakes_in(name, json.loads(ran.out))
        assert not mistakes, mistakes
    if line[0] == "doctor" and ran.out:
        mistakes = published.mistakes_in_doctor(json.loads(ran.out))
        assert not mistakes, mistakes
    if line[0] == "apply":
        mistakes = [mistake for event in ran.out.splitlines() for mistake in published.mistakes_in_event(event)]
        assert not mistakes, mistakes


def writes_in(recorded: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The writes that the portal took, among the requests that it recorded."""
    return [
        (row["action"], row["parameters"]["name"] if row["action"] == "snapshot_create" else row["account"])
        for row in recorded
        if row["write"] and row["status"] != requests.codes.too_many_requests
    ]


def reads_in(recorded: Sequence[Mapping[str, Any]]) -> list[str]:
    """The operations of the reads among the requests that the portal recorded."""
    return [row["action"] for row in recorded if not row["write"]]


def writes_of(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The writes that a plan document predicts, as (operation, name of the account or snapshot).

    The call that fetches a key is in the plan, and writes nothing.
    """
    return [
        (call["operation"], _owner(change))
        for change in document["resource_changes"]
        for call in change["calls"]
        if not OPERATIONS[call["operation"]].fetches_key
    ]


def _owner(change: Mapping[str, Any]) -> str:
    """`acme` of `credit.acme.email`: what is named after an account is written to that account."""
    name = str(change["name"])
    return name if change["kind"] in ("account", "sandbox", "snapshot") else name.partition(".")[0]
