"""What came of an import, as text for a terminal."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agencyfile.cli.render.safe import one_line

if TYPE_CHECKING:
    from agencyfile.cli.importing.outcome import Outcome
    from plan import Address

_PLURALS: Final = {"account": "accounts", "sandbox": "sandboxes", "snapshot": "snapshots"}


def render_import(outcome: "Outcome") -> str:
    """What was written, what could not be and why, and what to do next."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: "Outcome") -> Iterator[str]:
    yield from _files(outcome)
    yield from _reasons("Not imported:", outcome.selection.skipped)
    yield from _left_out(outcome)
    yield from _in_the_way(outcome)
    yield from _next(outcome)


def _files(outcome: "Outcome") -> Iterator[str]:
    if outcome.is_new and outcome.parts:
        yield f"{outcome.root}: the agency file"
    counts = Counter[tuple[Path, str]]()
    for part in outcome.parts:
        if part.path in outcome.written:
            kind = part.blocks[0].address.kind
            counts[part.path.parent if kind == "account" else part.path, kind] += len(part.blocks)
    for (path, kind), count in counts.items():
        where = f"{path}{os.sep}" if kind == "account" else str(path)
        yield f"{where}: {count:,} {kind if count == 1 else _PLURALS[kind]}"
    declared = len(outcome.selection.declared)
    if declared:
        yield f"{declared:,} declared already"
    if not outcome.written:
        yield "nothing was written"


def _reasons(title: str, reasons: Mapping["Address", str]) -> Iterator[str]:
    if reasons:
        yield f"\n{title}"
        for address, reason in reasons.items():
            yield f"  {one_line(str(address))}: {one_line(reason)}"


def _left_out(outcome: "Outcome") -> Iterator[str]:
    blocks = [block for part in outcome.parts if part.path in outcome.written for block in part.blocks]
    found = [(block, word, why) for block in blocks for word, why in block.left_out.items()]
    if found:
        yield "\nImported without:"
        for block, word, why in found:
            yield f"  {one_line(str(block.address))}: {word}, {one_line(why)}"


def _in_the_way(outcome: "Outcome") -> Iterator[str]:
    if outcome.in_the_way:
        yield "\nNot written, because something else stands there that the agency file does not include:"
        for part in outcome.in_the_way:
            yield f"  {part.path}"


def _next(outcome: "Outcome") -> Iterator[str]:
    if outcome.not_included:
        patterns = ", ".join(sorted({_pattern(path, outcome.root.parent) for path in outcome.not_included}))
        yield f"\n{outcome.root} does not include these files yet. Add to its patterns:"
        yield f"\n  include: [{patterns}]"
    if outcome.unseen:
        yield f"\ndefaults.account gives {' and '.join(outcome.unseen)} to these accounts too, and no list shows them:"
        yield "the next plan says what there is to do about that."
    if outcome.written:
        yield f"\nNext: agencyfile plan -f {outcome.root}"


def _pattern(path: Path, root: Path) -> str:
    inside = os.path.relpath(path.parent, root)
    return path.name if inside == os.curdir else f"{inside}/*.yaml"
