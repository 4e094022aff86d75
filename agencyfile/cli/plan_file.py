"""Plan documents as files."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from agencyfile.cli.document_check import mistakes_in
from agencyfile.cli.fixes import fix_of
from plan import DocumentError, Plan
from plan.document import decode, read_back
from plan.records.document import PlanDocument

Found = TypeVar("Found")

_MOST: Final = 50  # mistakes that are listed


def parse_plan(text: str, path: Path) -> Plan:
    """Return the plan in `text`, to be applied, approved or commented on.

    Raises:
        DocumentError: it is no plan document, of an older format, damaged, or was changed after it was written.
    """
    return _parsed(text, path, decode)


def parse_document(text: str, path: Path) -> PlanDocument:
    """Return the document in `text`, to be shown.

    Raises:
        DocumentError: it is no plan document, is damaged, or was changed after it was written.
    """
    return _parsed(text, path, read_back)


def _parsed(text: str, path: Path, read: Callable[[object], Found]) -> Found:
    """Read a document.

    What the decoder accepts is exactly what agencyfile writes, so the schema is asked about the rest alone: it names
    every mistake, where the decoder ends at the first.
    """
    try:
        document = json.loads(text)
        return read(document)
    except (RecursionError, ValueError):
        raise DocumentError(f"{path} is not a plan document", fix="make one: agencyfile plan --out plan.json") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {_explained(document, error)}", fix=fix_of(error)) from None


def _explained(document: object, error: DocumentError) -> str:
    """Every mistake in the form of the document; where its form is right, or not known, what the decoder says."""
    if not isinstance(document, Mapping) or not str(document.get("format_version", "")).startswith(("1.", "2.")):
        return str(error)
    try:
        mistakes = mistakes_in(document, "plan")
    except RecursionError:
        return str(error)
    if not mistakes:
        return str(error)
    rest = [f"and {len(mistakes) - _MOST:,} more"] if len(mistakes) > _MOST else []
    return "\n  ".join(["the plan document is damaged:", *mistakes[:_MOST], *rest])
