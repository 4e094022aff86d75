"""The local portal as a process, and the figures that Linux keeps of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soak.traffic import World

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a process holds: resident memory in KiB, open descriptors, threads, and seconds of CPU so far."""

    kilobytes: int
    descriptors: int
    threads: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Process:
    """A portal that runs."""

    process: subprocess.Popen[bytes]
    world: World
    errors: Path

    def figures(self) -> Figures:
        """Read the figures of the moment."""
        folder = Path("/proc") / str(self.process.pid)
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        times = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks = int(times[11]) + int(times[12])
        return Figures(
            kilobytes=int(status["VmRSS"].split()[0]),
            descriptors=sum(1 for _ in (folder / "fd").iterdir()),
            threads=int(status["Threads"]),
            seconds=ticks / os.sysconf("SC_CLK_TCK"),
        )

    def complaints(self) -> list[str]:
        """Return the lines of the error output that only a mistake of the portal writes."""
        lines = self.errors.read_text("utf-8", "replace").splitlines()
        return [line for line in lines if line.startswith(("Traceback", "Task ", "Exception", "Unclosed"))]


@contextmanager
def portal(folder: Path) -> Iterator[Process]:
    """Run `agencyfile portal serve` with its data in a folder, until the block ends.

    The data lies in files: the log of requests grows as long as the soak goes on, and is not what has to stay flat.
    """
    errors = folder / "errors.txt"
    command = [
        sys.executable,
        "-m",
        "agencyfile",
        "portal",
        "serve",
        "--provisioning",
        "200",
        "--data",
        str(folder / "data"),
    ]
    with (
        errors.open("wb") as error_file,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=error_file) as process,
    ):
        try:
            assert process.stdout is not None
            yield Process(process, World.of(json.loads(process.stdout.readline())), errors)
        finally:
            process.send_signal(signal.SIGTERM)
