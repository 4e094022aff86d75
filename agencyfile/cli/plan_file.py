"""Plan documents as files."""

import json
from pathlib import Path

from plan import DocumentError, Plan
from plan.document import decode


def parse_plan(text: str, path: Path) -> Plan:
    """The plan in `text`.

    Raises:
        DocumentError: it is no plan document, is damaged, or was changed after it was written.
    """
    try:
        return decode(json.loads(text))
    except (RecursionError, ValueError):
        raise DocumentError(f"{path} is not a plan document", fix="make one: agencyfile plan -out plan.json") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}", fix=error.fix) from None
