"""Which part of the tests runs: `make test` takes a sample of the long matrices, `make test-long` takes the rest.

A test that repeats itself over a long matrix takes its steps from `sampled`. Each step belongs to exactly one part, so
the sample and the rest together are the whole matrix.
"""

import os
import random
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, TypeVar

import hypothesis
import pytest
from _pytest.mark import ParameterSet

T = TypeVar("T")


class Part(StrEnum):
    """A part of the tests, as `--part` names it."""

    SAMPLE = "sample"
    REST = "rest"
    ALL = "all"


class _Chosen:
    """The part and the seed of this run. `choose` sets both before any test module is imported."""

    part: Part = Part.SAMPLE
    seed: int = 0


def part() -> Part:
    """Return the part that runs."""
    return _Chosen.part


def seed() -> int:
    """Return the seed of everything random: 0 in the sample, another one in each longer run."""
    return _Chosen.seed


def sampled(steps: Iterable[T], *, every: int, start: int | None = 0) -> Iterator[T]:
    """Yield the steps of the part that runs: every `every`-th is in the sample, beginning `start` steps later.

    Pass the number of the case as `start`, so that the cases of one matrix stop at different steps. Choose `every`
    without a common divisor with the period of the steps (a call passes six boundaries), so that each kind is met.
    A case whose start is None (see `numbered`) has no step in the sample.
    """
    for position, step in enumerate(steps):
        if is_in(is_in_sample=is_sampled(position, every=every, start=start)):
            yield step


def is_sampled(position: int, *, every: int, start: int | None = 0) -> bool:
    """Return whether the sample takes the step at `position`."""
    return start is not None and (position - start) % every == 0


def numbered(*values: object, place: int, every: int, id: str) -> ParameterSet:  # noqa: A002 - as `pytest.param` says
    """Return a case of a long matrix: its values, and its `start` for `sampled`.

    Every `every`-th case is in the sample. The others have the start None, and run whole in the rest.
    """
    is_in_sample = is_sampled(place, every=every)
    return pytest.param(*values, place // every if is_in_sample else None, id=id, marks=_marks(is_in_sample))


def thinned(cases: Iterable[T], *, every: int) -> list[ParameterSet]:
    """Return the cases for `parametrize`: every `every`-th is in the sample, the others run in the rest.

    Choose `every` without a common divisor with the periods of the cases, so that the sample has each kind of them.
    """
    return [_thinned(case, _marks(is_sampled(place, every=every))) for place, case in enumerate(cases)]


def examples(count: int) -> int:
    """Return how many random examples this part draws: the sample one in twenty of `count`, the rest the others."""
    sample = -(-count // _EXAMPLES)
    return {Part.SAMPLE: sample, Part.REST: count - sample, Part.ALL: count}[_Chosen.part]


def is_in(*, is_in_sample: bool) -> bool:
    """Return whether the part that runs includes something that is, or is not, in the sample."""
    match _Chosen.part:
        case Part.SAMPLE:
            return is_in_sample
        case Part.REST:
            return not is_in_sample
        case Part.ALL:
            return True


def add_options(parser: pytest.Parser) -> None:
    """Add `--part` to pytest."""
    words = "sample: every test, with a sample of the long matrices; rest: what the sample leaves out; all: both"
    parser.addoption("--part", choices=[str(each) for each in Part], default=str(Part.SAMPLE), help=words)


def choose(config: pytest.Config) -> None:
    """Take the part from the command line, and the seed, or draw one; the workers of xdist inherit what was drawn."""
    _Chosen.part = Part(config.getoption("part"))
    is_sample = _Chosen.part is Part.SAMPLE
    given = config.getoption(_SEED)
    if given is None and not is_sample:
        drawn = os.environ.setdefault(_DRAWN, str(random.SystemRandom().randrange(2**32)))
        given = config.option.hypothesis_seed = drawn
    _Chosen.seed = int(given or 0)
    # Said, not inherited: where `CI` is set, the default profile of hypothesis is another one, and derandomised.
    for name, is_fixed in (("sample", True), ("random", False)):
        most = examples(_DRAWN_BY_A_TEST)
        hypothesis.settings.register_profile(name, _COMMON, derandomize=is_fixed, max_examples=most)
    hypothesis.settings.load_profile("sample" if is_sample and given is None else "random")


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop the tests that this part has nothing of: in the rest, whatever ran whole in the sample; there, the rest."""
    dropped = [item for item in items if not _has_part(item)]
    if dropped:
        items[:] = [item for item in items if _has_part(item)]
        config.hook.pytest_deselected(items=dropped)


def header() -> str:
    """Return what a run says of itself first."""
    if _Chosen.part is Part.SAMPLE and not _Chosen.seed:
        return "part: sample, with the same random choices each time; `make test-long` runs the rest"
    return f"part: {_Chosen.part}, seed {_Chosen.seed}: {again()} makes the same random choices again"


def again() -> str:
    """Return the command that makes the same random choices again."""
    target = {Part.SAMPLE: "test", Part.REST: "test-long", Part.ALL: "test-all"}[_Chosen.part]
    return f"`make {target} SEED={_Chosen.seed}`"


def _has_part(item: pytest.Item) -> bool:
    is_rest = item.get_closest_marker("rest") is not None
    match _Chosen.part:
        case Part.SAMPLE:
            return not is_rest
        case Part.REST:
            return is_rest or _is_long(item)
        case Part.ALL:
            return True


def _is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("long") is not None or bool(getattr(_function(item), "is_hypothesis_test", False))


def _marks(is_in_sample: bool) -> tuple[pytest.MarkDecorator, ...]:  # noqa: FBT001
    return () if is_in_sample else (pytest.mark.rest,)


def _thinned(case: object, marks: tuple[pytest.MarkDecorator, ...]) -> ParameterSet:
    if isinstance(case, ParameterSet):
        return case._replace(marks=(*case.marks, *marks))
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=marks)


def _function(item: pytest.Item) -> object:
    return getattr(item, "obj", None)


_EXAMPLES: Final = 20  # of so many random examples one is in the sample
_DRAWN_BY_A_TEST: Final = 200  # random examples, over both parts
_SEED: Final = "hypothesis_seed"
_DRAWN: Final = "AGENCYFILE_DRAWN_SEED"
# A shared machine is slow now and then; that is no property of the code. Counterexamples are kept as `@example`, not in
# a database of this machine.
_COMMON: Final = hypothesis.settings(
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
    print_blob=True,
)
