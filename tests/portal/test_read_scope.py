"""What removals and credits add to a read."""

from collections import Counter
from typing import Any

import pytest

from agencyfile.portal import open_reader
from plan.address import Address, Origin
from plan.resource import Removal, Resource
from plan.values import Reference, Value


@pytest.mark.parametrize(("status", "archived"), [("active", None), ("disabled", None), ("cancelled", "cancelled")])
def test_read_of_removals_alone_asks_for_accounts(portal: Any, paid: Any, status: str, archived: str | None) -> None:
    """Law 3: what is to be ended is looked up in the list, and priced; what has ended says so, and needs no price."""
    portal.seed(accounts=[paid("acme", status=status), paid("other")])
    removal = Removal(Address("account", "acme"), "cancel", {"reason": "contract ended"}, Origin("agency.yaml", 1, 1))

    with open_reader(portal.endpoint(first_page=1)) as reader:
        reading = reader.read([], [removal])

    prices = {} if archived else {"account_plans": 1}
    expected = {"account_list": 2, **prices}
    assert reading.reads == expected == Counter(request["action"] for request in portal.requests())
    live = {item.address.name: item for item in reading.live}
    assert live["acme"].archived == archived
    assert live["acme"].remote_id == "acme"
    assert reading.desired == ()


def test_read_of_credits_asks_for_no_list_of_their_own(portal: Any, account: Any, paid: Any) -> None:
    """Rule 71: nothing reads a balance, so that a credit is never live."""
    portal.seed(accounts=[paid("acme")])
    owner = Reference(Address("account", "acme"))
    attributes: dict[str, Value] = {"account": owner, "pool": "email", "total": 5000}
    credit = Resource(Address("credit", "acme.email"), attributes, Origin("agency.yaml", 1, 1))

    with open_reader(portal.endpoint()) as reader:
        reading = reader.read([account("acme"), credit])

    assert set(reading.reads) == {"account_list", "account_plans"}
    assert [item.address.kind for item in reading.live] == ["account"]
    assert reading.desired[1] == credit
