"""Open the ledger at a place, as agency.ledger names it."""

import os
from pathlib import Path
from typing import Final

from agencyfile.cli.ledger_marks import shared_mark, user_mark
from plan import FileStore, LedgerStore

BRANCH: Final = "git+branch"
# By store, the variables that name its server. Ledgers of one name on two servers are two ledgers.
_SERVERS: Final = {
    "postgres": ("PGSERVICE", "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE"),
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("STORAGE_EMULATOR_HOST",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ENDPOINT"),
    "http": ("TF_HTTP_ADDRESS", "CI_API_V4_URL", "CI_PROJECT_ID"),
}


def open_store(text: str, folder: Path, agency: str, *, is_accepted: bool = False) -> LedgerStore:
    """Open the ledger `text` of the agency file in `folder`; `is_accepted` lets an older copy in.

    Raises:
        LedgerError: there is no such store, or the environment lacks what it needs.
    """
    scheme, _, place = text.partition(":")
    marks = marks_of(text, folder, agency)
    if scheme == "file":
        return FileStore(folder / place, marks, is_accepted=is_accepted)
    if scheme != BRANCH:
        from agencyfile.ledger_stores import open_ledger_store  # noqa: PLC0415 - only who keeps it there pays for it

        return open_ledger_store(text, marks, is_accepted=is_accepted)
    from plan.ledger.git_store import GitStore  # noqa: PLC0415 - as above

    branch, at, remote = place.rpartition("@")
    return GitStore(folder.absolute(), branch if at else remote, remote if at else None)


def marks_of(text: str, folder: Path, agency: str) -> tuple[Path, ...]:
    """Return the files that hold how far the ledger was seen here. A branch has a private ref instead."""
    scheme, _, place = text.partition(":")
    if scheme == "file":
        path = folder / place
        return (path.with_name(f"{path.name}.mark"), user_mark(path, agency))
    if scheme == BRANCH:
        return ()
    server = (os.environ.get(name, "") for name in _SERVERS.get(scheme, ()))
    return (shared_mark("\0".join((text, *server)), agency),)
