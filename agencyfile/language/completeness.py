"""Checks of single blocks, merged over their defaults: required words, and the checks of the kind."""

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.kind import DeclaredKind
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import dotted
from agencyfile.declarations.report import Report
from agencyfile.kinds.registry import declared_kind
from agencyfile.language.head import AgencyHead
from agencyfile.language.layers import NO_LAYERS, Layers


def check_completeness(found: list[Declaration], head: AgencyHead, report: Report, layers: Layers = NO_LAYERS) -> None:
    """Check the required words of every block, then each block by its kind. A block that adopts needs no words."""
    for declaration in found:
        kind = declared_kind(declaration.address.kind)
        below = layers.under(declaration, head.defaults)
        if not declaration.is_adopted:
            knows_defaults = head.knows_defaults and declaration.address not in layers.unresolved
            _check_words(declaration, kind, below, report, knows_defaults=knows_defaults)
        kind.check_block(declaration, below, report)


def _check_words(
    declaration: Declaration, kind: DeclaredKind, below: Words, report: Report, *, knows_defaults: bool
) -> None:
    block = declaration.block
    for word in kind.required:
        if not _names(block, word, kind):
            _report_missing(declaration, f"has no {word}.", f"add {word}:", report)
    for word in kind.inherited:
        if word in block or word in below.block or not knows_defaults:
            continue
        if not (_names(block, word, kind) or _names(below.block, word, kind)):
            where = f"defaults.{kind.name}"
            _report_missing(
                declaration, f"has no {word}, and {where} gives none.", f"add {word} here or to {where}", report
            )


def _names(block: Block, word: str, kind: DeclaredKind) -> bool:
    """Return whether the block has the word, misspelt or not."""
    return word in block or is_misspelt(block, word, keys_of(kind.model))


def _report_missing(declaration: Declaration, lack: str, fix: str, report: Report) -> None:
    detail = f"{dotted((declaration.section, declaration.address.name))} {lack}"
    report.add("missing-key", declaration.place.key_at, detail, fix=fix, address=declaration.address)
