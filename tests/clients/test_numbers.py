"""Check digits: enterprise numbers and national register numbers, against a second reading of the same rules."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from stdnum.be import bis, nn, vat

from agencyfile.fields.enterprise_numbers import is_enterprise_number, normal_form, parse_enterprise_number
from agencyfile.fields.register_numbers import holds_register_number, is_register_number

VALID = ("0417497106", "0403091220", "0428759497", "1003666423", "1006872569")


@pytest.mark.parametrize("number", VALID)
def test_enterprise_number_that_was_issued_is_one(number: str) -> None:
    """Numbers of real companies, those that begin with 1 too."""
    assert parse_enterprise_number(number) == number


@pytest.mark.parametrize(
    "number", ["0431150351", "0000009700", "2006872569", "041749710", "04174971060", "", "0417497I06"]
)
def test_enterprise_number_that_was_not_issued_is_refused(number: str) -> None:
    """Wrong check digits, the check digits 00, a wrong first digit, a wrong length, another character."""
    with pytest.raises(PydanticCustomError):
        parse_enterprise_number(number)


@pytest.mark.parametrize("written", ["BE 0417.497.106", "be0417497106", "0417/497/106", "417497106", "BE 417-497-106"])
def test_enterprise_number_in_other_spellings_is_the_same(written: str) -> None:
    """Prefix, separators, and the zero that a spreadsheet drops."""
    assert parse_enterprise_number(written) == "0417497106"


def test_enterprise_numbers_agree_with_stdnum_but_for_check_digits_that_are_never_issued() -> None:
    """100,000 random numbers. The other reading also takes 00, 98 and 99, which no rest of a division by 97 gives."""
    draw = random.Random(20261128)
    differing = []
    for turn in range(100_000):
        base = draw.randrange(20_000_000)
        check = draw.randrange(100) if turn % 2 else (97 - base % 97 + draw.choice((0, 0, 0, 1, -97, 97))) % 100
        number = f"{base:08}{check:02}"
        if is_enterprise_number(number) != vat.is_valid(number):
            differing.append(number)

    assert {number[8:] for number in differing} == {"00", "98", "99"}
    assert not any(map(is_enterprise_number, differing))


@given(st.text(alphabet="BEbe0123456789 ./-", max_size=16))
def test_enterprise_number_of_any_text_is_refused_or_ten_digits(text: str) -> None:
    """Nothing else comes out, and what comes out is read as itself."""
    digits = normal_form(text)
    if is_enterprise_number(digits):
        assert len(digits) == 10
        assert parse_enterprise_number(digits) == digits


def test_register_numbers_agree_with_stdnum() -> None:
    """Numbers of the register and bis numbers: what either reading takes, we take for one."""
    draw = random.Random(20261128)
    seen = 0
    for _ in range(50_000):
        nine = (
            f"{draw.randrange(100):02}{draw.choice((0, 20, 40)) + draw.randrange(1, 13):02}{draw.randrange(1, 29):02}"
        )
        nine += f"{draw.randrange(1, 999):03}"
        number = f"{nine}{97 - int(draw.choice(('', '2')) + nine) % 97:02}"
        if nn.is_valid(number) or bis.is_valid(number):
            seen += 1
            assert is_register_number(number)

    assert seen > 10_000


@pytest.mark.parametrize(
    "text",
    ["85.07.30-033.28", "85073003328", "Jan Janssens (85.07.30-033.28)", "nr 85 07 30 033 28.", "17.07.30-033.99"],
)
def test_register_number_in_a_text_is_found(text: str) -> None:
    """With separators and without, alone and in a sentence; in its usual form also with wrong check digits."""
    assert holds_register_number(text)


@pytest.mark.parametrize("text", ["+32 2 555 01 01", "0417497106", "Acme Gym", "85073003329", "", "8507300332812"])
def test_text_without_a_register_number_is_left_alone(text: str) -> None:
    """Telephone and enterprise numbers, other digits, longer runs of digits."""
    assert not holds_register_number(text)
