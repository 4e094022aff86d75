"""The fewest visits: compared with every possible choice on small agencies."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from agencyfile.contacts.visits import Pair, by_user

NUMBERS = [f"OCN-{number}" for number in range(4)]
EMAILS = [f"p{number}@acme.example" for number in range(4)]
PAIRS = st.sets(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(EMAILS)))


def visits(pairs: set[Pair], set_by_user: frozenset[Pair], visited: set[str]) -> int:
    """How often somebody goes to the pages."""
    return len({number for number, _ in pairs - set_by_user} | visited) + len({email for _, email in set_by_user})


def fewest(pairs: set[Pair], visited: set[str]) -> int:
    """The same by trying every choice of numbers."""
    numbers = sorted({number for number, _ in pairs} - visited)
    choices = (set(chosen) | visited for size in range(len(numbers) + 1) for chosen in combinations(numbers, size))
    return min(len(chosen) + len({email for number, email in pairs if number not in chosen}) for chosen in choices)


@given(PAIRS, st.sets(st.sampled_from(NUMBERS)))
def test_visits_are_the_fewest(pairs: set[Pair], visited: set[str]) -> None:
    """No choice of customer numbers and journeys by user is shorter, and a visited number is never left out."""
    found = by_user(pairs, visited)

    assert found <= pairs
    assert not {number for number, _ in found} & visited
    assert visits(pairs, found, visited) == fewest(pairs, visited)


def test_ten_contacts_of_one_customer_are_one_visit() -> None:
    """And one contact of three customers is one journey by user; where both are as short, the customer is visited."""
    ten = {("OCN-1", f"p{number}@acme.example") for number in range(10)}
    three = {(f"OCN-{number}", "zoe@acme.example") for number in (2, 3, 4)}

    assert by_user(ten) == frozenset()
    assert by_user(ten | three) == three
    assert by_user({("OCN-1", "zoe@acme.example")}) == frozenset()
