"""Exit codes: one meaning each, the same in every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The result of a run."""

    DONE = 0
    ERROR = 1  # nothing unknown
    CHANGES = 2  # with --detailed-exitcode
    REFUSED = 3  # by a guard
    APPROVAL = 4  # missing, or an approved object has changed
    UNKNOWN = 5  # reconcile before anything else
    LEASE = 6  # somebody else is writing
    PARTIAL = 7  # partly applied, safe to resume
    PENDING = 8  # manual steps, with --fail-if-pending
    USAGE = 64
    INTERRUPTED = 130


class CommandExit(Exception):
    """Ends a command with `code`; `message` is shown as an error, `fix` below it."""

    def __init__(self, code: ExitCode, message: str = "", *, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
