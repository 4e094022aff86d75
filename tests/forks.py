"""The command line in real processes that start no new interpreter: one process without threads forks them all.

A child has its own process id, folder, environment and streams, takes real signals, ends with a real exit code, and
runs the function that the console script runs. A new interpreter costs half a second of a core for each command: only
tests that are about the console script itself start that.
"""

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import evidence
from rehearsal import Ran

SERVER: Final = "AGENCYFILE_TESTS_SERVER"
"""The variable that names the folder of the server of a whole run of tests: all its workers share that one."""
_HERE: Final = Path(__file__).parent
_POLL = 0.01  # seconds
_PATIENCE = 600.0  # seconds after which a moment that has not come is taken for one that never comes


class Process:
    """A command that runs in a child."""

    def __init__(self, client: "_Client", pid: int, out: Path, err: Path) -> None:
        self.pid = pid
        self._client = client
        self._out = out
        self._err = err
        self._code: int | None = None
        self._end = os.pidfd_open(pid)  # can be read when the child has ended

    @property
    def out(self) -> str:
        """What it has printed so far."""
        return self._out.read_text("utf-8")

    @property
    def err(self) -> str:
        """What it has printed on standard error so far."""
        return self._err.read_text("utf-8")

    def is_running(self) -> bool:
        """Return whether it has not ended yet."""
        return self._code is None and not self._has_ended(0)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal; the process id is this child's until `wait` has returned."""
        assert self._code is None
        os.kill(self.pid, number)

    def wait(self) -> Ran:
        """Wait for the end; a negative code is the signal that ended it. What it printed becomes evidence."""
        if self._code is None:
            self._has_ended(None)  # the server must stay free for others meanwhile
            self._code = self._client.ask({"wait": self.pid})
            os.close(self._end)
        ran = Ran(self._code, self.out, self.err)
        evidence.keep(f"{ran.out}\n{ran.err}")
        return ran

    def _has_ended(self, patience: int | None) -> bool:
        poll = select.poll()  # `select.select` takes no number above 1023
        poll.register(self._end, select.POLLIN)
        return bool(poll.poll(patience))


def start(
    *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None, stdin: bytes = b""
) -> Process:
    """Start a command in `folder`; `environment` is added to that of this process."""
    return start_alone(*arguments, folder=folder, environment={**os.environ, **(environment or {})}, stdin=stdin)


def start_alone(
    *arguments: str | Path,
    folder: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    terminal: str = "",
    program: str = "",
) -> Process:
    """Start a command in `folder` that gets no variable but those of `environment`.

    `terminal` is the device of a terminal that becomes its own, with all three streams. `program` is what a fleet
    starts for each agency, in place of a new interpreter.
    """
    client = _client()
    number = next(client.numbers)
    given, out, err = (client.files / f"{name}-{number}" for name in ("in", "out", "err"))
    given.write_bytes(stdin)
    for written in (out, err):
        written.touch()  # they can be read before the child has opened them
    job = {
        "arguments": [str(each) for each in arguments],
        "environment": dict(environment),
        "folder": str(folder),
        "stdin": str(given),
        "out": str(out),
        "err": str(err),
        "terminal": terminal,
        "program": program,
    }
    return Process(client, client.ask({"start": job}), out, err)


def wake() -> None:
    """Let the server import everything now, and not when a command is started first."""
    _client()


def run(*arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None, stdin: bytes = b"") -> Ran:
    """Run a command from its start to its end."""
    return start(*arguments, folder=folder, environment=environment, stdin=stdin).wait()


def write_program(path: Path) -> None:
    """Write an `agencyfile` for shells: a process of its own, whose work a child of the server does.

    It imports nothing that has to be found, and costs a hundredth of a second of a core.
    """
    _write_program(path, _client().programs)


def _write_program(path: Path, door: Path, first: str = "") -> None:
    path.write_text(_PROGRAM.format(python=sys.executable, first=first, door=str(door)), encoding="utf-8")
    path.chmod(0o755)


@functools.cache
def program() -> Path:
    """Return such a program that is there already."""
    path = _client().files / "agencyfile"
    write_program(path)
    return path


# `marshal`, since the same interpreter reads it; a whole message fits no single packet.
_PROGRAM: Final = """\
#!{python} -IS
import _socket, marshal, posix, sys
{first}
call = _socket.socket(_socket.AF_UNIX)
call.connect({door!r})
job = marshal.dumps((sys.argv[1:], posix.getcwdb(), posix.environ))
streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))
call.sendmsg([len(job).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
call.sendall(job)
posix._exit(int(call.recv(16)))
"""


def wait_until(is_so: Callable[[], object], what: str, every: float = _POLL) -> None:
    """Wait for a moment, however long a busy machine takes to come to it; look for it `every` so many seconds.

    Raises:
        AssertionError: it has not come after ten minutes.
    """
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"this never came: {what}"
        time.sleep(every)


class Server:
    """A process that forks, started: a module with its arguments. It ends with this object.

    It imports nothing before the first request.
    """

    def __init__(self, module: str = "forked", *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="agencyfile-forks-")
        self.folder = Path(self._folder.name)
        with socket.socket(socket.AF_UNIX) as workers, socket.socket(socket.AF_UNIX) as programs:
            for name, door in (("workers", workers), ("programs", programs)):
                door.bind(str(self.folder / name))
                door.listen(64)  # they may call before the process has imported everything
            numbers = [workers.fileno(), programs.fileno()]
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, numbers), *arguments],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(_HERE), *sys.path]))},
                stdin=subprocess.PIPE,
                pass_fds=numbers,
            )

    def program(self) -> Path:
        """Write a program whose work a child of this process does, and return its path.

        Ctrl-C at a terminal reaches the child too, and that decides what becomes of it.
        """
        path = self.folder / "program"
        _write_program(
            path, self.folder / "programs", "import _signal; _signal.signal(_signal.SIGINT, _signal.SIG_IGN)"
        )
        return path

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


class _Client:
    """This process at the server: one connection, and a folder for the streams of its commands."""

    def __init__(self, server: Path) -> None:
        self.programs = server / "programs"
        self.numbers = count()
        self._folder = tempfile.TemporaryDirectory(prefix="agencyfile-streams-")
        self.files = Path(self._folder.name)
        self._lock = threading.Lock()
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(server / "workers"))
        self._lines = self._connection.makefile("rw", encoding="utf-8")

    def ask(self, request: Mapping[str, Any]) -> int:
        with self._lock:
            self._lines.write(json.dumps(request) + "\n")
            self._lines.flush()
            return int(self._lines.readline())

    def close(self) -> None:
        self._lines.close()
        self._connection.close()
        self._folder.cleanup()


@functools.cache
def _client() -> _Client:
    """The server of the whole run of tests; outside of one, a server of this process."""
    if SERVER in os.environ:
        folder = Path(os.environ[SERVER])
    else:
        server = Server()
        atexit.register(server.close)  # after the client, which is registered later
        folder = server.folder
    made = _Client(folder)
    atexit.register(made.close)
    return made
