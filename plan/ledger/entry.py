"""One entry of the ledger and its line."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from plan.address import Address
from plan.values import canonical

FORMAT_VERSION: Final = 1
NO_PREVIOUS: Final = "0" * 64


class EntryType(StrEnum):
    """The type of an entry."""

    OPENED = "opened"  # the first entry: whose ledger it is
    INTENT = "intent"  # a call that must not be sent twice is about to be sent
    OUTCOME = "outcome"  # what came of an intent
    READY = "ready"  # provisioning has ended; the remote id is known
    RECONCILED = "reconciled"  # what an intent without a clean outcome came to, by signals or by a person
    ATTEMPTED = "attempted"  # a call without an intent is about to set what the portal does not show
    APPLIED = "applied"  # a change without an intent is complete: what it set
    EVIDENCE = "evidence"  # a person has done a manual step
    APPROVED = "approved"  # a person has approved a plan, or taken the approval back
    BASELINE = "baseline"  # what was granted before this ledger knew of it
    PORTAL = "portal"  # the portal that the ledger belongs to: fingerprints of the keys that open it
    OBSERVED = "portal observed"  # what the portal showed of questions that no public source answers
    REKEYED = "rekeyed"  # a login that was kept is sealed to other keys
    FORGOTTEN = "forgotten"  # an object is gone for good: its address may be planned anew
    LEASE = "lease"  # who may write, and until when
    RELEASE = "release"  # a lease has ended
    RESTORED = "restored"  # a person has accepted an older copy of this ledger
    MOVED = "moved"  # the ledger goes on elsewhere: nobody may write here any more
    COMPACTED = "compacted"  # the first entry of a compacted ledger: what all before it added up to


class Entry(NamedTuple):
    """`serial` counts from 1; `time` is UTC, ISO 8601; `previous` is the digest of the line before."""

    serial: int
    time: str
    type: EntryType
    address: Address | None
    body: Mapping[str, object]
    previous: str

    def line(self) -> str:
        """Return the entry as it is stored: canonical JSON without a line end."""
        return canonical(
            {
                "serial": self.serial,
                "time": self.time,
                "type": self.type.value,
                "address": str(self.address) if self.address else None,
                "body": self.body,
                "previous": self.previous,
            }
        )

    @classmethod
    def parse(cls, line: str) -> "Entry":
        """Read a line back.

        Raises:
            ValueError: the line is no entry.
        """
        return cls.of(json.loads(line))

    @classmethod
    def of(cls, document: Any) -> "Entry":
        """Return the entry that a line's JSON holds.

        Raises:
            ValueError: it holds none.
        """
        try:
            serial, time, body, previous = document["serial"], document["time"], document["body"], document["previous"]
            address, entry_type = document["address"], _TYPES[document["type"]]
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a ledger entry: {error}") from None
        if type(serial) is not int or type(time) is not str or type(body) is not dict or type(previous) is not str:
            raise ValueError("not a ledger entry: a value of the wrong type")
        return cls(serial, time, entry_type, _parse_address(address) if address else None, body, previous)


_TYPES: Final = {entry_type.value: entry_type for entry_type in EntryType}
_parse_address = lru_cache(maxsize=100_000)(Address.parse)


def line_digest(line: str) -> str:
    """Return the digest by which the next entry names this one."""
    return hashlib.sha256(line.encode()).hexdigest()
