"""The local portal: a real server that behaves like the vendor's partner portal, as far as public sources tell.

It speaks the agency API on ``/api.php`` and ``/admin/api.php``, the Partners Hub API on ``/api/``, and each account's
own API below ``/accounts/NAME/``; on ``/_portal/`` it shows its books and takes seeds and faults. What it knows of the
vendor stands in ``docs/portal.md``; it shares no code with the provider that is tested against it.

Importing this package costs nothing; the server is loaded when it is started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from agencyfile.local_portal.dialect import Dialect
from agencyfile.local_portal.errors import LocalPortalError
from agencyfile.local_portal.settings import RunningPortal, Settings

__all__ = ["Dialect", "LocalPortalError", "RunningPortal", "Settings", "running", "serve"]


def serve(settings: Settings, *, ready: Callable[[Mapping[str, str]], None]) -> None:
    """Run a portal in this thread until SIGTERM or SIGINT, then return.

    Args:
        settings: How the portal is set up.
        ready: Called once, when requests are answered, with ``agency_api``, ``hub_api``, ``account_api``,
            ``agency_key`` and ``hub_key``.

    Raises:
        LocalPortalError: The portal cannot start.
    """
    from agencyfile.local_portal import server  # noqa: PLC0415 - the server costs more than a whole offline command

    server.serve(settings, ready=ready)


@contextmanager
def running(settings: Settings) -> Iterator[RunningPortal]:
    """Run a portal in a thread of this process for as long as the block lasts.

    Raises:
        LocalPortalError: The portal cannot start.
    """
    from agencyfile.local_portal import server  # noqa: PLC0415 - the server costs more than a whole offline command

    with server.running(settings) as portal:
        yield portal
