"""Two portals with a key each, and an empty fleet beside them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests
from fleets import Fleet, open_portals

from agencyfile.local_portal import RunningPortal


@pytest.fixture(scope="session")
def two_portals() -> Iterator[Mapping[str, RunningPortal]]:
    """Two portals, one for each key."""
    with open_portals() as portals:
        yield portals


@pytest.fixture
def fleet(two_portals: Mapping[str, RunningPortal], tmp_path: Path) -> Fleet:
    """An empty fleet; its portals are empty too."""
    for portal in two_portals.values():
        requests.post(f"{portal.url}/_portal/reset", timeout=600).raise_for_status()
    return Fleet(tmp_path, two_portals)
