"""Real runs: a process without threads that forks one process per run, each of which may kill itself with SIGKILL.

It reads one JSON job a line: `{"start": {...}}` answers the process id at once, `{"wait": pid}` how that process ended
(negative: the signal). Forking spares every run the start of an interpreter.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crash.boundaries import Boundaries, watched

import agencyfile.language
import agencyfile.vault
from agencyfile.cli.app import run
from agencyfile.cli.commands import apply, ledger
from plan import document, reconcile

PRELOADED = (agencyfile.language, agencyfile.vault, apply, ledger, document, reconcile)


class Driver:
    """The process that forks, seen from the tests."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crash.driver"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], output: Path, kill_at: int | None = None
    ) -> int:
        """Start a run; return its process id."""
        job = {"arguments": arguments, "environment": environment, "output": str(output), "kill_at": kill_at}
        return self._ask({"start": job})

    def wait(self, process: int) -> int:
        """Wait for a run; return its exit code, or the negative number of the signal that ended it."""
        return self._ask({"wait": process})

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=600)
        self._process.stdout.close()

    def _ask(self, job: Mapping[str, Any]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def acknowledged(output: Path) -> Path:
    """Where a run leaves the entries whose append it was told of, beside its output."""
    return output.with_suffix(".acknowledged")


def _serve() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        answer = _start(job["start"]) if "start" in job else _wait(job["wait"])
        print(answer, flush=True)


def _start(job: Mapping[str, Any]) -> int:
    process = os.fork()
    if process == 0:
        try:
            _run(job)
        finally:
            os._exit(99)  # what is left here is a bug of the driver
    return process


def _run(job: Mapping[str, Any]) -> None:
    output = os.open(job["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(job["environment"])
    boundaries = Boundaries(job["kill_at"], is_real=True)
    with watched(boundaries):
        code = run(job["arguments"])
    acknowledged(Path(job["output"])).write_text("".join(f"{line}\n" for line in boundaries.acknowledged))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _wait(process: int) -> int:
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    _serve()
