"""Where the jobs get agencyfile from: what `agencyfile ci` takes, refuses, and writes into the lock."""

import hashlib
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from rehearsal import Ran, Rehearsal

from agencyfile.cli import install_origin

TOP = Path(__file__).parent.parent.parent
NAME = "agencyfile-0.1.0-py3-none-any.whl"
COMMIT = f"https://git.example/agencyfile@{'5' * 40}"
FILE = """\
version: 1
agency: {name: northwind, ledger: "git+branch:agencyfile-ledger"}
accounts:
  acme: {adopt: true}
"""


def write(rehearsal: Rehearsal, *arguments: str, forge: str = "github") -> Ran:
    """Run `agencyfile ci` for the agency file."""
    rehearsal.write(FILE)
    return rehearsal.run("ci", forge, *arguments, "--out", str(rehearsal.folder), "-f", str(rehearsal.file))


def lock(rehearsal: Rehearsal, forge: str = "github") -> str:
    """The lock that was written."""
    return (rehearsal.folder / f".{forge}" / "agencyfile-requirements.txt").read_text("utf-8")


def make_wheel(path: Path, runtime: str = "click==8.1.8 \\\n    --hash=sha256:aa\n") -> Path:
    """A wheel with locks in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("agencyfile/requirements.txt", runtime)
        archive.writestr("agencyfile/requirements-stores.txt", runtime + "obstore==0.12.1 \\\n    --hash=sha256:cc\n")
        archive.writestr("agencyfile/requirements-build.txt", "hatchling==1.27 \\\n    --hash=sha256:bb\n")
    return path


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_lock_holds_every_package_of_the_runtime_lock_with_its_hashes(rehearsal: Rehearsal, forge: str) -> None:
    """Word for word, so that the jobs run what was tested; the pipeline holds the lock's own hash."""
    ran = write(rehearsal, "--from-commit", COMMIT, forge=forge)
    text = lock(rehearsal, forge)
    folder = rehearsal.folder / (".github/workflows" if forge == "github" else ".gitlab")
    pipelines = [path.read_text("utf-8") for path in folder.glob("*.yml")]

    assert ran.code == 0, ran
    assert (TOP / "requirements.txt").read_text("utf-8") in text
    assert all(hashlib.sha256(text.encode()).hexdigest() in pipeline for pipeline in pipelines)


def test_commit_is_built_by_what_the_lock_names(rehearsal: Rehearsal) -> None:
    """And each package stands in it once."""
    write(rehearsal, "--from-commit", COMMIT)
    names = [line.partition("==")[0] for line in lock(rehearsal).splitlines() if line[:1].isalnum()]

    assert "hatchling" in names
    assert len(names) == len(set(names))
    assert "agencyfile" not in names


def test_release_is_pinned_by_the_hash_that_is_said(rehearsal: Rehearsal) -> None:
    """Of this version, since the lock is that of this version."""
    ran = write(rehearsal, "--from-index", "a" * 64)

    assert ran.code == 0, ran
    assert f"agencyfile==0.1.0 \\\n    --hash=sha256:{'a' * 64}\n" in lock(rehearsal)
    assert "git+" not in (rehearsal.folder / ".github" / "workflows" / "agencyfile-plan.yml").read_text("utf-8")


@pytest.mark.parametrize("is_inside", [True, False])
def test_wheel_brings_its_own_lock_and_lies_in_the_repository(
    rehearsal: Rehearsal, tmp_path: Path, *, is_inside: bool
) -> None:
    """One from outside is copied beside the lock; the jobs check out nothing else before they install."""
    wheel = make_wheel((rehearsal.folder / "tools" if is_inside else tmp_path / "elsewhere") / NAME)
    ran = write(rehearsal, "--from-wheel", str(wheel))
    place = f"tools/{NAME}" if is_inside else f".github/{NAME}"
    workflow = (rehearsal.folder / ".github" / "workflows" / "agencyfile-plan.yml").read_text("utf-8")

    assert ran.code == 0, ran
    assert (rehearsal.folder / place).read_bytes() == wheel.read_bytes()
    assert f"./{place} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n" in lock(rehearsal)
    assert "click==8.1.8" in lock(rehearsal)
    assert f"            /.github/agencyfile-requirements.txt\n            /{place}\n" in workflow


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (
            {"url": "https://git.example/a", "vcs_info": {"vcs": "git", "commit_id": "7" * 40}},
            "https://git.example/a@777",
        ),
        ({"url": "file:///work/agencyfile", "dir_info": {"editable": True}}, None),
        ({"url": "file:///absent/agencyfile-0.1.0-py3-none-any.whl", "archive_info": {}}, None),
        (None, None),
        ([], None),
    ],
)
def test_default_is_what_this_agencyfile_was_installed_from(
    rehearsal: Rehearsal, recorded: object, expected: str | None
) -> None:
    """As the installer recorded it (PEP 610); a folder or an index names nothing that could be pinned."""
    text = None if recorded is None else json.dumps(recorded)
    # Other packages bring finders of their own, so the class of what is found is not known beforehand.
    installed = SimpleNamespace(read_text=lambda name: text if name == "direct_url.json" else "")
    with mock.patch.object(install_origin, "distribution", return_value=installed):
        ran = write(rehearsal)

    assert ran.code == (64 if expected is None else 0), ran
    if expected is None:
        assert "--from-wheel FILE, --from-commit URL@COMMIT, or --from-index SHA256" in ran.err
        assert not (rehearsal.folder / ".github").exists()
    else:
        plan = (rehearsal.folder / ".github" / "workflows" / "agencyfile-plan.yml").read_text("utf-8")
        assert f"git+{expected}" in plan


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from-commit", "https://git.example/agencyfile@main"),
        ("--from-commit", f"file:///tmp/agencyfile@{'5' * 40}"),
        ("--from-commit", f"https://git.example/$(id)@{'5' * 40}"),
        ("--from-commit", f"https://git.example/../x@{'5' * 40}"),
        ("--from-index", "0.1.0"),
        ("--from-index", "a" * 64, "--from-commit", COMMIT),
        ("--from-wheel", "absent-0.1.0-py3-none-any.whl"),
        ("--from-wheel", f"absent/{NAME}"),
    ],
)
def test_origin_that_pins_nothing_is_refused(rehearsal: Rehearsal, arguments: tuple[str, ...]) -> None:
    """A branch, a folder, a shell's words, a version: nothing is written."""
    ran = write(rehearsal, *arguments)

    assert ran.code in (1, 64)
    assert not (rehearsal.folder / ".github").exists()


def test_wheel_without_locks_is_refused(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """An older one, or one that is none."""
    path = tmp_path / NAME
    path.write_bytes(b"PK")
    ran = write(rehearsal, "--from-wheel", str(path))

    assert ran.code == 1
    assert "no wheel of agencyfile that brings its lock" in ran.err


def test_component_holds_its_lock_and_takes_no_wheel(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """The repositories that include it have neither."""
    refused = write(rehearsal, "--component", "--from-wheel", str(make_wheel(tmp_path / NAME)), forge="gitlab")
    ran = write(rehearsal, "--component", "--from-commit", COMMIT, forge="gitlab")
    text = (rehearsal.folder / "templates" / "agencyfile.yml").read_text("utf-8")

    assert refused.code == 64
    assert ran.code == 0, ran
    assert "--hash=sha256:" in text
    assert not (rehearsal.folder / ".gitlab").exists()


def test_lock_that_was_changed_is_not_overwritten(rehearsal: Rehearsal) -> None:
    """As with every other file: by --force only."""
    write(rehearsal, "--from-commit", COMMIT)
    path = rehearsal.folder / ".github" / "agencyfile-requirements.txt"
    path.write_text("mine\n", encoding="utf-8")
    refused = write(rehearsal, "--from-commit", COMMIT)
    forced = write(rehearsal, "--from-commit", COMMIT, "--force")

    assert refused.code == 1
    assert "agencyfile-requirements.txt exists already" in refused.err
    assert forced.code == 0
