"""Who may write to a ledger, and until when."""

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Lease:
    """One writer's turn. `expires` is UTC; `run` is the URL of a CI run, where there is one."""

    id: str
    holder: str
    host: str
    pid: int
    run: str | None
    taken: datetime
    expires: datetime

    @classmethod
    def take(cls, *, holder: str, run: str | None, now: datetime, duration: timedelta) -> "Lease":
        """A new lease of this process."""
        return cls(uuid.uuid4().hex[:12], holder, socket.gethostname(), os.getpid(), run, now, now + duration)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Lease":
        """Read one from an entry.

        Raises:
            KeyError, TypeError, ValueError: the body is no lease.
        """
        return cls(
            id=str(body["lease"]),
            holder=str(body["holder"]),
            host=str(body["host"]),
            pid=int(body["pid"]),
            run=str(body["run"]) if body["run"] else None,
            taken=datetime.fromisoformat(body["taken"]),
            expires=datetime.fromisoformat(body["expires"]),
        )

    def body(self) -> dict[str, Any]:
        """The body of its entry."""
        return {
            "lease": self.id,
            "holder": self.holder,
            "host": self.host,
            "pid": self.pid,
            "run": self.run,
            "taken": self.taken.isoformat(timespec="milliseconds"),
            "expires": self.expires.isoformat(timespec="milliseconds"),
        }

    def renewed(self, now: datetime, duration: timedelta) -> "Lease":
        """The same lease, for longer."""
        return replace(self, expires=now + duration)

    def is_over(self, now: datetime) -> bool:
        """May somebody else take the ledger: has it expired, or was its holder a process of this host that is gone?"""
        return now >= self.expires or self._holder_is_gone()

    def _holder_is_gone(self) -> bool:
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def __str__(self) -> str:
        where = f"{self.holder}, process {self.pid} on {self.host}"
        run = f", {self.run}" if self.run else ""
        return f"{where}{run}, since {self.taken.isoformat(timespec='seconds')}"
