"""Checks across blocks: shared names, references, and the checks of each kind among its blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.kind import Referring
from agencyfile.declarations.nodes import Block, Items, inner
from agencyfile.declarations.report import Report
from agencyfile.fields.account_names import account_label
from agencyfile.fields.wording import nearest, shown
from agencyfile.kinds.registry import DECLARED, LAYERS, SECTIONS, declared_kind
from agencyfile.language.head import AgencyHead
from agencyfile.language.layers import Layers
from agencyfile.language.names import host_key
from plan.address import Address, Origin

Names = Mapping[str, Mapping[str, Origin]]
Found = Mapping[str, Sequence[Declaration]]


def by_kind(found: Iterable[Declaration]) -> Found:
    """Return the declarations of each kind, in the order of the file."""
    kinds: dict[str, list[Declaration]] = {kind.name: [] for kind in SECTIONS.values()}
    for declaration in found:
        kinds[declared_kind(declaration.address.kind).name].append(declaration)
    return kinds


def check_relations(
    found: list[Declaration], head: AgencyHead, root: Block, report: Report, *, is_complete: bool
) -> None:
    """Check names, then kind by kind, then references.

    References are left out when a file could not be read and has errors: they may name blocks of that file.
    """
    _check_names(found, report)
    for kind, declarations in by_kind(found).items():
        declared_kind(kind).check_among(declarations, report)
    if is_complete or not report.has_errors:
        _check_references(found, head, root, report)


def _check_names(found: Iterable[Declaration], report: Report) -> None:
    """Report names that two blocks share. All hosts of the portal share one namespace; each other kind has its own."""
    first: dict[tuple[str, str], Declaration] = {}
    for declaration in found:
        name = declaration.address.name
        other = first.setdefault(host_key(declaration.address), declaration)
        if other is not declaration:
            report.add(
                "duplicate-name",
                declaration.place.key_at,
                f"{shown(name)} is declared at {other.place.key_at} already, as {other.address}.",
                address=declaration.address,
            )


def _check_references(found: list[Declaration], head: AgencyHead, root: Block, report: Report) -> None:
    names = _names(found)
    for kind in DECLARED.values():
        if kind.within:
            _check_block(kind.references, inner(root, *kind.within), None, names, report)
    for declaration in found:
        references = declared_kind(declaration.address.kind).references
        _check_block(references, declaration.block, declaration.address, names, report)
    for name, below in head.defaults.items():
        for reference in declared_kind(name).references:
            target = below.values.get(reference.word)
            if isinstance(target, str):
                _report_dangling(target, reference.kind, below.block.values_at[reference.word], names, report, None)


def check_layer_references(layers: Layers, found: Iterable[Declaration], report: Report, *, is_complete: bool) -> None:
    """Report references in the blocks of layers that lead to nothing."""
    if not any(layers.blocks.values()) or (report.has_errors and not is_complete):
        return
    names = _names(found)
    for section, blocks in layers.blocks.items():
        kind, _ = LAYERS[section]
        for one in blocks.values():
            _check_block(kind.references, one.block, one.address, names, report)


def _names(found: Iterable[Declaration]) -> dict[str, dict[str, Origin]]:
    """Return the declared names of each kind. A host that is declared by its address also counts under its label."""
    names: dict[str, dict[str, Origin]] = {kind.name: {} for kind in SECTIONS.values()}
    for declaration in found:
        kind, name = declaration.address
        names[kind][name] = declaration.place.key_at
        if declared_kind(kind).is_hosted:
            names[kind].setdefault(account_label(name), declaration.place.key_at)
    return names


def _check_block(
    references: Iterable[Referring], block: Block, address: Address | None, names: Names, report: Report
) -> None:
    for reference in references:
        value = block.get(reference.word)
        if reference.is_list:
            for items in _lists(value, reference.depth):
                _check_list(reference.kind, items, address, names, report)
        elif isinstance(value, str):
            _check_reference(reference, value, block.values_at[reference.word], address, names, report)


def _lists(value: object, depth: int) -> Iterator[object]:
    """Yield what stands so many mappings below a value."""
    if depth == 0:
        yield value
    elif isinstance(value, Block):
        for one in value.values():
            yield from _lists(one, depth - 1)


def _check_reference(
    reference: Referring, target: str, origin: Origin, address: Address | None, names: Names, report: Report
) -> None:
    """Report a name that is not declared, or belongs to another kind."""
    if reference.mistaken is not None and target not in names[reference.kind]:
        other, rule, sentence = reference.mistaken
        if target in names[other]:
            report.add(rule, origin, f"{shown(target)} {sentence}", address=address)
            return
    _report_dangling(target, reference.kind, origin, names, report, address)


def _check_list(kind: str, items: object, address: Address | None, names: Names, report: Report) -> None:
    """Report names of a list that are not declared, and names that it repeats."""
    if not isinstance(items, Items):
        return
    first: dict[str, Origin] = {}
    for name, origin in zip(items, items.values_at, strict=True):
        if not isinstance(name, str):
            continue
        _report_dangling(name, kind, origin, names, report, address)
        other = first.setdefault(name, origin)
        if other is not origin:
            detail = f"{shown(name)} stands at {other} already."
            report.add("list-duplicate", origin, detail, address=address)


def _report_dangling(
    target: str, kind: str, origin: Origin, names: Names, report: Report, address: Address | None
) -> None:
    if target in names[kind]:
        return
    guess = nearest(target, names[kind])
    report.add(
        "dangling-reference",
        origin,
        f"No {kind} named {shown(target)} is declared.",
        fix=f"did you mean {guess}?" if guess else "",
        address=address,
    )
