"""What the chain of digests cannot show: entries that are in their place and say what nobody may have said."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from plan.address import Address
from plan.ledger.approval import Approval
from plan.ledger.entry import Entry, EntryType
from plan.ledger.signature import SIGNATURE, SIGNED, statement_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry that must not be believed, and why."""

    serial: int
    message: str


def forged_approvals(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Every approval that names the digest of another plan than the one that it holds."""
    for entry in entries:
        approval = _approval(entry)
        if approval and approval.preimage and not approval.is_genuine:
            named, held = approval.digest, approval.preimage.digest()
            yield Finding(entry.serial, f"an approval of {named} that holds another plan, whose digest is {held}")


def unsigned(
    entries: Iterable[Entry], agency: str, settings: Address, check: Callable[[bytes, str], bool]
) -> Iterator[Finding]:
    """Every approval and evidence that nobody signed who may, from the entry on that recorded who may.

    Args:
        entries: all of the ledger.
        agency: whose ledger it is.
        settings: the address that settings are recorded under.
        check: was this text signed by somebody who may?
    """
    is_meant = False
    for entry in entries:
        if entry.type is EntryType.APPLIED and entry.address == settings:
            is_meant = is_meant or bool(entry.body.get("sent", {}).get("signers"))
        is_withdrawal = entry.type is EntryType.APPROVED and entry.body.get("digest") is None
        if entry.type not in SIGNED or is_withdrawal:
            continue
        signature = entry.body.get(SIGNATURE)
        if signature is None and is_meant:
            yield Finding(entry.serial, f"{entry.type.value} by {entry.body.get('by')}, as it says, and not signed")
        elif signature is not None and not check(statement_of(entry, agency), str(signature)):
            yield Finding(entry.serial, f"{entry.type.value} by {entry.body.get('by')}, as it says: a wrong signature")


def _approval(entry: Entry) -> Approval | None:
    if entry.type is EntryType.APPROVED:
        return Approval.parse(entry.body)
    if entry.type is EntryType.COMPACTED and entry.body.get("approval"):
        return Approval.parse(entry.body["approval"])
    return None
