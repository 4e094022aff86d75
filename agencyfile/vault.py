"""Passwords of new accounts, sealed to the agency's own keys with age."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agencyfile.files import create_file, make_folder
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
    make_folder(path.parent, mode=0o700)
    create_file(path, f"# public key: {recipient}\n{identity}\n")
    return recipient


def opens_some(recipients: Sequence[str], identity_file: Path) -> bool:
    """Does an identity of the file open what is sealed to these recipients?

    Something is sealed and opened: that works for keys of every sort, and needs no public half of an SSH key.

    Raises:
        VaultError: a recipient is none; the file cannot be read, or holds no identity.
    """
    sealed = AgeVault(recipients).seal(Secret("a trial"))
    identities = _identities(identity_file)
    import pyrage  # noqa: PLC0415

    try:
        pyrage.decrypt(sealed.encode(), identities)
    except pyrage.DecryptError:
        return False
    return True


def recipient_of(identity_file: Path) -> str | None:
    """The recipient of the first age identity in a file; None where it has none but an SSH key.

    Raises:
        VaultError: the file cannot be read, or holds no identity.
    """
    import pyrage  # noqa: PLC0415

    found = _identities(identity_file)
    keys = (identity for identity in found if isinstance(identity, pyrage.x25519.Identity))
    return next((str(key.to_public()) for key in keys), None)


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
