"""The bytes that the signature of an entry covers."""

from collections.abc import Mapping
from typing import Final

from plan.address import Address
from plan.ledger.entry import Entry, EntryType
from plan.values import canonical

DOMAIN: Final = "agencyfile ledger entry 1"
SIGNATURE: Final = "signature"
SIGNED: Final = (EntryType.APPROVED, EntryType.EVIDENCE)


def statement(agency: str, entry_type: EntryType, address: Address | None, body: Mapping[str, object]) -> bytes:
    """Return the bytes to sign: the agency, the type and address of the entry, and its body without the signature.

    So a signature holds for one entry of one agency's ledger, and for nothing else.
    """
    rest = {key: value for key, value in body.items() if key != SIGNATURE}
    return canonical([DOMAIN, agency, entry_type.value, str(address) if address else None, rest]).encode()


def statement_of(entry: Entry, agency: str) -> bytes:
    """Return the bytes that the signature of `entry` covers."""
    return statement(agency, entry.type, entry.address, entry.body)
