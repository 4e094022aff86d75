"""Checks of single blocks, merged over their defaults: required words, and the checks of the kind."""

from agencyfile.declarations.declaration import NOTHING, Declaration, Words
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.kind import DeclaredKind
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import dotted
from agencyfile.declarations.report import Report
from agencyfile.kinds.registry import declared_kind
from agencyfile.language.head import AgencyHead


def check_completeness(found: list[Declaration], head: AgencyHead, report: Report) -> None:
    """Check the required words of every block, then each block by its kind. A block that adopts needs no words."""
    for declaration in found:
        kind = declared_kind(declaration.address.kind)
        below = head.defaults.get(kind.name, NOTHING)
        if not declaration.is_adopted:
            _check_words(declaration, kind, below, head, report)
        kind.check_block(declaration, below, report)


def _check_words(declaration: Declaration, kind: DeclaredKind, below: Words, head: AgencyHead, report: Report) -> None:
    block = declaration.block
    for word in kind.required:
        if not _names(block, word, kind):
            _report_missing(declaration, f"has no {word}.", f"add {word}:", report)
    for word in kind.inherited:
        if word in block or word in below.block or not head.knows_defaults:
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
