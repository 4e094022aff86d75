"""The head of the root file: settings of the agency, and the defaults of its blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from agencyfile.declarations.declaration import Words
from agencyfile.declarations.keys import keys_of
from agencyfile.declarations.nodes import Block, inner
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import MOST, Report
from agencyfile.kinds.agency.declaration import AGENCY
from agencyfile.kinds.agency.reading import make_settings
from agencyfile.kinds.agency.settings import Settings
from agencyfile.kinds.registry import DECLARED
from agencyfile.language.defaults import salvaged_defaults
from agencyfile.language.environment import check_head_keys
from agencyfile.language.model import PARTS, Head
from agencyfile.language.problems import validated


@dataclass(frozen=True, slots=True)
class AgencyHead:
    """The head of the root file, as far as it is valid.

    `defaults` holds the valid words of each kind and the block that they stand in; other words of that block are wrong.
    `knows_defaults` is False when a block of the defaults is no block at all. `blocks` holds the single blocks of the
    head by kind, and `ignore` the reasons, which may be empty, by the pattern of addresses that no plan looks at.
    """

    settings: Settings | None
    defaults: Mapping[str, Words]
    knows_defaults: bool
    blocks: Mapping[str, Words] = field(default_factory=dict)
    ignore: Mapping[str, str] = field(default_factory=dict)


@cache
def _head_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Head)


def read_head(root: Place, path: Path, environ: Mapping[str, str], report: Report) -> AgencyHead:
    """Validate everything in the root file but its blocks."""
    head = Block()
    for key, value in root.block.items():
        if key not in PARTS and (len(head) < MOST or key in keys_of(Head)):
            head[key] = value
            head.keys_at[key], head.values_at[key] = root.block.keys_at[key], root.block.values_at[key]
    place = Place(head, (), root.key_at)
    words = validated(_head_adapter(), place, report)
    check_head_keys(place, environ, report)
    if words is None:
        return AgencyHead(None, *salvaged_defaults(head))
    settings = make_settings(words[AGENCY.name], place, path.parent, environ, report)
    defaults = {kind: Words(values, head["defaults"][kind]) for kind, values in words.get("defaults", {}).items()}
    ignore = {_pattern(entry): _reason(entry) for entry in words.get("ignore", ())}
    return AgencyHead(settings, defaults, knows_defaults=True, blocks=dict(_blocks(words, head)), ignore=ignore)


def _pattern(entry: str | Mapping[str, str]) -> str:
    return entry if isinstance(entry, str) else entry["pattern"]


def _reason(entry: str | Mapping[str, str]) -> str:
    return "" if isinstance(entry, str) else entry["reason"]


def _blocks(words: Mapping[str, Any], head: Block) -> Iterator[tuple[str, Words]]:
    """Return the words of each kind that is one block of the head."""
    for kind in DECLARED.values():
        if kind.within:
            values: Mapping[str, Any] = reduce(lambda outer, key: outer.get(key, {}), kind.within, words)
            yield kind.name, Words(values, inner(head, *kind.within))
