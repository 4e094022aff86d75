"""A real pseudo terminal, and the screen that a person would see: from raw output, by the few sequences that we use.

Any other sequence fails a test, and so does a line that wraps: nothing may steer a terminal but what we mean to.
"""

import fcntl
import os
import re
import struct
import termios
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import evidence
import forks

from agencyfile.cli.render.folding import columns

_PART: Final = re.compile(r"\x1b\[(\d*)([FKJm])|(\n)|(\r)|([^\x00-\x1f\x7f-\x9f]+)")
_CTRL_C: Final = b"\x03"


class Screen:
    """The cells of a terminal; rows that have scrolled away are kept above those that are in view."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._rows: list[list[str]] = [[]]
        self._row = self._column = 0

    @property
    def lines(self) -> list[str]:
        """What stands there, without blanks at the ends of lines."""
        return ["".join(cells).rstrip() for cells in self._rows]

    def feed(self, text: str) -> None:
        """Take output in.

        Raises:
            AssertionError: it steers the terminal in a way that we do not mean to, or a line wraps.
        """
        place = 0
        while place < len(text):
            found = _PART.match(text, place)
            assert found, f"this steers the terminal: {text[place : place + 20]!r}"
            number, sequence, end, back, words = found.groups()
            self._write(words or "")
            if end:
                self._next_row()
            elif back:
                self._column = 0
            elif sequence:
                self._steer(sequence, int(number or 1))
            place = found.end()

    def _write(self, words: str) -> None:
        for character in words:
            cells, wide = self._rows[self._row], columns(character)
            cells += [" "] * (self._column + wide - len(cells))
            cells[self._column : self._column + wide] = [character, ""][:wide]
            self._column += wide
            assert self._column <= self._width, f"this line wraps: {self.lines[self._row]!r}"

    def _next_row(self) -> None:
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append([])

    def _steer(self, sequence: str, number: int) -> None:
        if sequence == "F":
            self._row, self._column = self._row - number, 0
            assert self._row >= max(0, len(self._rows) - self._height), "the cursor leaves the screen"
        elif sequence in ("K", "J"):
            del self._rows[self._row][self._column :]
        if sequence == "J":
            self._rows[self._row + 1 :] = [[] for _ in self._rows[self._row + 1 :]]


class Terminal:
    """A pseudo terminal of so many columns and rows, with whatever has been written to it."""

    def __init__(self, width: int, height: int = 24) -> None:
        self.width = width
        self.height = height
        self._written: list[bytes] = []
        self._keys, self._device = os.openpty()
        fcntl.ioctl(self._device, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it: whatever still runs there is hung up."""
        os.close(self._keys)

    @property
    def content(self) -> bytes:
        """Everything that was written to it so far."""
        return b"".join(self._written)

    @property
    def text(self) -> str:
        """The same as text; the last character may still be on its way."""
        return self.content.decode(errors="ignore")

    @property
    def lines(self) -> list[str]:
        """What a person sees, and can scroll back to."""
        screen = Screen(self.width, self.height)
        screen.feed(self.text)
        return screen.lines

    @property
    def frames(self) -> list[list[str]]:
        """What stood on the screen after each time that lines were drawn again, empty ones left out."""
        screen = Screen(self.width, self.height)
        found = []
        *drawn, _ = re.split(r"(?<=\x1b\[J)", self.text)
        for part in drawn:
            screen.feed(part)
            found.append([line for line in screen.lines if line])
        return found

    def start(
        self, *arguments: str | Path, folder: Path, environment: Mapping[str, str], program: str = ""
    ) -> forks.Process:
        """Start a command here, once; the terminal is its own, so Ctrl-C reaches it."""
        device = os.ttyname(self._device)
        whole = {**os.environ, "TERM": "xterm-256color", **environment}
        for name in ("COLUMNS", "LINES"):  # of whoever runs the tests
            whole.pop(name, None)
        return forks.start_alone(*arguments, folder=folder, environment=whole, terminal=device, program=program)

    def press_interrupt(self) -> None:
        """Press Ctrl-C."""
        os.write(self._keys, _CTRL_C)

    def type_for(self, process: forks.Process, keys: str) -> None:
        """Press keys when a process that has asked for them sleeps: then it reads.

        That is later than when the question can be seen. A Ctrl-C between the two may come after Python last looked for
        signals and before it reads, and then the read goes on.
        """
        forks.wait_until(lambda: _is_asleep(process), f"process {process.pid} waits for input")
        os.write(self._keys, keys.encode())

    def wait_for(self, words: str) -> None:
        """Wait until something was written."""
        forks.wait_until(lambda: words in self.text, f"the terminal shows {words!r}")

    def wait(self, process: forks.Process) -> int:
        """Wait for the end of a process, and for the last of its output; return its exit code."""
        code = process.wait().code
        os.close(self._device)
        self._reader.join()
        evidence.keep(self.text)
        return code

    def _read(self) -> None:
        try:
            while content := os.read(self._keys, 65536):
                self._written.append(content)
        except OSError:  # nobody has it open any more
            return


def _is_asleep(process: forks.Process) -> bool:
    stat = Path(f"/proc/{process.pid}/stat").read_text("ascii", errors="replace")
    return stat.rpartition(")")[2].split()[0] in ("S", "Z")
