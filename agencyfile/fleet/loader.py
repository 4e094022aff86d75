"""From the path of a fleet file to a valid fleet."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from agencyfile.declarations.nodes import Block, inner
from agencyfile.declarations.place import Place
from agencyfile.declarations.report import Report
from agencyfile.fleet.agencies import find_agencies
from agencyfile.fleet.model import Fleet
from agencyfile.fleet.rules import RULES
from agencyfile.fleet.values import LONGEST_SHOWN
from agencyfile.fleet.waves import make_waves
from agencyfile.fleet.wire import FLEET_FILE, FleetDocument, Group, SharedKey
from agencyfile.language.document import parse_document
from agencyfile.language.problems import report_not_block, validated
from agencyfile.language.redaction import redacted
from agencyfile.language.source import Reader
from plan.address import Origin
from plan.diagnostic import Diagnostic

CONCURRENCY: Final = 4  # children at a time, unless the file says otherwise
_REVEALING: Final = ("plaintext-secret", "environment-reference")  # their source line may show a key
# `key` is followed by the name of a key, which is shorter than any key, and `keys` by a mapping.
_HARMLESS: Final = {
    "key": re.compile(rf"""(["']?)[A-Za-z0-9_./-]{{1,{LONGEST_SHOWN}}}\1\s*(?:[,}}#]|$)"""),
    "keys": re.compile(r"\{|$"),
}


@dataclass(frozen=True, slots=True)
class LoadedFleet:
    """The result of loading. `fleet` is None when there is any error; `sources` are the texts for carets."""

    fleet: Fleet | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def load_fleet(path: Path, environ: Mapping[str, str]) -> LoadedFleet:
    """Read and validate the fleet file at `path`, and find its agencies.

    Every problem is a diagnostic; none is raised. `environ` decides which variables a fleet may name; no value of it is
    read.
    """
    texts: dict[str, str] = {}
    report = Report(RULES, texts)
    root = _root(path, Reader(report, texts=texts), report)
    fleet = None if root is None else _checked(path, environ, root, report)
    found = report.diagnostics()
    return LoadedFleet(None if report.has_errors else fleet, found, _masked(texts, found, root))


def _checked(path: Path, environ: Mapping[str, str], root: Place, report: Report) -> Fleet | None:
    words: Mapping[str, Any] | None = validated(_adapter(FleetDocument), root, report, FLEET_FILE)
    if words is None:
        find_agencies(_salvaged(root.block), root, path.parent, environ, report)
        return None
    agencies = find_agencies(words, root, path.parent, environ, report)
    waves = make_waves(words.get("waves"), root, agencies, report)
    return Fleet(words["fleet"], path, words.get("concurrency", CONCURRENCY), waves, dict(words.get("schedules", {})))


def _salvaged(block: Block) -> Mapping[str, Any]:
    """Return the groups and keys that are valid by themselves, so that their other mistakes are told too.

    A key that is wrong is known all the same: groups may name it.
    """
    groups = {name: _valid(Group, group) for name, group in inner(block, "agencies").items()}
    keys = {name: _valid(SharedKey, key) or {} for name, key in inner(block, "keys").items()}
    return {"agencies": {name: group for name, group in groups.items() if group}, "keys": keys}


def _valid(model: Any, block: object) -> Any:
    try:
        return _adapter(model).validate_python(block)
    except ValidationError:
        return None


def _root(path: Path, reader: Reader, report: Report) -> Place | None:
    name = str(path)
    if not path.exists():
        report.add("file-unreadable", Origin(name, 1, 1), "There is no such file here.", fix=_way_to(path))
        return None
    text = reader.text(path, name)
    document = None if text is None else parse_document(text, name, report, reader.limits)
    if document is None or not document.is_complete:
        return None
    if isinstance(document.root, Block):
        return Place(document.root, (), Origin(name, 1, 1))
    if document.root is None:
        report.add("empty-file", document.origin, "The file declares nothing.", fix="begin with version: 1 and fleet:")
    else:
        report_not_block(document.root, FLEET_FILE.name, document.origin, report)
    return None


def _way_to(path: Path) -> str:
    """Return how to get from here to a fleet file that is not here."""
    found = next((folder / path for folder in Path.cwd().parents if (folder / path).is_file()), None)
    return f"work in {found.parent}, or add -f {found}" if found else "work in the fleet's folder, or name it with -f"


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _masked(texts: Mapping[str, str], found: tuple[Diagnostic, ...], root: Place | None) -> dict[str, str]:
    """Return the texts without secrets. A file that could not be read as YAML shows nothing below `keys`."""
    places = [(one.origin.line, one.origin.column) for one in found if one.rule in _REVEALING and one.origin]
    if root is None:
        return {name: redacted(text, places[::-1]) for name, text in texts.items()}
    places += _plain_keys(root)
    return {name: redacted(text, sorted(places, reverse=True), _HARMLESS) for name, text in texts.items()}


def _plain_keys(root: Place) -> Iterator[tuple[int, int]]:
    """Yield where a key of the portal seems to stand in place of the mapping that a name under `keys` has."""
    for name, value in inner(root.block, "keys").items():
        if not isinstance(value, Block):
            origin = root.value_origin(("keys", name))
            yield origin.line, origin.column
