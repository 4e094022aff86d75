"""How a local portal is set up; every value no public source states is a setting here (portal.md section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator of a local portal may choose.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 chooses a free one.
        data: Folder that keeps the database and the keys; nothing is kept without one.
        rate_limit: API requests a second before 429 is answered; unlimited when None.
        latency: Seconds every API request waits before it is looked at.
        faults: File with the faults to start with (the JSON of ``POST /_portal/faults``).
        page_size: Rows on a page of ``account_list``; not published (portal.md 1.3).
        first_page: Number of the first page of ``account_list``; not published (portal.md 1.3).
        provisioning: Seconds an account stays ``creating``; not published (portal.md 6).
        snapshot_time: Seconds until a snapshot is complete; not published (portal.md 6).
        agency_key: Key of the agency API; kept from before, or random, when None.
        hub_key: Key of the Partners Hub API; kept from before, or random, when None.
    """

    host: str = "127.0.0.1"
    port: int = 0
    data: Path | None = None
    rate_limit: float | None = None
    latency: float = 0.0
    faults: Path | None = None
    page_size: int = 100
    first_page: int = 1
    provisioning: float = 1.0
    snapshot_time: float = 1.0
    agency_key: str | None = field(default=None, repr=False)
    hub_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """Where a portal that runs inside this process is found, and with which keys."""

    url: str
    agency_api: str
    hub_api: str
    agency_key: str = field(repr=False)
    hub_key: str = field(repr=False)
