"""Approvals as the ledger keeps them: whose, of what, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan.address import Address


@dataclass(frozen=True, slots=True)
class ApprovedStep:
    """What was approved of one address: the object as it was read (its basis), and the digests of the calls."""

    basis: str
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """An approved plan, as far as a later run needs it. `until` is UTC, ISO 8601; None is no end."""

    digest: str
    desired_digest: str
    by: str
    until: str | None
    steps: Mapping[Address, ApprovedStep]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "Approval | None":
        """Read the body of an entry; None where it takes an approval back.

        Raises:
            KeyError, TypeError, ValueError: it is not an approval.
        """
        if body["digest"] is None:
            return None
        until = body["until"]
        return cls(
            digest=str(body["digest"]),
            desired_digest=str(body["desired_digest"]),
            by=str(body["by"]),
            until=None if until is None else str(until),
            steps={
                Address.parse(address): ApprovedStep(str(item["basis"]), tuple(str(call) for call in item["calls"]))
                for address, item in body["steps"].items()
            },
        )

    def body(self) -> dict[str, Any]:
        """The inverse of `parse`."""
        return {
            "digest": self.digest,
            "desired_digest": self.desired_digest,
            "by": self.by,
            "until": self.until,
            "steps": {
                str(address): {"basis": step.basis, "calls": list(step.calls)}
                for address, step in sorted(self.steps.items())
            },
        }

    def has_ended(self, now: str) -> bool:
        """Is it over at `now` (UTC, ISO 8601)?"""
        return self.until is not None and self.until <= now
