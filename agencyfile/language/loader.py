"""From the path of an agency file to validated resources."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agencyfile.language.agency import AgencyHead, read_head
from agencyfile.language.agency_settings import make_agency
from agencyfile.language.collector import collector_paused
from agencyfile.language.completeness import check_completeness
from agencyfile.language.declarations import Declaration, declarations
from agencyfile.language.environment import account_keys, report_misplaced_references, secret_variables
from agencyfile.language.files import read_files
from agencyfile.language.ignore_rules import check_ignored
from agencyfile.language.problems import Place
from agencyfile.language.redaction import redacted
from agencyfile.language.relations import check_relations
from agencyfile.language.removals import Ending, check_endings, endings, make_removals
from agencyfile.language.renames import check_renames
from agencyfile.language.report import Report
from agencyfile.language.resources import make_resources
from agencyfile.language.settings import AgencyFile
from agencyfile.language.source import Reader
from agencyfile.language.template_files import TemplateFile, template_file
from agencyfile.language.templates import check_templates
from plan.address import Address
from plan.diagnostic import Diagnostic

_REVEALING: Final = frozenset({"plaintext-secret", "environment-reference"})  # their source line shows a secret


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading.

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
    report = Report(texts)
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
    report_misplaced_references(files, report)
    head = read_head(files.root, path, environ, report)
    found = declarations(files, report)
    ended = endings(files, report)
    _check(found, ended, head, files.root, report, is_complete=files.is_complete)
    keys = account_keys(found, environ, report)
    contents = _contents(found, path.parent, report)
    if report.has_errors or head.settings is None:
        return None
    resources = make_resources(found, head, contents)
    agency = make_agency(head.settings, files.root, found, head.ignore)
    variables = secret_variables(files)
    return AgencyFile(head.settings, agency, resources, make_removals(ended), head.ignore, keys, variables)


def _check(
    found: list[Declaration], ended: list[Ending], head: AgencyHead, root: Place, report: Report, *, is_complete: bool
) -> None:
    check_completeness(found, head, report)
    check_templates(found, report)
    check_relations(found, head, root.block, report, is_complete=is_complete)
    check_renames(found, report)
    check_endings(ended, found, report)
    check_ignored(root, found, ended, report)


def _contents(found: list[Declaration], folder: Path, report: Report) -> dict[Address, TemplateFile]:
    """What the files of basic templates hold."""
    contents = {}
    for declaration in found:
        html = declaration.text("html") if declaration.section == "templates" else None
        if html is not None:
            origin = declaration.block.values_at["html"]
            contents[declaration.address] = template_file(folder, html, origin, declaration.address, report)
    return contents
