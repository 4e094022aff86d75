"""The contract that is shipped, as long as this part of the tests wants it."""

import sampling

from agencyfile.ledger_stores import contract
from agencyfile.ledger_stores.contract import Opener, chain, compaction, in_processes, race, race_to_compact, total

__all__ = ["LedgerStoreContract", "Opener", "chain", "compaction", "in_processes", "race", "race_to_compact", "total"]


class LedgerStoreContract(contract.LedgerStoreContract):
    """Ten thousand entries in the sample, and a hundred thousand in the rest."""

    @property
    def many(self) -> int:  # type: ignore[override]
        """The longest ledger."""
        return 10_000 if sampling.part() is sampling.Part.SAMPLE else 100_000
