"""Our own workflows and the Containerfile: linters find nothing, and find what is wrong."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

TOP = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.yml"))
CONTAINERFILE = TOP / "Containerfile"


def findings(program: str, *arguments: object) -> str:
    """What a linter says of something; nothing, where it exits 0."""
    command = [str(BIN / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout + done.stderr if done.returncode else ""


def actionlint(path: Path) -> str:
    """Syntax, expressions, shell."""
    return findings("jactionlint", "--strict-exit", "--shellcheck", BIN / "shellcheck", "--oneline", path)


def zizmor(path: Path) -> str:
    """Security: permissions, injections, pins, credentials that stay behind. `auditor` reports every doubt."""
    return findings("zizmor", "--offline", "--no-config", "--quiet", "--persona", "auditor", "--format", "plain", path)


def hadolint(path: Path) -> str:
    """The container's file, at the strictest threshold."""
    return findings("hadolint", "--no-color", "--failure-threshold", "style", path)


def edited(path: Path, folder: Path, old: str, new: str) -> Path:
    """A copy with a mistake."""
    text = path.read_text("utf-8")
    assert old in text
    copy = folder / path.name
    copy.write_text(text.replace(old, new), "utf-8")
    return copy


def test_there_are_the_workflows_that_are_tested() -> None:
    """A glob that finds nothing would prove nothing."""
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_linters_find_nothing(path: Path) -> None:
    """Both: actionlint and zizmor."""
    assert actionlint(path) == ""
    assert zizmor(path) == ""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_is_of_the_published_schema(path: Path) -> None:
    """GitHub's own shape of a workflow."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "builtin_schemas" / "vendor"
    rules = json.loads((folder / "github-workflows.json").read_text("utf-8"))
    document: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    document["on"] = document.pop(True)

    jsonschema.validate(json.loads(json.dumps(document)), rules)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    """A tag can move; a number alone tells nobody how old it is."""
    uses = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]

    assert uses
    assert [line for line in uses if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_only_the_jobs_that_need_it_may_sign_or_write() -> None:
    """Nothing by default; the build, which runs the most code, may only read."""
    document = yaml.safe_load((TOP / ".github/workflows/release.yml").read_text("utf-8"))
    rights = {name: job["permissions"] for name, job in document["jobs"].items()}

    assert document["permissions"] == {}
    assert rights == {
        "build": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "publish": {"id-token": "write"},
        "image": {"contents": "read", "packages": "write", "id-token": "write", "attestations": "write"},
        "release": {"contents": "write"},
    }


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("persist-credentials: false", "persist-credentials: true", "artipacked"),
        (" # v1.14.2", "", "v1.14.2"),
        ("dc37677b2e1c63e2034f94d8a5b11f265b73ba33", "release/v1", "unpinned-uses"),
        ('"$GITHUB_REF_NAME" --verify-tag', "${{ github.ref_name }} --verify-tag", "template-injection"),
    ],
)
def test_zizmor_finds_what_is_wrong(tmp_path: Path, old: str, new: str, found: str) -> None:
    """A linter that finds nothing proves nothing by silence."""
    path = edited(TOP / ".github/workflows/release.yml", tmp_path, old, new)
    pins = re.findall(r"uses: [\w./-]+@\S+$", path.read_text("utf-8"), re.MULTILINE)

    assert found in zizmor(path) or (found == "v1.14.2" and pins)


def test_actionlint_finds_what_is_wrong(tmp_path: Path) -> None:
    """Expressions and shell."""
    path = TOP / ".github/workflows/release.yml"

    assert "tokenn" in actionlint(edited(path, tmp_path, "github.token", "github.tokenn"))
    assert "SC2086" in actionlint(edited(path, tmp_path, '"$image:${GITHUB_REF_NAME#v}" .', "$image ."))


@pytest.mark.parametrize(
    "path", [CONTAINERFILE, TOP / "examples/fleet/deploy/Containerfile"], ids=["program", "worker"]
)
def test_hadolint_finds_nothing_in_the_containerfiles(path: Path) -> None:
    """The file is held against every rule."""
    assert hadolint(path) == ""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("COPY requirements.txt", "ADD requirements.txt", "DL3020"),
        ("USER 10001:10001", "USER root", "DL3002"),
        ("WORKDIR /work", "WORKDIR work", "DL3000"),
    ],
)
def test_hadolint_finds_what_is_wrong(tmp_path: Path, old: str, new: str, found: str) -> None:
    """A linter that finds nothing proves nothing by silence."""
    assert found in hadolint(edited(CONTAINERFILE, tmp_path, old, new))


def test_containerfile_is_pinned_and_installs_the_runtime_lock_alone() -> None:
    """One base, by digest; hashes are required; the last stage has neither pip's cache nor the wheel."""
    text = CONTAINERFILE.read_text("utf-8")
    bases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))

    assert [re.fullmatch(r"python:3\.13-slim-trixie@sha256:[0-9a-f]{64}", base) is not None for base in bases] == [True]
    assert re.findall(r"requirements[\w-]*\.txt", text) == ["requirements.txt"] * 2
    assert text.count("--require-hashes") == 1
    assert (TOP / ".dockerignore").read_bytes() == (TOP / ".containerignore").read_bytes()
