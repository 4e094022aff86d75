"""The port of the engine over an export. It reads one file, and sends nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agencyfile.contacts.errors import ExportError
from agencyfile.kinds import CONTACT_KINDS, KINDS
from plan.address import Address
from plan.call import Call, Outcome, Refused
from plan.ledger.facts import OpenIntent
from plan.money import Price
from plan.provider import Kind, Pending
from plan.resource import Live, Reading, Removal, Resource
from plan.signals import Signals


@dataclass(frozen=True, slots=True)
class ContactProvider:
    """Both halves of the provider: the half that writes has no call to send.

    `export` is the exported contact list, None where the file names none. `manager` is the address of the service
    manager.
    """

    export: Path | None
    manager: str = ""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Return contacts, customer numbers and allowed domains."""
        return {name: kind for name, kind in KINDS.items() if name in CONTACT_KINDS}

    def read(self, desired: Sequence[Resource], removals: Sequence[Removal] = ()) -> Reading:
        """Read the export, if anything of this provider is declared or removed.

        Raises:
            ExportError: it cannot be read, or the file names none.
        """
        if not (desired or removals):
            return Reading((), ())
        from agencyfile.contacts.comparison import CONTACT, Comparison  # noqa: PLC0415 - only who declares contacts
        from agencyfile.contacts.export import read_export  # noqa: PLC0415 - same
        from agencyfile.contacts.remarks import remarks  # noqa: PLC0415 - same

        if self.export is None:
            raise ExportError(
                "contacts and customers are compared with an export, and the agency file names none",
                fix="export the contact list on the operator's pages, and add agency.contacts.export: PATH",
            )
        export = read_export(self.export)
        compared = Comparison(desired, export, self.manager)
        contacts = [resource for resource in desired if resource.address.kind == CONTACT]
        return Reading(
            live=tuple(compared.live()),
            desired=compared.completed(),
            diagnostics=tuple(remarks(export, contacts, datetime.now(UTC))),
            reads={"contact_export": 1},
        )

    def investigate(self, intents: Collection[OpenIntent]) -> Mapping[Address, Signals]:
        """Return nothing for each intent: there is no call whose answer could be lost."""
        return {intent.address: Signals() for intent in intents}

    def quote(self, call: Call) -> Price | None:  # noqa: ARG002 - the port's shape
        """Return None: nothing has a price."""
        return None

    def baseline(self, call: Call) -> tuple[str, ...]:  # noqa: ARG002 - the port's shape
        """Return nothing: no call adds."""
        return ()

    def watch(self, pending: Collection[Pending]) -> Mapping[Address, Live]:  # noqa: ARG002 - the port's shape
        """Return nothing: no object is waited for."""
        return {}

    def send(self, call: Call) -> Outcome:
        """Refuse: the operator has no API."""
        return Refused(f"{call.address}: a person makes every change of contacts")
