"""The result of an import."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agencyfile.cli.importing.layout import Part
from agencyfile.cli.importing.selection import Selection
from plan import Address

# Of what `defaults.account` may give, that which no list shows: nothing tells whether an imported account has it.
_UNSEEN: Final = ("credits", "addons", "branding")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files of an import, and everything that a person should know of it.

    `written` are new now; `declared` is what the agency file declares with them; `inherited` are the words that
    `defaults.account` gives to every account. `identity` opens the passwords of new accounts, where it is new.
    """

    root: Path
    parts: tuple[Part, ...]
    written: Collection[Path]
    selection: Selection
    declared: Collection[Address]
    is_new: bool
    inherited: Collection[str]
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
        """Return the number of blocks of each kind that were written: by folder for accounts, else by file."""
        counts = Counter[tuple[Path, str]]()
        for part in self.parts:
            if part.path in self.written:
                kind = part.blocks[0].address.kind
                counts[part.path.parent if kind == "account" else part.path, kind] += len(part.blocks)
        return counts

    @property
    def declared_before(self) -> int:
        """Return the number of objects that the file had declared already."""
        return len(self.selection.declared)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Values that the defaults give to imported accounts, and that no list shows."""
        has_accounts = any(block.address.kind == "account" for part in self.parts for block in part.blocks)
        return tuple(word for word in _UNSEEN if has_accounts and word in self.inherited)
