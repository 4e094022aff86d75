"""Who may write to a ledger, and until when."""

import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from plan.ledger.process import Process, is_gone, this_process


@dataclass(frozen=True, slots=True)
class Lease:
    """One writer's turn. `expires` is UTC; `run` is the URL of a CI run, where there is one.

    `process` tells the holder from every other process, where the system can tell.
    """

    id: str
    holder: str
    host: str
    pid: int
    run: str | None
    taken: datetime
    expires: datetime
    process: Process | None = None

    @classmethod
    def take(cls, *, holder: str, run: str | None, now: datetime, duration: timedelta) -> "Lease":
        """A new lease of this process."""
        process = this_process()
        return cls(uuid.uuid4().hex[:12], holder, socket.gethostname(), process.pid, run, now, now + duration, process)

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
            pid=(pid := int(body["pid"])),
            run=str(body["run"]) if body["run"] else None,
            taken=datetime.fromisoformat(body["taken"]),
            expires=datetime.fromisoformat(body["expires"]),
            process=Process.parse(pid, body.get("process")),
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
            **({"process": self.process.body()} if self.process and self.process.is_known else {}),
        }

    def renewed(self, now: datetime, duration: timedelta) -> "Lease":
        """The same lease, for longer."""
        return replace(self, expires=now + duration)

    def is_over(self, now: datetime) -> bool:
        """Return whether somebody else may take the ledger: the lease has expired, or its holder is gone."""
        return now >= self.expires or self._holder_is_gone()

    def _holder_is_gone(self) -> bool:
        return self.process is not None and is_gone(self.process)

    def __str__(self) -> str:
        where = f"{self.holder}, process {self.pid} on {self.host}"
        run = f", {self.run}" if self.run else ""
        return f"{where}{run}, since {self.taken.isoformat(timespec='seconds')}"
