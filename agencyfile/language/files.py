"""The files of one run: the root, and what its `include` patterns match."""

import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from agencyfile.declarations.folder import is_inside
from agencyfile.declarations.keys import keys_of
from agencyfile.declarations.nodes import Block, Items
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import MOST, Report
from agencyfile.fields.wording import listed, nearest, shown
from agencyfile.kinds.registry import LAYERS, SECTIONS
from agencyfile.language.document import Document, parse_document
from agencyfile.language.matching import TooMuch, Walk
from agencyfile.language.model import PARTS, Head
from agencyfile.language.problems import report_not_block
from agencyfile.language.source import Reader
from plan.address import Origin


@dataclass(slots=True)
class Files:
    """The blocks of every file. `is_complete` is False when a part could not be read, whatever it declares."""

    root: Place | None = None
    parts: list[Block] = field(default_factory=list)
    references: list[Origin] = field(default_factory=list)
    is_complete: bool = True


def read_files(path: Path, reader: Reader) -> Files:
    """Read the root file at `path` and the files that it includes."""
    files = Files()
    document = _document(path, str(path), reader, files)
    root = document.root if document else None
    if document is None:
        return files
    if not isinstance(root, Block):
        if document.is_complete:
            _report_no_root(document, reader.report)
        return files
    files.root = Place(root, (), Origin(str(path), 1, 1))
    _add_part(root, files)
    _read_included(path, root, reader, files)
    return files


def _add_part(block: Block, files: Files) -> None:
    """Add the blocks of one file; note when some of them cannot be known because a section is none."""
    files.parts.append(block)
    for key, value in islice(block.items(), MOST):
        is_named = key in SECTIONS or key in LAYERS
        is_section = is_named and (value is None or isinstance(value, Block))
        if not is_section and (is_named or nearest(key, (*SECTIONS, *LAYERS))):
            files.is_complete = False


def _report_no_root(document: Document, report: Report) -> None:
    if document.root is None:
        report.add("empty-file", document.origin, "The file declares nothing.")
    else:
        report_not_block(document.root, "the agency file", document.origin, report)


def _document(path: Path, name: str, reader: Reader, files: Files) -> Document | None:
    text = reader.text(path, name)
    document = None if text is None else parse_document(text, name, reader.report, reader.limits)
    files.is_complete &= document is not None and document.is_complete and not document.has_lost_section
    if document is not None:
        files.references.extend(document.references)
    return document


def _read_included(path: Path, root: Block, reader: Reader, files: Files) -> None:
    patterns = root.get("include")
    if not isinstance(patterns, Items):
        files.is_complete &= patterns is None
        return
    folder = path.parent
    seen = {os.path.realpath(path)}
    walk = Walk()
    for pattern, origin in zip(patterns, patterns.values_at, strict=True):
        if not isinstance(pattern, str) or reader.report.knows(origin):
            files.is_complete = False
            continue
        for found in _matches(pattern, folder, origin, reader.report, walk):
            real = os.path.realpath(folder / found)
            if real not in seen:
                seen.add(real)
                _read_part(folder / found, reader, files)


def _read_part(path: Path, reader: Reader, files: Files) -> None:
    document = _document(path, str(path), reader, files)
    if document is None or document.root is None:
        return
    if not isinstance(document.root, Block):
        if document.is_complete:
            report_not_block(document.root, "an included file", document.origin, reader.report)
        return
    place = Place(document.root, (), document.origin)
    for key in document.root:
        if key not in PARTS:
            _report_not_part(place, key, reader.report)
    _add_part(document.root, files)


def _report_not_part(place: Place, key: str, report: Report) -> None:
    if key in keys_of(Head):
        report.add(
            "unknown-key",
            place.key_origin((key,)),
            f"An included file holds {listed(PARTS)} only.",
            fix=f"move {key} to the root file",
        )
        return
    guess = nearest(key, PARTS)
    report.add(
        "unknown-key",
        place.key_origin((key,)),
        f"An included file has no key {shown(key)}: it holds {listed(PARTS)}.",
        fix=f"did you mean {guess}?" if guess else "",
    )


def _matches(pattern: str, folder: Path, origin: Origin, report: Report, walk: Walk) -> list[str]:
    """Paths that match, sorted, relative to the folder; none that leaves it."""
    if not _stays_inside(pattern):
        report.add(
            "include-outside", origin, "The pattern leaves the agency file's folder: it is absolute, or goes up (..)."
        )
        return []
    try:
        found = walk.match(pattern, folder)
    except TooMuch as error:
        report.add("include-too-much", origin, str(error))
        return []
    except (OSError, ValueError) as error:
        report.add("file-unreadable", origin, f"The pattern cannot be looked up: {error}.")
        return []
    inside = [name for name in found if is_inside(folder / name, folder)]
    if len(inside) < len(found):
        report.add("include-outside", origin, "The pattern matches a link that leads out of the agency file's folder.")
    elif not found:
        report.add("include-empty", origin, "No file matches the pattern.")
    return inside


def _stays_inside(pattern: str) -> bool:
    parts = pattern.replace("\\", "/").split("/")
    return bool(pattern) and parts[0] not in ("", "~") and ".." not in parts and "\0" not in pattern
