"""What recurs: exact by the year, rounded once by the month, and signed."""

from fractions import Fraction

import pytest

from plan import Budget, Money
from plan.billing import Movement, Recurrence, Subscription, Yearly, movement, yearly


def monthly(price: str | None) -> Subscription:
    """A plan that is billed every month."""
    return Subscription("monthly", Money.parse(price) if price else None)


def annual(price: str) -> Subscription:
    """A plan that is billed every year."""
    return Subscription("annual", Money.parse(price), 12)


def difference(*changes: tuple[Subscription | None, Subscription | None]) -> list[str]:
    """The net of some changes, per month."""
    found = movement(Recurrence(before, after) for before, after in changes)
    return [str(money) for money in found.difference.per_month]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            [(monthly("50.00 USD"), monthly("92.67 USD"))] * 29
            + [(monthly("50.00 USD"), monthly("92.57 USD"))]
            + [(monthly("240.00 USD"), monthly("160.00 USD"))] * 10,
            ["480.00 USD"],
        ),
        ([(annual("7200.00 USD"), monthly("720.00 USD"))], ["120.00 USD"]),
        (
            [(monthly("50.00 USD"), monthly("130.00 USD")), (monthly("240.00 USD"), monthly("130.00 USD"))],
            ["-30.00 USD"],
        ),
        ([(monthly("720.00 USD"), None)], ["-720.00 USD"]),
        ([(None, annual("500.00 USD"))] * 3, ["125.00 USD"]),
        ([(monthly("50.00 USD"), monthly("50.00 EUR"))], ["50.00 EUR", "-50.00 USD"]),
        ([(Subscription("trial", Money.parse("0.00 USD"), 0), monthly("49.00 USD"))], ["49.00 USD"]),
    ],
)
def test_difference_is_signed_and_exact(
    changes: list[tuple[Subscription | None, Subscription | None]], expected: list[str]
) -> None:
    """Downgrades and endings count; three thirds of a year are a whole; currencies stay apart."""
    assert difference(*changes) == expected


def test_month_of_a_year_is_rounded_half_up_once() -> None:
    """500 a year are 41.67 a month, and two of them 83.33: the sum is rounded, not its parts."""
    assert [str(money) for money in yearly([annual("500.00 USD")]).per_month] == ["41.67 USD"]
    assert [str(money) for money in yearly([annual("500.00 USD")] * 2).per_month] == ["83.33 USD"]
    assert [str(money) for money in Yearly({"USD": Fraction(-3, 50)}).per_month] == ["-0.01 USD"]


def test_untold_price_is_counted_and_never_added() -> None:
    """What the portal does not tell is said to be so: before, after and in between."""
    found = movement([Recurrence(monthly(None), monthly("50.00 USD")), Recurrence(monthly(None), None)])

    assert (found.before.untold, found.after.untold, found.difference.untold, found.may_raise) == (2, 0, 2, 1)
    assert [str(money) for money in found.after.per_month] == ["50.00 USD"]
    assert found.difference.amounts == {}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("90.00 USD", "100.00 USD", None),
        ("90.00 USD", "100.01 USD", "100.01 USD a month after the apply is over max_monthly: 100.00 USD may be billed"),
        ("300.00 USD", "200.00 USD", None),
        ("90.00 USD", "20.00 EUR", "a change in EUR cannot be held against max_monthly in USD"),
        ("90.00 USD", None, "does not tell"),
        (None, "90.00 USD", "does not tell"),
    ],
)
def test_max_monthly_refuses_what_raises_it_too_far(before: str | None, after: str | None, words: str | None) -> None:
    """Too much, another currency or no price: refused. A limit that is exceeded already never forbids a saving."""
    reason = Budget(monthly=Money.parse("100.00 USD")).refuses_monthly(
        movement([Recurrence(monthly(before), monthly(after))])
    )

    assert (reason is None) == (words is None)
    assert (words or "") in (reason or "")


def test_max_monthly_counts_what_the_plan_leaves_alone() -> None:
    """It is a limit of the whole portal."""
    found = movement([Recurrence(None, monthly("10.00 USD"))]).beside(Yearly({"USD": Fraction(12 * 95)}))

    assert Budget(monthly=Money.parse("104.99 USD")).refuses_monthly(found)
    assert Budget(monthly=Money.parse("105.00 USD")).refuses_monthly(found) is None
    assert Budget().refuses_monthly(found) is None
    assert Budget(monthly=Money.parse("1.00 USD")).refuses_monthly(Movement()) is None
