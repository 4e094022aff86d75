"""Calls: one HTTP request each, as data that is shown, counted, compared and sent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from plan.address import Address
from plan.money import Price
from plan.values import Attributes, Secret, digest, plain


class Effect(StrEnum):
    """The effect of a change on the agency."""

    REVERSIBLE = "reversible"
    BILLED = "billed"
    ONE_SHOT = "one-shot"
    PERMANENT = "permanent"
    MANUAL = "manual"
    GUARD = "guard"  # changes what applies may do: recorded in the ledger, no call


class OperationClass(StrEnum):
    """The effect of a second send of the same call. It decides what may be retried, whatever the HTTP method."""

    ABSOLUTE = "absolute"  # sets a level: the same again changes nothing
    CREATE = "create"  # may make a second object
    ADDITIVE = "additive"  # adds again
    DESTROY = "destroy"  # ends something
    READ = "read"  # changes nothing: it brings what the rest of the change needs


REPEATABLE: Final = (OperationClass.ABSOLUTE, OperationClass.READ)


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a change. `api` and `operation` name it; the provider knows the rest."""

    address: Address
    api: str
    operation: str
    method: str
    parameters: Attributes
    operation_class: OperationClass
    effect: Effect = Effect.REVERSIBLE
    price: Price | None = None

    @property
    def is_repeatable(self) -> bool:
        """May it be sent again when the answer is lost? Only a call that sets a level or reads, and charges nothing."""
        return self.operation_class in REPEATABLE and self.effect is Effect.REVERSIBLE

    @property
    def is_write(self) -> bool:
        """Does it change anything at the portal?"""
        return self.operation_class is not OperationClass.READ

    @property
    def needs_intent(self) -> bool:
        """Must an intent be durable before it is sent? Always when it must not be sent twice."""
        return not self.is_repeatable

    @property
    def is_create(self) -> bool:
        """Does it create the object of its address?"""
        return self.operation_class is OperationClass.CREATE

    def digest(self) -> str:
        """Canonical digest of what would be sent, secrets masked."""
        return digest([str(self.address), self.api, self.operation, plain(self.parameters)])


@dataclass(frozen=True, slots=True)
class Credential:
    """The login of a new account, which the portal shows once; or the key of an account's own API.

    `login_url` is the address that it is for.
    """

    login_url: str
    username: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The portal answered yes. `remote_id` is None where the answer does not tell it."""

    remote_id: str | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The portal answered no, or nothing was sent: nothing has happened."""

    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No clean answer: it may or may not have happened."""

    message: str


Outcome = Confirmed | Refused | Unknown
