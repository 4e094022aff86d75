"""Approvals as the ledger keeps them: who approved which plan, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, NotRequired, TypedDict

from plan.address import Address
from plan.records.form import AddressText, DigestText, Form, SignatureText, TimeText
from plan.values import digest

DOMAIN: Final = "agencyfile plan 2"  # the first word of what is hashed: no digest of another thing is one of a plan
PREFIX: Final = "pln2_"


class ApprovedStepBody(TypedDict):
    """The approved part of a plan for one address."""

    basis: str
    """Digest of the object as it was read."""
    calls: list[DigestText]
    """Digests of the calls, in order."""
    shown: NotRequired[DigestText]
    """Digest of all that was shown of the change."""


class PreimageBody(TypedDict):
    """The facts that the digest of a plan covers."""

    agency: str
    """Whose plan it is."""
    desired_digest: DigestText
    """Digest of what the agency file declared."""
    ledger: DigestText | None
    """Digest of the line that opened the ledger that the plan was made on; null where there was none."""
    steps: Mapping[AddressText, ApprovedStepBody]
    """What was approved of each address."""
    rest: DigestText
    """Digest of manual steps, diagnostics and the rest that belongs to no single change."""


class ApprovalBody(TypedDict):
    """An approval. One that a version before format 2 wrote has no `agency`, no `ledger` and no `rest`."""

    digest: Annotated[str, Form({"pattern": "^pln2?_[0-9a-f]{40}$"})]
    """The plan's digest."""
    by: str
    """Who approved it."""
    until: TimeText | None
    """When the approval ends."""
    desired_digest: NotRequired[DigestText]
    """Digest of what the agency file declared."""
    steps: NotRequired[Mapping[AddressText, ApprovedStepBody]]
    """What was approved of each address."""
    agency: NotRequired[str]
    """Whose plan it is."""
    ledger: NotRequired[DigestText | None]
    """Digest of the line that opened the ledger that the plan was made on; null where there was none."""
    rest: NotRequired[DigestText]
    """Digest of manual steps, diagnostics and the rest that belongs to no single change."""
    signature: NotRequired[SignatureText]


class WithdrawalBody(TypedDict):
    """An approval that was taken back."""

    digest: None
    by: str


@dataclass(frozen=True, slots=True)
class ApprovedStep:
    """The approved part of a plan for one address.

    `basis` is the digest of the object as it was read, `calls` are the digests of the calls, `shown` is the digest of
    everything that was shown of it.
    """

    basis: str
    calls: tuple[str, ...]
    shown: str


@dataclass(frozen=True, slots=True)
class Preimage:
    """The facts that the digest of a plan covers. Whoever has them can compute the digest anew.

    `ledger` is the identity of the ledger that the plan was made on. `rest` is the digest of what belongs to no single
    step: manual steps, diagnostics, remote ids.
    """

    agency: str
    desired_digest: str
    ledger: str | None
    steps: Mapping[Address, ApprovedStep]
    rest: str

    @classmethod
    def parse(cls, body: ApprovalBody) -> "Preimage":
        """Read what `body` returned.

        Raises:
            KeyError, TypeError, ValueError: the body holds no preimage.
        """
        ledger = body["ledger"]
        return cls(
            agency=_text(body["agency"]),
            desired_digest=_text(body["desired_digest"]),
            ledger=None if ledger is None else _text(ledger),
            steps={Address.parse(address): _step(item) for address, item in _mapping(body["steps"]).items()},
            rest=_text(body["rest"]),
        )

    def body(self) -> PreimageBody:
        """Return the preimage as JSON types."""
        return {
            "agency": self.agency,
            "desired_digest": self.desired_digest,
            "ledger": self.ledger,
            "steps": {
                str(address): {"basis": step.basis, "calls": list(step.calls), "shown": step.shown}
                for address, step in sorted(self.steps.items())
            },
            "rest": self.rest,
        }

    def digest(self) -> str:
        """Return the digest of the plan."""
        return PREFIX + digest([DOMAIN, self.body()])[:40]


@dataclass(frozen=True, slots=True)
class Approval:
    """An approved plan, as far as a later run needs it. `until` is UTC, ISO 8601; None is no end.

    `digest` is the digest that the approval names. `preimage` is None in an approval that a version before format 2
    wrote.
    """

    digest: str
    by: str
    until: str | None
    preimage: Preimage | None

    @classmethod
    def parse(cls, body: ApprovalBody | WithdrawalBody) -> "Approval | None":
        """Read the body of an entry. None means that it takes an approval back.

        Raises:
            KeyError, TypeError, ValueError: the body is no approval.
        """
        if body["digest"] is None:
            return None
        until = body["until"]
        return cls(
            digest=_text(body["digest"]),
            by=_text(body["by"]),
            until=None if until is None else _utc(until),
            preimage=Preimage.parse(body) if "rest" in body else None,
        )

    def body(self) -> ApprovalBody:
        """Return the body of an entry, which `parse` reads."""
        body: ApprovalBody = {"digest": self.digest, "by": self.by, "until": self.until}
        return {**body, **self.preimage.body()} if self.preimage else body

    @property
    def steps(self) -> Mapping[Address, ApprovedStep]:
        """The approved steps by address."""
        return self.preimage.steps if self.preimage else {}

    @property
    def is_genuine(self) -> bool:
        """Is the digest that it names the digest of the plan that it holds?"""
        return self.preimage is not None and self.preimage.digest() == self.digest

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
    """Return a time in the one form in which times can be compared as texts."""
    time = datetime.fromisoformat(_text(value))
    if time.utcoffset() != timedelta(0):
        raise ValueError(f"the end of an approval, {value}, is not in UTC")
    return time.isoformat(timespec="milliseconds")


def _step(value: object) -> ApprovedStep:
    item = _mapping(value)
    calls = item["calls"]
    if not isinstance(calls, list | tuple):
        raise TypeError(f"{calls!r} in an approval are no calls")
    return ApprovedStep(_text(item["basis"]), tuple(map(_text, calls)), _text(item["shown"]))
