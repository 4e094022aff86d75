"""What `actions/checkout` does, as far as the workflows under test use it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from contract.repositories import git
from pipelines.origin import Origin


def check_out(origin: Origin, sha: str, workspace: Path, values: Mapping[str, str]) -> None:
    """Check a commit out, whole or some files of it; a folder that is no repository yet is emptied first."""
    place = workspace / values.get("path", ".")
    place.mkdir(exist_ok=True)
    if not (place / ".git").is_dir():
        for child in place.iterdir():
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
    git(place, "init", "--quiet")
    git(place, "remote", "add", "origin", origin.url)
    patterns = values.get("sparse-checkout", "").split()
    if patterns:
        assert values["sparse-checkout-cone-mode"] == "false", "cones always bring the files of the top along"
        git(place, "sparse-checkout", "set", "--no-cone", *patterns)
    depth = values.get("fetch-depth", "1")
    shallow = () if depth == "0" else (f"--depth={depth}",)  # 0 is the whole history
    git(place, "fetch", "--quiet", "--no-tags", *shallow, "origin", sha)
    git(place, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    if values.get("persist-credentials") == "false":
        git(place, "remote", "set-url", "origin", f"{origin.url}-asks-for-a-password")
