"""The blocks of a section, over all files."""

from collections.abc import Iterator

from agencyfile.declarations.nodes import Block
from agencyfile.declarations.report import Report
from agencyfile.language.files import Files
from agencyfile.language.problems import report_not_block


def blocks_of(files: Files, section: str, report: Report) -> Iterator[tuple[str, object, Block]]:
    """Return name, value and surrounding mapping of each block of a section, over all files."""
    for part in files.parts:
        blocks = part.get(section)
        if isinstance(blocks, Block):
            for name, block in blocks.items():
                yield name, block, blocks
        elif blocks is not None:
            report_not_block(blocks, section, part.values_at[section], report)
