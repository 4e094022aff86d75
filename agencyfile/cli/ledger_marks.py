"""Notes about a ledger outside of it: in a pipeline's environment, and in a file of this user's programs."""

import hashlib
import os
from pathlib import Path

from agencyfile.cli.exit_codes import CommandExit, ExitCode
from plan.ledger.anchor import Anchor


def noted_anchor() -> Anchor | None:
    """The entry that a pipeline noted outside of the ledger, as in a check run or a comment.

    Raises:
        CommandExit: the environment names no anchor.
    """
    text = os.environ.get("AGENCYFILE_LEDGER_ANCHOR", "").strip()
    try:
        return Anchor.parse(text) if text else None
    except ValueError as error:
        raise CommandExit(ExitCode.USAGE, f"AGENCYFILE_LEDGER_ANCHOR: {error}") from None


def user_mark(ledger: Path, agency: str) -> Path:
    """Return the file with the last known entry of a ledger; each ledger and agency has its own."""
    name = f"{agency}\0{ledger.absolute().resolve()}".encode("utf-8", "surrogateescape")
    return _state_folder() / f"{hashlib.sha256(name).hexdigest()[:32]}.mark"


def shared_mark(ledger: str, agency: str) -> Path:
    """Return the same for a ledger in a store that machines share: `ledger` names it and its server."""
    name = f"{agency}\0\0{ledger}".encode("utf-8", "surrogateescape")
    return _state_folder() / f"{hashlib.sha256(name).hexdigest()[:32]}.mark"


def _state_folder() -> Path:
    """Return the folder for state that outlasts a run (XDG Base Directory Specification)."""
    chosen = os.environ.get("XDG_STATE_HOME", "")
    return (Path(chosen) if chosen.startswith("/") else Path("~/.local/state").expanduser()) / "agencyfile"
