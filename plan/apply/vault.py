"""The port that seals passwords. The password of a new account goes sealed into the ledger, and nowhere else."""

from typing import Protocol

from plan.values import Secret


class Vault(Protocol):
    """Encrypts to the agency's own recipients."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The public keys that it encrypts to."""

    def seal(self, secret: Secret) -> str:
        """Return the secret, encrypted, as text."""
