"""The git store: the contract, and what a branch and a remote alone can suffer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from contract.ledger_store_contract import LedgerStoreContract
from contract.repositories import isolate, make_clone, make_remote

from plan import LedgerStore
from plan.ledger.git_store import GitStore


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


class TestGitStoreOfARemote(LedgerStoreContract):
    """The contract, between two clones of one remote."""

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], LedgerStore]:
        """Another clone at each turn."""
        remote = make_remote(tmp_path / "remote.git")
        clones = [make_clone(tmp_path / name, remote) for name in ("one", "two")]
        turn = iter(range(100))
        return lambda: GitStore(clones[next(turn) % 2], "ledger")


class TestGitStoreOfOneRepository(LedgerStoreContract):
    """The contract, on a local branch."""

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], LedgerStore]:
        """The same repository, opened anew."""
        clone = make_clone(tmp_path / "alone")
        return lambda: GitStore(clone, "ledger")
