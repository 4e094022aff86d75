"""The file at another revision, from repositories as they are: deep, shallow, linked, huge, broken, or none at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import evidence
import pytest
from contract.repositories import git, isolate, make_clone, make_remote
from rehearsal import Ran, Rehearsal
from sampling import thinned
from stories import agency

AGENCYFILE = Path(sys.executable).with_name("agencyfile")
NO_KEYS = dict.fromkeys(("AGENCYFILE_AGENCY_KEY", "AGENCYFILE_HUB_KEY", "AGENCYFILE_AGENCY_API"), "")
RECIPIENT = "age14y578xyckpqx7c0f5dchs94rmcnxzxx5cmpyt4jl09dcv0mck5qq39urwd"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


class Repository:
    """A real repository; the agency file stands in `folder`, at its top or below."""

    def __init__(self, rehearsal: Rehearsal, top: Path, below: str = "") -> None:
        self.top = top
        self.folder = top / below
        self._rehearsal = rehearsal
        if not top.exists():
            top.mkdir()
            git(top, "init", "--quiet", "--initial-branch=main")
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, text: str, name: str = "agency.yaml") -> None:
        """Write one file of the agency."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self) -> None:
        """Commit all that is there."""
        git(self.top, "add", "--all")
        git(self.top, "commit", "--quiet", "--allow-empty", "--message=x")

    def compare(self, *arguments: str, **environment: str) -> Ran:
        """Run `plan --offline`; it prints JSON."""
        self._rehearsal.folder = self.folder
        before = self._state()
        ran = self._rehearsal.run("plan", "--offline", "-json", *arguments, environment={**NO_KEYS, **environment})
        assert self._state() == before
        assert self._rehearsal.book("requests") == []
        assert "bug in agencyfile" not in ran.err
        assert ran.code in (0, 2) or (ran.out == "" and "error" in ran.err.lower()), ran
        return ran

    def changes(self, *arguments: str) -> list[tuple[str, str]]:
        """What differs: (address, action)."""
        ran = self.compare(*arguments)
        assert ran.code == 0, ran
        return [(change["address"], change["action"]) for change in json.loads(ran.out)["changes"]]

    def _state(self) -> tuple[str, bytes]:
        """The work tree and the index as git sees them, and the index byte for byte."""
        index = self.top / ".git" / "index"
        if not (self.top / ".git").exists():
            return "", b""
        return git(self.top, "status", "--porcelain=v2", "--ignored"), index.read_bytes() if index.exists() else b""


def text(*names: str, notification: str = "ops@northwind.example") -> str:
    """An agency file of these accounts."""
    return agency(RECIPIENT, **dict.fromkeys(names, f"notification: {notification}"))


@pytest.fixture
def repository(rehearsal: Rehearsal) -> Repository:
    """Two accounts at HEAD, the same in the work tree."""
    made = Repository(rehearsal, rehearsal.folder.parent / "repository")
    made.write(text("acme", "beta"))
    made.commit()
    return made


@pytest.fixture
def below(rehearsal: Rehearsal) -> Repository:
    """As `repository`, with the agency file two folders below its top and another one beside it."""
    made = Repository(rehearsal, rehearsal.folder.parent / "repository", "agencies/northwind")
    made.write(text("acme", "beta"))
    made.write(text("foreign"), "../southwind/agency.yaml")
    made.commit()
    return made


# -- where the file stands ---------------------------------------------------------------------------------------------


def test_offline_below_the_top_of_the_repository_looks_at_its_own_folder(below: Repository) -> None:
    """The file beside it is another agency's; a change of that is none of this one."""
    below.write(text("acme", "gamma"))
    below.write(text("other"), "../southwind/agency.yaml")

    assert below.changes() == [("account.beta", "taken out"), ("account.gamma", "added")]


def test_offline_of_a_folder_that_the_revision_does_not_have_says_so(below: Repository, rehearsal: Rehearsal) -> None:
    """New folders have no past: named, with a fix."""
    new = Repository(rehearsal, below.top, "agencies/eastwind")
    new.write(text("acme"))
    ran = new.compare()

    assert (ran.code, "HEAD has no agency.yaml in this folder" in ran.err) == (1, True)


def test_offline_names_the_place_of_what_was_taken_out_as_the_user_knows_it(below: Repository) -> None:
    """No path of a temporary copy: what is gone stood in a file of this folder."""
    head, _, accounts = text("acme").partition("accounts:\n")
    below.write(f"{head}include: [clients/*.yaml]\n")
    below.write(f"accounts:\n{accounts}", "clients/acme.yaml")
    below.write("accounts: {}\n", "clients/none.yaml")
    below.commit()
    (below.folder / "clients" / "acme.yaml").unlink()
    ran = below.compare()
    assert ran.code == 0, ran
    (change,) = json.loads(ran.out)["changes"]

    assert change["origin"] == {"file": str(below.folder / "clients" / "acme.yaml"), "line": 2, "column": 3}


def test_offline_sees_the_included_files_of_the_revision(repository: Repository) -> None:
    """A block that moves to a file of its own is the same block."""
    repository.write(text("acme").replace("version: 1\n", "version: 1\ninclude: [clients/*.yaml]\n"))
    moved = text("beta")
    repository.write(moved[moved.index("accounts:") :], "clients/beta.yaml")

    assert repository.changes() == []


# -- what else is in the repository ------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../outside", "agency.yaml", "nowhere", "."])
def test_offline_passes_by_links_that_nothing_refers_to(repository: Repository, target: str) -> None:
    """Absolute, out of the repository, dangling, in a circle: what the agency file does not name is no matter."""
    (repository.folder / "link").symlink_to(target)
    repository.commit()
    repository.write(text("acme"))

    assert repository.changes() == [("account.beta", "taken out")]


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.yaml"])
def test_offline_follows_no_link_of_a_revision_out_of_its_folder(repository: Repository, target: str) -> None:
    """Whoever wrote the revision reads nothing of this machine by it."""
    (repository.folder / "../outside.yaml").write_text(text("secret"), encoding="utf-8")
    repository.write(text("acme"), "real.yaml")
    (repository.folder / "agency.yaml").unlink()
    (repository.folder / "agency.yaml").symlink_to(target)
    repository.commit()
    (repository.folder / "agency.yaml").unlink()
    repository.write(text("acme"))
    ran = repository.compare()

    assert (ran.code, "HEAD has no agency.yaml" in ran.err) == (1, True)


def test_offline_follows_a_link_within_the_folder(repository: Repository) -> None:
    """The agency file may be a link to a file beside it."""
    repository.write(text("acme"), "real.yaml")
    (repository.folder / "agency.yaml").unlink()
    (repository.folder / "agency.yaml").symlink_to("real.yaml")
    repository.commit()
    repository.write(text("acme", "gamma"), "real.yaml")

    assert repository.changes() == [("account.gamma", "added")]


@pytest.mark.parametrize("attribute", ["export-ignore", "export-subst", "text eol=crlf", "filter=lfs diff=lfs -text"])
def test_offline_is_not_misled_by_attributes(repository: Repository, attribute: str) -> None:
    """What leaves files out of archives, writes into them or turns line ends is no difference between two revisions."""
    repository.write("<p>$Format:%H$</p>\n", "letter.html")
    template = "templates:\n  letter: {type: basic, html: letter.html}\n"
    repository.write(agency(RECIPIENT, template, acme=""))
    repository.write(f"* {attribute}\n", ".gitattributes")
    repository.commit()
    git(repository.top, "rm", "--cached", "-r", "--quiet", ".")
    git(repository.top, "reset", "--hard", "--quiet")
    assert repository.changes() == []

    repository.write("<p>other</p>\n", "letter.html")
    assert [action for _, action in repository.changes()] == ["changed"]


def test_offline_with_submodules_takes_neither_for_the_other(repository: Repository, rehearsal: Rehearsal) -> None:
    """Above, the submodule is no file; inside, it is a repository of its own."""
    other = make_clone(rehearsal.folder.parent / "other")
    git(repository.top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "module")
    repository.commit()
    repository.write(text("acme", "gamma"))
    assert repository.changes() == [("account.beta", "taken out"), ("account.gamma", "added")]

    inside = Repository(rehearsal, repository.folder / "module")
    inside.write(text("acme"))
    git(inside.top, "commit", "--quiet", "--all", "--message=x")
    inside.write(text("acme", "delta"))
    assert inside.changes() == [("account.delta", "added")]


def test_offline_beside_huge_files_copies_none_of_them(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred megabytes in the repository are neither read into memory nor written anywhere."""
    with (repository.folder / "film.bin").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    repository.commit()
    repository.write(text("acme"))
    small = repository.folder.parent / "small"
    small.mkdir()
    monkeypatch.setenv("TMPDIR", str(small))
    monkeypatch.setattr("tempfile.tempdir", None)
    limited = ["sh", "-c", 'ulimit -f 20480; exec "$@"', "sh"]  # blocks of 512 bytes: no file above 10 MB
    ran = subprocess.run(
        [*limited, AGENCYFILE, "plan", "--offline", "-f", repository.folder / "agency.yaml"],
        env={**os.environ, **NO_KEYS, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    evidence.keep(ran.stdout + ran.stderr)

    assert (ran.returncode, "Offline: 1 taken out." in ran.stdout) == (0, True), ran
    assert list(small.iterdir()) == []


def test_offline_of_an_agency_file_that_is_too_large_says_so(repository: Repository) -> None:
    """As validate would."""
    repository.write(text("acme") + "#" * 6_000_000 + "\n")
    repository.commit()
    repository.write(text("acme"))
    ran = repository.compare()

    assert (ran.code, "agency.yaml at HEAD is not valid (file-too-large)" in ran.err) == (1, True)


@pytest.mark.parametrize("content", ["version: 1\nx: [\n", "", "\0\1", "version: 99\n"])
def test_offline_with_a_revision_that_is_not_valid_says_so(repository: Repository, content: str) -> None:
    """The revision is named, with what is wrong; a broken past is no empty one."""
    good = (repository.folder / "agency.yaml").read_text("utf-8")
    repository.write(content)
    repository.commit()
    repository.write(good)
    ran = repository.compare()

    assert ran.code == 1
    assert "agency.yaml at HEAD is not valid (" in ran.err
    assert "HEAD~1" in ran.err or "name a revision" in ran.err
    assert repository.changes("--base", "HEAD~1") == []


# -- repositories that miss something ----------------------------------------------------------------------------------


def test_offline_in_a_shallow_clone_says_how_to_get_the_rest(repository: Repository, rehearsal: Rehearsal) -> None:
    """The commonest cause in a pipeline, told as such; once fetched it works."""
    repository.write(text("acme"))
    repository.commit()
    place = rehearsal.folder.parent / "shallow"
    git(repository.top, "clone", "--quiet", "--depth=1", f"file://{repository.top}", str(place))
    shallow = Repository(rehearsal, place)
    ran = shallow.compare("--base", "HEAD~1")
    assert (ran.code, "the clone is shallow" in ran.err, "git fetch --unshallow" in ran.err) == (1, True, True)

    assert shallow.changes() == []
    git(place, "fetch", "--quiet", "--unshallow")
    assert shallow.changes("--base", "HEAD~1") == [("account.beta", "taken out")]


def test_offline_in_a_clone_without_blobs_fetches_what_it_needs(repository: Repository, rehearsal: Rehearsal) -> None:
    """A partial clone asks its remote by itself."""
    git(repository.top, "config", "uploadpack.allowFilter", "true")
    git(repository.top, "config", "uploadpack.allowAnySHA1InWant", "true")
    repository.write(text("acme"))
    repository.commit()
    place = rehearsal.folder.parent / "partial"
    git(repository.top, "clone", "--quiet", "--filter=blob:none", f"file://{repository.top}", str(place))

    assert Repository(rehearsal, place).changes("--base", "HEAD~1") == [("account.beta", "taken out")]


def test_offline_in_a_sparse_work_tree_sees_the_whole_revision(below: Repository) -> None:
    """What is not checked out is still in the revision."""
    git(below.top, "sparse-checkout", "set", "--no-cone", "/agencies/northwind/")
    below.write(text("acme"))

    assert below.changes() == [("account.beta", "taken out")]


def test_offline_in_another_work_tree_of_the_repository(repository: Repository, rehearsal: Rehearsal) -> None:
    """`git worktree`: its .git is a file."""
    place = rehearsal.folder.parent / "tree"
    git(repository.top, "worktree", "add", "--quiet", "--detach", str(place))
    (place / "agency.yaml").write_text(text("acme"), encoding="utf-8")
    rehearsal.folder = place
    ran = rehearsal.run("plan", "--offline", "-json", environment=NO_KEYS)

    assert [change["address"] for change in json.loads(ran.out)["changes"]] == ["account.beta"]


def test_offline_outside_of_a_repository_or_before_its_first_commit_says_so(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways to have no past."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(rehearsal.folder.parent))
    rehearsal.write(text("acme"))
    none = rehearsal.run("plan", "--offline", environment=NO_KEYS)
    git(rehearsal.folder, "init", "--quiet")
    empty = rehearsal.run("plan", "--offline", environment=NO_KEYS)

    assert (none.code, "not a git repository" in none.err) == (1, True), none
    assert (empty.code, "no revision HEAD" in empty.err) == (1, True), empty


@pytest.mark.parametrize("flags", [["--offline"], ["--changed-since", "HEAD"], ["-target", "account.acme"]])
def test_offline_without_git_is_a_clear_error(repository: Repository, rehearsal: Rehearsal, flags: list[str]) -> None:
    """Only what needs git fails without it."""
    rehearsal.folder = repository.folder
    nowhere = repository.folder.parent / "no-programs"
    ran = rehearsal.run("plan", *flags, environment={"PATH": str(nowhere)})

    needs_git = flags[0] != "-target"
    assert (ran.code, "install git" in ran.err) == ((1, True) if needs_git else (0, False)), ran


def test_offline_in_a_hook_of_git_looks_at_its_own_repository(
    repository: Repository, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables that git sets for hooks, and those of another repository, lead nowhere."""
    other = make_clone(rehearsal.folder.parent / "other")
    repository.write(text("acme"))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))

    assert repository.changes() == [("account.beta", "taken out")]


def test_offline_runs_nothing_that_the_repository_names(repository: Repository) -> None:
    """Hooks and monitors of the clone are programs of others, and are not run to read a file."""
    mark = repository.folder.parent / "was-run"
    program = repository.top / ".git" / "hooks" / "post-index-change"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    program.chmod(0o755)
    git(repository.top, "config", "core.fsmonitor", str(program))
    repository.write(text("acme"))
    mark.unlink(missing_ok=True)
    ran = repository._rehearsal.run("plan", "--offline", "-f", str(repository.folder / "agency.yaml"))

    assert ran.code in (0, 1)
    assert not mark.exists()


# -- names of revisions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "revision",
    [
        "",
        " ",
        "\n",
        "-x",
        "--output=/tmp/x",
        "--help",
        "nowhere",
        "origin/gone",
        "HEAD~99",
        "HEAD:agency.yaml",
        "HEAD^{tree}",
        "^HEAD",
        "..",
        "HEAD..HEAD",
        "HEAD^@",
        "@{-1}",
        "HEAD --output=/tmp/x",
        "$(touch /tmp/x)",
        "; touch /tmp/x",
        "\x1b[31mred",
        "\u202eevil",
        "\n::error::x",
        "x" * 5_000,
        "0" * 40,
    ],
)
@pytest.mark.parametrize("flag", thinned(["--offline", "--changed-since"], every=2))
def test_revision_that_is_none_is_an_error_and_steers_nothing(
    repository: Repository, rehearsal: Rehearsal, revision: str, flag: str
) -> None:
    """An empty variable of a pipeline is no HEAD; no name is an option, a command or an escape."""
    rehearsal.folder = repository.folder
    repository.write(text("acme"))
    arguments = ["--offline", f"--base={revision}"] if flag == "--offline" else [f"--changed-since={revision}"]
    ran = rehearsal.run("plan", *arguments)

    assert (ran.code in (1, 64), ran.out, rehearsal.book("requests")) == (True, "", []), ran
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err
    assert "\n::error" not in ran.err
    assert "bug" not in ran.err
    assert len(ran.err) < 1_000


@pytest.mark.parametrize("revision", ["HEAD", "main", "@", "v1", "HEAD^{/x}", ":/x", "refs/heads/main", "sha", "short"])
def test_revision_by_any_name_that_git_knows_is_taken(repository: Repository, revision: str) -> None:
    """Branches, tags (also signed objects of their own), searches, hashes."""
    git(repository.top, "tag", "--annotate", "--message=first", "v1")
    commit = git(repository.top, "rev-parse", "HEAD")
    named = {"sha": commit, "short": commit[:8]}.get(revision, revision)
    repository.write(text("acme"))

    assert repository.changes("--base", named) == [("account.beta", "taken out")]


# -- a part by what changed --------------------------------------------------------------------------------------------


def test_changed_since_leaves_keys_of_the_environment_out_of_the_comparison(
    repository: Repository, rehearsal: Rehearsal
) -> None:
    """The key of an account is set here and was not there: the block is the same."""
    with_key = agency(RECIPIENT, acme="api: {url: https://acme.api-us1.com, key: '${env:AGENCY_ACME_KEY}'}", beta="")
    repository.write(with_key)
    repository.commit()
    rehearsal.folder = repository.folder
    ran = rehearsal.run("plan", "-json", "--changed-since", "HEAD", environment={"AGENCY_ACME_KEY": evidence.PLANTED})
    assert ran.code == 0, ran
    document = json.loads(ran.out)

    assert (document["resource_changes"], document["left_out"]) == ([], 2)


def test_targets_that_name_nothing_are_all_told(repository: Repository, rehearsal: Rehearsal) -> None:
    """All problems at once, shortened, as text, each with its nearest name."""
    rehearsal.folder = repository.folder
    targets = ["account.acm", "account.bet", "\x1b[31m", "x" * 10_000, ""]
    ran = rehearsal.run("plan", *(f"--target={target}" for target in targets))

    assert (ran.code, rehearsal.book("requests")) == (1, [])
    assert "did you mean account.acme, account.beta?" in ran.err
    assert "'account.acm', 'account.bet'" in ran.err
    assert "\x1b" not in ran.err
    assert len(ran.err) < 1_000


def test_changed_since_of_a_remote_branch_is_what_a_pull_request_says(rehearsal: Rehearsal) -> None:
    """A clone, its branch, and the branch that it is merged into."""
    remote = make_remote(rehearsal.folder.parent / "remote.git")
    place = make_clone(rehearsal.folder.parent / "clone", remote)
    (place / "agency.yaml").write_text(text("acme", "beta"), encoding="utf-8")
    git(place, "commit", "--quiet", "--all", "--message=accounts")
    git(place, "push", "--quiet", "--set-upstream", "origin", "main")
    git(place, "switch", "--quiet", "--create", "topic")
    (place / "agency.yaml").write_text(text("acme", "beta", "gamma"), encoding="utf-8")
    git(place, "commit", "--quiet", "--all", "--message=one more")
    rehearsal.folder = place
    ran = rehearsal.run("plan", "-json", "--changed-since", "origin/main")

    changed = [change["address"] for change in json.loads(ran.out)["resource_changes"]]
    assert changed == ["agency.northwind", "account.gamma"]  # settings are part of every plan
    assert json.loads(ran.out)["left_out"] == 2
