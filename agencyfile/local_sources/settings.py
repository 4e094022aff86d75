"""Settings of a stand-in, and where it runs."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """A stand-in of `system`.

    Attributes:
        system: adminpulse or adminconsult.
        host: address to listen on.
        port: port; 0 for a free one.
        clients: number of clients.
        rate_limit: calls per minute.
        wait: seconds after the start during which there are no clients yet.
        lifetime: seconds that a token lives.
        page_size: most records of a page.
        key: the API key; None for a random one.
        changes: a client is added and another removed after each of so many pages; 0 for never.
        takes_pkce: whether a log-in must come with PKCE.
        clock: seconds since the epoch.
    """

    system: str
    host: str = "127.0.0.1"
    port: int = 0
    clients: int = 40
    rate_limit: int = 480
    wait: float = 0.0
    lifetime: float = 3600.0
    page_size: int = 0
    key: str | None = None
    changes: int = 0
    takes_pkce: bool = True
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that runs: its address, its key, and what else a client needs."""

    url: str
    key: str
    more: Mapping[str, str]
