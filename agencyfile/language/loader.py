"""From the path of an agency file to validated resources."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.kind import DeclaredFile
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.kinds.agency.resource import make_agency
from agencyfile.kinds.registry import declared_kind
from agencyfile.language.agency_file import AgencyFile
from agencyfile.language.collector import collector_paused
from agencyfile.language.completeness import check_completeness
from agencyfile.language.declarations import declarations
from agencyfile.language.environment import block_keys, report_misplaced_references, secret_variables
from agencyfile.language.files import Files, read_files
from agencyfile.language.head import AgencyHead, read_head
from agencyfile.language.ignore_rules import check_ignored
from agencyfile.language.layers import Layers, read_layers
from agencyfile.language.redaction import redacted
from agencyfile.language.relations import by_kind, check_layer_references, check_relations
from agencyfile.language.removals import RemovalEntry, check_removals, make_removals, removal_entries
from agencyfile.language.renames import check_renames
from agencyfile.language.resources import make_resources
from agencyfile.language.rules import make_report
from agencyfile.language.source import Reader
from plan.address import Address, Origin
from plan.diagnostic import Diagnostic

_REVEALING: Final = frozenset(
    {"plaintext-secret", "environment-reference", "register-number"}
)  # their source line shows a secret


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading.

    `agency_file` is None when there is any error. `sources` holds the text of each file read, by the name used in
    origins, for carets; secrets that stand in it in plain text are masked.
    """

    agency_file: AgencyFile | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def load(path: Path, environ: Mapping[str, str]) -> Loaded:
    """Read and validate the agency file at `path` and the files that it includes.

    Every problem of the files is a diagnostic; none is raised. Variables of `environ` are read only where the
    file says `${env:NAME}`.
    """
    texts: dict[str, str] = {}
    report = make_report(texts)
    with collector_paused():
        agency_file = _checked(path, environ, Reader(report, texts=texts), report)
        diagnostics = report.diagnostics()
    sources = _masked(texts, diagnostics) if diagnostics else texts
    return Loaded(None if report.has_errors else agency_file, diagnostics, sources)


def _masked(texts: Mapping[str, str], diagnostics: Collection[Diagnostic]) -> dict[str, str]:
    origins = [one.origin for one in diagnostics if one.rule in _REVEALING and one.origin]
    return {
        name: redacted(text, [(line, column) for file, line, column in reversed(origins) if file == name])
        for name, text in texts.items()
    }


def _checked(path: Path, environ: Mapping[str, str], reader: Reader, report: Report) -> AgencyFile | None:
    files = read_files(path, reader)
    if files.root is None:
        return None
    report_misplaced_references(files.parts, files.references, report)
    head = read_head(files.root, path, environ, report)
    found = declarations(files, report)
    ended = removal_entries(files, report)
    layers = read_layers(files, found, head.defaults, report)
    _check(found, ended, head, layers, files, report)
    keys = block_keys(found, environ, report)
    attached = _attached(found, path.parent, report)
    if report.has_errors or head.settings is None:
        return None
    kinds = by_kind(found)
    resources = make_resources(DeclaredFile(kinds, head.defaults, head.blocks, attached, layers.below))
    agency = make_agency(head.settings, files.root, found, head.ignore)
    variables = secret_variables(files.parts)
    removals = make_removals(ended)
    return AgencyFile(
        head.settings, agency, resources, removals, tuple(head.ignore), keys, variables, layers.blocks, layers.named
    )


def _check(
    found: list[Declaration],
    ended: list[RemovalEntry],
    head: AgencyHead,
    layers: Layers,
    files: Files,
    report: Report,
) -> None:
    root = files.root or Place(Block(), (), Origin("", 1, 1))
    check_completeness(found, head, report, layers)
    check_relations(found, head, root.block, report, is_complete=files.is_complete)
    check_layer_references(layers, found, report, is_complete=files.is_complete)
    check_renames(found, report)
    check_removals(ended, found, report)
    check_ignored(root, found, ended, report)


def _attached(found: list[Declaration], folder: Path, report: Report) -> dict[Address, Any]:
    """Return the contents of files that blocks name."""
    read = ((one.address, declared_kind(one.address.kind).attachment(one, folder, report)) for one in found)
    return {address: held for address, held in read if held is not None}
