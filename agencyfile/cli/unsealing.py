"""Open passwords and keys of the ledger, as far as an identity at hand can."""

from pathlib import Path

from agencyfile.cli.hosts import allowed_hosts
from agencyfile.cli.recipients import identity_at_hand
from plan import Address, History, Secret
from plan.call import Credential
from plan.ledger import SealedCredential


class Unsealing:
    """Opens what the ledger keeps, as far as the identity at hand can; what it has opened is kept in memory.

    `history` is the ledger as it was read last, `account_api` the pattern of accounts' addresses; a rehearsal uses
    no other. Without an identity nothing opens, which is no failure.
    """

    def __init__(self, folder: Path) -> None:
        self.history = History()
        self.account_api = ""
        self.is_rehearsal = False
        self._folder = folder
        self._opened: dict[str, Secret | None] = {}

    def opens(self, address: Address) -> bool:
        """Return whether the password or key of `address` can be opened."""
        return self.open(address) is not None

    def open(self, address: Address) -> Secret | None:
        """Return the password or key of `address`; None where none is kept, or nothing at hand opens it."""
        found = self._found(address)
        if found is None:
            return None
        if found.sealed not in self._opened:
            self._opened[found.sealed] = self._unsealed(found.sealed)
        return self._opened[found.sealed]

    def address_of_key(self, address: Address) -> str | None:
        """Return the address of the API that a kept key is for; None if the key may not be sent there.

        Whoever can write the ledger can change the address beside a key, so it is judged anew at each use.
        """
        from agencyfile.gate import NotAdmitted, account_api_of  # noqa: PLC0415 - loads requests

        found = self._found(address)
        if found is None:
            return None
        own = self.account_api.replace("{account}", address.name)
        kept = "" if self.is_rehearsal else found.login_url
        try:
            return account_api_of(kept, address.name, own=own, allowed=allowed_hosts())
        except NotAdmitted:
            return None

    def key_of(self, account: str) -> Secret | None:
        """Return the kept key of an account's own API."""
        from agencyfile.kinds.account_key.completion import key_address  # noqa: PLC0415 - only with a portal

        return self.open(key_address(account))

    def login_of(self, account: str) -> Credential | None:
        """Return the kept login of an account."""
        from agencyfile.kinds.account_key.completion import login_address  # noqa: PLC0415 - only with a portal

        address = login_address(account)
        found, password = self._found(address), self.open(address)
        return Credential(found.login_url, found.username, password) if found and password else None

    def _found(self, address: Address) -> SealedCredential | None:
        return self.history.credential(address)

    def _unsealed(self, sealed: str) -> Secret | None:
        identity = identity_at_hand(self._folder)
        if identity is None:
            return None
        from agencyfile.vault import VaultError, unseal  # noqa: PLC0415 - loads age

        try:
            return unseal(sealed, identity)
        except VaultError:
            return None
