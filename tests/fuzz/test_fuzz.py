"""Mutated agency files: diagnostics or a valid file, never a traceback, a dead process, 2 s or 500 MB."""

import os
import random
from functools import cache

import pytest
from fuzz.fuzzing import MOST_MEGABYTES, MOST_SECONDS, Result, batches, run_batch, sources
from fuzz.mutations import mutated
from sampling import Part, part
from sampling import seed as seed_of_the_run

CASES = int(os.environ.get("AGENCYFILE_FUZZ", "100" if part() is Part.SAMPLE else "4100"))
SEED = int(os.environ.get("AGENCYFILE_FUZZ_SEED", str(seed_of_the_run())))


made_once = cache(run_batch)


@pytest.mark.long
@pytest.mark.parametrize(("seed", "size"), list(batches(CASES, SEED)))
def test_validate_survives_mutated_files(seed: int, size: int) -> None:
    """Whatever stands in the file, `validate` says what is wrong or takes it, in bounded time and memory."""
    result = made_once(seed, size)

    assert result.failures == ()
    assert (result.cases, result.slowest < MOST_SECONDS, result.megabytes < MOST_MEGABYTES) == (size, True, True)


def test_mutations_reach_valid_and_invalid_files() -> None:
    """A fuzzer that only ever breaks the first line would prove little: both ends are reached."""
    result: Result = made_once(*next(batches(CASES, SEED)))

    assert 0 < result.valid < result.cases


def test_mutations_are_the_same_for_the_same_seed() -> None:
    """A failure that a seed names can be looked at again."""
    source = sources()[0].read_bytes()

    assert mutated(random.Random(7), source, [source]) == mutated(random.Random(7), source, [source])
