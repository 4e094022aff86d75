"""The git store when a push goes wrong: what was written is never guessed."""

import os
import time
from pathlib import Path

import pytest
from contract.ledger_store_contract import chain
from contract.repositories import git, isolate, make_clone, make_remote

from plan import LedgerConflict, LedgerError
from plan.ledger.git import Git, redact
from plan.ledger.git_store import GitStore


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


def script(path: Path, *lines: str) -> None:
    """An executable shell script."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)


def test_push_refused_by_the_remote_was_not_written_and_says_why(remote: Path, clone: Path) -> None:
    """A protected branch is an error with the remote's words, not a conflict, and nothing is there."""
    script(remote / "hooks" / "pre-receive", "echo 'this branch is protected' >&2", "exit 1")

    with pytest.raises(LedgerError, match=r"was not written: .*this branch is protected") as caught:
        GitStore(clone, "ledger").append(chain(1), expected=0)

    assert not isinstance(caught.value, LedgerConflict)
    assert "right to push" in caught.value.fix
    assert git(remote, "for-each-ref") == ""


def test_push_cut_off_before_the_commit_was_not_written(remote: Path, clone: Path) -> None:
    """The connection dies before the ref moves: the remote is asked, and nothing is there; later it goes on."""
    store = GitStore(clone, "ledger")
    store.append(chain(1), expected=0)
    script(remote / "hooks" / "pre-receive", "kill -9 $PPID")
    following = chain(1, after=chain(1)[0])

    with pytest.raises(LedgerError, match="was not written"):
        store.append(following, expected=1)

    assert list(GitStore(clone, "ledger").read(0)) == chain(1)
    (remote / "hooks" / "pre-receive").unlink()
    assert store.append(following, expected=1) == 2


def test_push_cut_off_after_the_commit_is_written(remote: Path, clone: Path) -> None:
    """The connection dies after the ref moved: the remote is asked, and the append returns."""
    script(remote / "hooks" / "post-receive", "kill -9 $PPID")
    store = GitStore(clone, "ledger")

    assert store.append(chain(1), expected=0) == 1
    assert store.append(chain(1, after=chain(1)[0]), expected=1) == 2
    assert list(GitStore(clone, "ledger").read(0)) == [*chain(1), *chain(1, after=chain(1)[0])]


def test_push_cut_off_after_the_commit_and_built_upon_is_written(remote: Path, clone: Path) -> None:
    """Somebody appended to what we wrote before we could look: it is ours all the same."""
    follow = "git commit-tree -m next -p refs/heads/ledger 'refs/heads/ledger^{tree}'"
    identity = "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x"
    move = f"git update-ref refs/heads/ledger $({follow})"
    script(remote / "hooks" / "post-receive", identity, move, "kill -9 $PPID")

    assert GitStore(clone, "ledger").append(chain(1), expected=0) == 1
    assert git(remote, "rev-list", "--count", "ledger") == "2"


def test_push_cut_off_and_the_remote_gone_tells_that_nobody_knows(tmp_path: Path, remote: Path, clone: Path) -> None:
    """Written or not cannot be told: the error says exactly that; later the ledger shows what is there."""
    script(remote / "hooks" / "post-receive", f"mv {remote} {tmp_path}/gone.git", "kill -9 $PPID")
    store = GitStore(clone, "ledger")

    with pytest.raises(LedgerError, match="may or may not have been written") as caught:
        store.append(chain(1), expected=0)

    assert "run plan" in caught.value.fix
    (tmp_path / "gone.git").rename(remote)
    assert list(store.read(0)) == chain(1)


def test_push_that_receives_nothing_was_not_written(tmp_path: Path, clone: Path) -> None:
    """A server that hangs up at once has written nothing."""
    script(tmp_path / "receive", "exit 1")
    git(clone, "config", "remote.origin.receivepack", str(tmp_path / "receive"))

    with pytest.raises(LedgerError, match="was not written"):
        GitStore(clone, "ledger").append(chain(1), expected=0)


def test_push_that_lost_the_race_is_a_conflict(tmp_path: Path, remote: Path, clone: Path) -> None:
    """Somebody pushed between our read and our push: the remote tells, and nothing of ours is there."""
    store = GitStore(clone, "ledger")
    store.append(chain(1), expected=0)
    GitStore(make_clone(tmp_path / "other", remote), "ledger").append(chain(3, after=chain(1)[0]), expected=1)

    with pytest.raises(LedgerConflict) as caught:
        store.append(chain(1, after=chain(1)[0]), expected=1)

    assert (caught.value.expected, caught.value.found) == (1, 4)
    assert git(remote, "rev-list", "--count", "ledger") == "2"


def test_push_against_another_push_in_flight_is_a_conflict(tmp_path: Path, remote: Path, clone: Path) -> None:
    """Two pushes that both saw the same head: the second finds the ref moved while it was being received."""
    store = GitStore(clone, "ledger")
    store.append(chain(1), expected=0)
    other = make_clone(tmp_path / "other", remote)
    GitStore(other, "ledger").append(chain(1, after=chain(1)[0]), expected=1)
    newer = git(remote, "rev-parse", "ledger")
    git(remote, "update-ref", "refs/heads/ledger", "ledger~1")
    script(remote / "hooks" / "pre-receive", f"env -u GIT_QUARANTINE_PATH git update-ref refs/heads/ledger {newer}")

    with pytest.raises(LedgerConflict):
        store.append(chain(1, after=chain(1)[0]), expected=1)
    assert git(remote, "rev-parse", "ledger") == newer


def test_remote_unreachable_is_an_error_that_names_it(tmp_path: Path, clone: Path) -> None:
    """A remote that is not there is no empty ledger."""
    git(clone, "remote", "set-url", "origin", str(tmp_path / "nowhere.git"))

    with pytest.raises(LedgerError, match="git branch ledger of origin, cannot be reached") as caught:
        GitStore(clone, "ledger").read(0)

    assert "git remote -v" in caught.value.fix


def test_remote_with_credentials_in_its_url_shows_them_nowhere(clone: Path) -> None:
    """Neither the location nor an error tells the password in a remote's URL."""
    url = "http://user:sentinel-token@127.0.0.1:1/agency.git?private_token=sentinel-token"
    git(clone, "remote", "set-url", "origin", url)
    store = GitStore(clone, "ledger", "origin")

    with pytest.raises(LedgerError) as caught:
        store.read(0)

    assert "sentinel" not in f"{caught.value} {caught.value.fix} {store.location}"
    assert "127.0.0.1" in str(caught.value)


def test_redaction_covers_what_a_password_may_be() -> None:
    """Everything between the scheme and the host goes."""
    assert redact("fatal: 'https://a:b@c@host/x' and ssh://u@h/y?t=1 ok") == (
        "fatal: 'https://***@host/x' and ssh://***@h/y?... ok"
    )
    assert redact("git@github.com:agency/portal.git") == "git@github.com:agency/portal.git"


def test_ssh_remote_is_asked_in_batch_mode(tmp_path: Path, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ssh never waits for a password: it is told so, and its failure is the error."""
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin" / "ssh", 'echo "fatal: ssh was given $*" >&2', "exit 255")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    git(clone, "remote", "set-url", "origin", "ssh://git@git.example/agency.git")

    with pytest.raises(LedgerError, match=r"ssh was given .*BatchMode=yes .*git.example"):
        GitStore(clone, "ledger").read(0)


@pytest.mark.parametrize("setting", ["GIT_SSH_COMMAND", "core.sshCommand"])
def test_ssh_command_of_the_user_is_kept(
    tmp_path: Path, clone: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """Whoever tells git how to run ssh is obeyed."""
    script(tmp_path / "my-ssh", 'echo "fatal: mine was given $*" >&2', "exit 255")
    git(clone, "remote", "set-url", "origin", "ssh://git@git.example/agency.git")
    if setting.isupper():
        monkeypatch.setenv(setting, str(tmp_path / "my-ssh"))
    else:
        git(clone, "config", setting, str(tmp_path / "my-ssh"))

    with pytest.raises(LedgerError, match="mine was given ") as caught:
        GitStore(clone, "ledger").read(0)
    assert "BatchMode" not in str(caught.value)


def test_git_that_hangs_is_ended_with_all_its_children(clone: Path) -> None:
    """A silent server costs the timeout and no more, and leaves no process behind."""
    git(clone, "config", "alias.wait", "!sleep 3600 & echo $! > waiting; wait")
    answer = Git(clone, timeout=0.5).ask("wait")

    assert not answer.is_ok
    assert answer.reason == "git wait gave no answer within 0.5 seconds"
    child = int((clone / "waiting").read_text())
    assert not is_running(child)


def is_running(pid: int) -> bool:
    """Is there such a process, other than a dead one that nobody has waited for?"""
    for _ in range(6000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return False
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError):
            return False
        time.sleep(0.1)
    return True


def test_git_missing_says_what_to_install(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git, no git ledger: a clear error."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LedgerError, match="git is not installed") as caught:
        GitStore(clone, "ledger").read(0)
    assert "2.29" in caught.value.fix


def test_folder_outside_a_repository_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger on a branch needs a repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()

    for folder in (tmp_path / "plain", tmp_path / "missing"):
        with pytest.raises(LedgerError, match="in no git repository") as caught:
            GitStore(folder, "ledger").read(0)
        assert "git init" in caught.value.fix


@pytest.mark.parametrize("branch", ["", "a b", "a..b", "x:y", "*", "a~1", "-x.lock"])
def test_branch_name_that_git_does_not_take_says_so(clone: Path, branch: str) -> None:
    """A name is not smuggled into a refspec."""
    with pytest.raises(LedgerError, match="git takes no branch named"):
        GitStore(clone, branch).read(0)


def test_remote_name_that_looks_like_an_option_is_none(clone: Path) -> None:
    """A name is not smuggled into git's options."""
    with pytest.raises(LedgerError, match="no remote that is called"):
        GitStore(clone, "ledger", "--upload-pack=touch pwned").read(0)
    assert not (clone / "pwned").exists()
