"""The stage of a rehearsal: a local portal that holds the copy, and a ledger in memory.

Keys of the real portal stay with the connection that reads it. What speaks to the local portal gets the local portal's.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agencyfile.cli.local_control import order
from agencyfile.cli.rehearsal.copying import Copy
from agencyfile.cli.rehearsal.portal_rows import Books
from agencyfile.cli.rehearsal.store import CopiedStore
from agencyfile.cli.workspace import Workspace
from plan import Address, Credential, History, Ledger, Secret
from plan.ledger import EntryType
from plan.ledger.bodies import ReleaseBody

if TYPE_CHECKING:
    from agencyfile.local_portal import RunningPortal
    from agencyfile.portal import Endpoint

_SECONDS: Final = 0.05  # how long the local portal makes an account or a snapshot
_FAST: Final = 100_000.0  # requests per second


@dataclass(frozen=True, slots=True)
class Stage:
    """A local portal with the copy in it."""

    portal: "RunningPortal"
    endpoint: "Endpoint"
    headers: Mapping[str, str] = field(repr=False)

    def books(self) -> Books:
        """Return the local portal's own books."""
        found: Books = order(self.portal, "books", headers=self.headers)
        return found


@contextmanager
def staged(copy: Copy, workspace: Workspace, real: History) -> Iterator[Stage]:
    """Run a local portal that holds the copy, for as long as the block lasts."""
    from agencyfile.local_portal import Settings, running  # noqa: PLC0415 - heavy

    headers = {"x-portal-key": secrets.token_urlsafe(24)}  # the copy is for no other user of this machine
    settings = Settings(
        provisioning=_SECONDS,
        snapshot_time=_SECONDS,
        page_size=1000,
        dialect=copy.dialect,
        catalogue=copy.catalogue,
        control_key=headers["x-portal-key"],
    )
    with running(settings) as portal:
        order(portal, "seed", copy.seed, headers)
        yield Stage(portal, _endpoint(portal, copy, workspace, real), headers)


def _endpoint(portal: "RunningPortal", copy: Copy, workspace: Workspace, real: History) -> "Endpoint":
    """Return the local portal's addresses and keys. Nothing of the real portal's endpoint is in it."""
    from agencyfile.portal import Endpoint  # noqa: PLC0415 - loaded with the provider

    access = _Access(portal.account_api, copy, workspace, real)
    settings = workspace.agency_file.settings.portal
    return Endpoint(
        agency_api=portal.agency_api,
        hub_api=portal.hub_api,
        agency_key=Secret(portal.agency_key),
        hub_key=Secret(portal.hub_key),
        rate_limit=_FAST,
        first_page=1,
        account_api=portal.account_api,
        is_rehearsal=True,
        account_keys={name: access.own(name) for name in workspace.agency_file.account_keys},
        account_login=settings.account_login,
        fetch_account_keys=settings.fetch_account_keys,
        open_key=access.key_of,
        open_login=access.login_of,
        account_rate_limit=_FAST,
    )


@dataclass(frozen=True, slots=True)
class _Access:
    """The keys and logins of accounts at the local portal.

    Where the real one could be opened here, the local one is given in its place. The keys and logins of accounts that
    the rehearsal itself makes are in its own ledger.
    """

    account_api: str
    copy: Copy
    workspace: Workspace
    real: History

    def own(self, name: str) -> Secret:
        """Return the local key of an account; one that opens nothing where the copy has no such account."""
        return Secret(self.copy.keys.get(name, "no-such-account"))

    def key_of(self, name: str) -> Secret | None:
        """Return the key of an account, where an apply could open the real one."""
        from agencyfile.kinds.account_key.completion import key_address  # noqa: PLC0415 - only with a portal

        found = self.workspace.unsealing.key_of(name)
        return found if found is None or self._is_rehearsed(key_address(name)) else self.own(name)

    def login_of(self, name: str) -> Credential | None:
        """Return the login of an account, where an apply could open the real one."""
        from agencyfile.kinds.account_key.completion import login_address  # noqa: PLC0415 - only with a portal

        found = self.workspace.unsealing.login_of(name)
        if found is None or self._is_rehearsed(login_address(name)):
            return found
        url = self.account_api.replace("{account}", name)
        return Credential(url, found.username, Secret(self.copy.passwords.get(name, "no-such-account")))

    def _is_rehearsed(self, address: Address) -> bool:
        """Return whether the rehearsal has put it into its ledger, so that it is the local portal's."""
        now, before = self.workspace.unsealing.history.credential(address), self.real.credential(address)
        return now is not None and (before is None or before.sealed != now.sealed)


def copied_ledger(real: Ledger, agency: str) -> Ledger:
    """Return a ledger of the same entries, in memory. A lease that somebody holds on the real one is over in it."""
    ledger = Ledger(CopiedStore(real.entries()), agency=agency)
    if ledger.history.lease:
        ledger.append((EntryType.RELEASE, None, ReleaseBody(lease=ledger.history.lease.id)))
    return ledger
