"""Which blocks go into which file."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import Final

from agencyfile.cli.importing.blocks import Block
from agencyfile.cli.importing.text import SCHEMA, part_text

CLIENTS: Final = "clients"
MANY: Final = 5000  # files of accounts: a run reads no more than `matching.MOST_FILES`, and later imports add some
EACH: Final = 100  # accounts of one file, where there would be more
_STEMS: Final = {"sandbox": "sandboxes", "snapshot": "snapshots"}


@dataclass(frozen=True, slots=True)
class Part:
    """One file to be: `text` is None where it is not written because of what stands there."""

    path: Path
    blocks: tuple[Block, ...]
    text: str | None


class Layout:
    """The files of one import: an account has one of its own, sandboxes have one, and snapshots.

    Where that would be more than `MANY` files, `EACH` accounts share one.

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
            if kind == "account":
                yield from self._accounts(tuple(of_kind))
            else:
                yield self._part(self._folder, _STEMS[kind], tuple(of_kind))

    def _accounts(self, blocks: Sequence[Block]) -> Iterator[Part]:
        if len(self._included) + len(blocks) <= MANY:
            yield from (self._part(self._clients, block.address.name, (block,)) for block in blocks)
            return
        for number, first in enumerate(range(0, len(blocks), EACH), 1):
            yield self._part(self._clients, f"accounts-{number:04}", tuple(blocks[first : first + EACH]))

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
    found = [f"{stem}*.yaml" for kind, stem in _STEMS.items() if kind in kinds]
    return [*found, *([f"{CLIENTS}/*.yaml"] if "account" in kinds else [])]


def _order(block: Block) -> tuple[int, str]:
    return ("sandbox", "snapshot", "account").index(block.address.kind), block.address.name


def _is_other(path: Path, text: str) -> bool:
    """Does something stand there that is not this very text?"""
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return path.is_symlink()
    except OSError:
        return True
