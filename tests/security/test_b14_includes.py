"""B14: patterns of `include` end, stay in the folder, and say when they look at too much."""

import glob
import itertools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from security.victim import Victim
from stories import agency

from agencyfile.language.matching import Walk

PART = "accounts:\n  part:\n    client: {name: Part, email: part@client.example}\n"


def with_include(victim: Victim, pattern: str) -> None:
    """An agency that includes what the pattern matches."""
    text = agency(victim.recipient, acme="")
    victim.write(text.replace("version: 1\n", f"version: 1\ninclude: [{pattern!r}]\n"))


def _loops(top: Path) -> None:
    for name in ("a", "b", "c"):
        (top / name).mkdir()
        for back in ("x", "y", "z"):
            (top / name / back).symlink_to(top)


def _deep(top: Path) -> None:
    """Folders below each other, made from the inside of each, because a path has a longest."""
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(200):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


_LINKS: Final = 30_000  # names of one inode; ext4 takes 65,000


def _many(top: Path) -> None:
    """Links to a few FIFOs: an inode for each name costs ten seconds of a core, and as much to remove."""
    (top / "many").mkdir()
    for number in range(100_500):
        path = top / "many" / str(number)
        if number % _LINKS:
            os.link(path.with_name(str(number - number % _LINKS)), path)
        else:
            os.mkfifo(path)


def _wide_and_deep(top: Path) -> None:
    for parts in itertools.product("123456", repeat=5):
        top.joinpath(*parts).mkdir(parents=True)


LONG: Final = pytest.mark.rest  # it takes as long as the other three together
HOSTILE: Final[Mapping[str, Callable[[Path], None]]] = {
    "loops": _loops,
    "deep": _deep,
    "many": _many,
    "wide and deep": _wide_and_deep,
}


@pytest.mark.attack("B14", "a pattern over folders that loop, are deep, or are many")
@pytest.mark.parametrize("how", [pytest.param(how, marks=LONG if how == "many" else ()) for how in HOSTILE])
def test_b14_pattern_over_hostile_folders_ends_and_says_so(victim: Victim, how: str) -> None:
    """The command ends, and what it did not look at is an error, never silence."""
    top = victim.folder / "clients"
    top.mkdir()
    (top / "part.yaml").write_text(PART)
    HOSTILE[how](top)
    with_include(victim, "**/**/**/**/**/**/*.yaml")

    ran = victim.run("validate")

    if how in ("loops", "wide and deep"):
        assert (ran.code, ran.out) == (0, f"{victim.file} is valid: 2 resources\n")
    else:
        assert ran.code == 1
        assert "include-too-much" in ran.err


def test_b14_linked_folder_is_not_walked_into_and_a_named_one_stays_inside(victim: Victim) -> None:
    """What a wildcard would match is skipped when it is a link; what the pattern names may be one, and stays inside."""
    outside = victim.folder.parent / "outside"
    outside.mkdir()
    (outside / "part.yaml").write_text(PART)
    (victim.folder / "linked").symlink_to(outside)

    with_include(victim, "*/part.yaml")
    assert "include-empty" in victim.run("validate").err
    with_include(victim, "linked/*.yaml")
    assert "include-outside" in victim.run("validate").err


NAMES = st.sampled_from(["a", "b", "ab", "c.yaml", "d.yaml", ".e.yaml", ".f"])
ENDS = st.sampled_from(["", "", "", "/", "/."])
SEGMENTS = st.sampled_from(["a", "*", "**", "?", "*.yaml", "[ab]", "c.yaml", ".*", ".f", "a*"])


@given(
    paths=st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), max_size=12),
    pattern=st.tuples(st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join), ENDS).map("".join),
)
@example(paths=["a"], pattern="a/")
@example(paths=["a"], pattern="a/.")
@example(paths=["b/a"], pattern="**/a/")
@example(paths=["a"], pattern="a/**")
@example(paths=["a"], pattern="a/**/**")
@example(paths=["b/a"], pattern="**/a/**")
@example(paths=["a/b"], pattern="a/**")
def test_patterns_match_what_the_standard_library_would(
    tmp_path_factory: pytest.TempPathFactory, paths: list[str], pattern: str
) -> None:
    """Law: without links and limits the walk finds the files that `glob` finds.

    Up to Python 3.12 `glob` gives `a/` for `a/**` although `a` is a file; from 3.13 on it gives nothing. A name that
    ends with a slash is no file, so the law is the same with each of them.
    """
    folder = tmp_path_factory.mktemp("walk")
    for path in paths:
        place = folder / path
        if not any(parent.is_file() for parent in place.parents) and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("")

    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 - the law is about this very function
    expected = {name for name in names if not name.endswith("/") and (folder / name).is_file()}

    assert Walk().match(pattern, folder) == sorted(expected)
