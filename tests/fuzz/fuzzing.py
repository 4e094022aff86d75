"""Loads mutated agency files in processes of their own, and holds each to the laws of `validate`."""

import multiprocessing
import random
import resource
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fuzz.mutations import mutated

ROOT: Final = Path(__file__).parents[2]
MOST_SECONDS: Final = 2.0
MOST_MEGABYTES: Final = 500
STUCK: Final = 30.0  # seconds after which a process that says nothing is taken for stuck
_BATCH: Final = 200
_VALID_SHARE: Final = 0.6  # examples are valid before they are mutated; most case files are not
_SLOW: Final = 0.5  # seconds from which a case is timed again, so that a busy machine is not taken for a slow one


@dataclass(frozen=True, slots=True)
class Result:
    """What a batch came to: how many files were valid, and what went wrong, each with the seed that does it again."""

    cases: int
    valid: int
    slowest: float
    megabytes: int
    failures: tuple[str, ...]


def sources() -> list[Path]:
    """Every agency file and every part of one among the examples and the case files."""
    found = [*(ROOT / "examples").rglob("*.yaml"), *(ROOT / "tests" / "language" / "cases").rglob("*.yaml")]
    return sorted(found)


def batches(cases: int, seed: int) -> Iterator[tuple[int, int]]:
    """(seed, size) of each batch: the same for the same `cases` and `seed`."""
    for start in range(0, cases, _BATCH):
        yield seed + start, min(_BATCH, cases - start)


def run_batch(seed: int, size: int) -> Result:
    """One batch in a process of its own: a parser that dies takes nothing with it, and memory is counted anew."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, seed, size), daemon=True)
    process.start()
    sender.close()
    return _collected(process, receiver, seed, size)


def _collected(process: SpawnProcess, receiver: Connection, seed: int, size: int) -> Result:
    done, valid, slowest, megabytes = 0, 0, 0.0, 0
    failures: list[str] = []
    while done < size:
        try:
            if not receiver.poll(STUCK):
                failures.append(f"seed {seed + done}: no end after {STUCK:.0f} s")
                process.kill()
                break
            is_valid, seconds, memory, failure = receiver.recv()
        except EOFError:
            process.join(5)
            failures.append(f"seed {seed + done}: the process died (exit {process.exitcode})")
            break
        done += 1
        valid, slowest, megabytes = valid + is_valid, max(slowest, seconds), max(megabytes, memory)
        failures += [f"seed {seed + done - 1}: {failure}"] if failure else []
    process.join(5)
    return Result(done, valid, slowest, megabytes, tuple(failures))


def _work(sender: Connection, seed: int, size: int) -> None:
    others = [path.read_bytes() for path in sources()]
    with TemporaryDirectory() as temporary:
        for number in range(seed, seed + size):
            sender.send(_case(number, others, Path(temporary)))
    sender.close()


def make_case(seed: int, others: Sequence[bytes], folder: Path) -> Path:
    """A copy of the folder of one source, in which one file is mutated; the agency file that is to be loaded."""
    chance = random.Random(seed)
    files = sources()
    examples = [path for path in files if path.is_relative_to(ROOT / "examples")]
    chosen = chance.choice(examples if chance.random() < _VALID_SHARE else files)
    home = next((parent for parent in chosen.parents if (parent / "agency.yaml").is_file()), chosen.parent)
    copy = folder / str(seed)
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("expected*"))
    target = copy / chosen.relative_to(home)
    target.write_bytes(mutated(chance, chosen.read_bytes(), others))
    return copy / "agency.yaml" if (copy / "agency.yaml").is_file() else target


def _case(seed: int, others: Sequence[bytes], folder: Path) -> tuple[bool, float, int, str]:
    path = make_case(seed, others, folder)
    try:
        is_valid, failure = _judged(path)
        seconds = 0.0 if failure else _seconds(path)
        if seconds > _SLOW:
            seconds = min(seconds, *(_seconds(path) for _ in range(2)))
    finally:
        shutil.rmtree(path.parent if path.parent != folder else path, ignore_errors=True)
    memory = _most_memory()
    if seconds > MOST_SECONDS:
        failure = f"{seconds:.1f} s"
    if memory > MOST_MEGABYTES:
        failure = f"{memory} MB"
    return is_valid, seconds, memory, failure


def _most_memory() -> int:
    """Return the most memory (MB) that this program had. `ru_maxrss` would count what its parent had when it forked."""
    status = Path("/proc/self/status")
    if not status.is_file():  # no Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    return int(lines["VmHWM"].split()[0]) // 1024


def _seconds(path: Path) -> float:
    from agencyfile.language import load  # noqa: PLC0415 - in the process that loads

    started = time.process_time()
    load(path, {})
    return time.process_time() - started


def _judged(path: Path) -> tuple[bool, str]:
    """Is the file valid, and what is wrong with what was said of it?"""
    from agencyfile.language import load, render_diagnostic  # noqa: PLC0415

    try:
        loaded = load(path, {})
        for found in loaded.diagnostics:
            if not render_diagnostic(found, loaded.sources, color=False).isprintable() and "\x1b" in found.detail:
                return False, f"{found.rule} would print an escape"
            origin = found.origin
            if origin and (origin.line < 1 or origin.column < 1):
                return False, f"{found.rule} stands at {origin}"
    except Exception as error:  # noqa: BLE001 - a traceback of any kind is what is looked for
        return False, f"{type(error).__name__}: {error}"
    errors = [found for found in loaded.diagnostics if found.severity.value == "error"]
    if (loaded.agency_file is None) != bool(errors):
        return False, f"{len(errors)} errors, and the file is {'not ' if loaded.agency_file is None else ''}loaded"
    return loaded.agency_file is not None, ""
