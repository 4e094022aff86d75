"""The form of plan documents: its version, its type, and the digest over all of it."""

from collections.abc import Mapping
from typing import Any, Final

from plan.values import digest

FORMAT_VERSION: Final = "2.0"  # 2.0: settings are changes, and two digests cover everything that decides or is shown
DOMAIN: Final = "agencyfile plan document 2"

Document = Mapping[str, Any]


def document_digest(document: Document) -> str:
    """The digest over everything in `document` but this digest itself.

    The digest that is approved is over what decides, so that the same plan has the same one at another time. This one
    is over the rest too: figures of the portal, drift, lines of files.
    """
    rest = {key: value for key, value in document.items() if key != "document_digest"}
    return "doc2_" + digest([DOMAIN, rest])[:40]
