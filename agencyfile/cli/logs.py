"""`-v`, `AGENCYFILE_LOG` and `AGENCYFILE_TRACE`: what a run does, on standard error and in a file, without secrets.

Two levels: `info` says what is done (`-v`), `debug` every request and every git command besides (`-vv`). A line goes
through one function that removes secrets, and through the one that makes untrusted text harmless.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from agencyfile.cli.render.safe import one_line

if TYPE_CHECKING:
    import logging

    import requests

LOG: Final = "AGENCYFILE_LOG"
TRACE: Final = "AGENCYFILE_TRACE"
_LEVELS: Final = ("info", "debug")
_ROOTS: Final = ("agencyfile", "plan")  # the loggers of this program; those of libraries stay silent


class Logs:
    """The log and the trace of one run. `close` ends both."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._level = 0

    @property
    def is_on(self) -> bool:
        """Is anything logged?"""
        return self._level > 0

    def begin(self, environ: Mapping[str, str]) -> None:
        """Begin what the environment asks for.

        Raises:
            CommandExit: it asks for what there is not, or the file of the trace cannot be made.
        """
        level = environ.get(LOG, "").strip().lower()
        if level and level not in _LEVELS:
            raise CommandExit(ExitCode.USAGE, f"{LOG}={level!r}: expected info or debug")
        if level:
            self.raise_to(_LEVELS.index(level) + 1)
        if environ.get(TRACE):
            self._trace(Path(environ[TRACE]))

    def raise_to(self, level: int) -> None:
        """Log at this level from now on: 1 is info, 2 is debug. It never goes down."""
        level = min(level, len(_LEVELS))
        if level <= self._level:
            return
        import logging  # noqa: PLC0415 - only a run that logs pays for it

        if not self.is_on:
            handler = _handler()
            for name in _ROOTS:
                logger = logging.getLogger(name)
                logger.addHandler(handler)
                self._stack.callback(logger.removeHandler, handler)
                self._stack.callback(logger.setLevel, logger.level)
        self._level = level
        for name in _ROOTS:
            logging.getLogger(name).setLevel((logging.INFO, logging.DEBUG)[level - 1])
        if level == len(_LEVELS):
            from agencyfile.exchanges import observed  # noqa: PLC0415

            self._stack.enter_context(observed(_Exchange))

    def close(self) -> None:
        """End the log and the trace."""
        self._stack.close()
        self._level = 0

    def _trace(self, path: Path) -> None:
        from agencyfile.exchanges import observed  # noqa: PLC0415 - only a run with a trace pays for it
        from agencyfile.http_trace import Recording  # noqa: PLC0415

        try:
            recording = Recording(path, lambda line: click.echo(f"warning: {one_line(line)}", err=True))
        except OSError as error:
            raise CommandExit(
                ExitCode.ERROR,
                f"{TRACE}: {path} cannot be made: {error.strerror}",
                fix="name a file that does not exist yet",
            ) from None
        self._stack.callback(recording.close)
        self._stack.enter_context(observed(recording))


CURRENT: Final = Logs()


def say(logger: str, text: Callable[[], str]) -> None:
    """Log a line at the level `info`, where that is on; `text` is asked for it only then."""
    if CURRENT.is_on:
        import logging  # noqa: PLC0415 - as above

        logging.getLogger(f"agencyfile.{logger}").info("%s", text())


def add_verbosity(command: click.Command) -> None:
    """Give a command, and each one inside it, the flag `-v`."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            add_verbosity(inner)
    if not any(parameter.name == "verbosity" for parameter in command.params):
        command.params.append(verbosity())


def verbosity() -> click.Option:
    """Return the flag `-v`, which may be repeated."""
    return click.Option(
        ["-v", "--verbose", "verbosity"],
        count=True,
        expose_value=False,
        is_eager=True,
        callback=lambda _, __, level: CURRENT.raise_to(level),
        help="Log to standard error: -v says what is done, -vv every request too.",
    )


def from_environment() -> None:
    """Begin what the environment of this process asks for."""
    CURRENT.begin(os.environ)


def _handler() -> "logging.Handler":
    import logging  # noqa: PLC0415 - as above

    from agencyfile.redaction import redact  # noqa: PLC0415

    class _Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            moment = time.strftime("%H:%M:%S", time.gmtime(record.created))
            words = one_line(redact(record.getMessage()))
            name = record.name.removeprefix("agencyfile.")
            click.echo(f"{moment}.{int(record.msecs):03d}Z {record.levelname.lower():<5} {name}: {words}", err=True)

    return _Lines()


class _Exchange:
    """One line for each exchange, at its end."""

    def __init__(self, request: "requests.PreparedRequest") -> None:
        from agencyfile.redaction import redacted_url  # noqa: PLC0415 - as above

        self._what = f"{request.method} {redacted_url(request.url or '')}{_form_words(request)}"
        self._start = time.monotonic()
        self._status: int | None = None
        self._size = 0

    def answered(self, response: "requests.Response") -> None:
        """Take the status."""
        self._status = response.status_code

    def took(self, piece: bytes) -> None:
        """Count."""
        self._size += len(piece)

    def ended(self, failure: BaseException | None) -> None:
        """Log it."""
        import logging  # noqa: PLC0415 - as above

        end = "no answer" if self._status is None else f"HTTP {self._status}, {self._size:,} bytes"
        broken = f" ({type(failure).__name__})" if failure else ""
        spent = f"{(time.monotonic() - self._start) * 1000:.0f} ms"
        logging.getLogger("agencyfile.http").debug("%s: %s%s, %s", self._what, end, broken, spent)


def _form_words(request: Any) -> str:
    """Return the action of the agency API's forms: their URL is always the same."""
    body = request.body if isinstance(request.body, str) else ""
    named = next((pair for pair in body.split("&") if pair.startswith("api_action=")), "")
    return f" [{named}]" if named else ""
