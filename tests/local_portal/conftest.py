"""Fixtures: one portal for most tests, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_portal.portal_client import Client, client_of
from local_portal.visitor import Visitor


@pytest.fixture(scope="session")
def _started_client() -> Iterator[Client]:
    with client_of(page_size=3) as started:
        yield started


@pytest.fixture
def client(_started_client: Client) -> Client:
    """A client of an empty portal that provisions at once and has pages of three accounts."""
    _started_client.order("reset")
    return _started_client


@pytest.fixture
def visitor(client: Client) -> Visitor:
    """Somebody who has logged in to the pages of an empty portal."""
    someone = Visitor(client.portal.url)
    someone.log_in()
    return someone
