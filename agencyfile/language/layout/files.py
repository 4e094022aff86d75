"""Files as they are and as they should be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from agencyfile.declarations.nodes import Block
from agencyfile.language.collector import collector_paused
from agencyfile.language.document import parse_document
from agencyfile.language.files import read_files
from agencyfile.language.layout import LayoutError, laid_out
from agencyfile.language.problems import report_not_block
from agencyfile.language.redaction import redacted
from agencyfile.language.rules import make_report
from agencyfile.language.source import Reader
from plan.diagnostic import Diagnostic, Severity

_MARK: Final = "\ufeff"
STDIN: Final = "<stdin>"
_OF_THE_LANGUAGE: Final = frozenset({"unknown-key"})  # a file may be laid out before its words are right


@dataclass(frozen=True, slots=True)
class Draft:
    """One file: its `text` as it is, and `result`, the same in our layout."""

    name: str
    text: str
    result: str

    @property
    def is_laid_out(self) -> bool:
        """Is the file in our layout already?"""
        return self.text == self.result


@dataclass(frozen=True, slots=True)
class Drafts:
    """The result of reading files: all of them, or none and the errors that `validate` finds in their YAML.

    `sources` is the text of each file by its name, for carets; what looks like a secret is masked.
    """

    files: tuple[Draft, ...]
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def agency_drafts(path: Path) -> Drafts:
    """The agency file at `path` and every file that it includes.

    Raises:
        LayoutError: a file cannot be laid out without changing what it says; its name is in the message.
    """
    reader = _reader()
    with collector_paused():
        read_files(path, reader)
        return _drafts(reader)


def file_drafts(paths: Iterable[Path]) -> Drafts:
    """The files at `paths`, whatever includes them.

    Raises:
        LayoutError: as for `agency_drafts`.
    """
    reader = _reader()
    with collector_paused():
        for path in dict.fromkeys(paths):
            _check(reader.text(path, str(path)), str(path), reader)
        return _drafts(reader)


def stream_drafts(stream: BinaryIO) -> Drafts:
    """Read `stream` as one file.

    Raises:
        LayoutError: as for `agency_drafts`.
    """
    reader = _reader()
    with collector_paused():
        _check(reader.text_of_stream(stream, STDIN), STDIN, reader)
        return _drafts(reader)


def _reader() -> Reader:
    texts: dict[str, str] = {}
    return Reader(make_report(texts), texts=texts)


def _check(text: str | None, name: str, reader: Reader) -> None:
    document = None if text is None else parse_document(text, name, reader.report, reader.limits)
    if document is None or not document.is_complete or document.root is None or isinstance(document.root, Block):
        return
    report_not_block(document.root, "an agency file", document.origin, reader.report)


def _drafts(reader: Reader) -> Drafts:
    errors = tuple(one for one in reader.report.diagnostics() if _is_about_yaml(one))
    if errors:
        return Drafts((), errors, {name: redacted(text) for name, text in reader.texts.items()})
    return Drafts(tuple(_draft(name, reader) for name in reader.texts), (), reader.texts)


def _is_about_yaml(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is Severity.ERROR and diagnostic.rule not in _OF_THE_LANGUAGE


def _draft(name: str, reader: Reader) -> Draft:
    text = reader.texts[name]
    values = parse_document(text, name, reader.report, reader.limits).root
    try:
        result = laid_out(text, values)
    except LayoutError as error:
        raise LayoutError(f"{name} cannot be laid out: {error}") from None
    return Draft(name, _MARK + text if name in reader.marked else text, result)
