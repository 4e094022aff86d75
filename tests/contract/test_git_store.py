"""The git store: the contract, and what a branch, a remote and a repository can suffer."""

from functools import partial
from pathlib import Path

import pytest
from contract.ledger_store_contract import (
    LedgerStoreContract,
    Opener,
    chain,
    compaction,
    in_processes,
    race,
    race_to_compact,
    total,
)
from contract.repositories import git, isolate, make_clone, make_remote
from sampling import Part, part

from plan import LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.git_store import GitStore

ROUNDS = 5 if part() is Part.SAMPLE else 15  # of a race; each starts a dozen processes of git


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty bare repository."""
    return make_remote(tmp_path / "remote.git")


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Path:
    """A repository whose origin it is."""
    return make_clone(tmp_path / "clone", remote)


class TestGitStoreOfARemote(LedgerStoreContract):
    """The contract, between two clones of one remote."""

    rounds = ROUNDS

    @pytest.fixture
    def openers(self, tmp_path: Path, remote: Path, clone: Path) -> tuple[Opener, Opener]:
        """Two clones."""
        return partial(GitStore, clone, "ledger"), partial(GitStore, make_clone(tmp_path / "two", remote), "ledger")


@pytest.mark.rest  # less of what a branch with a remote does
class TestGitStoreOfALocalBranch(LedgerStoreContract):
    """The contract, on a branch of one repository without a remote."""

    rounds = ROUNDS

    @pytest.fixture
    def openers(self, tmp_path: Path) -> tuple[Opener, Opener]:
        """One repository, twice."""
        alone = make_clone(tmp_path / "alone")
        return partial(GitStore, alone, "ledger"), partial(GitStore, alone, "ledger")


@pytest.mark.long
def test_git_two_processes_in_one_clone_lose_nothing(clone: Path) -> None:
    """Racing for the remote's branch, they share a private ref too: neither takes the other for a forger."""
    opener = partial(GitStore, clone, "ledger")
    in_processes((race, opener, ROUNDS), (race, opener, ROUNDS), (race_to_compact, opener, ROUNDS // 5))

    assert total(opener().read(0)) == 2 * ROUNDS


def listing(repository: Path) -> list[str]:
    """The segments of the ledger in `repository`, with their blobs."""
    return git(repository, "ls-tree", "ledger").splitlines()


def test_git_append_beyond_a_thousand_entries_leaves_full_segments_alone(remote: Path, clone: Path) -> None:
    """An append rewrites the last segment only, and begins a new one when that is full."""
    entries = chain(2001)
    store = GitStore(clone, "ledger")
    store.append(entries[:999], expected=0)
    store.append(entries[999:1999], expected=999)
    before = listing(remote)
    store.append(entries[1999:2000], expected=1999)
    store.append(entries[2000:], expected=2000)

    assert [line[-12:] for line in listing(remote)] == ["000001.jsonl", "000002.jsonl", "000003.jsonl"]
    assert listing(remote)[0] == before[0]
    assert git(remote, "show", "ledger:000003.jsonl").count("\n") == 0
    assert list(GitStore(clone, "ledger").read(0)) == entries


def test_git_ledger_shares_no_commit_with_other_branches(remote: Path, clone: Path) -> None:
    """The branch begins with a commit of its own, by an identity of its own, and tells no body of an entry."""
    git(clone, "push", "--quiet", "origin", "main")
    store = GitStore(clone, "ledger")
    store.append(chain(2), expected=0)
    store.append(chain(1, after=chain(2)[-1]), expected=2)

    log = git(remote, "log", "--format=%an <%ae> %cn <%ce> %s", "ledger").splitlines()
    identity = "agencyfile <agencyfile@localhost>"
    assert log == [
        f"{identity} {identity} Ledger: entries 3 to 3 (opened)",
        f"{identity} {identity} Ledger: entries 1 to 2 (opened)",
    ]
    assert "northwind" not in git(remote, "log", "--format=%B", "ledger")


def test_git_compaction_is_a_commit_on_top(remote: Path, clone: Path) -> None:
    """What a compaction stands for can still be looked up in the history of the branch."""
    entries = chain(1001)
    store = GitStore(clone, "ledger")
    store.append(entries, expected=0)
    before = git(remote, "rev-parse", "ledger")
    store.replace([compaction(entries[-1])], expected=1001)

    assert [line[-12:] for line in listing(remote)] == ["000001.jsonl"]
    assert git(remote, "rev-parse", "ledger^") == before


class TestForeign:
    """A branch that holds something else is left as it is."""

    def test_git_branch_of_something_else_is_no_ledger(self, remote: Path, clone: Path) -> None:
        """The branch that a team works on is not taken for a ledger, and not written to."""
        git(clone, "push", "--quiet", "origin", "main")
        store, before = GitStore(clone, "main"), git(remote, "rev-parse", "main")

        with pytest.raises(LedgerCorrupt, match=r"no ledger \(it holds agency.yaml\); nothing was changed") as caught:
            store.append(chain(1), expected=0)

        assert "name a branch in agency.ledger" in caught.value.fix
        assert git(remote, "rev-parse", "main") == before

    def test_git_branch_of_nothing_is_no_ledger(self, clone: Path) -> None:
        """An empty commit is not an empty ledger."""
        tree = git(clone, "mktree")
        git(clone, "push", "--quiet", "origin", f"{git(clone, 'commit-tree', '-m', 'x', tree)}:refs/heads/ledger")

        with pytest.raises(LedgerCorrupt, match="holds no file"):
            GitStore(clone, "ledger").read(0)

    def test_git_segment_of_something_else_is_corrupt(self, clone: Path) -> None:
        """A file with the right name and the wrong content is named with its line."""
        rewrite(clone, {"000001.jsonl": "not a ledger\n"})

        with pytest.raises(LedgerCorrupt, match=r"000001\.jsonl:1: this line is not a ledger entry"):
            GitStore(clone, "ledger").read(0)


def rewrite(clone: Path, files: dict[str, str]) -> None:
    """Force the ledger branch of origin to a new commit that holds `files`."""
    blobs = {name: git(clone, "hash-object", "-w", "--stdin", data=content) for name, content in files.items()}
    tree = git(clone, "mktree", data="".join(f"100644 blob {oid}\t{name}\n" for name, oid in blobs.items()))
    git(
        clone, "push", "--quiet", "--force", "origin", f"{git(clone, 'commit-tree', '-m', 'x', tree)}:refs/heads/ledger"
    )


@pytest.fixture
def long(remote: Path, clone: Path) -> dict[str, str]:
    """The files of a ledger of three segments, at the remote."""
    GitStore(clone, "ledger").append(chain(2500), expected=0)
    names = ("000001.jsonl", "000002.jsonl", "000003.jsonl")
    return {name: git(remote, "show", f"ledger:{name}") + "\n" for name in names}


class TestTruncated:
    """A ledger of which something is missing is not mistaken for a shorter one."""

    @pytest.mark.parametrize("name", ["000001.jsonl", "000002.jsonl"])
    def test_git_segment_missing_is_named(self, tmp_path: Path, remote: Path, long: dict[str, str], name: str) -> None:
        """A reader that never saw the ledger before notices."""
        fresh = make_clone(tmp_path / "fresh", remote)
        rewrite(fresh, {key: content for key, content in long.items() if key != name})

        with pytest.raises(LedgerCorrupt, match=f"truncated: its segment {name} is missing"):
            GitStore(fresh, "ledger").read(0)

    def test_git_segments_renumbered_do_not_hide_a_missing_one(
        self, tmp_path: Path, remote: Path, long: dict[str, str]
    ) -> None:
        """The serials tell."""
        fresh = make_clone(tmp_path / "fresh", remote)
        rewrite(fresh, {"000001.jsonl": long["000001.jsonl"], "000002.jsonl": long["000003.jsonl"]})

        with pytest.raises(LedgerCorrupt, match=r"000002\.jsonl:1: entry 2001 stands where entry 1001 belongs"):
            GitStore(fresh, "ledger").read(0)

    def test_git_segment_cut_inside_a_line_is_corrupt(self, tmp_path: Path, remote: Path, long: dict[str, str]) -> None:
        """A commit is whole or not at all: unlike a file, a branch has no torn line that may be forgotten."""
        fresh = make_clone(tmp_path / "fresh", remote)
        rewrite(fresh, {**long, "000003.jsonl": long["000003.jsonl"][:-20]})

        with pytest.raises(LedgerCorrupt, match=r"000003\.jsonl:500: the segment is cut short"):
            GitStore(fresh, "ledger").read(0)

    def test_git_last_segment_missing_is_noticed_by_whoever_saw_it(self, clone: Path, long: dict[str, str]) -> None:
        """What was read once is remembered by the clone."""
        rewrite(clone, {name: content for name, content in long.items() if name != "000003.jsonl"})

        with pytest.raises(LedgerCorrupt, match="was rewritten"):
            GitStore(clone, "ledger").read(0)


class TestForked:
    """A branch that lost what was read from it is noticed, in this process and in the next."""

    def test_git_branch_put_back_is_corrupt_until_it_is_mended_as_told(self, remote: Path, clone: Path) -> None:
        """A forced push that takes entries back is refused; the command in the fix puts them there again."""
        store = GitStore(clone, "ledger")
        entries = chain(3)
        store.append(entries[:1], expected=0)
        store.append(entries[1:], expected=1)
        good = git(remote, "rev-parse", "ledger")
        git(remote, "update-ref", "refs/heads/ledger", "ledger~1")
        for opened in (store, GitStore(clone, "ledger")):
            with pytest.raises(LedgerCorrupt, match="was rewritten") as caught:
                opened.read(0)
        command = caught.value.fix.removeprefix("put back what was last read here: git ").split(" (")[0]
        git(clone, *command.split())

        assert git(remote, "rev-parse", "ledger") == good
        assert list(GitStore(clone, "ledger").read(0)) == entries

    def test_git_branch_of_another_history_is_corrupt(self, tmp_path: Path, remote: Path, clone: Path) -> None:
        """Another ledger in its place, longer and whole, is not this ledger."""
        store = GitStore(clone, "ledger")
        store.append(chain(2), expected=0)
        git(remote, "update-ref", "-d", "refs/heads/ledger")
        first = compaction(chain(1)[0])
        other = [chain(1)[0], first, *chain(3, after=first)]
        GitStore(make_clone(tmp_path / "other", remote), "ledger").append(other, expected=0)

        for opened in (store, GitStore(clone, "ledger")):
            with pytest.raises(LedgerCorrupt, match="was rewritten"):
                opened.read(0)
        with pytest.raises(LedgerCorrupt, match="was rewritten"):
            store.append(chain(1, after=chain(2)[-1]), expected=2)
        assert list(GitStore(make_clone(tmp_path / "third", remote), "ledger").read(0)) == other

    def test_git_branch_deleted_is_not_an_empty_ledger(self, remote: Path, clone: Path) -> None:
        """A ledger that is gone is not begun anew behind the back of whoever knew it."""
        store = GitStore(clone, "ledger")
        store.append(chain(2), expected=0)
        git(remote, "update-ref", "-d", "refs/heads/ledger")

        for opened in (store, GitStore(clone, "ledger")):
            with pytest.raises(LedgerCorrupt, match="is gone"):
                opened.read(0)
        with pytest.raises(LedgerCorrupt, match="is gone"):
            store.append(chain(1, after=chain(2)[-1]), expected=2)
        assert git(remote, "for-each-ref") == ""

    def test_git_branch_squashed_with_all_its_entries_is_fine(self, remote: Path, clone: Path) -> None:
        """The chain of entries is what counts, not the chain of commits."""
        store = GitStore(clone, "ledger")
        store.append(chain(2), expected=0)
        rewrite(clone, {"000001.jsonl": git(remote, "show", "ledger:000001.jsonl") + "\n"})

        assert list(GitStore(clone, "ledger").read(0)) == chain(2)
        with pytest.raises(LedgerError, match="was not written"):
            store.append(chain(1, after=chain(2)[-1]), expected=2)
        assert store.append(chain(1, after=chain(2)[-1]), expected=2) == 3

    def test_git_what_is_remembered_is_no_ledger_says_so(self, remote: Path, clone: Path) -> None:
        """A private ref that somebody bent is an error, not a traceback."""
        GitStore(clone, "ledger").append(chain(1), expected=0)
        blob = git(clone, "hash-object", "-w", "--stdin", data="junk\n")
        tree = git(clone, "mktree", data=f"100644 blob {blob}\t000001.jsonl\n")
        git(clone, "update-ref", "refs/agencyfile/ledger/ledger", git(clone, "commit-tree", "-m", "x", tree))

        with pytest.raises(LedgerCorrupt, match="refs/agencyfile/ledger/ledger: "):
            GitStore(clone, "ledger").read(0)
        assert git(remote, "show", "ledger:000001.jsonl") == chain(1)[0].line()


def test_git_two_writers_never_make_the_same_commit(tmp_path: Path, remote: Path, clone: Path) -> None:
    """The same entry at the same second from two clones: one is in, the other is told."""
    one, two = GitStore(clone, "ledger"), GitStore(make_clone(tmp_path / "two", remote), "ledger")
    one.read(0)
    two.read(0)
    one.append(chain(1), expected=0)

    with pytest.raises(LedgerConflict):
        two.append(chain(1), expected=0)
