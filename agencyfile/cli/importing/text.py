"""The text of the files that an import writes: the same blocks, the same bytes, in the layout of `agencyfile fmt`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.importing.blocks import Block, Scalar, Word
from agencyfile.cli.importing.scalars import quoted
from agencyfile.cli.render.safe import one_line
from agencyfile.kinds.registry import IMPORTED

SCHEMA: Final = "agency.schema.json"


def part_text(blocks: Sequence[Block], *, schema: str) -> str:
    """A file of blocks of one kind; `schema` is where its schema is found from there, for editors."""
    section, _ = IMPORTED[blocks[0].address.kind]
    lines = [line for block in blocks for line in _block(block)]
    return _laid_out("\n".join([f"# yaml-language-server: $schema={schema}", f"{section.key}:", *lines]) + "\n")


def root_text(agency: str, patterns: Iterable[str], recipient: str) -> str:
    """The root file; `recipient` can read the passwords of new accounts."""
    return _laid_out(f"""\
# yaml-language-server: $schema={SCHEMA}
version: 1

agency:
  name: {quoted(agency)}
  credentials:
    # Who can read the passwords of new accounts. Add a key for each person; keep private keys out of git.
    recipients: [{recipient}]

include: [{", ".join(map(quoted, patterns))}]
""")


def _laid_out(text: str) -> str:
    """As `agencyfile fmt` would, which leaves quotes where they are needed; where it cannot, with quotes everywhere."""
    from agencyfile.language.document import parse_document  # noqa: PLC0415 - only an import pays for it
    from agencyfile.language.layout import LayoutError, laid_out  # noqa: PLC0415 - same
    from agencyfile.language.rules import make_report  # noqa: PLC0415 - same
    from agencyfile.language.source import Limits  # noqa: PLC0415 - same

    try:
        return laid_out(text, parse_document(text, "", make_report(), Limits()).root)
    except LayoutError:
        return text


def _block(block: Block) -> Iterator[str]:
    yield f"  {quoted(block.address.name)}:"
    for word, value in block.words.items():
        yield f"    {word}: {_value(value)}"
    for word, why in block.left_out.items():
        yield f"    # {word}: not here, {one_line(why)}"


def _value(value: Word) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{word}: {_scalar(item)}" for word, item in value.items()) + "}"
    return _scalar(value)


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(value)
