"""What a billed call would be charged now: a price that has changed is noticed right before it is sent."""

from dataclasses import dataclass
from typing import Any

import pytest

from agencyfile.portal import KINDS, open_reader
from agencyfile.portal.connection import Connection
from agencyfile.portal.reader import PortalReader
from plan.address import Address, Origin
from plan.call import Call, Effect, OperationClass
from plan.change import Create, Edit, Update
from plan.errors import PortalError
from plan.money import Money, Price
from plan.resource import Reading
from plan.values import Attributes

ORIGIN = Origin("agency.yaml", 1, 1)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def _usd(amount: str) -> Money:
    return Money.parse(f"{amount} USD")


def _creation(reading: Reading) -> Call:
    """The billed call that the plan of a new account holds."""
    kind, (resource,) = KINDS["account"], reading.desired
    price = kind.price(None, resource.attributes)
    (call,) = kind.lower(Create(resource.address, resource.attributes, Effect.BILLED, "new block", ORIGIN, price=price))
    return call


def _upgrade(reading: Reading) -> Call:
    """The billed call that the plan of a changed account holds."""
    kind, (resource,) = KINDS["account"], reading.desired
    live = next(item for item in reading.live if item.address == resource.address)
    before: Attributes = {"plan": live.attributes["plan"]}
    after: Attributes = {"plan": resource.attributes["plan"]}
    price, edits = kind.price(before, after), (Edit("plan.contacts", 1000, 2500),)
    (call,) = kind.lower(
        Update(resource.address, "acme", edits, before, after, Effect.BILLED, "plan", ORIGIN, price=price)
    )
    return call


ANNUAL = {"tier": "plus", "billing": "annual", "contacts": 1000}
LARGER = {"tier": "plus", "billing": "monthly", "contacts": 2500}


@pytest.mark.parametrize(
    ("plan", "price", "changed"),
    [
        ({"tier": "plus", "billing": "monthly", "contacts": 1000}, {"plan_221": 59}, Price(_usd("59"), _usd("59"))),
        (ANNUAL, {"plan_222": 600}, Price(_usd("600"), _usd("50"))),
        (ANNUAL, {"plan_222": 0}, Price(_usd("0"), _usd("0"))),
    ],
)
def test_quote_of_a_creation_is_the_list_price_now(
    portal: Any, account: Any, plan: Any, price: dict[str, int], changed: Price
) -> None:
    """The same as planned while nothing changes; then the new one (rules 31 and 32)."""
    with PortalReader(Connection(portal.endpoint()), clock := Clock()) as reader:
        call = _creation(reader.read([account("acme", plan=plan)]))
        assert reader.quote(call) == call.price

        portal.prices(**price)
        clock.now += 10.1

        assert reader.quote(call) == changed


def test_quote_of_an_upgrade_moves_with_the_price_of_the_new_plan(portal: Any, account: Any, paid: Any) -> None:
    """Rule 46: it is the difference of two plans, and the call names the new one."""
    portal.seed(accounts=[paid("acme")])
    with PortalReader(Connection(portal.endpoint()), clock := Clock()) as reader:
        call = _upgrade(reader.read([account("acme", plan=LARGER)]))
        assert call.price == Price(_usd("80"), _usd("80"))
        assert reader.quote(call) == call.price

        portal.prices(plan_231=145)
        clock.now += 10.1

        assert reader.quote(call) == Price(_usd("95"), _usd("95"))
        assert portal.requests("account_edit") == []


def test_quote_of_an_upgrade_that_nothing_was_read_for_is_the_whole_price(portal: Any) -> None:
    """The most that can be charged."""
    parameters = {"account": "acme", "plan": "231"}
    price = Price(_usd("80"), _usd("80"))
    call = Call(
        Address("account", "acme"),
        "agency",
        "account_edit",
        "POST",
        parameters,
        OperationClass.ABSOLUTE,
        Effect.BILLED,
        price,
    )
    with open_reader(portal.endpoint()) as reader:
        assert reader.quote(call) == Price(_usd("130"), _usd("130"))


def test_quote_asks_once_in_ten_seconds(portal: Any, account: Any) -> None:
    """Many creations in a row cost one request; an old answer counts no longer."""
    with PortalReader(Connection(portal.endpoint()), clock := Clock()) as reader:
        call = _creation(reader.read([account("acme")]))
        asked = len(portal.requests("account_plans"))
        for _ in range(5):
            reader.quote(call)
            clock.now += 2
        assert len(portal.requests("account_plans")) == asked + 1

        clock.now += 0.1
        reader.quote(call)
        assert len(portal.requests("account_plans")) == asked + 2


def _rows(**fields: Any) -> dict[str, Any]:
    known = {"id": 221, "type": "plus", "term": 1, "price": 50, "currency": "USD", "limit_sub": 1000}
    return {"result_code": 1, "plans": {"221": {**known, **fields}}}


def _quoted(scripted: Any, account: Any, before: dict[str, Any], now: dict[str, Any]) -> tuple[Call, Price | None]:
    """A creation planned with one catalogue, quoted with another."""
    for answer in ({"result_code": 1, "accounts": []}, {"result_code": 1, "accounts": []}, before, now):
        scripted.answer(200, answer)
    with open_reader(scripted.endpoint()) as reader:
        call = _creation(reader.read([account("acme")]))
        return call, reader.quote(call)


@pytest.mark.parametrize("now", [{"id": 999}, {"price": None}, {"currency": ""}])
def test_quote_of_what_is_no_longer_told_is_none(scripted: Any, account: Any, now: dict[str, Any]) -> None:
    """A plan that was withdrawn, or has lost its price."""
    assert _quoted(scripted, account, _rows(), _rows(**now))[1] is None


def test_quote_of_what_was_never_told_is_what_was_planned(scripted: Any, account: Any) -> None:
    """A price that the portal does not tell has not changed as long as it still does not."""
    call, price = _quoted(scripted, account, _rows(price=None), _rows(price=None))

    assert call.price == price == Price(None, None)


def test_quote_of_what_is_told_at_last_is_its_price(scripted: Any, account: Any) -> None:
    """It is another than planned."""
    assert _quoted(scripted, account, _rows(price=None), _rows())[1] == Price(_usd("50"), _usd("50"))


def test_quote_in_another_currency_is_another_price(scripted: Any, account: Any) -> None:
    """Currencies are never mixed."""
    _, price = _quoted(scripted, account, _rows(), _rows(currency="EUR"))

    assert price is not None
    assert str(price.now) == "50.00 EUR"


def test_quote_of_a_call_without_a_plan_is_its_own_price(portal: Any) -> None:
    """Nothing is asked where nothing is sold."""
    call = Call(Address("account", "acme"), "agency", "account_edit", "POST", {}, OperationClass.ABSOLUTE)
    with open_reader(portal.endpoint()) as reader:
        assert reader.quote(call) is None

    assert not portal.requests()


def test_quote_that_cannot_be_had_is_an_error(portal: Any, account: Any) -> None:
    """Nothing is charged at a price that nobody knows."""
    with open_reader(portal.endpoint()) as reader:
        call = _creation(reader.read([account("acme")]))
        portal.fault("error_before_commit", "account_plans", times=None)
        with pytest.raises(PortalError, match="account_plans"):
            reader.quote(call)
