"""Which blocks go into which file."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import Final

from agencyfile.cli.importing.blocks import Block
from agencyfile.cli.importing.text import SCHEMA, part_text
from agencyfile.kinds.registry import IMPORTED

CLIENTS: Final = "clients"
# Files of one block each. A run reads no more than `matching.MOST_FILES`, and later imports add some.
MANY: Final = 5000
EACH: Final = 100  # blocks of one file, where there would be more files
_ORDER: Final = tuple(IMPORTED)


@dataclass(frozen=True, slots=True)
class Part:
    """One file to be: `text` is None where it is not written because of what stands there."""

    path: Path
    blocks: tuple[Block, ...]
    text: str | None


class Layout:
    """The files of one import: one for all blocks of a kind, or one for each, as the kind says.

    Where that would be more than `MANY` files, `EACH` blocks share one.

    What is at a place already stays as it is. A file that the agency file includes says something else, so the next
    free name is taken; one that nobody includes was left there by somebody, and is not imported around.
    """

    def __init__(self, folder: Path, root: Path, included: Collection[str], *, is_root: bool) -> None:
        self._folder = folder
        self._root = root
        self._clients = folder / CLIENTS if is_root else folder
        self._included = {os.path.realpath(path) for path in included}
        self._taken: set[Path] = set()

    def parts(self, blocks: Sequence[Block]) -> Iterator[Part]:
        """Files in the order in which they are written: what is referred to comes first."""
        for kind, of_kind in groupby(sorted(blocks, key=_order), key=lambda block: block.address.kind):
            section, importing = IMPORTED[kind]
            if importing.has_own_files:
                yield from self._apart(section.key, tuple(of_kind))
            else:
                yield self._part(self._folder, section.key, tuple(of_kind))

    def _apart(self, section: str, blocks: Sequence[Block]) -> Iterator[Part]:
        if len(self._included) + len(blocks) <= MANY:
            yield from (self._part(self._clients, block.address.name, (block,)) for block in blocks)
            return
        for number, first in enumerate(range(0, len(blocks), EACH), 1):
            yield self._part(self._clients, f"{section}-{number:04}", tuple(blocks[first : first + EACH]))

    def _part(self, folder: Path, stem: str, blocks: tuple[Block, ...]) -> Part:
        text = part_text(blocks, schema=os.path.relpath(self._root / SCHEMA, folder))
        for number in count(1):
            path = folder / (f"{stem}.yaml" if number == 1 else f"{stem}-{number}.yaml")
            if path in self._taken or os.path.realpath(path) in self._included:
                continue
            self._taken.add(path)
            return Part(path, blocks, text if not _is_other(path, text) else None)
        raise AssertionError("numbers do not end")


def patterns_for(parts: Iterable[Part]) -> list[str]:
    """Return the includes of a new root file; later imports may add files of the same names."""
    kinds = {block.address.kind for part in parts for block in part.blocks}
    written = [made for kind, made in IMPORTED.items() if kind in kinds]
    shared = [f"{section.key}*.yaml" for section, importing in written if not importing.has_own_files]
    return [*shared, *([f"{CLIENTS}/*.yaml"] if len(shared) < len(written) else [])]


def _order(block: Block) -> tuple[int, str]:
    return _ORDER.index(block.address.kind), block.address.name


def _is_other(path: Path, text: str) -> bool:
    """Does something stand there that is not this very text?"""
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return path.is_symlink()
    except OSError:
        return True
