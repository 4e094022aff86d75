"""The changes that a page shows, made to a copy of agencyfile: new files, and differences to files that are there."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parents[2]
_NEW: Final = re.compile(r"^`(\S+)`:\n\n```python\n(.*?\n)```\n", re.DOTALL | re.MULTILINE)
_DIFF: Final = re.compile(r"^```diff\n(.*?\n)```\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Changes:
    """What one page says is to be written."""

    new: dict[str, str]
    diffs: tuple[str, ...]

    @classmethod
    def of(cls, page: str) -> "Changes":
        """Read a page of `docs`."""
        text = (TOP / "docs" / page).read_text("utf-8")
        return cls(dict(_NEW.findall(text)), tuple(_DIFF.findall(text)))

    @property
    def files(self) -> set[str]:
        """Every file that a person writes or changes."""
        changed = (name for diff in self.diffs for name in re.findall(r"^\+\+\+ b/(\S+)$", diff, re.MULTILINE))
        return {*self.new, *changed}

    def make_in(self, folder: Path) -> None:
        """Copy agencyfile into `folder`, and change the copy."""
        for package in ("agencyfile", "plan"):
            shutil.copytree(TOP / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in self.new.items():
            (folder / name).write_text(text, "utf-8")
        for diff in self.diffs:
            command = ["git", "apply", "--recount", "-"]
            subprocess.run(command, cwd=folder, input=diff, text=True, check=True, timeout=60)


def run_copy(folder: Path, *arguments: str) -> str:
    """Run Python with the copy of agencyfile in `folder`; return what it prints. It may use nothing of this process."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
