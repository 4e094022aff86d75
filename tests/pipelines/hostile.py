"""A repository whose root holds what Python, pip and the shell might take for their own."""

from pathlib import Path

from contract.repositories import git
from pipelines.origin import Origin

# Every name is one that agencyfile, pip, venv or the build imports.
MODULES = (
    "json.py",
    "yaml.py",
    "pip.py",
    "venv.py",
    "ensurepip.py",
    "hatchling.py",
    "sitecustomize.py",
    "usercustomize.py",
    "requests.py",
    "click.py",
    "pydantic.py",
    "plan/__init__.py",
    "agencyfile/__init__.py",
    "agencyfile/__main__.py",
)
# What a job writes: a link of such a name would lead the text elsewhere.
LINKS = ("plan.md", "plan.html", "drift.txt", "drift.md", "apply.txt", "terraform.json")


def spoil(origin: Origin, marker: Path) -> None:
    """Put the files into a developer's clone; whichever of them is imported or carried out writes to `marker`."""
    for name in MODULES:
        path = origin.work / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"import os\nwith open({str(marker)!r}, 'a') as marker:\n    print(__file__, os.getpid(), file=marker)\n",
            encoding="utf-8",
        )
    setup = f"open({str(marker)!r}, 'a').write('setup.py')\n"
    (origin.work / "setup.py").write_text(setup, encoding="utf-8")
    (origin.work / "pyproject.toml").write_text('[build-system]\nrequires = ["absent-package"]\n', encoding="utf-8")
    for name in ("pip.conf", "pip.ini"):
        (origin.work / name).write_text("[global]\nindex-url = http://127.0.0.1:9/simple\n", encoding="utf-8")
    (origin.work / ".netrc").write_text("default login mallory password hunter2\n", encoding="utf-8")
    (origin.work / "pyvenv.cfg").write_text("home = /nowhere\n", encoding="utf-8")
    for name in LINKS:
        (origin.work / name).symlink_to(target_of_links(marker))
    git(origin.work, "add", "--all", "--force")


def target_of_links(marker: Path) -> Path:
    """The file to which the links lead."""
    return marker.with_name("target-of-links")
