"""The ledger lease: which process may write, and until when."""

import socket
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, NotRequired, TypedDict

from plan.ledger.process import Process, ProcessBody, is_gone, this_process
from plan.records.form import Form, TimeText


class LeaseBody(TypedDict):
    """The body of a lease: which process may write, and until when."""

    lease: Annotated[str, Form({"minLength": 1})]
    holder: str
    host: str
    pid: int
    run: str | None
    """The URL of a CI run."""
    request: NotRequired[str]
    """The pull request whose merge is applied, where the run tells it."""
    taken: TimeText
    expires: TimeText
    process: NotRequired[ProcessBody]
    """What tells the holder from a later process of the same number. Absent where the system does not tell."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one process to write. `expires` is UTC; `run` is the URL of a CI run, where there is one.

    `request` is the pull request whose merge is applied, where the run tells it.

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
    request: str | None = None

    @classmethod
    def take(
        cls, *, holder: str, run: str | None, now: datetime, duration: timedelta, request: str | None = None
    ) -> "Lease":
        """Return a new lease of this process."""
        process = this_process()
        return cls(
            id=uuid.uuid4().hex[:12],
            holder=holder,
            host=socket.gethostname(),
            pid=process.pid,
            run=run,
            taken=now,
            expires=now + duration,
            process=process,
            request=request,
        )

    @classmethod
    def parse(cls, body: LeaseBody) -> "Lease":
        """Read the body of an entry.

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
            request=str(body["request"]) if body.get("request") else None,
        )

    def body(self) -> LeaseBody:
        """Return the body of the lease's entry."""
        body: LeaseBody = {
            "lease": self.id,
            "holder": self.holder,
            "host": self.host,
            "pid": self.pid,
            "run": self.run,
            "taken": self.taken.isoformat(timespec="milliseconds"),
            "expires": self.expires.isoformat(timespec="milliseconds"),
        }
        if self.request:
            body["request"] = self.request
        process = self.process.body() if self.process else None
        return {**body, "process": process} if process else body

    def renewed(self, now: datetime, duration: timedelta) -> "Lease":
        """Return the same lease with a later end."""
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
