"""A stage: a rehearsal whose runs end anywhere, go on until portal and file match, and are judged by the books."""

import contextlib
import io
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import evidence
import requests
import urllib3
from crash.books import STRANGER, Books, belongings, check_books, check_steps
from crash.boundaries import Boundaries, Killed, dead_leases, watched
from crash.driver import Driver, acknowledged
from crash.person import act_as_person
from crash.scenarios import KEY, LATE, TEMPLATE_FILE, Grants, Scenario, Wanted, faults_for
from rehearsal import _TAKES_FILE, Ran, Rehearsal, reads_in, writes_in

from agencyfile.cli.app import run
from agencyfile.cli.exit_codes import ExitCode
from agencyfile.local_portal import RunningPortal
from agencyfile.vault import unseal
from plan import Address, FileStore, Ledger
from plan.ledger import Entry, EntryType, LedgerStore, OpenIntent

APPROVED = ("-auto-approve", "--allow", "billed,one-shot,permanent,guard")
WINDOW_OPEN = "3600"  # the settle window is not over for long: nothing may be taken as absent
WINDOW_OVER = "0"
ROUNDS = 8
SEAT_PRICE = 7  # US dollars: so that a charge for seats stands in the portal's book
_CREATIONS = ("account_add", "child_account_create", "message_template_add")
# One page of accounts and the empty one that ends the list; the plan list; one page of snapshots, and the one list of
# their sources.
FORMULA = {"account_list": 2, "account_plans": 1, "snapshot_list": 1, "snapshot_source_list": 1}


@dataclass
class Tally:
    """What went wrong at the portal, by its own books, over many histories."""

    histories: int = 0
    kills: int = 0
    double_charges: int = 0
    double_grants: int = 0
    double_templates: int = 0
    lost_accounts: int = 0
    unexplained: int = 0
    examples: int = 0
    pairs: int = 0
    races: int = 0
    real_races: int = 0
    names: Counter[str] = field(default_factory=Counter)
    stores: Counter[str] = field(default_factory=Counter)

    def record(self) -> None:
        """Add this to the counts of the whole test run."""
        evidence.count_histories({**vars(self), "names": dict(self.names), "stores": dict(self.stores)})


class Stage(Rehearsal):
    """One portal and one folder; `begin` clears both for the next history."""

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        super().__init__(folder, portal)
        self.environment["AGENCY_RICH_KEY"] = KEY
        evidence.add_secret(KEY)
        self.tally = Tally()
        self.texts: list[str] = []
        self.passwords: set[str] = set()
        self._pool = urllib3.PoolManager()
        self.acknowledged: list[str] = []
        self.spoilt: dict[str, Sequence[str]] = {}
        self.granted_before: Grants = {}
        self.file_beside: Path | None = None
        self._scenario: Scenario | None = None
        self._prepared = b""
        self._stranger: Mapping[str, Any] = {}

    # -- one history ---------------------------------------------------------------------------------------------

    def prepare(self, scenario: Scenario) -> None:
        """Make the ledger that an apply of `scenario.before` leaves."""
        self._scenario = scenario
        if scenario.before is not None:
            self.clear()
            self.seed(**scenario.seeds_before)
            self.write(scenario.text_before(self.recipient))
            self.write(scenario.html_before, TEMPLATE_FILE)
            assert self.run("apply", *APPROVED).code == 0, self.texts
            # the portal's book begins anew with each history
            self.granted_before = {(row["account"], row["pool"]): row["credits"] for row in self.grants()}
            self._prepared = self.ledger_content()

    def begin(self, fault: str, *, resend: bool) -> None:
        """The portal, the ledger and the file as they are before the run that is to end early."""
        assert self._scenario
        self.clear()
        self.seed(**self._scenario.seeds)
        if self._prepared:
            self.put_ledger(self._prepared)
        self.write(self._scenario.text(self.recipient, resend=resend))
        self.write(self._scenario.html, TEMPLATE_FILE)
        self.meet_stranger()
        self.spoil(fault, self._scenario.actions)

    def ledger_content(self) -> bytes:
        """The ledger, to be put back."""
        return self.ledger.read_bytes()

    def put_ledger(self, content: bytes) -> None:
        """Put a ledger into the place that is empty."""
        self.ledger.parent.mkdir(parents=True, exist_ok=True)
        self.ledger.write_bytes(content)

    def meet_stranger(self) -> None:
        """Remember the account that no file names."""
        self._stranger = belongings(self.books(), STRANGER)

    def spoil(self, fault: str, actions: Sequence[str]) -> None:
        """Let the portal have one more fault, or the same anew."""
        self.spoilt[fault] = actions
        self.faults(*(each for name, about in self.spoilt.items() for each in faults_for(name, about)))

    def apply_killed(self, kill_at: int | None, settle: str = WINDOW_OPEN) -> Boundaries:
        """Apply, and end at boundary `kill_at` with all memory dropped."""
        boundaries = Boundaries(kill_at)
        with contextlib.suppress(Killed):
            self.apply_once(settle, boundaries)
        self.tally.names.update(boundaries.names[-1:] if boundaries.is_dead else [])
        return boundaries

    def apply_killed_for_real(self, driver: Driver, kill_at: int) -> bool:
        """Apply in a process of its own, which kills itself at boundary `kill_at`; was it killed?"""
        output = self.folder.with_name("output.txt")
        output.unlink(missing_ok=True)
        environment = {**self.environment, "AGENCYFILE_SETTLE": WINDOW_OPEN}
        line = ["apply", *APPROVED, "-f", str(self.file)]
        code = driver.wait(driver.start(line, environment, output, kill_at))
        text = output.read_text("utf-8")
        self.texts.append(f"$ {line}\n{code}\n{text}")
        self._remember_passwords()
        if code == -signal.SIGKILL:
            return True
        self.check_explained(Ran(code, text, ""))
        return False

    def apply_met(self, meet_at: int, kill_at: int | None = None) -> Boundaries:
        """Apply; at boundary `meet_at` another apply, on `file_beside`, runs from its beginning to its end."""

        def meet(number: int, name: str) -> None:
            if number == meet_at and name != "append:torn":  # there the file is locked: the other would wait
                self._apply_beside()

        boundaries = Boundaries(kill_at, visit=meet)
        with contextlib.suppress(Killed):
            self.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN}, boundaries=boundaries)
        return boundaries

    def apply_as_zombie(self, meet_at: int) -> Boundaries:
        """Apply; be taken for dead at boundary `meet_at` while another apply runs; then go on as if nothing was."""

        def meet(number: int, name: str) -> None:
            if number == meet_at and name != "append:torn":
                boundaries.lose_lease()
                self.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN})

        boundaries = Boundaries(visit=meet)
        self.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN}, boundaries=boundaries)
        return boundaries

    def _apply_beside(self) -> None:
        """The other run: where a lease is held it does nothing, and says who holds it."""
        lease = self.opened().history.lease
        before = len(self.entries())
        ran = self.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": WINDOW_OPEN}, file=self.file_beside)
        if lease and lease.id not in dead_leases:
            assert ran.code == ExitCode.LEASE, ran
            assert lease.holder in ran.err, ran
            assert len(self.entries()) == before

    def apply_pair(self, driver: Driver, kill_at: int | None = None, patience: str = "0s") -> tuple[int, int]:
        """Apply in two processes at once, of which the first may be killed; return their exit codes."""
        outputs = [self.folder.with_name(f"output-{number}.txt") for number in (1, 2)]
        environment = {**self.environment, "AGENCYFILE_SETTLE": WINDOW_OPEN}
        line = ["apply", *APPROVED, "-lock-timeout", patience, "-f"]
        files = (self.file, self.file_beside or self.file)
        processes = [
            driver.start([*line, str(file)], environment, output, kill)
            for file, output, kill in zip(files, outputs, (kill_at, None), strict=True)
        ]
        first, second = (driver.wait(process) for process in processes)
        for output, code in zip(outputs, (first, second), strict=True):
            self._collect(output, code)
        self._remember_passwords()
        self.tally.pairs += 1
        return first, second

    def _collect(self, output: Path, code: int) -> None:
        """Keep what a real run said, and the entries whose append it was told of."""
        text = output.read_text("utf-8")
        self.texts.append(f"$ apply\n{code}\n{text}")
        assert "bug in agencyfile" not in text, text
        if code == ExitCode.LEASE:
            assert "error: the ledger" in text, text
        told = acknowledged(output)
        self.acknowledged += told.read_text("utf-8").splitlines() if told.exists() else []
        output.unlink()
        told.unlink(missing_ok=True)

    def apply_once(self, settle: str, boundaries: Boundaries | None = None) -> Ran:
        """Apply once; what is unknown has to be said, and what is open must not be sent again before its time."""
        before = self.open_intents()
        serial = self.entries()[-1].serial if self.entries() else 0
        try:
            ran = self.run("apply", *APPROVED, environment={"AGENCYFILE_SETTLE": settle}, boundaries=boundaries)
            self.check_explained(ran)
        finally:
            if settle == WINDOW_OPEN:
                self._check_patience(before, [entry for entry in self.entries() if entry.serial > serial])
        return ran

    def converge(self) -> None:
        """Run again, as people do after a crash, until the portal matches the file; a person helps where one must."""
        if "stale-list" in self.spoilt:
            self.spoil("stale-list", self.spoilt["stale-list"])
        for _ in range(ROUNDS):
            if self.apply_once(WINDOW_OPEN).code == 0:
                return
            self.let_window_pass()
            if self.apply_once(WINDOW_OVER).code == 0:
                return
            self.let_window_pass()
            act_as_person(self)
        self.tally.unexplained += 1
        raise AssertionError(f"no convergence after {ROUNDS} rounds: {self.texts[-1]}")

    def let_window_pass(self) -> None:
        """What the settle window promises: late calls are done, lists show what is there."""
        if "late-commit" in self.spoilt:
            time.sleep(LATE)
        if self.spoilt.pop("stale-list", None):
            self.faults(*(each for name, about in self.spoilt.items() for each in faults_for(name, about)))

    # -- judging -------------------------------------------------------------------------------------------------

    def judge(self, wanted: Wanted | None = None) -> None:
        """The oracle: the portal's own card and credit book, and the laws. By then its lists show what there is."""
        if wanted is None:
            assert self._scenario
            wanted = self._scenario.wanted
        self.faults()
        self.tally.histories += 1
        books = self.books()
        check_books(self, books, wanted)
        check_steps(self, books, wanted, self._check_end(books["requests"]))
        self._check_secrets()
        books = self.books()
        assert self._stranger == belongings(books, STRANGER)
        assert STRANGER not in [name for _, name in writes_in(books["requests"])]

    def _check_end(self, recorded: Sequence[Mapping[str, Any]]) -> set[str]:
        """Laws 1, 2, 3 and 8: nothing is left to do, a run does nothing, reads are the formula, two plans are one.

        Return the ids of the manual steps that are left to a human.
        """
        before, read_before = writes_in(recorded), Counter(reads_in(recorded))
        first = self.run("plan", "-json")
        reads = Counter(self.reads()) - read_before
        document = json.loads(first.out)
        assert document["resource_changes"] == []
        assert reads == Counter(document["reads"])
        assert {name: FORMULA[name] for name in reads} == dict(reads)
        assert first == self.run("plan", "-json")
        assert self.run("apply").code == 0
        assert self.writes() == before
        assert self.run("ledger", "show").code == 0
        return {step["id"] for step in document["manual_steps"]}

    def check_explained(self, ran: Ran) -> None:
        """What nobody knows is named, and the exit code says so; no run ends in a bug of its own."""
        said = ran.out + ran.err
        unsaid = [address for address in self.open_intents() if str(address) not in said]
        self.tally.unexplained += len(unsaid)
        assert not unsaid, said
        assert "bug in agencyfile" not in said, said
        if self.open_intents() and ran.code != ExitCode.LEASE:
            assert ran.code == ExitCode.UNKNOWN or "error[" in said, said

    def _check_patience(self, before: Mapping[Address, OpenIntent], added: Sequence[Entry]) -> None:
        """While the window is open an open call is adopted or left alone: never taken as absent, never sent again."""
        for entry in added:
            if entry.type is EntryType.RECONCILED:
                assert entry.body["result"] == "confirmed", entry
        adopted = {entry.address for entry in added if entry.type is EntryType.RECONCILED}
        again = [entry for entry in added if entry.type is EntryType.INTENT and entry.address in before]
        assert all(entry.address in adopted and entry.body["operation"] not in _CREATIONS for entry in again), again

    def _check_secrets(self) -> None:
        """Law 7, for this history's own passwords; the keys are searched for at the end of the whole run."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        text = "\n".join([*self.texts, *(path.read_text("utf-8", errors="replace") for path in files)])
        assert not [password for password in self.passwords if password in text]
        evidence.keep(text)

    # -- looking -------------------------------------------------------------------------------------------------

    def opened(self) -> Ledger:
        """The ledger as it is now."""
        return Ledger(self.store(), agency="northwind")

    def store(self) -> LedgerStore:
        """Where the ledger is."""
        return FileStore(self.ledger)

    def entries(self) -> Sequence[Entry]:
        """The entries of the ledger."""
        return self.store().read(0)

    def open_intents(self) -> Mapping[Address, OpenIntent]:
        """The calls whose outcome nobody knows."""
        return dict(self.opened().history.open_intents)

    def account(self, name: str) -> dict[str, Any]:
        """An account as it really is; empty when there is none."""
        return next((row for row in self.book("accounts") if row["account"] == name), {})

    def can_use_key(self, account: str, _: str, key: str) -> bool:
        """Does the account's own API take this key?"""
        fields = {"api_action": "user_me", "api_output": "json", "api_key": key}
        url = f"{self.portal.url}/accounts/{account}/admin/api.php"
        answer = self._pool.request("GET", url, fields=fields, timeout=600)
        return bool(answer.json()["result_code"])

    def grants(self) -> list[dict[str, Any]]:
        """The credit book."""
        rows: list[dict[str, Any]] = self._ask("GET", "credits")["grants"]
        return rows

    def books(self) -> Books:
        """Every book of the portal at one moment."""
        books: Books = self._ask("GET", "books")
        return books

    def book(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._ask("GET", name)[name]
        return rows

    def _post(self, path: str, body: object) -> Any:
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        """Ask the control API, by less machinery than requests: a matrix asks it fifty thousand times."""
        answer = self._pool.request(method, f"{self.portal.url}/_portal/{path}", timeout=600, **body)
        assert answer.status == requests.codes.ok, answer.data
        return answer.json()

    def run(
        self,
        command: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        boundaries: Boundaries | None = None,
        file: Path | None = None,
    ) -> Ran:
        """Run one command in this process; what it says is kept with its history, also when it is killed."""
        boundaries = boundaries or Boundaries()
        out, err = io.StringIO(), io.StringIO()
        line = [command, *arguments, *(["-f", str(file or self.file)] if command in _TAKES_FILE else [])]
        code = -9
        try:
            with (
                watched(boundaries),
                mock.patch.dict(os.environ, {**self.environment, **(environment or {})}),
                redirect_stdout(out),
                redirect_stderr(err),
                mock.patch.object(sys, "stdin", io.StringIO()),
            ):
                code = run(line)
        finally:
            boundaries.settle()
            self.passwords |= boundaries.passwords
            self.acknowledged += boundaries.acknowledged
            self.texts.append(f"$ {line}\n{code}\n{out.getvalue()}\n{err.getvalue()}")
        return Ran(code, out.getvalue(), err.getvalue())

    def _remember_passwords(self) -> None:
        identity = Path(self.environment["AGENCYFILE_IDENTITY"])
        for login in self.opened().history.credentials.values():
            self.passwords.add(unseal(login.sealed, identity).reveal())

    def clear(self) -> None:
        """An empty portal and an empty folder."""
        self._post("reset", {})
        self._post("settings", {"seat_price": SEAT_PRICE})
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.texts.clear()
        self.passwords.clear()
        self.spoilt.clear()
