"""What a change of a balance says of a grant."""

import pytest

from agencyfile.kinds.credit.balance import Balance, Growth

BEFORE = Balance(1000, 200)


@pytest.mark.parametrize(
    ("now", "times"),
    [
        (Balance(6000, 200), 1),
        (Balance(5250, 950), 1),  # emails were sent meanwhile
        (Balance(1000, 5200), 1),  # all of it was used up at once
        (Balance(11000, 200), 2),
        (Balance(10500, 700), 2),
        (Balance(1000, 200), 0),
        (Balance(250, 950), None),  # nothing came, by two lists of which one may lag
        (Balance(6070, 200), None),  # somebody granted 70 more
        (Balance(3000, 200), None),
        (Balance(500, 200), None),  # credits went without emails
        (Balance(6000, 100), None),  # the count of emails began anew
    ],
)
def test_growth_tells_how_often_a_grant_was_carried_out(now: Balance, times: int | None) -> None:
    """5,000 were asked for; None is left to a person."""
    assert Growth(BEFORE, now, 5000).times == times


@pytest.mark.parametrize(
    "words", [(), ("12", "13"), ("credits x", "emails sent 3"), ("credits 5",), ("credits ٣", "emails sent 3")]
)
def test_words_that_are_no_balance_are_none(words: tuple[str, ...]) -> None:
    """Ids of snapshots, for one, or a ledger that somebody wrote into."""
    assert Balance.parse(words) is None


@pytest.mark.parametrize("balance", [BEFORE, Balance(-5, 0)])
def test_balance_survives_the_ledger(balance: Balance) -> None:
    """More emails than credits make it negative."""
    assert Balance.parse(balance.words()) == balance
