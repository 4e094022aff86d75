"""Who is attacked, anew for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from security.listener import Listener, listening
from security.victim import Victim

from agencyfile.local_portal import RunningPortal


@pytest.fixture
def victim(portal: RunningPortal, tmp_path: Path) -> Victim:
    """An agency with an empty portal, an empty repository and its remote."""
    requests.post(f"{portal.url}/_portal/reset", timeout=600).raise_for_status()
    folder = tmp_path / "agency"
    folder.mkdir()
    return Victim(folder, portal)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody else's socket on this machine."""
    with listening() as found:
        yield found
