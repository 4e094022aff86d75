"""The parts of the tests: the sample and the rest are the whole, and share nothing."""

import pytest
import sampling
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import Part


@given(count=st.integers(0, 60), every=st.integers(1, 13), start=st.integers(0, 200))
def test_sample_and_rest_are_the_whole_and_share_nothing(count: int, every: int, start: int) -> None:
    """Whatever the matrix and the stride: nothing is lost between `make test` and `make test-long`."""
    with pytest.MonkeyPatch.context() as patch:
        found = {part: list(_of(part, patch, count, every, start)) for part in Part}

    assert sorted(found[Part.SAMPLE] + found[Part.REST]) == found[Part.ALL] == list(range(count))
    assert len(found[Part.SAMPLE]) in (count // every, count // every + 1)


def _of(part: Part, patch: pytest.MonkeyPatch, count: int, every: int, start: int) -> list[int]:
    patch.setattr(sampling._Chosen, "part", part)
    return list(sampling.sampled(range(count), every=every, start=start))


def test_property_tests_are_derandomised_in_the_sample_alone(request: pytest.FixtureRequest) -> None:
    """`make test` draws the same examples each time; a seed given on the command line is a longer run's."""
    is_fixed = sampling.part() is Part.SAMPLE and request.config.getoption("hypothesis_seed") is None

    assert settings.get_profile("sample").derandomize
    assert not settings.get_profile("random").derandomize
    assert settings().derandomize is is_fixed
    assert settings().database is None
    assert settings().print_blob
