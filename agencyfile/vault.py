"""Passwords of new accounts, sealed to the agency's own keys with age."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plan import Secret

if TYPE_CHECKING:
    import pyrage


class VaultError(Exception):
    """A recipient or an identity cannot be used."""


class AgeVault:
    """Seals to age recipients: X25519 (`age1…`) or SSH public keys.

    Raises:
        VaultError: there is no recipient, or one is none.
    """

    def __init__(self, recipients: Sequence[str]) -> None:
        if not recipients:
            raise VaultError("no recipient is declared: nobody could read the password of a new account")
        self._recipients = tuple(recipients)
        self._keys = [_recipient(text) for text in recipients]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Their public keys, as declared."""
        return self._recipients

    def seal(self, secret: Secret) -> str:
        """The secret as an armoured age file."""
        import pyrage  # noqa: PLC0415 - only what seals pays for it

        sealed: bytes = pyrage.encrypt(secret.reveal().encode(), self._keys, armored=True)
        return sealed.decode()


def unseal(sealed: str, identity_file: Path) -> Secret:
    """Open an armoured age file with the identities in a file (age keys, or one SSH private key).

    Raises:
        VaultError: the file cannot be read, holds no identity, or none that opens this.
    """
    import pyrage  # noqa: PLC0415 - only what opens pays for it

    identities = _identities(identity_file)
    try:
        return Secret(pyrage.decrypt(sealed.encode(), identities).decode())
    except pyrage.DecryptError:
        raise VaultError(f"no identity in {identity_file} opens this password: it was sealed to other keys") from None


def make_identity(path: Path) -> str:
    """Write a new age identity to `path`, readable by its owner alone; return its recipient.

    Raises:
        FileExistsError: `path` exists; it is not touched.
    """
    import pyrage  # noqa: PLC0415 - only `init` and `demo` pay for it

    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"# public key: {recipient}\n{identity}\n")
    return recipient


def _recipient(text: str) -> "pyrage.x25519.Recipient | pyrage.ssh.Recipient":
    import pyrage  # noqa: PLC0415

    try:
        if text.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(text)
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise VaultError(f"{text[:16]}… is not a recipient: {error}") from None


def _identities(path: Path) -> "list[pyrage.x25519.Identity | pyrage.ssh.Identity]":
    import pyrage  # noqa: PLC0415

    try:
        content = path.read_bytes()
    except OSError as error:
        raise VaultError(f"the identity file {path} cannot be read: {error.strerror}") from None
    try:
        if b"PRIVATE KEY-----" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode().splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, UnicodeDecodeError):
        raise VaultError(f"{path} holds no age identity (AGE-SECRET-KEY-1…) or SSH private key") from None
