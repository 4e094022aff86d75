"""The bodies of the ledger's entries, by type.

`approval`, `evidence`, `lease`, `observed` and `portal_pin` define their own. Another version of
agencyfile, or another program, may have written the log. So a body is a `Mapping[str, object]` until the type of its
entry is known. `plan.ledger.history` then reads it as one of the types below, and raises an error if a name is missing.
`NotRequired` marks what an older version did not write.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from plan.call import Effect
from plan.ledger.approval import ApprovalBody
from plan.ledger.evidence import EvidenceFacts
from plan.ledger.lease import LeaseBody
from plan.ledger.observed import ObservedBody
from plan.ledger.portal_pin import PortalBody
from plan.records.form import (
    AddressText,
    Count,
    DigestText,
    Form,
    MoneyText,
    Named,
    PlainAttributes,
    Position,
    TimeText,
)

FormatVersion: TypeAlias = Annotated[int, Named("format_version")]
PlaceText: TypeAlias = Annotated[str, Form({"minLength": 1})]
"""The place of a ledger, as agency.ledger names it."""


class IntentState(StrEnum):
    """The state of an intent: see `plan.reconcile`."""

    INTENT = "intent"
    SENT = "sent"
    CONFIRMED = "confirmed"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"


class OpenedBody(TypedDict):
    """The first entry of a new ledger: the agency that it belongs to."""

    agency: str
    format_version: FormatVersion
    place: NotRequired[PlaceText]
    """The place where it was opened."""


class IntentBody(TypedDict):
    """A call that must not be sent twice is about to be sent."""

    api: str
    """Which of the vendor's APIs."""
    operation: str
    """What is asked of the portal, in its API's words."""
    call: DigestText
    """The canonical digest of what is sent."""
    effect: Annotated[str, Form({"enum": [effect.value for effect in Effect]})]
    price: MoneyText | None
    """What the call is to charge, at list price."""
    parameters: PlainAttributes
    """The call's parameters; a secret is its mask."""
    creates: bool
    """Is the call to bring the object of its address into being?"""
    plan: str
    """The digest of the plan that it is part of."""
    forgets: NotRequired[list[AddressText]]
    """What the ledger has nothing to keep of once the call has happened."""
    baseline: NotRequired[list[str]]
    """Remote ids that bore the object's name before a creation, or what the portal showed before a call that adds."""
    sent: NotRequired[PlainAttributes]
    """The attributes that the call is to bring about, where the portal may never tell them again."""


class CredentialBody(TypedDict):
    """The login of a new account, or the key of an account's own API with the address of that API."""

    login_url: str
    username: str
    sealed: str
    """The password or key as an armoured age file; no plaintext is ever in a ledger."""
    recipients: list[str]
    """The age recipients who can open it."""


class ConfirmedBody(TypedDict):
    """The portal said yes."""

    intent: Position
    """The serial of an entry."""
    result: Literal["confirmed"]
    remote_id: str | None
    credential: NotRequired[CredentialBody]


class RefusedBody(TypedDict):
    """The portal said no, or nothing was sent."""

    intent: Position
    """The serial of an entry."""
    result: Literal["refused"]
    message: str


class UnknownBody(TypedDict):
    """No clean answer: it may or may not have happened."""

    intent: Position
    """The serial of an entry."""
    result: Literal["unknown"]
    message: str


OutcomeBody: TypeAlias = ConfirmedBody | RefusedBody | UnknownBody


class ReconciledBody(TypedDict):
    """The result of an intent without a clean outcome, by signals or by a person."""

    intent: Position
    """The serial of an entry."""
    result: Literal["confirmed", "absent"]
    remote_id: str | None
    by: str
    """`signals`, or the person who said so."""
    evidence: str


class ReadyBody(TypedDict):
    """Provisioning has ended; the remote id is known."""

    remote_id: str


class AttemptedBody(TypedDict):
    """A call without an intent is about to set attributes that no list shows. Until `applied`, nobody knows them."""

    attributes: list[str]
    """All attributes of the object that are not known from here on; none where the call was refused."""


class SentBody(TypedDict):
    """Attributes that were set without an intent, or granted before this ledger knew of them."""

    sent: PlainAttributes
    credential: NotRequired[CredentialBody]
    """The key that the change has brought."""


class RekeyedBody(TypedDict):
    """A login that was kept is sealed to other keys."""

    sealed: str
    """The password as an armoured age file."""
    recipients: list[str]
    """The public keys that it is sealed to."""
    is_new: bool
    """Is it another password than before? Then whoever could read the old one cannot read this."""
    by: str
    """Who ran the command."""


class ForgottenBody(TypedDict):
    """An object that is gone for good, or was never created: its address may be planned anew."""

    reason: str


class ReleaseBody(TypedDict):
    """A lease has ended."""

    lease: Annotated[str, Form({"minLength": 1})]


class RestoredBody(TypedDict):
    """A person has accepted an older copy of this ledger."""

    reason: str
    by: str
    """Who accepted it: person, with a name where one was given."""
    seen: str
    """The farthest entry that was seen before, as SERIAL:DIGEST."""
    kept: Count
    """The last entry that the copy holds; 0 where it holds none."""
    place: NotRequired[PlaceText]
    """The place where a backup was restored: from here on it is the place of the ledger."""


class MovedBody(TypedDict):
    """The ledger goes on in another place, where this entry stands too."""

    to: PlaceText
    """The new place."""
    by: str
    """Who moved it."""


class CredentialFacts(CredentialBody):
    """A login, in a compacted ledger."""

    address: AddressText
    time: TimeText
    former_recipients: NotRequired[list[str]]
    """Public keys that the same password was sealed to before: the log still holds that."""


class IntentFacts(TypedDict):
    """A call whose outcome nobody knows, in a compacted ledger."""

    serial: Position
    """The serial of an entry."""
    address: AddressText
    operation: str
    """What is asked of the portal, in its API's words."""
    time: TimeText
    message: str
    parameters: PlainAttributes
    """The call's parameters; a secret is its mask."""
    baseline: list[str]
    """Remote ids that bore the object's name before a creation, or what the portal showed before a call that adds."""
    sent: PlainAttributes
    """The attributes that the call is to bring about, where the portal may never tell them again."""
    price: MoneyText | None
    """What the call is to charge, at list price."""
    creates: bool
    """Is the call to bring the object of its address into being?"""
    forgets: NotRequired[list[AddressText]]
    """What the ledger has nothing to keep of once the call has happened."""
    effect: NotRequired[Annotated[str, Form({"enum": [effect.value for effect in Effect]})]]
    """What the call is to do that cannot be taken back; ledgers of before do not tell."""
    state: Annotated[str, Form({"enum": [state.value for state in IntentState]})]


class CompactedBody(TypedDict):
    """The first entry of a compacted ledger: what all before it added up to."""

    format_version: FormatVersion
    agency: str | None
    sent: Mapping[AddressText, PlainAttributes]
    """Write-once attributes as sent, and totals as granted."""
    remote_ids: Mapping[AddressText, str]
    credentials: list[CredentialFacts]
    open_intents: list[IntentFacts]
    created: list[AddressText]
    """Addresses whose creation had a clean answer."""
    adopted: Mapping[AddressText, TimeText]
    """Addresses whose creation lost its answer, and when the object was found."""
    confirmed: Mapping[AddressText, tuple[TimeText, DigestText]]
    """By address, when the last remembered call was confirmed, and its digest."""
    charges: list[tuple[TimeText, AddressText, MoneyText]]
    """Charges that the portal confirmed: when, for what, how much."""
    lease: LeaseBody | None
    attempted: NotRequired[Mapping[AddressText, list[str]]]
    """By address, attributes that a call may have set to another value than `sent` has."""
    ended: NotRequired[list[AddressText]]
    """Addresses whose end the portal confirmed, where the ledger still knows something of them."""
    identity: NotRequired[DigestText | None]
    """Digest of the line that opened the ledger."""
    evidence: NotRequired[list[EvidenceFacts]]
    """What people have said of manual steps."""
    approval: NotRequired[ApprovalBody | None]
    """The approval that holds."""
    portal: NotRequired[PortalBody | None]
    """The portal that the ledger belongs to."""
    place: NotRequired[PlaceText]
    """The place where it was compacted."""
    observed: NotRequired[ObservedBody | None]
    """What the portal showed of questions that no public source answers."""
