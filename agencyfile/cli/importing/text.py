"""The text of the files that an import writes: the same blocks, the same bytes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agencyfile.cli.importing.blocks import Block, Word
from agencyfile.cli.importing.scalars import key, quoted, scalar
from agencyfile.cli.render.safe import one_line

SCHEMA: Final = "agency.schema.json"
_OUR_WORDS: Final = ("tier", "billing", "status")  # their values are words of the language, and need no quotes
SECTIONS: Final = {"sandbox": "sandboxes", "snapshot": "snapshots", "account": "accounts"}


def part_text(blocks: Sequence[Block], *, schema: str) -> str:
    """A file of blocks of one kind; `schema` is where its schema is found from there, for editors."""
    section = SECTIONS[blocks[0].address.kind]
    lines = [line for block in blocks for line in _block(block)]
    return "\n".join([f"# yaml-language-server: $schema={schema}", f"{section}:", *lines]) + "\n"


def root_text(agency: str, patterns: Iterable[str]) -> str:
    """The root file."""
    return f"""\
# yaml-language-server: $schema={SCHEMA}
version: 1

agency:
  name: {quoted(agency)}
  # Who can read the passwords of new accounts, once there are any: the public age keys of people and of the pipeline.
  # credentials: {{recipients: [age1...]}}

include: [{", ".join(patterns)}]
"""


def _block(block: Block) -> Iterator[str]:
    yield f"  {key(block.address.name)}:"
    for word, value in block.words.items():
        yield f"    {word}: {_value(word, value)}"
    for word, why in block.left_out.items():
        yield f"    # {word}: not here, {one_line(why)}"


def _value(word: str, value: Word) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inner}: {_value(inner, item)}" for inner, item in value.items()) + "}"
    return str(value) if word in _OUR_WORDS else scalar(value)
