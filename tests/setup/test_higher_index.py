"""The index of higher versions is one that a real pip takes from, so that not taking from it says something."""

import subprocess
import sys
from pathlib import Path

from tools import higher_index, setup_check


def test_pip_prefers_the_higher_version_unless_it_is_told_which(tmp_path: Path) -> None:
    """By name and by extra; a version that is asked for is not there, and is not replaced."""
    with higher_index.serving(["click", "tomli"]) as index:
        command = [sys.executable, "-m", "pip", "--isolated", "download", "--index-url", index.url, "--no-cache-dir"]
        command += ["--quiet", "--no-deps", "--dest", str(tmp_path)]
        subprocess.run([*command, "click", "tomli"], check=True)
        refused = subprocess.run([*command, "click==8.5.1"], capture_output=True, text=True, check=False)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "click-9999.0-py3-none-any.whl",
        "tomli-9999.0-py3-none-any.whl",
    ]
    assert (refused.returncode, "click==8.5.1" in refused.stderr) == (1, True)
    assert index.looked == {"click": 2, "tomli": 1}
    assert index.taken == {"click": 1, "tomli": 1}


def test_environment_with_a_higher_a_missing_and_an_additional_package_is_not_as_locked() -> None:
    """The three ways to differ."""
    found = {"click": "9999.0", "extra": "1", "same": "2"}

    assert setup_check.differences(found, {"click": "8.5.1", "gone": "3", "same": "2"}) == [
        "click: locked 8.5.1, installed 9999.0",
        "extra: locked not at all, installed 1",
        "gone: locked 3, installed not at all",
    ]
