"""The place of a block in the file, and of its keys and values."""

from dataclasses import dataclass
from typing import Any

from agencyfile.declarations.nodes import Block, Items
from agencyfile.fields.wording import shown
from plan.address import Address, Origin

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A block, or another part of the file that is validated as one, with its place."""

    block: Block
    path: Path
    key_at: Origin
    address: Address | None = None

    def key_origin(self, path: Path) -> Origin:
        """Return the place of the key at the end of `path`, which starts at this block."""
        return self._find(path)[0]

    def value_origin(self, path: Path) -> Origin:
        """Return the place of the value at the end of `path`, which starts at this block."""
        return self._find(path)[1]

    def _find(self, path: Path) -> tuple[Origin, Origin]:
        """Return the places of key and value, or those of the last word of the path that is in the file."""
        node: Any = self.block
        found = (self.key_at, self.key_at)
        for word in path:
            if isinstance(node, Block) and isinstance(word, str) and word in node:
                found = (node.keys_at[word], node.values_at[word])
            elif isinstance(node, Items) and isinstance(word, int) and word < len(node):
                found = (node.values_at[word], node.values_at[word])
            else:
                break
            node = node[word]
        return found


def dotted(path: Path) -> str:
    """Return the path as text, as `accounts.acme.plan`. List positions count from 1."""
    return ".".join(f"{word + 1}" if isinstance(word, int) else shown(word)[1:-1] for word in path)
