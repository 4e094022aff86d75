"""Find forged entries. The chain of digests does not show them: each is in its place and holds a false claim."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from plan.address import Address
from plan.ledger.approval import Approval, ApprovalBody, WithdrawalBody
from plan.ledger.bodies import CompactedBody, SentBody
from plan.ledger.entry import Entry, EntryType
from plan.ledger.signature import SIGNATURE, SIGNED, statement_of


@dataclass(frozen=True, slots=True)
class Finding:
    """An entry that must not be trusted, and the reason."""

    serial: int
    message: str


def forged_approvals(entries: Iterable[Entry]) -> Iterator[Finding]:
    """Yield every approval whose digest is not the digest of the plan that it holds."""
    for entry in entries:
        approval = _approval(entry)
        if approval and approval.preimage and not approval.is_genuine:
            named, held = approval.digest, approval.preimage.digest()
            yield Finding(entry.serial, f"an approval of {named} that holds another plan, whose digest is {held}")


def unsigned(
    entries: Iterable[Entry], agency: str, settings: Address, check: Callable[[bytes, str], bool]
) -> Iterator[Finding]:
    """Yield every approval and every evidence without a valid signature, from the entry on that recorded the signers.

    Args:
        entries: all of the ledger.
        agency: the agency that the ledger belongs to.
        settings: the address under which settings are recorded.
        check: tells whether a signer signed this text.
    """
    is_meant = False
    for entry in entries:
        if entry.type is EntryType.APPLIED and entry.address == settings:
            is_meant = is_meant or bool(cast(SentBody, entry.body)["sent"].get("signers"))
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
        return Approval.parse(cast(ApprovalBody | WithdrawalBody, entry.body))
    if entry.type is EntryType.COMPACTED:
        kept = cast(CompactedBody, entry.body).get("approval")
        return Approval.parse(kept) if kept else None
    return None
