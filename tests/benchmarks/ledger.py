"""What the ledger costs: opening a long one, two appends beside a billed call, and an append to a git branch."""

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from contract.repositories import git, make_clone, make_remote

from agencyfile.portal import Endpoint, open_provider
from plan import Address, Call, Confirmed, Effect, FileStore, Ledger, LedgerStore, OperationClass, Secret
from plan.ledger import EntryType, History
from plan.ledger.git_store import GitStore
from plan.ledger.ledger import Draft

DIGEST = "a" * 64
PARAMETERS = {
    "account": "client",
    "name": "Client",
    "email": "owner@client.example",
    "notification": "ops@northwind.example",
    "plan": "221",
}
SENT = {
    "client.name": "Client",
    "client.email": "owner@client.example",
    "plan": {"tier": "plus", "billing": "monthly", "contacts": 1000},
}


def report(agency_api: str, hub_api: str, keys: Mapping[str, str], *, entries: int = 100_000, calls: int = 40) -> None:
    """Measure and print."""
    with TemporaryDirectory(prefix="agencyfile-bench-") as scratch:
        folder = Path(scratch)
        print(f"\nledger of {entries:,} entries")
        path = folder / "long.jsonl"
        fill(FileStore(path), entries)
        print_opening(path)
        endpoint = Endpoint(
            agency_api, hub_api, Secret(keys["agency"]), Secret(keys["hub"]), rate_limit=100_000.0, timeout=(5.0, 30.0)
        )
        call = print_call(endpoint, calls)
        print_syncs(folder / "bare", calls, call)
        print_appends("file, new", FileStore(folder / "new.jsonl"), calls, call)
        print_appends(f"file, {entries:,} entries", FileStore(path), calls, call)
        os.environ["AGENCYFILE_ALLOW_LOCAL_REMOTE"] = "1"  # the remote is a folder of this machine
        remote, clone = make_remote(folder / "remote.git"), make_clone(folder / "clone", folder / "remote.git")
        print_appends("git branch, local", GitStore(make_clone(folder / "alone"), "ledger"), calls, call)
        print_appends("git branch, bare remote on this disk", GitStore(clone, "ledger"), calls, call)
        size = sum(item.stat().st_size for item in remote.rglob("*") if item.is_file())
        git(remote, "gc", "--quiet")
        packed = sum(item.stat().st_size for item in remote.rglob("*") if item.is_file())
        print(f"  the remote takes {size / 1024:,.0f} kB, packed {packed / 1024:,.0f} kB")


def pair(number: int, intent: int) -> tuple[Draft, Draft]:
    """The intent of a billed call and its outcome."""
    address = Address("account", f"client{number}")
    told: dict[str, object] = {
        "api": "agency",
        "operation": "account_add",
        "call": DIGEST,
        "effect": "billed",
        "price": "49.00 USD",
        "parameters": PARAMETERS,
        "creates": True,
        "plan": DIGEST,
        "baseline": [],
        "sent": SENT,
    }
    outcome = {"intent": intent, "result": "confirmed", "remote_id": f"client{number}"}
    return (EntryType.INTENT, address, told), (EntryType.OUTCOME, address, outcome)


def fill(store: LedgerStore, entries: int) -> None:
    """Write a ledger of intents and outcomes, a thousand at a time."""
    ledger = Ledger(store, agency="northwind")
    while ledger.serial < entries:
        first = ledger.serial + (2 if ledger.serial == 0 else 1)
        count = min(1000, entries - first + 1)
        drafts = [draft for number in range(0, count, 2) for draft in pair(first + number, first + number)]
        ledger.append(*drafts[:count])


def seconds(run: Callable[[], object], times: int = 5) -> float:
    """CPU seconds of the best of several runs, each from a clean slate."""
    found = []
    for _ in range(times):
        gc.collect()
        began = time.process_time()
        result = run()
        found.append(time.process_time() - began)
        del result
    return min(found)


def print_opening(path: Path) -> None:
    """Opening a ledger, against nothing but parsing its lines."""
    raws = path.read_bytes().splitlines()
    bare = seconds(lambda: [json.loads(raw) for raw in raws])
    read = seconds(lambda: FileStore(path).read(0))
    entries = FileStore(path).read(0)
    fold = seconds(lambda: History.of(entries))
    whole = seconds(lambda: Ledger(FileStore(path), agency="northwind"))
    print(f"  {path.stat().st_size / 1e6:.0f} MB, json.loads of every line {bare:.2f} s CPU")
    for name, cost in (("read, chain checked", read), ("folded into facts", fold), ("opened, both", whole)):
        print(f"  {name:<38}{cost:>8.2f} s{cost / bare:>8.2f} x json.loads")


def print_call(endpoint: Endpoint, times: int) -> float:
    """A billed call to the local portal, in seconds."""
    found = []
    with open_provider(endpoint) as provider:
        for number in range(times):
            parameters = {**PARAMETERS, "account": f"bench{number}"}
            address = Address("account", f"bench{number}")
            call = Call(
                address, "agency", "account_add", "POST", parameters, OperationClass.CREATE, effect=Effect.BILLED
            )
            began = time.perf_counter()
            outcome = provider.send(call)
            found.append(time.perf_counter() - began)
            assert isinstance(outcome, Confirmed), outcome
    median = statistics.median(found)
    print(f"  {'a billed POST to the local portal':<38}{median * 1000:>8.2f} ms")
    return median


def print_syncs(path: Path, times: int, call: float) -> None:
    """What the disk alone takes for two appends that are durable."""
    line = f"{json.dumps(PARAMETERS)}\n".encode()
    found = []
    with path.open("ab", buffering=0) as stream:
        for _ in range(times):
            began = time.perf_counter()
            for _ in range(2):
                stream.write(line)
                os.fsync(stream.fileno())
            found.append(time.perf_counter() - began)
    print_pair("two bare writes with fsync", statistics.median(found), call)


def print_pair(name: str, median: float, call: float) -> None:
    """One line of the table of appends."""
    print(f"  {name:<55}{median * 1000:>8.2f} ms{median / call:>8.2f} x the call")


def print_appends(name: str, store: LedgerStore, times: int, call: float) -> None:
    """The intent and the outcome of one call, each durable before the next step; in wall time, against the call."""
    ledger = Ledger(store, agency="northwind")
    if ledger.serial == 0:
        ledger.append((EntryType.READY, Address("account", "first"), {"remote_id": "1"}))
    found = []
    for number in range(times):
        intent, outcome = pair(number, ledger.serial + 1)
        began = time.perf_counter()
        ledger.append(intent)
        ledger.append(outcome)
        found.append(time.perf_counter() - began)
    print_pair(f"intent + outcome, {name}", statistics.median(found), call)
