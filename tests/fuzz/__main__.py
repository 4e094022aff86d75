"""`make fuzz`: many mutated agency files, on every core; prints what came of them."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.fuzzing import batches, run_batch


def main() -> int:
    """Run `AGENCYFILE_FUZZ` cases from `AGENCYFILE_FUZZ_SEED` on; exit 1 when any fails."""
    cases, seed = int(os.environ.get("AGENCYFILE_FUZZ", "100000")), int(os.environ.get("AGENCYFILE_FUZZ_SEED", "0"))
    started = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(lambda batch: run_batch(*batch), batches(cases, seed)))
    failures = [failure for result in results for failure in result.failures]
    done = sum(result.cases for result in results)
    valid = sum(result.valid for result in results)
    print(f"{done} mutated files in {time.monotonic() - started:.0f} s: {valid} valid, {done - valid} with diagnostics")
    print(f"slowest {max(r.slowest for r in results):.2f} s CPU, most memory {max(r.megabytes for r in results)} MB")
    print("\n".join(failures) or "no traceback, no dead process, none over 2 s or 500 MB")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
