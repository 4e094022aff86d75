"""Milliseconds per append and per open of a ledger of 10,000 entries, for each store, as ratios to the file store.

python -m stores.measure [ENTRIES [APPENDS]]   with PYTHONPATH=tests:.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
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
from plan.ledger.git_store import GitStore

Opener = Callable[[], LedgerStore]
ENTRIES, APPENDS, OPENS = 10_000, 60, 5


def measure(opener: Opener, count: int, appends: int) -> tuple[float, float]:
    """Return milliseconds per append of one entry, and per open and reading of all."""
    entries = chain(count + appends)
    store = opener()
    for start in range(0, count, 1000):
        store.append(entries[start : min(start + 1000, count)], expected=start)
    times = []
    for entry in entries[count:]:
        begin = time.perf_counter()
        store.append([entry], expected=entry.serial - 1)
        times.append(time.perf_counter() - begin)
    opens = []
    for _ in range(OPENS):
        begin = time.perf_counter()
        assert len(opener().read(0)) == count + appends
        opens.append(time.perf_counter() - begin)
    return median(times) * 1000, median(opens) * 1000


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
        print(f"| store | ms per append | to the file | ms to open {count + appends} | to the file |")
        print("|---|---|---|---|---|")
        first: tuple[float, float] | None = None
        for name, opener in openers(stack, folder).items():
            found = measure(opener, count, appends)
            first = first or found
            append, opened = found[0] / first[0], found[1] / first[1]
            print(f"| {name} | {found[0]:.1f} | {append:.1f} | {found[1]:.0f} | {opened:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
