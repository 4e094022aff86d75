"""The contract over the store that `--ledger-store` names; see `pytest_plugin`."""

import pytest

from agencyfile.ledger_stores.contract import LedgerStoreContract, Opener


class TestLedgerStore(LedgerStoreContract):
    """The laws of a store."""

    many = 10_000

    @pytest.fixture
    def openers(self, ledger_store_openers: tuple[Opener, Opener]) -> tuple[Opener, Opener]:
        """The store of the command line."""
        return ledger_store_openers
