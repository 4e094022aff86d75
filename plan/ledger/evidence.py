"""Evidence of manual steps as the ledger keeps it."""

from dataclasses import dataclass
from typing import Annotated, NotRequired, TypedDict

from plan.address import Address
from plan.records.form import AddressText, Form, PlainAttributes, SignatureText, TimeText


class EvidenceWords(TypedDict):
    """Evidence of a manual step: who did it, and how they know."""

    step: str
    """The manual step, as `steps list` names it."""
    digest: Annotated[str, Form({"pattern": "^stp_[0-9a-f]{12}$"})]
    """Digest of the words that asked for it."""
    by: str
    """Who did it."""
    text: str
    """How they know that it is done."""


class EvidenceBody(EvidenceWords):
    """A person has done a manual step."""

    sent: NotRequired[PlainAttributes]
    """The attributes that hold now."""
    signature: NotRequired[SignatureText]


class EvidenceFacts(EvidenceWords):
    """Evidence, in a compacted ledger."""

    address: AddressText
    time: TimeText


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence of a manual step. `digest` is the digest of the instructions that the person followed."""

    step: str
    digest: str
    time: str
    by: str
    text: str

    @classmethod
    def parse(cls, time: str, body: EvidenceWords) -> "Evidence":
        """Read the body of an entry that was written at `time`.

        Raises:
            KeyError: the body is no evidence.
        """
        return cls(str(body["step"]), str(body["digest"]), time, str(body["by"]), str(body["text"]))

    def facts(self, address: Address) -> EvidenceFacts:
        """Return the evidence as a compacted ledger keeps it."""
        return {
            "address": str(address),
            "time": self.time,
            "step": self.step,
            "digest": self.digest,
            "by": self.by,
            "text": self.text,
        }
