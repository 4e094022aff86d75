"""Identify the process that holds a lease, so that a living holder is never taken for dead.

A host name and a process id are not enough. Two containers may have the same host name, and each counts its processes
for itself; a process id is given out again. The kernel's boot id, the namespace of process ids and the start time
together name one process. Linux tells them in `/proc`. Elsewhere a lease ends with its time alone.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

_PROC: Final = Path("/proc")
_DEAD: Final = ("Z", "X")  # ended, and not yet fetched by its parent (proc_pid_stat(5))
_STATE, _STARTED = 0, 19  # fields behind the name in brackets, which may itself hold spaces and brackets


class ProcessBody(TypedDict):
    """The part of a lease's body that tells its process from others of the same id."""

    boot: str
    """The id of the boot of the holder's kernel."""
    namespace: str
    """The namespace in which its process id counts."""
    started: int
    """When it started, in clock ticks since the boot."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process. `boot`, `namespace` and `started` are None where the system does not tell them."""

    pid: int
    boot: str | None = None
    namespace: str | None = None
    started: int | None = None

    @classmethod
    def parse(cls, pid: int, body: object) -> "Process | None":
        """Read what `body` returned. None means that an older version wrote the lease.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        if body is None:
            return None
        if not isinstance(body, Mapping):
            raise TypeError(f"{body!r} describes no process")
        return cls(pid, str(body["boot"]), str(body["namespace"]), int(body["started"]))

    def body(self) -> ProcessBody | None:
        """Return what the entry of a lease holds besides the process id, or None where the system does not tell it."""
        if self.boot is None or self.namespace is None or self.started is None:
            return None
        return {"boot": self.boot, "namespace": self.namespace, "started": self.started}

    @property
    def is_known(self) -> bool:
        """Can it be told from every other process?"""
        return self.body() is not None


def this_process() -> Process:
    """Return the process that runs this."""
    pid = os.getpid()
    return Process(pid, _boot(), _namespace(), _look(pid)[1])


def is_gone(process: Process) -> bool:
    """Return whether `process` has surely ended: it had the same boot and namespace as we have, and it is gone.

    A process of another boot or namespace may be alive: it may run beside us on a host, or in a container, of the same
    name.
    """
    if not process.is_known or (process.boot, process.namespace) != (_boot(), _namespace()):
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # it is somebody else's: its start time tells whether it is the same
    state, started = _look(process.pid)
    return started is not None and (started != process.started or state in _DEAD)


def _boot() -> str | None:
    return _text(_PROC / "sys/kernel/random/boot_id")


def _namespace() -> str | None:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return None


def _look(pid: int) -> tuple[str, int | None]:
    text = _text(_PROC / str(pid) / "stat")
    fields = text.rpartition(")")[2].split() if text else []
    if len(fields) <= _STARTED or not fields[_STARTED].isdecimal():
        return "", None
    return fields[_STATE], int(fields[_STARTED])


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace").strip() or None
    except OSError:
        return None
