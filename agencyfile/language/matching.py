"""Which files a pattern of `include` matches: a walk of our own, because it must end, and must not leave the folder.

`*`, `?` and `[...]` match within a name, `**` any number of folders; neither matches a name that begins with a dot
unless the pattern does. What stands before a `/` is a folder: neither `a/` nor `a/**` matches a file `a`. For `a/**`
that is so in Python's `glob` since 3.13; before, it gave `a/` for that file. A folder that is a link is not walked
into, unless the pattern names it. Each folder is looked at once for a pattern, however many `**` it has, and a run
looks at a limited number of names.
"""

import fnmatch
import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_ANY: Final = "**"
MOST_FILES: Final = 10_000  # files that the patterns of one run may match


class TooMuch(Exception):
    """A run would look at too much. The message is a sentence."""


@dataclass(slots=True)
class Walk:
    """The names, files and levels that the patterns of one run may still look at."""

    names: int = 100_000
    files: int = MOST_FILES
    depth: int = 32

    def match(self, pattern: str, folder: Path) -> list[str]:
        """Paths that match, sorted, relative to the folder; folders are none.

        Raises:
            OSError: a folder cannot be listed.
            TooMuch: there are more names, files or levels of folders than a run looks at.
        """
        parts = pattern.split("/")
        if parts[-1] in ("", "."):  # only a folder has a `/` behind its name
            return []
        segments = tuple(part for part in parts if part not in ("", "."))
        return sorted(set(self._below(folder, "", segments, _closed({0}, segments), 0)))

    def _below(
        self, folder: Path, prefix: str, segments: tuple[str, ...], at: frozenset[int], depth: int
    ) -> Iterator[str]:
        """`at` are the places in the pattern that this folder stands at."""
        if depth > self.depth:
            raise TooMuch(f"There are more than {self.depth} levels of folders below each other.")
        for name, is_folder, is_link in self._entries(folder / prefix, segments, at):
            reached = {after for place in at for after in _after(place, name, segments)}
            inner = _closed(reached, segments)
            if not is_folder and len(segments) in reached:  # a file has nothing in it that a last `**` could match
                self.files -= 1
                if self.files < 0:
                    raise TooMuch(f"The patterns match more than {MOST_FILES:,} files. A file may hold many blocks.")
                yield prefix + name
            is_named = any(place < len(segments) and segments[place] == name for place in at)
            if is_folder and inner - {len(segments)} and (is_named or not is_link):
                yield from self._below(folder, f"{prefix}{name}/", segments, inner, depth + 1)

    def _entries(self, folder: Path, segments: tuple[str, ...], at: frozenset[int]) -> Iterator[tuple[str, bool, bool]]:
        """Name, whether it is a folder, whether it is a link. Where the pattern names what it wants, only that."""
        wanted = [segments[place] for place in at if place < len(segments)]
        if not any(glob.has_magic(segment) for segment in wanted):
            for name in sorted(set(wanted)):
                path = folder / name
                if os.path.lexists(path):
                    yield name, path.is_dir(), path.is_symlink()
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                self.names -= 1
                if self.names < 0:
                    raise TooMuch("The patterns make a run look at more than 100,000 names.")
                yield entry.name, entry.is_dir(), entry.is_symlink()


def _closed(places: set[int], segments: tuple[str, ...]) -> frozenset[int]:
    """With the places behind each `**`, which may stand for no folder at all."""
    found = set(places)
    for place in range(len(segments)):
        if place in found and segments[place] == _ANY:
            found.add(place + 1)
    return frozenset(found)


def _after(place: int, name: str, segments: tuple[str, ...]) -> Iterator[int]:
    """Return the places in the pattern after a step from `place` to `name`."""
    if place == len(segments):
        return
    if segments[place] == _ANY:
        if not name.startswith("."):
            yield place
            if place == len(segments) - 1:
                yield place + 1
    elif _matches(segments[place], name):
        yield place + 1


def _matches(segment: str, name: str) -> bool:
    if name.startswith(".") and not segment.startswith("."):
        return False
    return _compiled(segment).match(name) is not None if glob.has_magic(segment) else segment == name


@lru_cache(maxsize=256)
def _compiled(segment: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(segment))
