"""What a signature of an entry is over."""

from collections.abc import Mapping
from typing import Any, Final

from plan.address import Address
from plan.ledger.entry import Entry, EntryType
from plan.values import canonical

DOMAIN: Final = "agencyfile ledger entry 1"
SIGNATURE: Final = "signature"
SIGNED: Final = (EntryType.APPROVED, EntryType.EVIDENCE)


def statement(agency: str, entry_type: EntryType, address: Address | None, body: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: whose ledger, which entry, everything in it but the signature.

    A signature of one entry is none of another, nor of another agency's ledger.
    """
    rest = {key: value for key, value in body.items() if key != SIGNATURE}
    return canonical([DOMAIN, agency, entry_type.value, str(address) if address else None, rest]).encode()


def statement_of(entry: Entry, agency: str) -> bytes:
    """The bytes that the signature of `entry` is over."""
    return statement(agency, entry.type, entry.address, entry.body)
