"""Boundaries: every place where a run may end, counted by the run itself, and a run that ends at one of them.

Nothing in the production code knows of this. The wrappers stand around the ledger's store, the provider's `send` and
the HTTP exchange under it. Each passes these boundaries: before and after an append, in the middle of its bytes, before
a send, with each answer of the wire, and before the outcome is handed back; on a git branch also before and after each
git command that writes.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from unittest import mock

from agencyfile import retries
from agencyfile.cli import interrupts
from agencyfile.cli.workspace import Workspace
from agencyfile.portal import session
from agencyfile.portal.connection import Connection
from agencyfile.portal.endpoint import Endpoint
from agencyfile.portal.http.transport import Answer, Request, Transport
from agencyfile.portal.session import PortalProvider
from plan.call import Call, Confirmed, Outcome
from plan.ledger import Entry, EntryType, LedgerStore, file_store
from plan.ledger.git import Answer as GitAnswer
from plan.ledger.git import Git
from plan.ledger.lease import Lease

Visit = Callable[[int, str], None]

_GIT_WRITES = ("commit-tree", "push", "update-ref")
_PATIENCE = 20.0  # seconds, for requests that were under way when a run ended
_here = threading.local()
_running: "list[Boundaries]" = []
dead_leases: set[str] = set()


class Killed(BaseException):
    """The run ends here, with all of its memory; nothing that it does from now on reaches ledger or portal."""


class Boundaries:
    """The boundaries of one run. At number `kill_at` it ends; `visit` is called at every one before that."""

    def __init__(self, kill_at: int | None = None, *, is_real: bool = False, visit: Visit | None = None) -> None:
        self.names: list[str] = []
        self.is_dead = False
        self.passwords: set[str] = set()
        self.acknowledged: list[str] = []
        self._kill_at = kill_at
        self._is_real = is_real
        self._visit = visit
        self._leases: set[str] = set()
        self._under_way = 0
        self._lock = threading.RLock()

    def hit(self, name: str) -> None:
        """Pass one boundary, or end there."""
        with self._lock:
            self.check_alive()
            self.names.append(name)
            number = len(self.names)
            if number == self._kill_at:
                self._die()
        if self._visit:
            self._be_visited(self._visit, number, name)

    def _be_visited(self, visit: Visit, number: int, name: str) -> None:
        """What the visitor sends from this thread is not ours."""
        sender, _here.sender = getattr(_here, "sender", None), None
        try:
            visit(number, name)
        finally:
            _here.sender = sender

    def lose_lease(self) -> None:
        """Others take this run for dead, and it goes on: a process that was stopped for longer than its lease."""
        dead_leases.update(self._leases)

    def check_alive(self) -> None:
        """Nothing, unless the run has ended."""
        if self.is_dead:
            raise Killed

    def note(self, entries: Sequence[Entry]) -> None:
        """Remember the leases of this run: when it ends, they are those of a process that is gone."""
        self._leases |= {str(entry.body["lease"]) for entry in entries if entry.type is EntryType.LEASE}

    @contextmanager
    def sending(self) -> Iterator[None]:
        """What is on the wire inside is under way: it reaches the portal even when the run ends meanwhile."""
        _here.sender = self
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            _here.sender = None
            with self._lock:
                self._under_way -= 1

    def settle(self) -> None:
        """Return when nothing of an ended run is under way any more."""
        deadline = time.monotonic() + _PATIENCE
        while self._under_way and time.monotonic() < deadline:
            time.sleep(0.001)
        assert not self._under_way, "a request of an ended run is still under way"

    def _die(self) -> None:
        if self._is_real:
            os.kill(os.getpid(), signal.SIGKILL)
        self.is_dead = True
        dead_leases.update(self._leases)
        raise Killed


class WatchedStore:
    """A store whose every append passes boundaries."""

    def __init__(self, store: LedgerStore, boundaries: Boundaries) -> None:
        self._store = store
        self._boundaries = boundaries

    @property
    def location(self) -> str:
        return self._store.location

    def read(self, after: int) -> Sequence[Entry]:
        self._boundaries.check_alive()
        return self._store.read(after)

    def append(self, entries: Sequence[Entry], *, expected: int) -> int:
        self._boundaries.hit("append:before")
        self._boundaries.note(entries)
        _here.writer = self._boundaries
        try:
            serial = self._store.append(entries, expected=expected)
        finally:
            _here.writer = None
        self._boundaries.acknowledged += [entry.line() for entry in entries]
        self._boundaries.hit("append:after")
        return serial

    def replace(self, entries: Sequence[Entry], *, expected: int) -> int:
        self._boundaries.hit("replace:before")
        serial = self._store.replace(entries, expected=expected)
        self._boundaries.hit("replace:after")
        return serial


class WatchedProvider(PortalProvider):
    """A provider whose every send passes boundaries."""

    def __init__(self, connection: Connection, boundaries: Boundaries) -> None:
        super().__init__(connection)
        self._boundaries = boundaries

    def send(self, call: Call) -> Outcome:
        self._boundaries.hit("send:before")
        with self._boundaries.sending():
            outcome = super().send(call)
        if isinstance(outcome, Confirmed) and outcome.credential:
            self._boundaries.passwords.add(outcome.credential.password.reveal())
        self._boundaries.hit("send:after")
        return outcome


@contextmanager
def watched(boundaries: Boundaries) -> Iterator[None]:
    """Every store and provider that is opened inside passes `boundaries`."""
    with ExitStack() as stack:
        if not _running:
            for target, name, replacement in _REPLACED:
                stack.enter_context(mock.patch.object(target, name, replacement))
        _running.append(boundaries)
        try:
            yield
        finally:
            _running.pop()


def _open_store(workspace: Workspace, place: str | None = None, *, is_accepted: bool = False) -> LedgerStore:
    store = _store(workspace, place, is_accepted=is_accepted)
    return store if is_accepted else WatchedStore(store, _running[-1])


def _make_provider(endpoint: Endpoint) -> PortalProvider:
    return WatchedProvider(Connection(endpoint), _running[-1])


def _exchange(transport: Transport, request: Request, *, fresh: bool = False) -> Answer:
    answer = _real_exchange(transport, request, fresh=fresh)
    sender: Boundaries | None = getattr(_here, "sender", None)
    if sender:
        sender.hit("answer")
    return answer


def _write_torn(descriptor: int, content: bytes) -> None:
    writer: Boundaries | None = getattr(_here, "writer", None)
    if writer is None:
        _real_write(descriptor, content)
        return
    half = os.write(descriptor, content[: len(content) // 2])
    writer.hit("append:torn")
    _real_write(descriptor, content[half:])


def _ask_git(repository: Git, *arguments: str, data: bytes = b"") -> GitAnswer:
    writer: Boundaries | None = getattr(_here, "writer", None)
    if writer is None or arguments[0] not in _GIT_WRITES:
        return _real_ask(repository, *arguments, data=data)
    writer.hit(f"{arguments[0]}:before")
    answer = _real_ask(repository, *arguments, data=data)
    writer.hit(f"{arguments[0]}:after")
    return answer


@contextmanager
def _caught(portal: interrupts.Stoppable) -> Iterator[interrupts.Interrupts]:
    """Signals are for the main thread; a visitor may run in another one."""
    if threading.current_thread() is threading.main_thread():
        with _real_caught(portal) as stop:
            yield stop
    else:
        yield interrupts.Interrupts(portal)


def _is_holder_gone(lease: Lease) -> bool:
    return lease.id in dead_leases or _real_is_gone(lease)


_store = Workspace.store
_real_exchange = Transport.exchange
_real_write = file_store._write
_real_caught = interrupts.caught
_real_ask = Git.ask
_real_is_gone = Lease._holder_is_gone

_REPLACED: tuple[tuple[object, str, object], ...] = (
    (Workspace, "store", _open_store),
    (session, "make_provider", _make_provider),
    (Transport, "exchange", _exchange),
    (retries, "FIRST_DELAY", 0.005),  # what may be sent again is, and nobody waits long for it
    (file_store, "_write", _write_torn),
    (Git, "ask", _ask_git),
    (interrupts, "caught", _caught),
    (Lease, "_holder_is_gone", _is_holder_gone),
)
