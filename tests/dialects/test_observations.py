"""What agencyfile learns of a portal's readings, from the answers alone (docs/portal.md section 8)."""

from typing import Any

import pytest
import requests
from dialects.agencies import dialect
from rehearsal import Rehearsal

from agencyfile.kinds.delivery.operations import ADD
from agencyfile.local_portal.dialect import DIALECTS, readings_of
from agencyfile.portal import Endpoint
from agencyfile.portal.connection import Connection
from agencyfile.portal.session import PortalProvider
from plan.address import Address, Origin
from plan.call import Confirmed, Effect
from plan.resource import Resource
from plan.values import Content, Reference, Secret, Value

# What a plan with accounts, sandboxes and a change of plan meets, and one template that is added.
MET = (
    "status-words",
    "hub-account-name",
    "list-pages",
    "account-form",
    "list-types",
    "client-email",
    "prorated",
    "template-id",
)


@pytest.fixture
def provider(rehearsal: Rehearsal) -> Any:
    """A client of the portal, with the key of one account."""
    portal = rehearsal.portal
    key = requests.post(f"{portal.url}/_portal/seed", json={"accounts": seeds()}, timeout=600)
    key.raise_for_status()
    endpoint = Endpoint(
        portal.agency_api,
        portal.hub_api,
        Secret(portal.agency_key),
        Secret(portal.hub_key),
        rate_limit=10_000.0,
        account_api=portal.account_api,
        account_keys={"acme": Secret("key-of-acme-1")},
    )
    with PortalProvider(Connection(endpoint)) as made:
        yield made


def seeds() -> list[dict[str, Any]]:
    """One account, and a sandbox whose name at the hub is no login name."""
    return [
        {"account": "acme", "planid": "221", "client_name": "Acme", "api_key": "key-of-acme-1"},
        {"account": "lab", "plan": {"tier": "sandbox"}, "client_name": "My Laboratory"},
    ]


def desired() -> list[Resource]:
    """An account on a larger plan, and a snapshot."""
    place = Origin("agency.yaml", 1, 1)
    plan: dict[str, Value] = {"tier": "plus", "billing": "monthly", "contacts": 2500}
    tier: dict[str, Value] = {"tier": "sandbox"}
    sandbox = Address("sandbox", "lab")
    return [
        Resource(Address("account", "acme"), {"plan": plan}, place),
        Resource(sandbox, {"plan": tier}, place),
        Resource(Address("snapshot", "base"), {"sandbox": Reference(sandbox)}, place),
    ]


@pytest.mark.parametrize("name", DIALECTS)
def test_readings_are_those_of_the_dialect(rehearsal: Rehearsal, provider: PortalProvider, name: str) -> None:
    """Each question that was met has the dialect's reading; no other question has any."""
    readings = readings_of(DIALECTS[name])
    dialect(rehearsal, readings)

    provider.read(desired())
    url = rehearsal.portal.account_api.replace("{account}", "acme")
    parameters: dict[str, Value] = {"account": "acme", "api": url, "name": "news", "html": Content("<p>1</p>")}
    sent = provider.send(ADD.call(Address("delivery", "acme.news"), parameters, Effect.PERMANENT))

    assert isinstance(sent, Confirmed), sent
    seen = provider.observations.seen()
    assert {question: seen[question] for question in MET} == {question: (readings[question],) for question in MET}
    assert set(seen) == set(MET)


@pytest.mark.parametrize("reading", ["failure", "no-status"])
def test_unknown_account_shows_its_reading_where_it_is_asked_about(
    rehearsal: Rehearsal, provider: PortalProvider, reading: str
) -> None:
    """Accounts are asked about by name only after a lost answer; either reading means that there is none."""
    dialect(rehearsal, {"unknown-account": reading})
    questions = provider._connection.questions()

    assert questions.status("nobody") is None
    assert provider.observations.seen()["unknown-account"] == (reading,)
