"""The documents that the forms of a plan are tried on."""

from typing import Any

import pytest
import requests
from rehearsal import Rehearsal
from render.documents import of_every_part

from agencyfile.local_portal import RunningPortal


@pytest.fixture(scope="module")
def every_part(portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The document in which everything stands, made once for a module."""
    folder = tmp_path_factory.mktemp("every") / "agency"
    folder.mkdir()
    requests.post(f"{portal.url}/_portal/reset", timeout=600).raise_for_status()
    return of_every_part(Rehearsal(folder, portal))
