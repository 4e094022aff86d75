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


@given(count=st.integers(1, 1000))
def test_examples_of_the_parts_add_up_to_all_of_them(count: int) -> None:
    """The sample draws at least one, and what it does not draw the rest draws."""
    drawn = {}
    for part in Part:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sampling._Chosen, "part", part)
            drawn[part] = sampling.examples(count)

    assert drawn[Part.SAMPLE] + drawn[Part.REST] == drawn[Part.ALL] == count
    assert drawn[Part.SAMPLE] >= 1


@pytest.mark.parametrize("part", Part)
def test_case_that_the_sample_leaves_out_is_whole_in_the_rest(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nine cases every third is thinned by steps; the others have all of their steps in the rest, and their mark."""
    monkeypatch.setattr(sampling._Chosen, "part", part)
    cases = [sampling.numbered(place=place, every=3, id=str(place)) for place in range(9)]
    starts = [case.values[0] for case in cases]
    steps = [len(list(sampling.sampled(range(20), every=5, start=start))) for start in starts if start is None]

    assert starts == [0, None, None, 1, None, None, 2, None, None]
    assert [[mark.name for mark in case.marks] for case in cases] == [
        [] if each is not None else ["rest"] for each in starts
    ]
    assert steps == [0 if part is Part.SAMPLE else 20] * 6
    assert [case.marks for case in sampling.thinned(range(9), every=3)] == [case.marks for case in cases]


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
