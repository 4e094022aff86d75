"""Where the password of a new account goes: sealed, into the ledger, nowhere else."""

from typing import Protocol

from plan.values import Secret


class Vault(Protocol):
    """Encrypts to the agency's own recipients."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who can open what it seals."""

    def seal(self, secret: Secret) -> str:
        """The secret, encrypted, as text."""
