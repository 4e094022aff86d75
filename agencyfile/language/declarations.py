"""Every block of every file, validated by the model of its kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.language.document import Block
from agencyfile.language.fields import is_block_name, is_label, suggested_label
from agencyfile.language.files import Files
from agencyfile.language.models.file import MODELS
from agencyfile.language.problems import Place, report_not_block, validated
from agencyfile.language.report import Report
from agencyfile.language.vocabulary import KINDS, LATER_TEMPLATE_TYPES
from agencyfile.language.wording import shown
from plan.address import Address, Origin

_HOST_SUFFIX: Final = ".activehosted.com"  # portal.md 1.5


@cache
def block_adapter(section: str) -> TypeAdapter[Any]:
    """What validates one block of a section; made once, because making it costs more than a small file."""
    return TypeAdapter(MODELS[section])


@dataclass(frozen=True, slots=True)
class Declaration:
    """One block. `words` are its validated words, or None when something is wrong with it."""

    section: str
    place: Place
    address: Address
    words: dict[str, Any] | None

    @property
    def block(self) -> Block:
        """The block as it stands in the file."""
        return self.place.block

    def text(self, word: str) -> str | None:
        """The text of `word` as it stands in the block, or None when there is none."""
        value = self.block.get(word)
        return value if isinstance(value, str) else None


def declarations(files: Files, report: Report) -> list[Declaration]:
    """Validate every block; sections in the order in which kinds depend on each other."""
    found: list[Declaration] = []
    for section, kind in KINDS.items():
        adapter = block_adapter(section)
        for name, block, around in _blocks(files, section, report):
            if report.is_full:
                return found
            address, origin = Address(kind, name), around.keys_at[name]
            check_name(address, origin, report)
            if not isinstance(block, Block):
                report_not_block(block, f"{section}.{shown(name)[1:-1]}", around.values_at[name], report, address)
                continue
            place = Place(block, (section, name), origin, address)
            words = _later_template(place, report) if section == "templates" else False
            found.append(Declaration(section, place, address, None if words else validated(adapter, place, report)))
    return found


def _blocks(files: Files, section: str, report: Report) -> Iterator[tuple[str, object, Block]]:
    """Name, value and block around each block of a section, over all files."""
    for part in files.parts:
        blocks = part.get(section)
        if isinstance(blocks, Block):
            for name, block in blocks.items():
                yield name, block, blocks
        elif blocks is not None:
            report_not_block(blocks, section, part.values_at[section], report)


def _later_template(place: Place, report: Report) -> bool:
    """Is it a template of a type to come? Then its other words are not judged."""
    kind = place.block.get("type")
    if not (isinstance(kind, str) and kind.lower() in LATER_TEMPLATE_TYPES):
        return False
    report.add(
        "template-type",
        place.block.values_at["type"],
        f"Templates of type {kind.lower()} are not known to this version yet: only basic is.",
        address=place.address,
    )
    return True


def check_name(address: Address, origin: Origin, report: Report) -> None:
    """Report a name that no block of this kind may bear."""
    kind, name = address
    if kind in ("account", "sandbox"):
        if not is_label(name):
            _report_account_name(address, origin, report)
    elif not is_block_name(name):
        report.add("block-name", origin, f"{shown(name)} cannot name a {kind}.", address=address)


def _report_account_name(address: Address, origin: Origin, report: Report) -> None:
    """A name is the host label of the log-in address (`portal.md` 1.5 and rule 24)."""
    bare = account_label(address.name)
    guess = bare if is_label(bare) else suggested_label(bare)
    report.add(
        "account-name",
        origin,
        f"{shown(address.name)} is not the label before {_HOST_SUFFIX}: 1 to 63 lower-case letters, digits and "
        "hyphens, none at either end.",
        fix=f"write {guess}" if guess else "",
        address=address,
    )


def account_label(name: str) -> str:
    """The label in a name that may be a URL or a full host: scheme, path and the portal's suffix removed."""
    host = name.lower().rpartition("://")[2].partition("/")[0]
    return host.removesuffix(_HOST_SUFFIX)
