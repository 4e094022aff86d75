"""Approvals as the ledger keeps them: whose, of what, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
            digest=_text(body["digest"]),
            desired_digest=_text(body["desired_digest"]),
            by=_text(body["by"]),
            until=None if until is None else _utc(until),
            steps={Address.parse(address): _step(item) for address, item in _mapping(body["steps"]).items()},
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


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} in an approval is no text")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} in an approval is no mapping")
    return value


def _utc(value: object) -> str:
    """A time in the one form in which times can be compared as texts."""
    time = datetime.fromisoformat(_text(value))
    if time.utcoffset() != timedelta(0):
        raise ValueError(f"the end of an approval, {value}, is not in UTC")
    return time.isoformat(timespec="milliseconds")


def _step(value: object) -> ApprovedStep:
    item = _mapping(value)
    calls = item["calls"]
    if not isinstance(calls, list | tuple):
        raise TypeError(f"{calls!r} in an approval are no calls")
    return ApprovedStep(_text(item["basis"]), tuple(map(_text, calls)))
