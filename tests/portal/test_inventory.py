"""Everything that the portal lists, as rows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from agencyfile.kinds.days import is_beyond_recall, parse_day
from agencyfile.portal import open_reader
from agencyfile.portal.connection import Connection
from agencyfile.portal.reader import PortalReader
from plan.address import Address
from plan.errors import PortalError
from plan.money import Money


def test_inventory_has_every_account_with_what_the_portal_tells(portal: Any, paid: Any, lab: Any) -> None:
    """Sandboxes are known by their plan, archived accounts are in it, times and numbers come from the hub."""
    portal.seed(
        accounts=[
            paid("acme", cname="mail.acme.example", subscribers=12, expire="2027-05-01"),
            paid("gone", status="cancelled", expire="2024-03-01"),
            paid("idle", status="disabled"),
            lab,
        ]
    )
    with PortalReader(Connection(portal.endpoint()), today=lambda: date(2026, 11, 22)) as reader:
        found = reader.inventory()

    acme, gone, idle, sandbox = found.accounts
    assert [str(entry.address) for entry in found.accounts] == [
        "account.acme",
        "account.gone",
        "account.idle",
        "sandbox.lab",
    ]
    assert (acme.client_name, acme.domain, acme.contacts) == ("Acme", "mail.acme.example", 12)
    assert (acme.plan["tier"], acme.plan["contacts"], acme.status) == ("plus", 1000, "active")
    assert (acme.expires, acme.is_archived, acme.is_lost) == (date(2027, 5, 1), False, False)
    assert (gone.status, gone.is_archived, gone.is_lost) == ("cancelled", True, True)
    assert idle.status == "disabled"
    assert sandbox.expires is None
    assert all(entry.remote_id and entry.created_at for entry in found.accounts)
    assert found.reads == {
        "account_list": 4,
        "account_plans": 1,
        "child_account_list": 1,
        "snapshot_list": 1,
        "snapshot_source_list": 1,
    }


def test_inventory_has_every_snapshot_with_its_source_and_whether_it_can_be_used(portal: Any, lab: Any) -> None:
    """Rule 16 for those from before August 2021; names that are not unique are rows of their own."""
    portal.seed(
        accounts=[lab],
        snapshots=[
            {"name": "fit", "source": "lab"},
            {"name": "fit", "source": "lab", "status": "failed"},
            {"name": "old", "source": "lab", "created_at": "2021-07-31T23:00:00+00:00"},
        ],
    )
    with open_reader(portal.endpoint()) as reader:
        first, second, old = reader.inventory().snapshots

    assert (first.address, first.sandbox) == (Address("snapshot", "fit"), Address("sandbox", "lab"))
    assert (first.status, first.is_usable) == ("success", True)
    assert (second.address, second.status, second.is_usable) == (first.address, "failed", False)
    assert (old.is_usable, old.created_at) == (False, datetime(2021, 7, 31, 23, tzinfo=UTC))
    assert first.completed_at is not None


def test_inventory_without_the_hub_key_says_so(portal: Any, paid: Any) -> None:
    """What is not known is not none."""
    portal.seed(accounts=[paid("acme")])
    with open_reader(portal.endpoint(hub_key=None)) as reader:
        found = reader.inventory()

    assert (found.has_hub, found.snapshots) == (False, ())
    assert found.accounts[0].created_at is None
    assert found.reads == {"account_list": 3, "account_plans": 1}


def test_inventory_of_a_hub_that_fails_is_a_portal_error(portal: Any) -> None:
    """The list of the hub's accounts is read like any other."""
    portal.fault("error_before_commit", "child_account_list", status=503, times=None)
    with open_reader(portal.endpoint()) as reader, pytest.raises(PortalError, match="child_account_list"):
        reader.inventory()


def test_offers_are_the_plans_in_the_order_of_their_size(portal: Any) -> None:
    """One request, the smallest tier first, plans that do not recur before all."""
    with open_reader(portal.endpoint()) as reader:
        offers = reader.offers()

    terms = [str(offer.terms) for offer in offers]
    assert terms[:4] == ["trial", "sandbox", "starter/monthly/500", "starter/monthly/1000"]
    assert terms[10] == "starter/annual/500"
    assert terms[-1] == "enterprise/annual/100000"
    assert offers[2].list_price == Money.parse("16.00 USD")
    assert [request["action"] for request in portal.requests()] == ["account_plans"]


def test_offers_whose_terms_are_not_known_come_last(portal: Any) -> None:
    """A field that tells no tier leaves ids and prices."""
    with open_reader(portal.endpoint(tier_field="style")) as reader:
        offers = reader.offers()

    assert {offer.terms for offer in offers} == {None}
    assert offers[0].plan_id == "1"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-11-21 23:59:59", date(2026, 11, 21)),
        ("2026-11-21T00:00:00-06:00", date(2026, 11, 21)),
        ("2026/1/2", date(2026, 1, 2)),
        ("Nov 21, 2026", date(2026, 11, 21)),
        ("November 1st, 2026", date(2026, 11, 1)),
        ("21 Nov 2026", date(2026, 11, 21)),
        ("21-Nov-2026", date(2026, 11, 21)),
        ("11/21/2026", date(2026, 11, 21)),
        ("21/11/2026", date(2026, 11, 21)),
        ("02/02/2026", date(2026, 2, 2)),
        ("02/03/2026", None),
        ("0000-00-00", None),
        ("0000-00-00 00:00:00", None),
        ("2026-02-30", None),
        ("Foo 21, 2026", None),
        ("", None),
        ("never", None),
        ("1795219200", None),
    ],
)
def test_day_of_the_portal_is_read_where_it_is_clear_and_never_guessed(text: str, day: date | None) -> None:
    """The form of `expire` is not published (portal.md 1.3)."""
    assert parse_day(text) == day


@pytest.mark.parametrize(
    ("ended", "is_lost"),
    [
        (None, False),
        (date(2025, 11, 21), False),
        (date(2025, 11, 20), True),
        (date(2025, 11, 22), False),
        (date(2020, 1, 1), True),
        (date(2028, 1, 1), False),
    ],
)
def test_rule_41_archived_for_more_than_a_year_is_beyond_recall(*, ended: date | None, is_lost: bool) -> None:
    """A year of 366 days: nothing is called lost that may still be brought back."""
    assert is_beyond_recall(ended, date(2026, 11, 22)) is is_lost
