"""The providers of a workspace behind one port: the vendor's portal, and the export of contacts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from agencyfile.cli.workspace import Workspace
from plan import Address, Call, Kind, Outcome, Reader
from plan.call import Refused
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.provider import Pending
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals

if TYPE_CHECKING:
    from agencyfile.contacts.reader import ContactProvider
    from agencyfile.portal.reader import PortalReader
    from agencyfile.portal.session import PortalProvider

Item = TypeVar("Item", Resource, Removal)


class Providers:
    """Both providers as one reader. `portal` is None where the file declares contacts alone and there is no key."""

    def __init__(self, portal: "PortalReader | None", contacts: "ContactProvider") -> None:
        self._portal = portal
        self._contacts = contacts

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Return all kinds: those of the portal, then those of contacts."""
        from agencyfile.kinds import KINDS  # noqa: PLC0415 - the provider is loaded by now

        return self._portal.kinds if self._portal else KINDS

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:
        """Read each provider for its own kinds.

        Raises:
            PortalError: one of them cannot be read.
        """
        (of_portal, of_contacts), (ended, ended_contacts) = _split(desired), _split(removals)
        contacts = self._contacts.read(of_contacts, ended_contacts)
        if self._portal is None:
            return contacts
        portal = self._portal.read(of_portal, ended)
        return Reading(
            live=(*portal.live, *contacts.live),
            desired=(*portal.desired, *contacts.desired),
            diagnostics=(*portal.diagnostics, *contacts.diagnostics),
            baselines=portal.baselines,
            reads={**portal.reads, **contacts.reads},
            observed=portal.observed,
        )

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        """Ask the portal, which alone takes calls."""
        return self._one.investigate(intents)

    def quote(self, call: Call) -> Price | None:
        """Ask the portal."""
        return self._one.quote(call)

    def baseline(self, call: Call) -> tuple[str, ...]:
        """Ask the portal."""
        return self._one.baseline(call)

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:
        """Look at the portal."""
        return self._one.watch(pending)

    @property
    def _one(self) -> Reader:
        return self._portal or self._contacts


class WritingProviders(Providers):
    """Both providers, with the half that writes."""

    def __init__(self, portal: "PortalProvider | None", contacts: "ContactProvider") -> None:
        super().__init__(portal, contacts)
        self._writer = portal

    def send(self, call: Call) -> Outcome:
        """Send a call to the portal. Contacts have none."""
        return self._writer.send(call) if self._writer else Refused(f"{call.address}: there is no key of the portal")

    def seen(self) -> Mapping[str, tuple[str, ...]]:
        """Return the readings that the portal's answers have shown."""
        return self._writer.observations.seen() if self._writer else {}

    def end_waits(self) -> None:
        """End all waiting; requests under way go on."""
        if self._writer:
            self._writer.end_waits()

    def abort(self) -> None:
        """End all waiting and every request under way."""
        if self._writer:
            self._writer.abort()


def with_contacts(workspace: Workspace, portal: "PortalReader") -> Providers:
    """Return an open portal as a reader of everything that the file may declare."""
    return Providers(portal, _contacts(workspace))


def writing_with_contacts(workspace: Workspace, portal: "PortalProvider") -> WritingProviders:
    """Return the same with the half that writes."""
    return WritingProviders(portal, _contacts(workspace))


@contextmanager
def open_reader(workspace: Workspace) -> Iterator[Providers]:
    """Open the half that cannot change anything; nothing is sent before the first read.

    Raises:
        CommandExit: as `Workspace.endpoint`.
    """
    from agencyfile import portal  # noqa: PLC0415 - heavy

    if _needs_no_portal(workspace):
        yield Providers(None, _contacts(workspace))
        return
    with portal.open_reader(workspace.endpoint()) as reader:
        yield with_contacts(workspace, reader)


@contextmanager
def open_provider(workspace: Workspace) -> Iterator[WritingProviders]:
    """Open both halves; nothing is sent before the first read or call.

    Raises:
        CommandExit: as `Workspace.endpoint`.
    """
    from agencyfile import portal  # noqa: PLC0415 - heavy

    if _needs_no_portal(workspace):
        yield WritingProviders(None, _contacts(workspace))
        return
    with portal.open_provider(workspace.endpoint(may_write=True)) as provider:
        yield writing_with_contacts(workspace, provider)


def _needs_no_portal(workspace: Workspace) -> bool:
    """Return whether contacts alone are declared, and no key opens the vendor's portal."""
    from agencyfile.kinds import CONTACT_KINDS  # noqa: PLC0415 - heavy

    kinds = {resource.address.kind for resource in workspace.agency_file.resources}
    kinds |= {removal.address.kind for removal in workspace.agency_file.removals}
    return bool(kinds) and kinds <= CONTACT_KINDS and "agency" not in workspace.portal_keys()


def _contacts(workspace: Workspace) -> "ContactProvider":
    from agencyfile.contacts.reader import ContactProvider  # noqa: PLC0415 - only who plans needs it

    source = workspace.agency_file.settings.contacts
    export = workspace.path.parent / source.export if source.export else None
    return ContactProvider(export, source.service_manager or "")


def _split(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Return what belongs to the portal, and what belongs to contacts."""
    from agencyfile.kinds import CONTACT_KINDS  # noqa: PLC0415 - heavy

    contacts = [item for item in items if item.address.kind in CONTACT_KINDS]
    return [item for item in items if item.address.kind not in CONTACT_KINDS] if contacts else list(items), contacts
