"""Plan documents as files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from plan import DocumentError, Plan
from plan.document import decode, read_back

Found = TypeVar("Found")


def parse_plan(text: str, path: Path) -> Plan:
    """The plan in `text`, to be applied, approved or commented on.

    Raises:
        DocumentError: it is no plan document, of an older format, damaged, or was changed after it was written.
    """
    return _parsed(text, path, decode)


def parse_document(text: str, path: Path) -> dict[str, Any]:
    """The document in `text`, to be shown.

    Raises:
        DocumentError: it is no plan document, is damaged, or was changed after it was written.
    """
    return _parsed(text, path, read_back)


def _parsed(text: str, path: Path, read: Callable[[object], Found]) -> Found:
    try:
        return read(json.loads(text))
    except (RecursionError, ValueError):
        raise DocumentError(f"{path} is not a plan document", fix="make one: agencyfile plan --out plan.json") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}", fix=error.fix) from None
