"""Evidence of manual steps as the ledger keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan.address import Address


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who did a manual step, and how they know; `digest` is that of the words that asked for it."""

    step: str
    digest: str
    time: str
    by: str
    text: str

    @classmethod
    def parse(cls, time: str, body: Mapping[str, Any]) -> "Evidence":
        """Read the body of an entry of that time.

        Raises:
            KeyError: it is none.
        """
        return cls(str(body["step"]), str(body["digest"]), time, str(body["by"]), str(body["text"]))

    def facts(self, address: Address) -> dict[str, Any]:
        """What a compacted ledger keeps of it."""
        return {
            "address": str(address),
            "time": self.time,
            "step": self.step,
            "digest": self.digest,
            "by": self.by,
            "text": self.text,
        }
