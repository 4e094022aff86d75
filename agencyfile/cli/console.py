"""Text for a terminal or a pipeline's log, without control sequences from outside.

Names, messages, passwords, ledger entries and source lines come from others. Everything that a command prints goes
through one stream (`Console`), whoever prints it: a character that steers a terminal, and what a pipeline's log would
obey as a command, become visible escapes there. So no command can forget it.

Three things are ours and pass: colors, which `style` marks with a number that nobody else knows; documents for
programs, which `document` writes and whose encoders escape in their own way; and bytes of a file or a secret, which
`exact` writes to pipes alone.
"""

import codecs
import io
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final, cast

import click

from agencyfile.cli.render.safe import disarmed, harmful, printable

if TYPE_CHECKING:
    from typing import TextIO

_MARK: Final = str(int.from_bytes(os.urandom(8)))  # `secrets` would cost more than the rest of this module
_OWN: Final = re.compile(rf"\x1b\[{_MARK};([0-9;]*)m")
_PAINT: Final = re.compile(r"\x1b\[([0-9;]*)m")
# For terminals and logs that lack our own signs.
_PLAIN: Final = str.maketrans({"…": "...", "→": "->", "☐": "[ ]", "·": "-", "─": "-", "∅": "0"})


class Console(io.TextIOWrapper):
    """Standard output or standard error. `target` is the encoding of whoever reads it."""

    def __init__(self, buffer: "io.BufferedWriter[Any]", encoding: str, *, line_buffering: bool) -> None:
        self.target = encoding
        # click goes around a stream that says that it is ASCII; what is written is ASCII all the same, see `_encodable`
        said = "utf-8" if codecs.lookup(encoding).name == "ascii" else encoding
        super().__init__(buffer, said, "backslashreplace", newline="", line_buffering=line_buffering)

    def write(self, text: str, /) -> int:
        """Write text for people."""
        parts = _OWN.split(text)
        parts[::2] = map(printable, parts[::2])
        parts[1::2] = [f"\x1b[{code}m" for code in parts[1::2]]
        self.put("".join(parts))
        return len(text)

    def put(self, text: str, errors: str = "backslashreplace") -> None:
        """Write text that steers nothing, or that steers a terminal because we mean it to."""
        super().write(_encodable(text, self.target, errors))

    def put_bytes(self, content: bytes) -> None:
        """Write bytes."""
        self.flush()
        self.buffer.write(content)
        self.buffer.flush()


def style(text: str, **styles: Any) -> str:
    """`text`, painted: the words that `click.style` takes. What is painted is not trusted for it."""
    opening = click.style("", reset=False, **styles)
    return f"{_PAINT.sub(_marked, opening)}{text}\x1b[{_MARK};0m" if opening else text


def with_own_paint(text: str) -> str:
    """`text` whose colors are ours: those of the language, which escapes all that it is given."""
    return _PAINT.sub(_marked, text)


def document(text: str, *, errors: str = "backslashreplace") -> None:
    """Print a document for a program, as its encoder has made it; `errors` is how it spells what cannot be encoded."""
    stream = sys.stdout
    if isinstance(stream, Console):
        stream.put(harmful(text), errors)
    else:
        stream.write(text)


def log_command(line: str) -> None:
    """Print a command that a pipeline's log shall obey, as its encoder has made it."""
    document(disarmed(line, r"\x5b") + "\n")


def json_document(value: object, *, indent: int | None = 2) -> None:
    """Print JSON."""
    document(json_text(value, indent=indent, ascii_only=not is_unicode()) + "\n")


def json_text(value: object, *, indent: int | None = 2, ascii_only: bool = False) -> str:
    """JSON in which no character steers a terminal, and nothing is a command of a pipeline's log."""
    return safe_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only))


def safe_json(text: str) -> str:
    """JSON of the same meaning, as `json_text` writes it."""
    return disarmed(harmful(text, _json_escape), r"\u005b")


def is_unicode() -> bool:
    """Does standard output take every character?"""
    stream = sys.stdout
    encoding = stream.target if isinstance(stream, Console) else "utf-8"
    return encoding.lower().replace("-", "").startswith("utf")


def exact(content: bytes) -> None:
    """Print bytes as they are to a pipe or a file; on a terminal, as text that steers nothing."""
    stream = sys.stdout
    if isinstance(stream, Console) and not stream.isatty():
        stream.put_bytes(content)
    else:
        stream.write(content.decode(errors="surrogateescape"))


def controls(stream: "TextIO") -> "TextIO":
    """A stream for what moves the cursor: a bar, an empty screen. What it shows of others must be escaped before."""
    return cast("TextIO", Controls(stream)) if isinstance(stream, Console) else stream


class Controls:
    """A console whose writer is trusted."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> int:
        """Write it as it is."""
        self._console.put(text)
        return len(text)

    def flush(self) -> None:
        """Let it be seen."""
        self._console.flush()

    def isatty(self) -> bool:
        """Does a person watch?"""
        return self._console.isatty()


def clear() -> None:
    """Empty the screen, where there is one."""
    if sys.stdout.isatty():
        controls(sys.stdout).write("\x1b[2J\x1b[1;1H")


def _marked(found: re.Match[str]) -> str:
    return f"\x1b[{_MARK};{found[1]}m"


def spelled(text: str, stream: "TextIO") -> str:
    """Return `text` as the terminal behind a stream gets it: one without our signs, or without Unicode, gets others."""
    return _encodable(text, stream.target, "backslashreplace") if isinstance(stream, Console) else text


def _encodable(text: str, encoding: str, errors: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, errors).decode(encoding)
    return text


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1]
