"""The result of an import as text for a terminal."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agencyfile.cli.importing.outcome import has_own_files
from agencyfile.cli.render.folding import Line, painted, span
from agencyfile.cli.render.safe import one_line
from agencyfile.kinds.registry import IMPORTED

if TYPE_CHECKING:
    from agencyfile.cli.importing.outcome import Outcome


def render_import(outcome: "Outcome", *, width: int | None) -> str:
    """Render written files, objects not written and why, and what to do next. `width` is the terminal's, if any."""
    parts = (_files(outcome), _not_imported(outcome), _left_out(outcome), _in_the_way(outcome), _next(outcome))
    lines = (Line([span(one_line(text))], 4) for part in parts for text in part)
    return "".join(f"{row}\n" for line in lines for row in painted(line, width))


def _files(outcome: "Outcome") -> Iterator[str]:
    if outcome.is_new and outcome.parts:
        yield f"{outcome.root}: the agency file"
    if outcome.identity:
        yield f"{outcome.identity}: opens the passwords of new accounts; keep it safe, never commit it"
    for (path, kind), count in outcome.blocks_written.items():
        where = f"{path}{os.sep}" if has_own_files(kind) else str(path)
        yield f"{where}: {count:,} {kind if count == 1 else IMPORTED[kind][0].key}"
    if outcome.declared_before:
        yield f"{outcome.declared_before:,} declared already"
    if not outcome.written:
        yield "nothing was written"


def _not_imported(outcome: "Outcome") -> Iterator[str]:
    if outcome.selection.skipped:
        yield ""
        yield "Not imported:"
        for address, reason in outcome.selection.skipped.items():
            yield f"  {address}: {reason}"


def _left_out(outcome: "Outcome") -> Iterator[str]:
    blocks = [block for part in outcome.parts if part.path in outcome.written for block in part.blocks]
    found = [(block, word, why) for block in blocks for word, why in block.left_out.items()]
    if found:
        yield ""
        yield "Imported without:"
        for block, word, why in found:
            yield f"  {block.address}: {word}, {why}"


def _in_the_way(outcome: "Outcome") -> Iterator[str]:
    if outcome.in_the_way:
        yield ""
        yield "Not written, because something else stands there that the agency file does not include:"
        for part in outcome.in_the_way:
            yield f"  {part.path}"


def _next(outcome: "Outcome") -> Iterator[str]:
    if outcome.not_included:
        patterns = ", ".join(sorted({_pattern(path, outcome.root.parent) for path in outcome.not_included}))
        yield ""
        yield f"{outcome.root} does not include these files yet. Add to its patterns:"
        yield ""
        yield f"  include: [{patterns}]"
    for kind, words in outcome.unseen.items():
        yield ""
        yield (
            f"defaults.{kind} gives {' and '.join(words)} to these {IMPORTED[kind][0].key} too, and no list shows "
            "them: the next plan says what there is to do about that."
        )
    if outcome.written:
        yield ""
        yield f"Next: agencyfile plan -f {outcome.root}"


def _pattern(path: Path, root: Path) -> str:
    inside = os.path.relpath(path.parent, root)
    return path.name if inside == os.curdir else f"{inside}/*.yaml"
