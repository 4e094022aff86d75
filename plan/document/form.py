"""The format of plan documents: its version, and the digest over all of a document."""

from collections.abc import Mapping
from typing import Final

from plan.values import digest

# 2.0: settings are changes, and two digests cover everything that decides or is shown
# 2.1: `totals` holds every number that a renderer shows
# 2.2: `money` and `rows`: what recurs before and after, by client; `per_month` is the signed difference
FORMAT_VERSION: Final = "2.2"
_SINCE_2_1: Final = ("max_monthly", "money", "rows", "review", "background", "request")
ADDED_SINCE: Final[Mapping[str, tuple[str, ...]]] = {  # formats that are decoded
    "2.0": ("totals", *_SINCE_2_1),
    "2.1": _SINCE_2_1,
    "2.2": (),
}
DOMAIN: Final = "agencyfile plan document 2"


def document_digest(document: Mapping[str, object]) -> str:
    """Return the digest over everything in `document` but this digest itself.

    The digest that is approved covers what decides, so the same plan has the same digest at another time. This one also
    covers the rest: figures of the portal, drift, lines of files.
    """
    rest = {key: value for key, value in document.items() if key != "document_digest"}
    return "doc2_" + digest([DOMAIN, rest])[:40]
