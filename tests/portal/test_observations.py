"""What the answers of a portal have shown of the questions on which sources differ."""

import pytest

from agencyfile.kinds.readings import LIST_PAGES, QUESTIONS, STATUS_WORDS
from agencyfile.portal.observations import Observations


def test_nothing_is_seen_until_an_answer_shows_it() -> None:
    """No reading is assumed."""
    seen = Observations()
    assert seen.seen() == {}
    assert [each.question for each in seen.table()] == list(QUESTIONS.values())
    assert {str(each) for each in seen.table()} == {"not seen yet"}


def test_two_readings_of_one_question_are_both_kept() -> None:
    """The portal contradicts itself: neither reading counts, and both can be named."""
    seen = Observations()
    seen.saw(STATUS_WORDS, "numbers")
    assert seen.reading(STATUS_WORDS) == "numbers"

    seen.saw(STATUS_WORDS, "words")
    seen.saw(STATUS_WORDS, "numbers")

    assert (seen.reading(STATUS_WORDS), seen.of(STATUS_WORDS).is_mixed) == (None, True)
    assert seen.seen() == {"status-words": ("numbers", "words")}
    assert seen.reading(LIST_PAGES) is None


def test_a_reading_that_the_question_does_not_have_is_a_bug() -> None:
    """Misspellings do not become observations."""
    with pytest.raises(ValueError, match="status-words"):
        Observations().saw(STATUS_WORDS, "digits")
