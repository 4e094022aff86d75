"""Fixtures of the crash tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import evidence
import pytest
from crash.driver import Driver
from crash.stage import Stage

from agencyfile.local_portal import Dialect, RunningPortal, Settings, running


@pytest.fixture(scope="session")
def quick_portal() -> Iterator[RunningPortal]:
    """A local portal that provisions at once, answers keys to logins, and bills cancelled accounts that are edited."""
    dialect = Dialect(user_me_login="key", edit_cancelled="reactivates")
    settings = Settings(
        provisioning=0,
        snapshot_time=0,
        dialect=dialect,
        agency_key=evidence.AGENCY_KEY,
        hub_key=evidence.HUB_KEY,
    )
    with running(settings) as running_portal:
        yield running_portal


@pytest.fixture
def stage(quick_portal: RunningPortal, tmp_path: Path) -> Iterator[Stage]:
    """An empty stage; what it counted is added to the whole run's counts. Threads that talk take turns quickly."""
    folder = tmp_path / "agency"
    folder.mkdir()
    made = Stage(folder, quick_portal)
    made.environment["AGENCYFILE_WAIT_FIRST"] = "0.005"
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield made
    finally:
        sys.setswitchinterval(interval)
        made.tally.record()


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """What starts real processes."""
    made = Driver()
    yield made
    made.close()
