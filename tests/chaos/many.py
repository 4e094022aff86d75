"""`make chaos`: thousands of histories through the proxy, judged by the portal's books; a table by class of fault.

AGENCYFILE_CHAOS is their number (2,000), AGENCYFILE_CHAOS_SEED the first seed, AGENCYFILE_CHAOS_KIND one class alone.
Exit 1 when anything went wrong; each failing history is printed as short as it can be.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import evidence
from chaos.histories import KINDS, History, make_history
from chaos.judging import FAILURES, Verdict
from chaos.living import Chaos
from chaos.minimising import shortest

from agencyfile.local_portal import Dialect, Settings, running

WORKERS = int(os.environ.get("AGENCYFILE_CHAOS_WORKERS", "2"))
SHOWN = 12  # failing histories that are made short and printed, for each worker
COLUMNS = ("histories", "runs", "requests", "faults", *FAILURES, "beyond", "reported")


def main() -> int:
    """Run them, print the table."""
    number = int(os.environ.get("AGENCYFILE_CHAOS", "2000"))
    first = int(os.environ.get("AGENCYFILE_CHAOS_SEED", "0"))
    kinds = [os.environ["AGENCYFILE_CHAOS_KIND"]] if os.environ.get("AGENCYFILE_CHAOS_KIND") else list(KINDS)
    begun = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="agencyfile-chaos-") as folder:
        workers = [
            context.Process(target=_work, args=(worker, range(first + worker, first + number, WORKERS), kinds, folder))
            for worker in range(WORKERS)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        total: dict[str, Counter[str]] = {}
        for path in Path(folder).glob("count-*.json"):
            for kind, counts in json.loads(path.read_text()).items():
                total.setdefault(kind, Counter()).update(counts)
    print(table(total))
    print(f"{sum(counts['histories'] for counts in total.values())} histories in {time.monotonic() - begun:.0f} s")
    is_bad = any(counts[name] for counts in total.values() for name in FAILURES)
    return 1 if is_bad or any(worker.exitcode for worker in workers) else 0


def table(total: dict[str, Counter[str]]) -> str:
    """Return a line for each class of fault and one for all."""
    everything = Counter[str]()
    for counts in total.values():
        everything.update(counts)
    rows = [*((kind, total[kind]) for kind in KINDS if kind in total), ("all", everything)]
    head = f"{'class':<20}" + "".join(f"{name:>11}" for name in COLUMNS)
    return "\n".join(
        [head, *(f"{kind:<20}" + "".join(f"{counts[name]:>11}" for name in COLUMNS) for kind, counts in rows)]
    )


@contextmanager
def opened(folder: Path) -> Iterator[Chaos]:
    """A portal, a proxy and a stage in `folder`."""
    settings = Settings(
        provisioning=0,
        snapshot_time=0,
        dialect=Dialect(user_me_login="key", edit_cancelled="reactivates"),  # what some scenarios need
        agency_key=evidence.AGENCY_KEY,
        hub_key=evidence.HUB_KEY,
    )
    with running(settings) as portal:
        chaos = Chaos(folder / "agency", portal)
        sys.setswitchinterval(0.0005)
        try:
            yield chaos
        finally:
            chaos.close()


def _show(history: History, verdict: Verdict) -> None:
    print(f"\n{history}\n  " + "\n  ".join(words[:700] for words in verdict.words), flush=True)


def _work(worker: int, seeds: range, kinds: list[str], folder: str) -> None:
    own = Path(folder) / f"worker-{worker}"
    own.mkdir()
    (own / "evidence").mkdir()
    os.environ[evidence.FOLDER] = str(own / "evidence")
    os.chdir(own)
    total: dict[str, Counter[str]] = {}
    shown = 0
    with opened(own) as chaos:
        for done, seed in enumerate(seeds, 1):
            history = make_history(seed, kinds)
            before = (chaos.runs, chaos.requests, chaos.hits)
            verdict = chaos.live(history)
            counts = total.setdefault(history.kind, Counter())
            counts.update(histories=1, **{name: getattr(verdict, name) for name in (*FAILURES, "beyond", "reported")})
            after = (chaos.runs, chaos.requests, chaos.hits)
            counts.update(
                {name: b - a for name, a, b in zip(("runs", "requests", "faults"), before, after, strict=True)}
            )
            if verdict.is_bad:
                shown += 1
                _show(history, verdict)
                if shown <= SHOWN:
                    print("made shorter:", flush=True)
                    _show(*shortest(history, verdict, chaos.live))
            if done % 100 == 0:
                print(f"worker {worker}: {done} of {len(seeds)}", flush=True)
    (Path(folder) / f"count-{worker}.json").write_text(json.dumps(total))
