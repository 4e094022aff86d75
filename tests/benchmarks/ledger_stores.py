"""Milliseconds per append and per open of a ledger of 10,000 entries, for each store, as ratios to the file store.

python -m benchmarks.ledger_stores [ENTRIES [APPENDS]]   with PYTHONPATH=tests:.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psycopg
from contract.repositories import ENVIRONMENT, make_clone, make_remote
from stores.gcs import fake_storage
from stores.servers import AZURITE, USER, azurite, postgres, s3
from stores.states import state_server

from agencyfile.ledger_stores import open_ledger_store
from agencyfile.ledger_stores.contract import chain
from agencyfile.ledger_stores.postgres import migrations
from plan import FileStore, LedgerStore
from plan.ledger import Entry
from plan.ledger.git_store import GitStore

Opener = Callable[[], LedgerStore]
ENTRIES, APPENDS, OPENS = 10_000, 60, 9
# Entries of one append while a ledger is filled. A bucket has an object for each append, and a run appends few entries
# at once; to the other stores it makes no difference for what is measured later.
BATCH, BUCKET_BATCH = 1000, 10


@dataclass
class Measured:
    """A ledger in one store, and the seconds that its appends and opens took."""

    opener: Opener
    store: LedgerStore
    appends: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)

    @classmethod
    def filled(cls, opener: Opener, entries: Sequence[Entry], batch: int) -> "Measured":
        """Write the ledger that is measured."""
        store = opener()
        for start in range(0, len(entries), batch):
            store.append(entries[start : start + batch], expected=start)
        return cls(opener, store)

    def append(self, entry: Entry) -> None:
        """Append one entry."""
        begin = time.perf_counter()
        self.store.append([entry], expected=entry.serial - 1)
        self.appends.append(time.perf_counter() - begin)

    def open(self, count: int) -> None:
        """Open the ledger anew and read all of it."""
        begin = time.perf_counter()
        found = len(self.opener().read(0))
        self.opens.append(time.perf_counter() - begin)
        assert found == count

    def row(self, name: str, first: "Measured") -> str:
        """Return a row of the table."""
        append, opened = median(self.appends) * 1000, median(self.opens) * 1000
        to_file = append / (median(first.appends) * 1000), opened / (median(first.opens) * 1000)
        return f"| {name} | {append:.1f} | {to_file[0]:.1f} | {opened:.0f} | {to_file[1]:.1f} |"


def measure(stores: Mapping[str, Opener], count: int, appends: int) -> dict[str, Measured]:
    """Measure every store in turn, round by round: what else the machine does then meets all of them alike."""
    entries = chain(count + appends)
    measured = {
        name: Measured.filled(opener, entries[:count], BUCKET_BATCH if name[:2] in ("s3", "gs", "az") else BATCH)
        for name, opener in stores.items()
    }
    for entry in entries[count:]:
        for each in measured.values():
            each.append(entry)
    for _ in range(OPENS):
        for each in measured.values():
            each.open(len(entries))
    return measured


def openers(stack: ExitStack, folder: Path) -> dict[str, Opener]:
    """Start every server; return how to open a ledger in each."""
    os.environ.update(ENVIRONMENT | {"HOME": str(folder), "AGENCYFILE_ALLOW_LOCAL_REMOTE": "1"})
    clone = make_clone(folder / "clone", make_remote(folder / "remote.git"))
    database = stack.enter_context(postgres()).environment()
    with psycopg.connect(host=database["PGHOST"], dbname="postgres", user=USER, autocommit=True) as owner:
        owner.execute(migrations())
    os.environ.update(database | stack.enter_context(s3()) | stack.enter_context(state_server())[0])
    os.environ["STORAGE_EMULATOR_HOST"] = stack.enter_context(fake_storage())
    found: dict[str, Opener] = {
        "file": lambda: FileStore(folder / "ledger.jsonl"),
        "git+branch": lambda: GitStore(clone, "ledger"),
        "postgres": lambda: open_ledger_store("postgres:northwind"),
        "s3 (moto)": lambda: open_ledger_store("s3:agency-ledgers/northwind"),
        "gs (fake)": lambda: open_ledger_store("gs:agency-ledgers/northwind"),
        "http": lambda: open_ledger_store("http:northwind"),
    }
    if AZURITE.exists():
        os.environ.update(stack.enter_context(azurite(folder)))
        found["az (azurite)"] = lambda: open_ledger_store("az:agency-ledgers/northwind")
    return found


def main(arguments: list[str]) -> None:
    """Print a table."""
    count, appends = (*map(int, arguments), *(ENTRIES, APPENDS)[len(arguments) :])[:2]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = measure(openers(stack, folder), count, appends)
        print(f"| store | ms per append | to the file | ms to open {count + appends} | to the file |")
        print("|---|---|---|---|---|")
        for name, each in found.items():
            print(each.row(name, found["file"]))


if __name__ == "__main__":
    main(sys.argv[1:])
