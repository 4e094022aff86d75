"""The journal of runs, beside the fleet file: one file for each run, with a line for each agency that is through.

A line is written when it happens, so that a run that was cut off has told what it did. A run that goes on holds a lock
on its file, which goes with the process.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from agencyfile.files import append_to_file, create_file, make_folder, replace_file
from agencyfile.fleet.orders import Task
from agencyfile.fleet.records import AgencyRunRecord, Command, FleetReport, LastRun
from agencyfile.fleet.report import Run, cut_off, last_of, make_report, moment_of, new_run

_KEPT: Final = 200  # runs; the oldest are removed
_PRIVATE_FOLDER: Final = 0o700
_EMPTY: Final = "*\n"


class Journal:
    """The folder of a fleet's runs, pauses and rate files.

    Args:
        folder: of the fleet file.

    Raises:
        OSError: it cannot be read or written, from any method.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".agencyfile" / "fleet"
        self._held: dict[str, int] = {}  # the descriptors with the locks of runs that go on

    @property
    def rate_files(self) -> Path:
        """The folder of the files that children of one key share."""
        return self._folder / "rates"

    def prepare(self) -> None:
        """Make the folders; git looks past them."""
        for folder in (self._runs, self.rate_files):
            make_folder(folder, mode=_PRIVATE_FOLDER)
        ignored = self._folder / ".gitignore"
        if not ignored.exists():
            replace_file(ignored, _EMPTY)

    @property
    def _runs(self) -> Path:
        return self._folder / "runs"

    def begin(self, fleet: str, task: Task, waves: Sequence[str], places: Iterable[Mapping[str, str]] = ()) -> Run:
        """Open the file of a new run; `places` tells which agencies are to be started."""
        run = new_run(fleet, task.command, waves)
        plans = None if task.plans is None else {agency: str(path) for agency, path in task.plans.items()}
        head = {"fleet": fleet, "command": task.command, "started": run.started, "waves": waves}
        more = {"options": task.options, "plans": plans, "agencies": list(places)}
        create_file(self._path(run.name), _line({**head, **more}))
        self._held[run.name] = os.open(self._path(run.name), os.O_RDONLY | os.O_CLOEXEC)
        with suppress(OSError):  # not every file system has locks
            fcntl.flock(self._held[run.name], fcntl.LOCK_EX)
        for old in self.names()[_KEPT:]:
            self._path(old).unlink(missing_ok=True)
        return run

    def start(self, run: Run, agency: str) -> None:
        """Write that the child of an agency is started."""
        append_to_file(self._path(run.name), _line({"begun": agency}))

    def add(self, run: Run, record: AgencyRunRecord) -> None:
        """Write what has come of an agency."""
        append_to_file(self._path(run.name), _line(record))

    def end(self, run: Run) -> Run:
        """Write that the run has ended."""
        ended = run.end(datetime.now(UTC).isoformat(timespec="milliseconds"))
        append_to_file(self._path(run.name), _line({"ended": ended.ended}))
        os.close(self._held.pop(run.name))
        return ended

    def task(self, name: str) -> Task:
        """Return what the children of a run were told to do."""
        head = next(_read(self._path(name)))
        plans = head["plans"]
        paths = None if plans is None else {agency: Path(path) for agency, path in plans.items()}
        return Task(head["command"], head["options"], paths)

    def report(self, name: str) -> FleetReport:
        """Return the report of a run, as far as it has come; of one that was cut off, it names every agency.

        Raises:
            LookupError: there is no such run.
        """
        path = self._path(name)
        if "/" in name or not path.is_file():
            raise LookupError(name)
        head, *lines = _read(path)
        ended = next((line["ended"] for line in lines if "ended" in line), None)
        run = Run(head["fleet"], head["command"], name, head["started"], tuple(head["waves"]), ended=ended)
        records: dict[str, Any] = {line["name"]: line for line in lines if "name" in line}
        if ended is None and not self.goes_on(name):
            begun = {line["begun"] for line in lines if "begun" in line}
            for place in head.get("agencies", ()):
                records.setdefault(place["name"], cut_off(place, is_begun=place["name"] in begun))
        return make_report(run, records.values())

    def goes_on(self, name: str) -> bool:
        """Return whether a process on this machine is still at a run."""
        if name in self._held:
            return True
        with self._path(name).open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            except OSError:  # no locks here: nobody knows
                return False
        return False

    def names(self) -> list[str]:
        """Return the names of all runs, the newest first."""
        return sorted((path.stem for path in self._runs.glob("*.jsonl")), key=moment_of, reverse=True)

    def latest(self, commands: Sequence[Command]) -> FleetReport | None:
        """Return the report of the latest run of one of these commands."""
        found = next((name for name in self.names() if name.split("-")[1] in commands), None)
        return None if found is None else self.report(found)

    def last_runs(self, agencies: Collection[str]) -> Mapping[str, Mapping[str, LastRun]]:
        """Return the latest run of each command, by agency and command; older runs are read as far as need be."""
        found: dict[str, dict[str, LastRun]] = {name: {} for name in agencies}
        for name in self.names():
            command = name.split("-")[1]
            if all(command in runs for runs in found.values()):
                continue
            report = self.report(name)
            for record in report["agencies"]:
                if record["exit_code"] is not None and record["name"] in found:
                    found[record["name"]].setdefault(command, last_of(name, report["started"], record))
        return found

    def unfinished(self) -> list[str]:
        """Return the names of the runs that go on, and that of the newest one where it was cut off."""
        names = self.names()
        open_ones = [name for name in names if not any("ended" in line for line in _read(self._path(name)))]
        return [name for name in open_ones if name == names[0] or self.goes_on(name)]

    def paused(self) -> dict[str, str]:
        """Return why agencies are paused, by name; `*` is the whole fleet."""
        path = self._folder / "paused.json"
        if not path.exists():
            return {}
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def pause(self, reasons: Mapping[str, str]) -> None:
        """Write why agencies are paused; it holds for runs that are under way too."""
        make_folder(self._folder, mode=_PRIVATE_FOLDER)
        replace_file(self._folder / "paused.json", json.dumps(dict(sorted(reasons.items())), indent=2) + os.linesep)

    def _path(self, name: str) -> Path:
        return self._runs / f"{name}.jsonl"


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run; one that was cut off is left out."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.endswith("\n"):
                yield json.loads(line)
