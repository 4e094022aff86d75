"""Files of expectations: where they are, and the cases in them, each with its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from agencyfile.cli.expectations import words
from agencyfile.cli.expectations.model import Expectations
from agencyfile.declarations.folder import is_inside
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fields.wording import shown
from agencyfile.language.document import parse_document
from agencyfile.language.problems import Form, report_not_block, validated
from agencyfile.language.rules import RULES
from agencyfile.language.source import Reader
from plan.address import Origin
from plan.diagnostic import Diagnostic, has_errors

FILE: Final = "expectations.yaml"
FOLDER: Final = "expectations"


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `place` is its block; `portal` what its portal holds, with the place of that in `portal_at`."""

    file: str
    name: str
    place: Place
    agency_file: Path
    applied: Path | None
    targets: tuple[str, ...]
    portal: Mapping[str, Any]
    portal_at: Origin
    expect: Mapping[str, Any]

    @property
    def origin(self) -> Origin:
        """The place of the case."""
        return self.place.value_origin(("name",))

    def at(self, *path: str | int) -> Origin:
        """Return the place of an expectation, or of the nearest thing above it."""
        return self.place.key_origin(("expect", *path))


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of several files, the mistakes in those files, and their texts for carets."""

    cases: tuple[Case, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]

    @property
    def has_errors(self) -> bool:
        """Is there a mistake in a file?"""
        return has_errors(self.diagnostics)


def files_beside(agency_file: Path) -> list[Path]:
    """Return the files of expectations that stand beside an agency file, in order."""
    folder = agency_file.parent
    own = [folder / FILE] if (folder / FILE).is_file() else []
    return own + sorted(path for path in (folder / FOLDER).glob("*.yaml") if path.is_file())


def read_cases(paths: Sequence[Path], agency_file: Path) -> Suite:
    """Read files of expectations of the agency file at `agency_file`. Each mistake is a diagnostic; none is raised."""
    texts: dict[str, str] = {}
    report = Report(_RULES, texts)
    reader = Reader(report, texts=texts)
    cases = [case for path in paths for case in _cases(path, agency_file, reader)]
    return Suite(tuple(cases), report.diagnostics(), texts)


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Expectations)


_RULES: Final = {**RULES, **{rule.id: rule for rule in words.RULES}}
_FORM: Final = Form("the file of expectations", Expectations, (), _RULES)


def _cases(path: Path, agency_file: Path, reader: Reader) -> Iterator[Case]:
    name, report = str(path), reader.report
    text = reader.text(path, name)
    document = None if text is None else parse_document(text, name, report, reader.limits)
    if document is None or not document.is_complete:
        return
    if not isinstance(document.root, Block):
        report_not_block(document.root, _FORM.name, document.origin, report)
        return
    root = Place(document.root, (), Origin(name, 1, 1))
    found = validated(_adapter(), root, report, _FORM)
    if found is None:
        return
    if not found["cases"]:
        report.add("no-cases", root.value_origin(("cases",)), "The file holds no case, so that nothing is tested.")
    names: dict[str, Origin] = {}
    for number, case in enumerate(found["cases"]):
        block = document.root["cases"][number]
        place = Place(block, ("cases", number), root.value_origin(("cases", number)))
        origin = place.value_origin(("name",))
        if case["name"] in names:
            detail = f"The case {shown(case['name'])} stands at {names[case['name']]} already."
            report.add("expected-duplicate", origin, detail)
        names.setdefault(case["name"], origin)
        yield _case(case, place, root, found.get("portal"), agency_file, report)


def _case(
    words_of: Mapping[str, Any],
    place: Place,
    root: Place,
    common: Mapping[str, Any] | None,
    agency_file: Path,
    report: Report,
) -> Case:
    given = words_of.get("given", {})
    own = given.get("portal")
    portal_at = root.key_origin(("portal",)) if own is None and common else place.key_origin(("given", "portal"))
    return Case(
        file=root.key_at.file,
        name=words_of["name"],
        place=place,
        agency_file=_path(given, "file", place, agency_file, report) or agency_file,
        applied=_path(given, "applied", place, agency_file, report),
        targets=tuple(given.get("target", ())),
        portal=(common or {}) if own is None else own,
        portal_at=portal_at,
        expect=words_of["expect"],
    )


def _path(given: Mapping[str, Any], word: str, place: Place, agency_file: Path, report: Report) -> Path | None:
    """Return the agency file that a case names, below the folder of the one that is tested."""
    if word not in given:
        return None
    folder, origin = agency_file.parent, place.value_origin(("given", word))
    path: Path = folder / given[word]
    if not is_inside(path, folder):
        report.add("expected-path", origin, f"{shown(given[word])} leads out of the folder of the agency file.")
    elif not path.is_file():
        report.add("expected-file", origin, f"There is no file {shown(str(path))}.")
    return path
