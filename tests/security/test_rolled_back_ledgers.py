"""A ledger on a branch that lost what it held is refused, by a clone that never saw it as well."""

from collections.abc import Callable
from pathlib import Path

import pytest
from contract.ledger_store_contract import chain, compaction
from contract.repositories import git, make_remote
from sampling import thinned

from plan import Ledger, LedgerCorrupt, LedgerError
from plan.ledger import Entry
from plan.ledger.anchor import Anchor
from plan.ledger.entry import line_digest
from plan.ledger.git_store import GitStore
from plan.ledger.lines import lines_of

BRANCH = "ledger"


class Team:
    """A remote with a ledger of ten entries in five commits, and fresh clones of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AGENCYFILE_ALLOW_LOCAL_REMOTE", "1")
        self._folder = folder
        self._clones = 0
        self.remote = make_remote(folder / "origin.git")
        self.writer = self.clone()
        self.entries = chain(10)
        store = GitStore(self.writer, BRANCH)
        for first in range(0, 10, 2):
            store.append(self.entries[first : first + 2], expected=first)
        git(self.writer, "fetch", "--quiet", "origin", BRANCH)
        self.head = git(self.writer, "rev-parse", "FETCH_HEAD")

    @property
    def anchor(self) -> Anchor:
        """The last entry, as a pipeline would have noted it."""
        return Anchor(10, line_digest(self.entries[-1].line()))

    def clone(self) -> Path:
        """A folder that has never seen the ledger."""
        self._clones += 1
        folder = self._folder / f"clone-{self._clones}"
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "remote", "add", "origin", str(self.remote))
        return folder

    def commit(self, tree: str, *parents: str) -> str:
        """A commit as git makes it."""
        arguments = [part for parent in parents for part in ("-p", parent)]
        return git(self.writer, "commit-tree", "-m", "Ledger", *arguments, tree)

    def tree_of(self, entries: list[Entry]) -> str:
        """A tree that holds these entries and nothing else."""
        text = b"".join(lines_of(entries)).decode()
        blob = git(self.writer, "hash-object", "-w", "--stdin", data=text)
        return git(self.writer, "mktree", data=f"100644 blob {blob}\t000001.jsonl\n")

    def push(self, commit: str, *flags: str) -> None:
        """Move the branch, as whoever may push it can."""
        git(self.writer, "push", "--quiet", *flags, "origin", f"{commit}:refs/heads/{BRANCH}")


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team with a ledger."""
    return Team(tmp_path, monkeypatch)


def forward_with_an_old_tree(team: Team) -> None:
    """A commit on top that holds the first six entries."""
    team.push(team.commit(team.tree_of(team.entries[:6]), team.head))


def forward_from_an_old_tree_and_on(team: Team) -> None:
    """The same, and then a commit that is honest again."""
    rolled = team.commit(team.tree_of(team.entries[:6]), team.head)
    team.push(team.commit(team.tree_of([*team.entries[:6], *chain(9, after=team.entries[5])]), rolled))


def joined_histories(team: Team) -> None:
    """A merge of the ledger with a shorter one."""
    team.push(team.commit(team.tree_of(team.entries), f"{team.head}~3", team.head))


def another_chain(team: Team) -> None:
    """A ledger of other entries, its chain of digests whole, on top."""
    first = team.entries[0]._replace(time="2026-11-20T00:00:00.000+00:00")
    team.push(team.commit(team.tree_of([first, *chain(11, after=first)]), team.head))


def another_last_entry(team: Team) -> None:
    """The last entry says something else: a sealed login, an approval."""
    forged = team.entries[-1]._replace(body={**team.entries[-1].body, "text": "another"})
    team.push(team.commit(team.tree_of([*team.entries[:-1], forged]), team.head))


def compaction_of_less(team: Team) -> None:
    """A compaction that stands for the first six entries alone."""
    team.push(team.commit(team.tree_of([compaction(team.entries[5])]), team.head))


FORWARD = [
    forward_with_an_old_tree,
    forward_from_an_old_tree_and_on,
    joined_histories,
    another_chain,
    another_last_entry,
    compaction_of_less,
]


@pytest.mark.parametrize("attack", thinned(FORWARD, every=3), ids=lambda attack: attack.__name__)
@pytest.mark.attack("B5", "the ledger's branch is moved forward to a commit that lacks entries")
def test_b05_branch_that_lost_entries_is_refused_in_a_fresh_clone(team: Team, attack: Callable[[Team], None]) -> None:
    """Without anything that was noted elsewhere: the history of the branch shows it, and the message what to do."""
    attack(team)

    with pytest.raises(LedgerCorrupt) as caught:
        GitStore(team.clone(), BRANCH).read(0)

    assert "nothing was changed" in str(caught.value)
    assert "git push" in (caught.value.fix or "")


def force_to_an_older_commit(team: Team) -> None:
    """The branch as it was before."""
    team.push(f"{team.head}~2", "--force")


def force_to_a_fork(team: Team) -> None:
    """Another ledger from the sixth entry on, as long as the right one."""
    fork = [*team.entries[:6], *chain(4, after=team.entries[5])]
    team.push(team.commit(team.tree_of(fork), f"{team.head}~2"), "--force")


def gone(team: Team) -> None:
    """No branch at all."""
    git(team.writer, "push", "--quiet", "origin", f":refs/heads/{BRANCH}")


@pytest.mark.parametrize(
    "attack", [force_to_an_older_commit, force_to_a_fork, gone], ids=lambda attack: attack.__name__
)
@pytest.mark.attack("B5", "the ledger's branch is forced to an older or another commit")
def test_b05_forced_branch_is_refused_where_an_entry_was_noted(team: Team, attack: Callable[[Team], None]) -> None:
    """The clone is fresh and the history whole: the entry that was noted outside of the ledger is missing."""
    attack(team)
    store = GitStore(team.clone(), BRANCH)

    with pytest.raises(LedgerError) as caught:
        Ledger(store, agency="northwind", anchors=[team.anchor])

    assert "lacks entry 10" in str(caught.value)
    assert "put back" in (caught.value.fix or "")


def test_honest_history_is_read_in_a_fresh_clone(team: Team) -> None:
    """Appends, a compaction and appends on top of it, read anew each time."""
    store = GitStore(team.writer, BRANCH)
    store.read(0)
    summary = compaction(team.entries[-1])
    store.replace([summary], expected=10)
    store.append(chain(2, after=summary), expected=11)

    assert [entry.serial for entry in GitStore(team.clone(), BRANCH).read(0)] == [11, 12, 13]
