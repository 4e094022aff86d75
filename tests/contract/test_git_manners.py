"""The git store leaves everything else in the repository alone, whatever state that is in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from contract.ledger_store_contract import chain
from contract.repositories import git, isolate, make_clone, make_remote
from sampling import thinned

from plan import LedgerError
from plan.ledger.git_store import GitStore


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository with a few commits on `main` and a tag."""
    remote = make_remote(tmp_path / "remote.git")
    source = make_clone(tmp_path / "source", remote)
    for number in range(3):
        git(source, "commit", "--quiet", "--allow-empty", f"--message=Commit {number}")
    git(source, "tag", "v1")
    git(source, "push", "--quiet", "--tags", "origin", "main")
    return remote


def plain(folder: Path, remote: Path) -> Path:
    """A clone as it comes."""
    git(folder.parent, "clone", "--quiet", "--no-tags", str(remote), str(folder))
    return folder


def dirty(folder: Path, remote: Path) -> Path:
    """Changed, staged and new files, and another process in the middle of a commit."""
    plain(folder, remote)
    (folder / "agency.yaml").write_text("version: 1 # changed\n")
    (folder / "staged").write_text("x")
    git(folder, "add", "staged")
    (folder / "new").write_text("x")
    (folder / ".git" / "index.lock").write_text("")
    return folder


def detached(folder: Path, remote: Path) -> Path:
    """No branch is checked out."""
    plain(folder, remote)
    git(folder, "checkout", "--quiet", "--detach", "HEAD~1")
    return folder


def shallow(folder: Path, remote: Path) -> Path:
    """As a CI job checks it out: one commit, detached, one branch."""
    git(folder.parent, "clone", "--quiet", "--no-tags", "--depth=1", f"file://{remote}", str(folder))
    git(folder, "checkout", "--quiet", "--detach")
    return folder


def linked(folder: Path, remote: Path) -> Path:
    """A second work tree of a clone."""
    plain(folder.with_name("main-tree"), remote)
    git(folder.with_name("main-tree"), "worktree", "add", "--quiet", "--detach", str(folder))
    return folder


def unborn(folder: Path, remote: Path) -> Path:
    """A repository without a commit."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", str(remote))
    return folder


STATES = [plain, dirty, detached, shallow, linked, unborn]
# What belongs to the store, and what git itself keeps of a push.
OWN = ("refs/agencyfile/", "refs/heads/ledger", "refs/remotes/origin/ledger")


def state(folder: Path) -> dict[str, object]:
    """Everything that a user can see of a repository, byte by byte, but objects and the store's own refs."""
    refs = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    inside = Path(git(folder, "rev-parse", "--absolute-git-dir"))
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts]
    known = [inside / name for name in ("HEAD", "index", "index.lock", "config", "FETCH_HEAD", "packed-refs")]
    return {
        "refs": [line for line in refs if not line.startswith(OWN)],
        "top": sorted(
            path.name for path in inside.iterdir() if path.name not in {"logs", "refs", "shallow", "objects"}
        ),
        "files": {str(path): path.read_bytes() for path in (*known, *files) if path.exists() and inside != folder},
        "shallow": git(folder, "rev-parse", "--is-shallow-repository"),
        "head": (inside / "HEAD").read_bytes(),
    }


@pytest.mark.parametrize("make", thinned(STATES, every=2))
@pytest.mark.parametrize("is_local", [False, True])
def test_repository_in_any_state_is_left_in_it(
    tmp_path: Path,
    remote: Path,
    make: Callable[[Path, Path], Path],
    is_local: bool,  # noqa: FBT001
) -> None:
    """Reads and appends work, and work tree, index, HEAD, config, other refs and shallowness stay byte for byte."""
    folder = make(tmp_path / "clone", remote)
    if is_local:
        git(folder, "remote", "remove", "origin")
    before = state(folder)
    store = GitStore(folder, "ledger")
    store.append(chain(2), expected=0)
    store.append(chain(1, after=chain(2)[-1]), expected=2)

    assert list(GitStore(folder, "ledger").read(0)) == [*chain(2), *chain(1, after=chain(2)[-1])]
    assert state(folder) == before
    assert git(folder if is_local else remote, "rev-list", "--count", "ledger") == "2"


def test_shallow_repository_reads_a_long_ledger_of_others_and_adds_to_it(tmp_path: Path, remote: Path) -> None:
    """A CI job fetches all commits of the ledger and checks its history; it can append, be refused, and catch up."""
    writer = GitStore(plain(tmp_path / "plain", remote), "ledger")
    entries = chain(6)
    for number, entry in enumerate(entries[:4]):
        writer.append([entry], expected=number)
    folder = shallow(tmp_path / "clone", remote.resolve())
    store = GitStore(folder, "ledger")

    assert list(store.read(0)) == entries[:4]
    assert git(folder, "rev-list", "--count", "refs/agencyfile/ledger/ledger") == "4"
    assert git(folder, "rev-parse", "--is-shallow-repository") == "true"
    assert store.append(entries[4:5], expected=4) == 5
    writer.read(0)
    writer.append(entries[5:], expected=5)
    assert list(store.read(5)) == entries[5:]
    assert list(GitStore(folder, "ledger").read(0)) == entries


def test_subfolder_of_a_repository_is_as_good_as_its_root(tmp_path: Path, remote: Path) -> None:
    """The agency file may lie anywhere in the repository."""
    folder = plain(tmp_path / "clone", remote) / "deep" / "er"
    folder.mkdir(parents=True)
    GitStore(folder, "ledger").append(chain(1), expected=0)

    assert list(GitStore(tmp_path / "clone", "ledger").read(0)) == chain(1)


def test_environment_of_another_repository_is_not_followed(
    tmp_path: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from a git hook of another repository, the store still writes to its own."""
    folder, other = plain(tmp_path / "clone", remote), make_clone(tmp_path / "other")
    before = state(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    monkeypatch.setenv("GIT_NAMESPACE", "elsewhere")
    GitStore(folder, "ledger").append(chain(1), expected=0)

    assert git(remote, "rev-list", "--count", "ledger") == "1"
    assert state(other) == before


def test_settings_of_the_user_change_nothing(tmp_path: Path, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks, signatures, tags to follow, pruning and line ends: none of it takes part."""
    folder = plain(tmp_path / "clone", remote)
    git(folder, "update-ref", "refs/remotes/origin/stale", "HEAD")
    git(folder, "tag", "-a", "-m", "x", "v2")
    for name in ("pre-push", "reference-transaction", "post-update", "pre-commit", "commit-msg"):
        hook = folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho {name} >>{tmp_path}/hooked\nexit 1\n")
        hook.chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\n\tuseConfigOnly = true\n[commit]\n\tgpgSign = true\n[push]\n\tgpgSign = if-asked\n"
        "[fetch]\n\tprune = true\n\tpruneTags = true\n[core]\n\tautocrlf = true\n[gpg]\n\tprogram = /nonexistent\n"
        "[push]\n\tfollowTags = true\n\tdefault = nothing\n[log]\n\tshowSignature = true\n[color]\n\tui = always\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    store = GitStore(folder, "ledger")
    store.append(chain(1), expected=0)
    GitStore(plain(tmp_path / "two", remote), "ledger").append(chain(1, after=chain(1)[0]), expected=1)

    assert len(store.read(0)) == 2
    assert not (tmp_path / "hooked").exists()
    assert git(folder, "rev-parse", "--verify", "refs/remotes/origin/stale")
    assert git(remote, "tag") == "v1"


def test_ledger_is_in_this_repository_when_it_has_no_origin(tmp_path: Path) -> None:
    """No remote is named then."""
    folder = make_clone(tmp_path / "clone")

    assert list(GitStore(folder, "other").read(0)) == []
    assert "in " in GitStore(folder, "other").location


def test_local_branch_that_is_checked_out_is_refused(tmp_path: Path) -> None:
    """Nobody's work tree falls behind its branch."""
    folder = make_clone(tmp_path / "clone")
    store = GitStore(folder, "ledger")
    store.append(chain(1), expected=0)
    git(folder, "checkout", "--quiet", "ledger")

    with pytest.raises(LedgerError, match="the branch is checked out"):
        store.append(chain(1, after=chain(1)[0]), expected=1)
    assert git(folder, "status", "--porcelain") == ""
