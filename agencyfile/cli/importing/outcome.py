"""The result of an import."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agencyfile.cli.importing.layout import Part
from agencyfile.cli.importing.selection import Selection
from agencyfile.kinds.registry import IMPORTED
from plan import Address


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files of an import, and everything that a person should know of it.

    `written` are new now; `declared` is what the agency file declares with them; `inherited` are the words that
    `defaults` gives to every block, by kind. `identity` opens the passwords of new accounts, where it is new.
    """

    root: Path
    parts: tuple[Part, ...]
    written: Collection[Path]
    selection: Selection
    declared: Collection[Address]
    is_new: bool
    inherited: Mapping[str, Collection[str]]
    identity: Path | None = None

    @property
    def in_the_way(self) -> tuple[Part, ...]:
        """Files that were not written, because something else stands there."""
        return tuple(part for part in self.parts if part.text is None)

    @property
    def not_included(self) -> tuple[Path, ...]:
        """Files that are there, and that the agency file does not include."""
        return tuple(
            part.path
            for part in self.parts
            if part.text is not None and any(block.address not in self.declared for block in part.blocks)
        )

    @property
    def blocks_written(self) -> Mapping[tuple[Path, str], int]:
        """Return the number of blocks of each kind that were written: by folder where each has a file, else by file."""
        counts = Counter[tuple[Path, str]]()
        for part in self.parts:
            if part.path in self.written:
                kind = part.blocks[0].address.kind
                counts[part.path.parent if has_own_files(kind) else part.path, kind] += len(part.blocks)
        return counts

    @property
    def declared_before(self) -> int:
        """Return the number of objects that the file had declared already."""
        return len(self.selection.declared)

    @property
    def unseen(self) -> Mapping[str, Sequence[str]]:
        """Words that the defaults give to imported objects, and that no list shows: by kind."""
        kinds = {block.address.kind for part in self.parts for block in part.blocks}
        found = {
            kind: [word for word in importing.unseen if word in self.inherited.get(kind, ())]
            for kind, (_, importing) in IMPORTED.items()
            if kind in kinds
        }
        return {kind: words for kind, words in found.items() if words}


def has_own_files(kind: str) -> bool:
    """Return whether each block of a kind has a file of its own."""
    return IMPORTED[kind][1].has_own_files
