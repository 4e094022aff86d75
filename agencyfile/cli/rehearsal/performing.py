"""A rehearsal: read, copy, apply at the local portal, and plan once more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agencyfile.cli.lease import take
from agencyfile.cli.providers import Providers, WritingProviders, with_contacts, writing_with_contacts
from agencyfile.cli.rehearsal.copying import copy_of
from agencyfile.cli.rehearsal.document import After, refused_document, rehearsed_document
from agencyfile.cli.rehearsal.records import RehearsalDocument
from agencyfile.cli.rehearsal.stage import Stage, copied_ledger, staged
from agencyfile.cli.workspace import Workspace
from plan import Ledger, Pace, Plan
from plan.scope import Part

if TYPE_CHECKING:
    from agencyfile.portal.reader import PortalReader
    from plan.apply import Event

_PACE: Final = Pace(first=0.05, most=0.5, timeout=300.0)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A plan, the ledger that it was made on, and what its rehearsal has come to."""

    plan: Plan
    ledger: Ledger
    document: RehearsalDocument


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The subject of a rehearsal: the plan of a part of an agency file."""

    workspace: Workspace
    part: Part

    def plan(self, reader: Providers, ledger: Ledger) -> Plan:
        """Plan at one of the two portals."""
        return self.workspace.plan(reader, ledger, part=self.part)


def rehearse(workspace: Workspace, reader: "PortalReader", part: Part) -> Rehearsed:
    """Rehearse the plan of a part of an agency file.

    Everything that is sent to the real portal is a read, by `reader`, which has no way to send anything else. The
    ledger is read and copied.
    """
    wanted = _Wanted(workspace, part)
    real = workspace.portal_ledger()
    inventory = reader.inventory()
    plan = wanted.plan(with_contacts(workspace, reader), real)
    if not plan.is_applicable or plan.refusals:
        return Rehearsed(plan, real, refused_document(plan, inventory))
    copy = copy_of(inventory, real.history, reader.observations.seen(), plan)
    with staged(copy, workspace, real.history) as stage:
        after = _perform(wanted, stage, copied_ledger(real, workspace.agency))
    return Rehearsed(plan, real, rehearsed_document(plan, inventory, copy.left_out, after))


def _perform(wanted: _Wanted, stage: Stage, ledger: Ledger) -> After:
    from agencyfile.portal import open_provider  # noqa: PLC0415 - heavy

    with open_provider(stage.endpoint) as portal:
        provider = writing_with_contacts(wanted.workspace, portal)
        local = wanted.plan(provider, ledger)
        can_go = local.is_applicable and not local.refusals
        events = tuple(_applied(wanted.workspace, local, provider, ledger)) if can_go else ()
        following = wanted.plan(provider, ledger)
        return After(local, events, following, portal.inventory(), stage.books())


def _applied(workspace: Workspace, plan: Plan, provider: WritingProviders, ledger: Ledger) -> Iterator["Event"]:
    from agencyfile.vault import AgeVault  # noqa: PLC0415 - loads age
    from plan.apply import apply  # noqa: PLC0415

    vault = AgeVault(workspace.recipients(plan, ledger.history) or (_throwaway(),))
    take(ledger, duration=workspace.agency_file.settings.lease)
    yield from apply(plan, provider=provider, ledger=ledger, vault=vault, pace=_PACE)


def _throwaway() -> str:
    """Return a recipient that nobody has the identity of."""
    import pyrage  # noqa: PLC0415 - loads age

    return str(pyrage.x25519.Identity.generate().to_public())
