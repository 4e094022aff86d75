"""A portal for the public clients: once in each dialect that the agency API may have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_portal.portal_client import Client, client_of

# "hub-only" says nothing of the agency API.
DIALECTS = ("today", "vendor-2014", "java")


@pytest.fixture(scope="session")
def _started() -> Iterator[Client]:
    with client_of() as started:
        yield started


@pytest.fixture
def client(_started: Client) -> Client:
    """A client of an empty portal that provisions at once and speaks as it does by default."""
    _started.order("reset")
    return _started


@pytest.fixture(params=DIALECTS)
def speaking(client: Client, request: pytest.FixtureRequest) -> Client:
    """The same, once in each dialect."""
    client.order("settings", {"dialect": request.param})
    return client
