"""The input of reports: one reading of the portal, one plan, and the entries of the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agencyfile.cli.portal_lists import account_documents
from agencyfile.cli.providers import with_contacts
from agencyfile.cli.records import AccountListing
from agencyfile.cli.reporting.history import history_of
from agencyfile.cli.reporting.records import CreditRecord, HistoryRecord
from agencyfile.cli.workspace import Workspace
from agencyfile.kinds import KINDS, known_kind
from plan import Address, Attributes, Ledger, Plan
from plan.provider import Memory

if TYPE_CHECKING:
    from agencyfile.portal.lists.inventory import AccountEntry, Inventory
    from agencyfile.portal.reader import PortalReader


@dataclass(frozen=True, slots=True)
class Gathered:
    """The portal, the plan and the ledger, read at one time."""

    workspace: Workspace
    inventory: "Inventory"
    plan: Plan
    ledger: Ledger
    listings: Sequence[AccountListing]
    history: Sequence[HistoryRecord]
    made: datetime

    @property
    def declared(self) -> Mapping[Address, Attributes]:
        """The attributes that the agency file declares, by address."""
        return {resource.address: resource.attributes for resource in self.workspace.agency_file.resources}

    def entry(self, name: str) -> "AccountEntry | None":
        """Return the account or sandbox of that name; None if the portal lists none."""
        return next((entry for entry in self.inventory.accounts if entry.address.name == name), None)

    def credits(self) -> Iterator[CreditRecord]:
        """Yield the totals of credits that the ledger or the file knows."""
        from agencyfile.kinds.credit.resource import email_credit  # noqa: PLC0415 - only with a portal

        left = {account["name"]: account.get("email_credits") for account in self.listings}
        for address in self._totals():
            owner = known_kind(address.kind).owner(address)
            account = owner.name if owner else address.name
            told = left.get(account)
            yield {
                "address": str(address),
                "account": account,
                "granted": _total((self.ledger.history.sent(address) or {}).get("total")),
                "declared": _total(self.declared.get(address, {}).get("total")),
                "left": told["left"] if told and address == email_credit(account) else None,
            }

    def _totals(self) -> list[Address]:
        found = {*self.ledger.history.addresses, *self.declared}
        return sorted(address for address in found if KINDS[address.kind].memory is Memory.TOTAL)


def gather(
    workspace: Workspace, reader: "PortalReader", *, balances: bool = False, only: str | None = None
) -> Gathered:
    """Read the portal's lists and the ledger, and plan. Nothing is changed.

    `balances` asks accounts' own APIs what is left of their credits; `only` names the one that is asked.
    """
    made = datetime.now(UTC)
    ledger = workspace.portal_ledger()
    inventory = reader.inventory()
    plan = workspace.plan(with_contacts(workspace, reader), ledger)
    listings = account_documents(inventory.accounts, workspace)
    if balances:
        from agencyfile.cli.balances import with_balances  # noqa: PLC0415 - only who asks for it

        asked = [one for one in listings if only in (None, one["name"])]
        told = with_balances(asked, workspace, reader, workspace.endpoint().account_urls)
        listings = [*told, *(one for one in listings if one not in asked)]
    return Gathered(workspace, inventory, plan, ledger, listings, history_of(ledger.entries()), made)


def _total(value: object) -> int | str | None:
    return value if isinstance(value, int | str) else None
