"""`make soak`: hours of random use of a portal that runs as a process; prints what came of it.

``AGENCYFILE_SOAK`` is the number of seconds (7200), ``AGENCYFILE_SOAK_RATE`` the requests a second (40), and
``AGENCYFILE_SOAK_SEED`` chooses the requests. A line of JSON comes every ten seconds, a report at the end.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from soak import judging
from soak.process import Figures, Process, portal
from soak.soaking import Pace, Tally, soak

SECONDS = float(os.environ.get("AGENCYFILE_SOAK", "7200"))
RATE = float(os.environ.get("AGENCYFILE_SOAK_RATE", "40"))
SEED = int(os.environ.get("AGENCYFILE_SOAK_SEED", str(time.time_ns() % 10**6)))
_EVERY = min(10.0, SECONDS / 8)  # seconds between two samples; two of them in each quarter at least


def main() -> int:
    """Soak a portal; exit 1 when it made a mistake or grew."""
    print(f"soak: {SECONDS:.0f} s, about {RATE:.0f} requests a second, AGENCYFILE_SOAK_SEED={SEED}", flush=True)
    with TemporaryDirectory() as folder, portal(Path(folder)) as process:
        tally, samples = Tally(), list[Figures]()
        asyncio.run(_run(process, tally, samples))
        found = [*tally.failures, *process.complaints(), *judging.problems(samples)]
    _report(tally, samples, found)
    return 1 if found else 0


async def _run(process: Process, tally: Tally, samples: list[Figures]) -> None:
    end = time.monotonic() + SECONDS
    watch = asyncio.ensure_future(_watch(process, tally, samples))
    await soak(process.world, tally, seed=SEED, pace=Pace(rate=RATE), is_over=lambda: time.monotonic() > end)
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch


async def _watch(process: Process, tally: Tally, samples: list[Figures]) -> None:
    started, told = time.monotonic(), 0
    while True:
        await asyncio.sleep(_EVERY)
        samples.append(process.figures())
        line = {
            "second": round(time.monotonic() - started),
            "shots": tally.shots,
            "kilobytes": samples[-1].kilobytes,
            "descriptors": samples[-1].descriptors,
            "threads": samples[-1].threads,
            "cpu": samples[-1].seconds,
            "classes": tally.classes(),
            "failures": len(tally.failures),
        }
        print(json.dumps(line), *tally.failures[told:], sep="\n", flush=True)
        told = len(tally.failures)


def _report(tally: Tally, samples: list[Figures], found: list[str]) -> None:
    print(f"{tally.shots:,} requests and connections, by kind and class of status:")
    for (kind, word), number in sorted(tally.answers.items()):
        print(f"  {kind:<14} {word:<5} {number:>9,}")
    print(f"5xx that a fault was asked for: {dict(sorted(tally.faulty.items()))}")
    print(f"pages: {len(tally.pages)} paths, {', '.join(sorted(tally.pages)[:40])}")
    print("\n".join(judging.table(samples)))
    print(f"memory of the last quarter over the second: {judging.growth(samples):.3f}")
    print("\n".join(found) or "no 5xx but those of faults, no traceback, memory flat")


if __name__ == "__main__":
    sys.exit(main())
