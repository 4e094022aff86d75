"""The portal that a ledger belongs to, known by salted fingerprints of the keys that open it."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, TypedDict

from plan.records.form import DigestText, Form
from plan.values import Secret

_SALT_BYTES = 32


class PortalBody(TypedDict):
    """The portal that the ledger belongs to, known by the keys that open it."""

    salt: DigestText
    """The key of the fingerprints, made for this ledger."""
    keys: Annotated[Mapping[str, list[DigestText]], Form({"propertyNames": {"enum": ["agency", "hub"]}})]
    """Fingerprints (HMAC-SHA256) of the keys that open the portal, by what they open."""
    by: str
    """Who ran the command that added the last key."""
    reason: str | None
    """Why a key was accepted; null where it was the first."""


@dataclass(frozen=True, slots=True)
class PortalPin:
    """Fingerprints by the key's name (`agency`, `hub`): several people may have keys of one portal.

    A fingerprint is an HMAC-SHA256 under a salt of this ledger. It tells neither the key nor whether another ledger
    knows the same one. `by` and `reason` say who accepted the last key, and why.
    """

    salt: str
    keys: Mapping[str, tuple[str, ...]]
    by: str
    reason: str | None = None

    @classmethod
    def new(cls, *, by: str) -> "PortalPin":
        """Return a pin that knows no key yet."""
        return cls(secrets.token_hex(_SALT_BYTES), MappingProxyType({}), by)

    @classmethod
    def parse(cls, body: PortalBody) -> "PortalPin":
        """Read the body of an entry.

        Raises:
            KeyError, TypeError, ValueError: the body is no pin.
        """
        keys = {str(name): tuple(str(one) for one in known) for name, known in body["keys"].items()}
        bytes.fromhex(body["salt"])
        return cls(str(body["salt"]), keys, str(body["by"]), body["reason"])

    def body(self) -> PortalBody:
        """Return the body of an entry."""
        keys = {name: list(known) for name, known in self.keys.items()}
        return {"salt": self.salt, "keys": keys, "by": self.by, "reason": self.reason}

    def strangers(self, keys: Mapping[str, Secret]) -> tuple[str, ...]:
        """Return the names of the unknown ones of `keys`. A name of which no key is known yet has no stranger."""
        return tuple(name for name, key in keys.items() if self.keys.get(name) and not self._knows(name, key))

    def with_keys(
        self, keys: Mapping[str, Secret], *, by: str, reason: str | None, is_only: bool = False
    ) -> "PortalPin":
        """Return the same portal with these keys too. `is_only` means that other keys of their names count no more."""
        added = {
            name: (*(() if is_only else self.keys.get(name, ())), self._fingerprint(name, key))
            for name, key in keys.items()
            if is_only or not self._knows(name, key)
        }
        return replace(self, keys={**self.keys, **added}, by=by, reason=reason)

    def is_new(self, keys: Mapping[str, Secret]) -> bool:
        """Does one of `keys` have a name of which no key is known yet?"""
        return any(not self.keys.get(name) for name in keys)

    def _knows(self, name: str, key: Secret) -> bool:
        found = self._fingerprint(name, key)
        return any(hmac.compare_digest(found, known) for known in self.keys.get(name, ()))

    def _fingerprint(self, name: str, key: Secret) -> str:
        text = f"agencyfile portal key v1\0{name}\0{key.reveal()}"
        return hmac.new(bytes.fromhex(self.salt), text.encode(), hashlib.sha256).hexdigest()
