"""Checks of `ignore:` against the addresses that the file names."""

import re
from collections.abc import Collection, Iterator
from fnmatch import translate

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.nodes import Block, Items
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.language.ignore_patterns import IGNORED_KINDS
from agencyfile.language.removals import RemovalEntry
from plan.address import Address, Origin


def check_ignored(root: Place, found: Collection[Declaration], ended: Collection[RemovalEntry], report: Report) -> None:
    """Report each pattern that matches an address that is declared or removed."""
    patterns = root.block.get("ignore")
    if not isinstance(patterns, Items):
        return
    named = list(_named(found, ended))
    for entry, place in zip(patterns, patterns.values_at, strict=True):
        is_block = isinstance(entry, Block) and "pattern" in entry
        pattern, origin = (entry["pattern"], entry.values_at["pattern"]) if is_block else (entry, place)
        if isinstance(pattern, str) and not report.knows(origin):
            _check(pattern, origin, named, report)


def _named(found: Collection[Declaration], ended: Collection[RemovalEntry]) -> Iterator[tuple[Address, str, Origin]]:
    """Return every address that the file names, how it does so, and where."""
    for declaration in found:
        kind = declaration.address.kind
        if kind in IGNORED_KINDS:
            yield declaration.address, "is declared", declaration.place.key_at
            previously = declaration.text("previously")
            if previously is not None:
                origin = declaration.block.values_at["previously"]
                yield Address(kind, previously), f"is the earlier name of {declaration.address}", origin
    for ending in ended:
        if ending.place.address is not None:
            yield ending.place.address, "is removed", ending.origin


def _check(pattern: str, origin: Origin, named: list[tuple[Address, str, Origin]], report: Report) -> None:
    is_match = re.compile(translate(pattern)).match
    matched = [one for one in named if is_match(str(one[0]))]
    if matched:
        address, how, place = matched[0]
        others = f" {len(matched)} names of the file match." if len(matched) > 1 else ""
        detail = f"{address} matches, and {how} at {place}: it cannot be managed and left alone.{others}"
        report.add("declared-ignored", origin, detail, address=address)
