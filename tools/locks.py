"""Read the locks, and say what they lack.

The locks are installed with `--no-deps`, so a package that a lock leaves out is missing from the environment. These
functions answer for every Python and platform at once, from the requirements that the installed packages state.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP: Final = Path(__file__).parent.parent
RUNTIME: Final = TOP / "requirements.txt"
STORES: Final = TOP / "requirements-stores.txt"  # RUNTIME, and the clients of ledgers in databases and buckets
FLEET: Final = TOP / "examples" / "fleet" / "deploy" / "requirements.txt"  # STORES, and what workers of a fleet need
BUILD: Final = TOP / "requirements-build.txt"
DEVELOPMENT: Final = TOP / "requirements-dev.txt"


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name as indexes compare it."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The one version that the lock allows; empty where it allows more than one."""
        specifiers = list(self.requirement.specifier)
        return specifiers[0].version if [each.operator for each in specifiers] == ["=="] else ""

    def holds(self, environment: Mapping[str, str]) -> bool:
        """Tell whether the lock installs the package in this environment."""
        return applies(self.requirement, environment)


def read(path: Path) -> dict[str, Pin]:
    """Return the packages of a lock by name."""
    lines = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    pins = [_pin(line) for line in lines if line.strip() and not line.startswith("#")]
    return {pin.name: pin for pin in pins}


def _pin(line: str) -> Pin:
    requirement, *hashes = line.split(" --hash=")
    return Pin(Requirement(requirement.strip()), tuple(found.strip() for found in hashes))


def runtime_requirements() -> list[Requirement]:
    """Return what pyproject.toml says the product needs."""
    return [Requirement(text) for text in _pyproject()["project"]["dependencies"]]


def part_requirements(name: str) -> list[Requirement]:
    """Return what pyproject.toml says that a part (`stores` of `agencyfile[stores]`) needs besides."""
    return [Requirement(text) for text in _pyproject()["project"]["optional-dependencies"][name]]


def group_requirements(name: str) -> list[Requirement]:
    """Return a dependency group of pyproject.toml, with the groups that it includes."""
    found: list[Requirement] = []
    for item in _pyproject()["dependency-groups"][name]:
        found += [Requirement(item)] if isinstance(item, str) else group_requirements(item["include-group"])
    return found


def environment(python: str, platform: str) -> dict[str, str]:
    """Return the values of markers on CPython of a version (`3.12`) on `linux` or `darwin`."""
    system = {"linux": "Linux", "darwin": "Darwin"}[platform]
    versions = {"python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0"}
    return {
        **{name: str(value) for name, value in default_environment().items()},
        **versions,
        "sys_platform": platform,
        "platform_system": system,
    }


def applies(requirement: Requirement, values: Mapping[str, str]) -> bool:
    """Evaluate the marker of a requirement."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": "", **values})


def missing(lock: Mapping[str, Pin], roots: Iterable[Requirement], values: Mapping[str, str]) -> Iterator[str]:
    """Say what an environment that is installed from the lock alone would lack.

    Raises:
        PackageNotFoundError: for a locked package that is not installed here, whose needs are therefore unknown.
    """
    agenda = [("pyproject.toml", "", root) for root in roots]
    seen: set[tuple[str, str]] = set()
    while agenda:
        by, extra, wanted = agenda.pop()
        if not applies(wanted, {**values, "extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        pin = lock.get(name)
        if pin is None or not pin.holds(values):
            yield f"{by} needs {wanted}, which the lock does not have"
            continue
        if not wanted.specifier.contains(pin.version, prereleases=True):
            yield f"{by} needs {wanted}, and the lock has {pin.version}"
        for part in {"", *wanted.extras}:
            if (name, part) not in seen:
                seen.add((name, part))
                agenda += [(name, part, Requirement(text)) for text in needs(pin)]


def needs(pin: Pin) -> list[str]:
    """Return the requirements that a locked package states; none for one that this platform does not install."""
    here = {name: str(value) for name, value in default_environment().items()}
    return metadata.requires(pin.name) or [] if pin.holds(here) else []


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
