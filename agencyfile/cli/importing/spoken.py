"""The existing declarations of an agency file, as far as an import needs them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from agencyfile.kinds.registry import HOSTED
from plan import Address

if TYPE_CHECKING:
    from agencyfile.language import AgencyFile


@dataclass(frozen=True, slots=True)
class Spoken:
    """The objects that blocks and removals name.

    `declared` and `removed` hold objects of hosted kinds under each of these kinds: they share the portal's host names.
    `names` are the names of blocks by kind, which other blocks may refer to. `inherited` are the words that `defaults`
    gives to every block, by kind.
    """

    declared: Collection[Address] = ()
    removed: Collection[Address] = ()
    ignored: Collection[str] = ()
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    domains: Collection[str] = ()
    inherited: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def by(cls, agency_file: "AgencyFile", inherited: Mapping[str, Collection[str]]) -> "Spoken":
        """Return the declarations of `agency_file`. An object with the `previously` name of a block is declared too."""
        blocks = agency_file.resources
        named = [resource.address for resource in blocks]
        named += [Address(item.address.kind, item.previously) for item in blocks if item.previously]
        return cls(
            declared=_of_any_kind(named),
            removed=_of_any_kind(removal.address for removal in agency_file.removals),
            ignored=agency_file.ignore,
            names=_names_by_kind(item.address for item in blocks),
            domains={str(item.attributes["domain"]) for item in blocks if "domain" in item.attributes},
            inherited=inherited,
        )

    def ignores(self, address: Address) -> str | None:
        """The first pattern that says so."""
        return next((pattern for pattern in self.ignored if fnmatchcase(str(address), pattern)), None)


def _names_by_kind(addresses: Iterable[Address]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for address in addresses:
        found[address.kind].add(address.name)
    return found


def _of_any_kind(addresses: Iterable[Address]) -> frozenset[Address]:
    return frozenset(
        Address(kind, address.name)
        for address in addresses
        for kind in (HOSTED if address.kind in HOSTED else (address.kind,))
    )


def inherited_words(path: Path) -> dict[str, frozenset[str]]:
    """The words that stand in `defaults` of the agency file at `path`, by kind; the file is valid."""
    from agencyfile.language.files import read_files  # noqa: PLC0415 - only an import asks
    from agencyfile.language.rules import make_report  # noqa: PLC0415 - same
    from agencyfile.language.source import Reader  # noqa: PLC0415 - same

    root = read_files(path, Reader(make_report({}))).root
    defaults = root.block.get("defaults") if root else None
    return {kind: frozenset(words) for kind, words in (defaults or {}).items()}
