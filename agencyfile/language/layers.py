"""Sections whose blocks give values to other blocks: what a block stands on, besides the defaults of its kind."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.declarations.declaration import NOTHING, Declaration, Words, stacked
from agencyfile.declarations.kind import DeclaredKind, Layer
from agencyfile.declarations.names import check_block_name
from agencyfile.declarations.nodes import Block, Items
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import nearest, shown
from agencyfile.kinds.registry import LAYERS, declared_kind
from agencyfile.language.files import Files
from agencyfile.language.problems import report_not_block, validated
from agencyfile.language.sections import blocks_of
from plan.address import Address, Origin


@dataclass(frozen=True, slots=True)
class Layers:
    """The blocks of all layers by section and name, and what each block of a kind stands on.

    `below` has an entry only for blocks that name a layer. All others stand on the defaults of their kind. `unresolved`
    are blocks that name one which is not known: what they stand on may have more words. `named` are the pairs of a
    block and the one that it names, by section.
    """

    blocks: Mapping[str, Mapping[str, Declaration]]
    below: Mapping[Address, Words]
    unresolved: Collection[Address] = frozenset()
    named: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def under(self, declaration: Declaration, defaults: Mapping[str, Words]) -> Words:
        """Return what a block stands on."""
        return self.below.get(declaration.address) or defaults.get(declaration.address.kind, NOTHING)


NO_LAYERS: Final = Layers({}, {})


@cache
def _adapter(section: str) -> TypeAdapter[Any]:
    return TypeAdapter(LAYERS[section][1].model)


def read_layers(files: Files, found: Sequence[Declaration], defaults: Mapping[str, Words], report: Report) -> Layers:
    """Validate the blocks of every layer, and find out which of them the blocks of the kinds stand on."""
    blocks = {section: _declared(section, layer, files, report) for section, (_, layer) in LAYERS.items()}
    maker = _Maker(blocks, defaults, report, is_complete=files.is_complete)
    below = dict(maker.below(found))
    return Layers(blocks, below, maker.unresolved, {section: tuple(pairs) for section, pairs in maker.named.items()})


def _declared(section: str, layer: Layer, files: Files, report: Report) -> dict[str, Declaration]:
    known: dict[str, Declaration] = {}
    for name, block, around in blocks_of(files, section, report):
        if report.is_full:
            break
        address, origin = Address(layer.name, name), around.keys_at[name]
        check_block_name(layer.name, name, origin, report, address)
        if not isinstance(block, Block):
            report_not_block(block, f"{section}.{shown(name)[1:-1]}", around.values_at[name], report, address)
            continue
        place = Place(block, (section, name), origin, address)
        one = Declaration(section, place, address, validated(_adapter(section), place, report))
        other = known.setdefault(name, one)
        if other is not one:
            detail = f"{shown(name)} is declared at {other.place.key_at} already, as {address}."
            report.add("duplicate-name", origin, detail, address=address)
    _check_identities(layer, known.values(), report)
    return known


def _check_identities(layer: Layer, found: Iterable[Declaration], report: Report) -> None:
    first: dict[tuple[str, str], Declaration] = {}
    for one in found:
        for identity in layer.identities(one.words or {}):
            other = first.setdefault(identity, one)
            if other is not one:
                detail = f"{one.address} has the {identity[0]} of {other.address} at {other.place.key_at}."
                report.add(layer.duplicate, one.place.key_at, detail, address=one.address)


class _Maker:
    """Puts layers over the defaults. Blocks that name the same profiles share one stack of them."""

    def __init__(
        self,
        blocks: Mapping[str, Mapping[str, Declaration]],
        defaults: Mapping[str, Words],
        report: Report,
        *,
        is_complete: bool,
    ) -> None:
        self._blocks = blocks
        self._defaults = defaults
        self._report = report
        self._is_complete = is_complete
        self._shared: dict[tuple[str, ...], Words] = {}
        self.unresolved: set[Address] = set()
        self.named: dict[str, list[tuple[str, str]]] = {section: [] for section in blocks}

    def below(self, found: Iterable[Declaration]) -> Iterator[tuple[Address, Words]]:
        """Return what each block that names a layer stands on."""
        for declaration in found:
            kind = declared_kind(declaration.address.kind)
            if any(layer.word in declaration.block for layer in kind.layers):
                yield declaration.address, self._stack(declaration, kind)

    def _stack(self, declaration: Declaration, kind: DeclaredKind) -> Words:
        """Return the layers of one block. A single name at the top is stacked for this block alone."""
        names = [(layer, name) for layer in kind.layers for name in self._named(declaration, layer)]
        shared = tuple(f"{layer.name}.{name}" for layer, name in names if layer.takes_several)
        words = self._shared.get((kind.name, *shared))
        if words is None:
            several = (self._given(layer, name) for layer, name in names if layer.takes_several)
            words = stacked([self._defaults.get(kind.name, NOTHING), *several], kind.inherit)
            self._shared[kind.name, *shared] = words
        single = [self._given(layer, name) for layer, name in names if not layer.takes_several]
        return stacked([words, *single], kind.inherit) if single else words

    def _given(self, layer: Layer, name: str) -> Words:
        return layer.gives(self._blocks[layer.section.key][name])

    def _named(self, declaration: Declaration, layer: Layer) -> Iterator[str]:
        """Return the names of declared blocks that a block stands on; report the others."""
        known = self._blocks[layer.section.key]
        first: dict[str, Origin] = {}
        if not isinstance(declaration.block.get(layer.word, ""), str | Items | Block):
            self.unresolved.add(declaration.address)  # what was meant is not known
        for name, origin in _names(declaration.block, layer):
            if name not in known or known[name].words is None:
                self.unresolved.add(declaration.address)
            if name not in known:
                self._report_dangling(name, origin, layer, declaration.address)
            elif first.setdefault(name, origin) is not origin:
                detail = f"{shown(name)} stands at {first[name]} already."
                self._report.add("list-duplicate", origin, detail, address=declaration.address)
            else:
                self.named[layer.section.key].append((declaration.address.name, name))
                yield name

    def _report_dangling(self, name: str, origin: Origin, layer: Layer, address: Address) -> None:
        if not self._is_complete and self._report.has_errors:
            return  # it may be a block of a file that could not be read
        guess = nearest(name, self._blocks[layer.section.key])
        self._report.add(
            "dangling-reference",
            origin,
            f"No {layer.name} named {shown(name)} is declared.",
            fix=f"did you mean {guess}?" if guess else f"declare it under {layer.section.key}",
            address=address,
        )


def _names(block: Block, layer: Layer) -> Iterator[tuple[str, Origin]]:
    value = block.get(layer.word)
    if isinstance(value, str):
        yield value, block.values_at[layer.word]
    elif isinstance(value, Items) and layer.takes_several:
        for item, origin in zip(value, value.values_at, strict=True):
            if isinstance(item, str):
                yield item, origin
