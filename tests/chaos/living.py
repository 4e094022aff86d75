"""Living through one history: real commands through the proxy, then documented commands alone until all is settled."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import forks
from chaos.faults import FAULTS
from chaos.histories import ALL, Act, History, Throw
from chaos.judging import BEYOND, Verdict, check_books, check_logins, check_run, check_secrets, is_reported
from chaos.proxy import Armed, Asked, Exchange, Gone, Proxy
from crash.person import act_as_person
from crash.stage import APPROVED, WINDOW_OPEN, WINDOW_OVER, Stage
from full_disk import disk_of

from agencyfile import retries
from agencyfile.cli import endpoints, workspace
from agencyfile.local_portal import RunningPortal
from agencyfile.portal.http.rate_limit import RateLimit
from plan import PlanError

HANGS = 40  # seconds after which a command that meets faults is taken for one that never ends
ROUNDS = 6
QUICK = (2.0, 0.7)  # seconds to connect, and without a byte
UNITS = {"h": "hours", "d": "days"}


class Hung(BaseException):
    """A command did not end."""


class Chaos:
    """A stage behind a proxy."""

    def __init__(self, folder: Path, portal: RunningPortal) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.stage = Stage(folder, portal)
        self.stage.environment["AGENCYFILE_WAIT_FIRST"] = "0.005"
        self.proxy = Proxy(portal)
        self.runs = 0
        self.requests = 0
        self.hits = 0
        self._is_deceived = False
        self._prepared: dict[str, tuple[bytes, Mapping[tuple[str, str], int]]] = {}
        names = ("AGENCYFILE_AGENCY_API", "AGENCYFILE_HUB_API", "AGENCYFILE_ACCOUNT_API")
        self._proxied = {name: self.proxy.url(self.stage.environment[name]) for name in names}

    def close(self) -> None:
        """Stop the proxy."""
        self.proxy.close()

    def live(self, history: History) -> Verdict:
        """Live through `history`, settle it, and judge it."""
        verdict = Verdict()
        self._is_deceived = _is_deceived(history)
        self._begin(history)
        try:
            with _quick():
                for act in history.acts:
                    self._act(act, verdict)
                    self.proxy.arm()
                    self.proxy.settle()
            self._settle_and_judge(history, verdict)
        except Hung:
            verdict.note("stuck", "a command did not end")
        except PlanError as error:
            verdict.note("stuck", f"the ledger cannot be used: {error}")
        self.requests += self.proxy.requests
        self.hits += self.proxy.hits
        return verdict

    def _settle_and_judge(self, history: History, verdict: Verdict) -> None:
        is_settled = self._converge(verdict)
        if not is_settled:
            verdict.note("stuck", f"not settled after {ROUNDS} rounds: {self.stage.texts[-1][-600:]}")
        plan = self.stage.run("plan", environment=self._proxied)
        check_books(verdict, self.stage, ALL[history.scenario].wanted, self.proxy.repeated)
        believed = {name for fault in history.faults for name in BEYOND.get(fault.lie, ())}
        verdict.forgive(*believed)
        check_logins(verdict, self.stage)
        check_secrets(verdict, self.stage)
        verdict.reported += int(verdict.beyond > verdict.reported and is_reported([*self.stage.texts, plan.out]))

    # -- the beginning ---------------------------------------------------------------------------------------------

    def _begin(self, history: History) -> None:
        scenario, stage = ALL[history.scenario], self.stage
        self.proxy.forget()
        if scenario.name not in self._prepared:
            stage._prepared, stage.granted_before = b"", {}
            stage.prepare(scenario)
            self._prepared[scenario.name] = (stage._prepared, stage.granted_before)
        stage._scenario = scenario
        stage._prepared, stage.granted_before = self._prepared[scenario.name]
        stage.begin("none", resend=history.resend)

    # -- one command and what goes wrong ---------------------------------------------------------------------------

    def _act(self, act: Act, verdict: Verdict) -> None:
        self.proxy.arm(*(_armed(throw) for throw in act.throws))
        match act.outside.partition("-")[0] or act.outside:
            case "":
                self._run(act.command, verdict)
            case "two":
                self._run_two(verdict)
            case "torn" | "older" | "gone" | "full":
                self._spoil_ledger(act, verdict)
            case "407" | "502" | "200" | "close":
                self._tunnel(act, verdict)
            case name if name[:1] in "+-":
                self._shift_clock(name, verdict)
            case names:
                self._signal(names.split(), act.at, verdict)

    def _run(self, command: str, verdict: Verdict, settle: str = WINDOW_OPEN, **more: str) -> int:
        lines = {"plan": ("plan", "-detailed-exitcode"), "reconcile": ("ledger", "reconcile")}
        line = lines.get(command, ("apply", *APPROVED))
        with _alarm():
            ran = self.stage.run(*line, environment={**self._proxied, "AGENCYFILE_SETTLE": settle, **more})
        self.runs += 1
        check_run(verdict, self.stage, " ".join(line), ran.code, ran.out + ran.err)
        return ran.code

    def _start(self) -> forks.Process:
        environment = {**self.stage.environment, **self._proxied, "AGENCYFILE_SETTLE": WINDOW_OPEN}
        self.runs += 1
        return forks.start("apply", *APPROVED, "-f", self.stage.file, folder=self.stage.folder, environment=environment)

    def _end(self, process: forks.Process, verdict: Verdict) -> int:
        with _alarm():
            ran = process.wait()
        self.stage.texts.append(f"$ apply\n{ran.code}\n{ran.out}\n{ran.err}")
        check_run(verdict, self.stage, "apply (a process)", ran.code, ran.out + ran.err)
        return ran.code

    def _run_two(self, verdict: Verdict) -> None:
        codes = [self._end(process, verdict) for process in (self._start(), self._start())]
        if min(codes) not in (0, 5, 6, 7):
            verdict.note("exits", f"two writers end with {codes}")

    def _signal(self, names: list[str], at: int, verdict: Verdict) -> None:
        """Signals as the request number `at` is met: before or after the portal has it."""
        started: list[forks.Process] = []

        def strike(exchange: Exchange) -> None:
            answer = exchange.forward() if at % 2 else None
            for name in names:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(started[0].pid, signal.Signals[name])
                time.sleep(0.01)
            if "SIGSTOP" in names:
                time.sleep(0.2)
                os.kill(started[0].pid, signal.SIGCONT)
            exchange.pass_on(answer or exchange.forward())

        self.proxy.arm(Armed(strike, lambda _: bool(started), at, 1))
        started.append(self._start())
        self._end(started[0], verdict)

    def _spoil_ledger(self, act: Act, verdict: Verdict) -> None:
        ledger = self.stage.ledger
        before = ledger.read_bytes() if ledger.exists() else b""
        if act.outside == "full":
            with disk_of(len(before) + 97 * act.at * act.at):
                self._run("apply", verdict)
            return
        self._run("apply", verdict)
        newest = ledger.read_bytes() if ledger.exists() else b""
        if act.outside == "torn":
            ledger.parent.mkdir(parents=True, exist_ok=True)
            ledger.write_bytes(newest + newest.split(b"\n")[-2][: 20 * act.at][:-1] if newest else b"{")
        elif newest != before:
            ledger.unlink() if act.outside == "gone" else ledger.write_bytes(before)
            for command in ("plan", "apply"):
                ran = self.stage.run(command, environment=self._proxied)
                if ran.code != 1 or "ledger accept" not in ran.err:
                    verdict.note("exits", f"{command} takes an older copy of the ledger: exit {ran.code}")
            ledger.write_bytes(newest)

    def _shift_clock(self, offset: str, verdict: Verdict) -> None:
        """One command by a clock that is wrong; the next one has the right time again."""
        with _clock(timedelta(**{UNITS[offset[-1]]: int(offset[:-1])})):
            self._run("apply", verdict)

    def _tunnel(self, act: Act, verdict: Verdict) -> None:
        """The portal over TLS, behind a proxy that does not let anybody through."""
        self.proxy.arm(Armed(partial(_refuse_tunnel, act.outside), lambda asked: asked.method == "CONNECT", 1, 10_000))
        proxy = f"http://127.0.0.1:{self.proxy.port}"
        self._run(
            "apply",
            verdict,
            AGENCYFILE_AGENCY_API="https://portal.invalid/admin/api.php",
            HTTPS_PROXY=proxy,
            https_proxy=proxy,
        )

    # -- the end ---------------------------------------------------------------------------------------------------

    def _converge(self, verdict: Verdict) -> bool:
        for _ in range(ROUNDS):
            if self._run("apply", verdict) == 0:
                return True
            self._run("reconcile", verdict, WINDOW_OVER)
            if self._run("apply", verdict, WINDOW_OVER) == 0:
                return True
            self._ask_person(verdict)
        return False

    def _ask_person(self, verdict: Verdict) -> None:
        """A person does what the errors ask for."""
        if "delete all but one in the portal" in self.stage.texts[-1]:
            self._delete_copies(verdict)
        for address in _to_forget(self.stage.texts[-1]):
            self.stage.run("ledger", "forget", address)
        self._wait_for_lease()
        try:
            act_as_person(self.stage)
        except (AssertionError, KeyError) as error:
            verdict.note("stuck", f"a person cannot settle it: {str(error)[:400]}")

    def _delete_copies(self, verdict: Verdict) -> None:
        """A middlebox took a snapshot twice, or hid one from the list; it was said, and a person deletes one."""
        seen: set[str] = set()
        for row in self.stage.book("snapshots"):
            if row["name"] not in seen:
                seen.add(row["name"])
            elif self._is_deceived or any(operation == "snapshot_create" for operation, _ in self.proxy.repeated):
                self.stage.delete_snapshot(row["id"])
                verdict.beyond += 1
                verdict.reported += 1

    def _wait_for_lease(self) -> None:
        """A clock that was wrong can have left a lease that ends far from now: a person breaks it."""
        lease = self.stage.opened().history.lease
        if lease:
            self.stage.run("lock", "break", lease.id)


def _is_deceived(history: History) -> bool:
    """Return whether a list hides a snapshot that no ledger knows: the file adopts it by its name."""
    is_adopted = "snapshot_create" not in ALL[history.scenario].actions
    return is_adopted and any(fault.lie == "absent" for fault in history.faults)


def _armed(throw: Throw) -> Armed:
    return Armed(FAULTS[throw.fault].act, partial(_fits, throw.aim), throw.nth, throw.times)


def _fits(aim: str, asked: Asked) -> bool:
    return asked.is_write is (aim == "write")


def _refuse_tunnel(how: str, exchange: Exchange) -> None:
    if how in ("407", "502"):
        exchange.reply(int(how), "no")
    elif how.startswith("200"):
        exchange.raw(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if how.endswith("garbage"):
            exchange.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    raise Gone


def _to_forget(text: str) -> list[str]:
    words = text.replace("`", " ").replace(")", " ").split()
    return [words[place + 1] for place, word in enumerate(words[:-1]) if word == "forget" and "." in words[place + 1]]


@contextlib.contextmanager
def _clock(offset: timedelta) -> Iterator[None]:
    """Every module of ours takes the time from a clock that is wrong by `offset`."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Shifted":
            shifted = datetime.now(tz) + offset
            return cls.combine(shifted.date(), shifted.timetz())

    with contextlib.ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith(("plan.", "agencyfile.")) and getattr(module, "datetime", None) is datetime:
                stack.enter_context(mock.patch.object(module, "datetime", Shifted))
        yield


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _quick() -> Iterator[None]:
    """Nobody waits long for a portal that is silent, endless or asks for pauses. What is decided stays the same."""
    endpoint_of: Callable[..., Any] = endpoints.endpoint_of

    def hurried(*arguments: Any, **named: Any) -> Any:
        endpoint = endpoint_of(*arguments, **named)
        limits = getattr(endpoint, "limits", None)
        shorter = (
            {"limits": replace(limits, answer_bytes=4_000_000, answer_seconds=1.5, pages=60, read_seconds=8.0)}
            if limits
            else {}
        )
        return replace(endpoint, timeout=QUICK, **shorter)

    pause, rest, pace = RateLimit.pause, RateLimit.rest, workspace.Workspace.pace
    with (
        mock.patch.object(workspace.Workspace, "pace", lambda self: replace(pace(self), timeout=1.0)),
        mock.patch.object(workspace, "endpoint_of", hurried),
        mock.patch.object(retries, "FIRST_PAUSE", 0.002),
        mock.patch.object(RateLimit, "pause", lambda self, seconds: pause(self, min(seconds, 0.01))),
        mock.patch.object(RateLimit, "rest", lambda self, seconds: rest(self, min(seconds, 0.01))),
    ):
        yield
