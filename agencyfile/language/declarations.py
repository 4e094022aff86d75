"""Every block of every file, validated by the model of its kind."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import shown
from agencyfile.kinds.registry import SECTIONS
from agencyfile.language.files import Files
from agencyfile.language.names import check_name
from agencyfile.language.problems import report_not_block, validated
from agencyfile.language.sections import blocks_of
from plan.address import Address


@cache
def block_adapter(section: str) -> TypeAdapter[Any]:
    """Return the validator of a section. It is made once, because making it costs more than reading a small file."""
    return TypeAdapter(SECTIONS[section].model)


def declarations(files: Files, report: Report) -> list[Declaration]:
    """Validate every block; sections in the order in which kinds depend on each other."""
    found: list[Declaration] = []
    for section, kind in SECTIONS.items():
        for name, block, around in blocks_of(files, section, report):
            if report.is_full:
                return found
            address, origin = Address(kind.name, name), around.keys_at[name]
            check_name(address, origin, report)
            if not isinstance(block, Block):
                report_not_block(block, f"{section}.{shown(name)[1:-1]}", around.values_at[name], report, address)
                continue
            place = Place(block, (section, name), origin, address)
            found.append(Declaration(section, place, address, validated(block_adapter(section), place, report)))
    return found
