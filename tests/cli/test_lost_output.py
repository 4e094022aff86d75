"""Output cannot stop an apply: a reader that leaves or falls asleep, a full disk, an encoding that lacks a character.

Real processes, whose standard streams are really broken.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import evidence
import forks
import pytest
from rehearsal import Rehearsal
from sampling import thinned
from stories import agency

from plan import FileStore, Ledger

AGENCYFILE = Path(sys.executable).with_name("agencyfile")
APPLY = ("apply", "-auto-approve", "--allow", "billed,guard")
FORMS: tuple[list[str], ...] = ([], ["-json"])
PIPE_SIZE = 4096

STREAMS: tuple[tuple[str, ...], ...] = (("stdout",), ("stderr",), ("stdout", "stderr"))

Sink = Callable[[ExitStack], int]


def _gone(stack: ExitStack) -> int:
    """A pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    stack.callback(os.close, writer)
    return writer


def _full(stack: ExitStack) -> int:
    """A disk without any space left."""
    return stack.enter_context(Path("/dev/full").open("w")).fileno()


SINKS = {"reader-gone": _gone, "disk-full": _full}
# The sample has each sink, each choice of streams and each form: real interpreters are dear.
LOSSES = [
    pytest.param(sink, streams, form, id=f"{sink}-{'-'.join(streams)}-{'json' if form else 'text'}")
    for streams in STREAMS
    for sink in SINKS
    for form in FORMS
]


@contextmanager
def _kept() -> Iterator[IO[str]]:
    with os.fdopen(os.memfd_create("kept"), "w+", encoding="utf-8", errors="replace") as kept:
        yield kept


def _run(
    rehearsal: Rehearsal, *arguments: str, environment: dict[str, str] | None = None, **streams: Any
) -> tuple[int, str]:
    """Run a command as a process with these streams; what it could say, wherever it said it."""
    with _kept() as kept:
        process = subprocess.Popen(
            [AGENCYFILE, *arguments, "-f", rehearsal.file],
            cwd=rehearsal.folder,
            env={**os.environ, **rehearsal.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            **{"stdout": kept, "stderr": kept, **streams},
        )
        try:
            code = process.wait(timeout=600)
        finally:
            process.kill()
        kept.seek(0)
        text = kept.read()
    evidence.keep(text)
    return code, text


def _check_complete(rehearsal: Rehearsal, said: str) -> None:
    """The portal holds what was declared, the ledger knows all of it, and nothing broke."""
    ledger = Ledger(FileStore(rehearsal.ledger), agency="northwind")
    assert sorted(charge.address.name for charge in ledger.history.charges) == ["acme", "beta"]
    assert sorted(row["account"] for row in rehearsal.book("charges")) == ["acme", "beta"]
    assert ledger.history.open_intents == {}
    assert ledger.history.lease is None
    assert len(ledger.history.credentials) == 2
    assert "Traceback" not in said
    assert "bug in agencyfile" not in said
    assert not (rehearsal.folder / "agencyfile-bug-report.txt").exists()
    rehearsal.check_converged()


def _declare(rehearsal: Rehearsal) -> None:
    rehearsal.write(agency(rehearsal.recipient, acme="", beta=""))


@pytest.mark.parametrize(("sink", "streams", "form"), thinned(LOSSES, every=13))
def test_apply_goes_on_when_its_output_is_lost(
    rehearsal: Rehearsal, sink: str, streams: tuple[str, ...], form: list[str]
) -> None:
    """The exit code is that of the work that was done: with no output, it is the only thing that can tell."""
    _declare(rehearsal)
    with ExitStack() as stack:
        broken = SINKS[sink](stack)
        broken_streams: dict[str, Any] = dict.fromkeys(streams, broken)
        code, said = _run(rehearsal, *APPLY, *form, **broken_streams)

    assert code == 0, said
    if streams == ("stdout",):
        assert "standard output" in said
        assert "agencyfile ledger list" in said
    _check_complete(rehearsal, said)


@pytest.mark.parametrize(
    ("form", "is_blocking"),
    thinned(
        [
            pytest.param(form, is_blocking, id=f"{'json' if form else 'text'}-{'' if is_blocking else 'non-'}blocking")
            for form in FORMS
            for is_blocking in (True, False)
        ],
        every=4,
    ),
)
def test_apply_goes_on_while_its_reader_sleeps(rehearsal: Rehearsal, form: list[str], is_blocking: bool) -> None:  # noqa: FBT001
    """A pager that nobody scrolls: the portal is done and the lease given back before anything more is read.

    Then the reader goes on, and has the end of the report.
    """
    names = [f"client{number}" for number in range(40)]
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "")))
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    os.set_blocking(writer, is_blocking)
    process = subprocess.Popen(
        [AGENCYFILE, *APPLY, *form, "-f", rehearsal.file],
        env={**os.environ, **rehearsal.environment},
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=writer,
    )
    os.close(writer)
    with os.fdopen(reader, "rb") as output, process:
        said = bytearray()
        while b"client" not in (said[-2000:] if b"account_add" in said else b""):
            said += os.read(reader, 512)
        _wait_for_release(rehearsal)
        said += output.read()
        code = process.wait(timeout=600)
    text = said.decode()
    evidence.keep(text)
    assert code == 0, text
    assert "was left out: its reader did not read" in text
    assert '"event": "finished"' in text if form else "2000.00 USD charged, 2000.00 USD predicted" in text
    assert sorted(row["account"] for row in rehearsal.book("charges")) == sorted(names)
    rehearsal.check_converged()


def _wait_for_release(rehearsal: Rehearsal) -> None:
    def has_ended() -> bool:
        history = Ledger(FileStore(rehearsal.ledger), agency="northwind").history
        return history.lease is None and len(history.charges) == 40

    forks.wait_until(has_ended, "the apply ends while its reader sleeps", every=0.1)


def _close(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        os.close(number)


@pytest.mark.parametrize("closed", thinned([((0, 1, 2),), ((1, 2),), ((1,),), ((2,),)], every=4), ids=str)
def test_apply_goes_on_without_standard_streams(rehearsal: Rehearsal, closed: tuple[int, ...]) -> None:
    """Their numbers are not taken by the ledger: whatever writes to number 2 would write into it."""
    _declare(rehearsal)
    code, said = _run(rehearsal, *APPLY, preexec_fn=partial(_close, closed))

    assert code == 0, said
    _check_complete(rehearsal, said)


@pytest.mark.parametrize("encoding", thinned(["latin-1", "ascii", "cp1252:strict"], every=3))
def test_apply_goes_on_where_the_encoding_lacks_a_character(rehearsal: Rehearsal, encoding: str) -> None:
    """The character is shown as an escape."""
    text = agency(rehearsal.recipient, acme="", beta="").replace("client: {name: acme", "client: {name: Ω-acme")
    rehearsal.write(text)
    code, said = _run(rehearsal, *APPLY, environment={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})

    assert code == 0, said
    _check_complete(rehearsal, said)


@pytest.mark.parametrize(
    ("command", "sink"),
    thinned(
        [
            pytest.param(line.split(), sink, id=f"{line}-{sink}")
            for line in ("plan", "plan -json", "ledger show", "lock show")
            for sink in ("reader-gone", "disk-full")
        ],
        every=5,  # each sink
    ),
)
def test_command_whose_output_is_its_purpose_fails_when_it_is_lost(
    rehearsal: Rehearsal, command: list[str], sink: str
) -> None:
    """Exit 1, and the reason unless the reader left on purpose; never a traceback."""
    _declare(rehearsal)
    with ExitStack() as stack:
        broken = SINKS[sink](stack)
        code, said = _run(rehearsal, *command, stdout=broken)

    assert code == 1, said
    assert ("No space left on device" in said) is (sink == "disk-full"), said
    assert "Traceback" not in said
    assert "bug in agencyfile" not in said
    assert not (rehearsal.folder / "agencyfile-bug-report.txt").exists()


@pytest.mark.parametrize("sink", ["reader-gone", "disk-full"])
def test_exit_code_survives_a_lost_error_message(rehearsal: Rehearsal, sink: str) -> None:
    """Nobody can be told why; the exit code still tells what."""
    rehearsal.write("agency: nothing\n")
    with ExitStack() as stack:
        broken = SINKS[sink](stack)
        code, _ = _run(rehearsal, "validate", stdout=broken, stderr=broken)
    assert code == 1
    with ExitStack() as stack:
        broken = SINKS[sink](stack)
        code, _ = _run(rehearsal, "plan", "-no-such-flag", stdout=broken, stderr=broken)
    assert code == 64
