"""Where a block stands in the file, and where each of its values stands."""

from dataclasses import dataclass
from typing import Any

from agencyfile.declarations.nodes import Block, Items
from agencyfile.fields.wording import shown
from plan.address import Address, Origin

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A block or part of the file that is validated as one, and where it stands."""

    block: Block
    path: Path
    key_at: Origin
    address: Address | None = None

    def key_origin(self, path: Path) -> Origin:
        """Where the key at the end of `path` (below this place) stands."""
        return self._find(path)[0]

    def value_origin(self, path: Path) -> Origin:
        """Where the value at the end of `path` (below this place) stands."""
        return self._find(path)[1]

    def _find(self, path: Path) -> tuple[Origin, Origin]:
        """Places of key and value; of the nearest ones above where the path leaves the file."""
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
    """`accounts.acme.plan`, with list positions counted from 1."""
    return ".".join(f"{word + 1}" if isinstance(word, int) else shown(word)[1:-1] for word in path)
