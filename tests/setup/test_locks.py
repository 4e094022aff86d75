"""The locks agree with each other and with pyproject.toml, and leave nothing out on any Python and system we name."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sampling import thinned

from tools import locks
from tools.locks import BUILD, DEVELOPMENT, FLEET, RUNTIME, STORES

ALL = {"runtime": RUNTIME, "stores": STORES, "fleet": FLEET, "build": BUILD, "development": DEVELOPMENT}
PARTS = {"stores": ("stores",), "fleet": ("stores", "fleet")}
PLACES = [(python, system) for python in ("3.11", "3.12", "3.13") for system in ("linux", "darwin")]


def roots(name: str) -> list[Requirement]:
    """What pyproject.toml asks of a lock."""
    groups = {"build": ["build"], "development": ["dev"]}.get(name, [])
    own = [] if name == "build" else locks.runtime_requirements()
    parts = [one for part in PARTS.get(name, ()) for one in locks.part_requirements(part)]
    return own + parts + [one for group in groups for one in locks.group_requirements(group)]


@pytest.mark.parametrize("name", ALL)
def test_every_package_has_one_version_and_hashes(name: str) -> None:
    """Without both, pip would look for what else is published."""
    pins = locks.read(ALL[name]).values()

    assert len(pins) > 5
    assert [pin.name for pin in pins if not pin.version or not pin.hashes] == []


def test_locks_have_the_same_version_of_what_they_share() -> None:
    """The development environment tests what users get, and is built by what builds the wheel."""
    development = locks.read(DEVELOPMENT)
    for smaller in (RUNTIME, STORES, FLEET, BUILD):
        versions = {pin.name: pin.version for pin in locks.read(smaller).values()}
        assert {name: development[name].version for name in versions} == versions


@pytest.mark.parametrize("name", ["runtime", *PARTS])
def test_lock_of_users_is_what_pyproject_asks_for_and_what_that_brings(name: str) -> None:
    """Nothing that only a developer needs reaches a user."""
    pins = locks.read(ALL[name])
    wanted = {canonicalize_name(one.name) for one in roots(name)}
    brought = {canonicalize_name(Requirement(text).name) for pin in pins.values() for text in locks.needs(pin)}

    assert wanted <= pins.keys() <= wanted | brought


@pytest.mark.parametrize(("smaller", "larger"), [(RUNTIME, STORES), (STORES, FLEET)], ids=["stores", "fleet"])
def test_lock_of_a_part_is_the_smaller_lock_and_more(smaller: Path, larger: Path) -> None:
    """So that a pipeline of either tests what the other runs."""
    small, large = locks.read(smaller), locks.read(larger)

    assert len(small) < len(large)
    assert {name: (pin.version, pin.hashes) for name, pin in small.items()} == {
        name: (large[name].version, large[name].hashes) for name in small
    }


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("python", "system"), thinned(PLACES, every=5))
def test_lock_is_complete(name: str, python: str, system: str) -> None:
    """With `--no-deps`, what the lock leaves out is not installed; extras and markers count."""
    assert list(locks.missing(locks.read(ALL[name]), roots(name), locks.environment(python, system))) == []


@pytest.mark.parametrize(
    ("name", "package", "needed_by"),
    [
        ("runtime", "certifi", "requests"),
        ("development", "linkify-it-py", "markdown-it-py"),  # by an extra
        ("development", "librt", "mypy"),  # with a marker
        ("build", "hatchling", "pyproject.toml"),
    ],
)
def test_package_that_a_lock_leaves_out_is_named(name: str, package: str, needed_by: str) -> None:
    """The check sees what it is for."""
    pins = locks.read(ALL[name])
    del pins[package]
    found = list(locks.missing(pins, roots(name), locks.environment("3.11", "linux")))

    assert any(line.startswith(f"{needed_by} needs {package}") for line in found), found


def test_version_that_nobody_can_use_is_named() -> None:
    """A lock that was edited by hand is not taken for whole."""
    pins = locks.read(RUNTIME)
    pins["urllib3"] = locks.Pin(Requirement("urllib3==0.1"), ("sha256:0",))
    found = list(locks.missing(pins, roots("runtime"), locks.environment("3.13", "linux")))

    assert [line for line in found if line.startswith("requests needs urllib3") and line.endswith("the lock has 0.1")]
