"""Lists of accounts' own APIs, as kinds describe them (`OwnList`; `docs/portal.md` section 3)."""

from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from agencyfile.kinds.faults import Declined, Unclear
from agencyfile.kinds.rows import OwnList, Row
from agencyfile.portal.apis.account_api import AccountApi
from agencyfile.portal.apis.envelope import is_empty_list
from agencyfile.portal.apis.wire import field_of, rows_of, total_of
from agencyfile.portal.http.transport import Answer
from agencyfile.portal.lists.pages import MOST_PAGES, check_pages

_ROWS: Final = 20  # of a page in version 3, where `limit` says nothing else
_MOST_ROWS: Final = 100  # a larger `limit` is cut to it without a word


def read_own(api: AccountApi, source: OwnList[Row]) -> tuple[Row, ...]:
    """Return the rows of one list of one account: one request, and in version 3 one for each further page.

    Raises:
        Fault: there is no clear answer, or the list is not whole.
    """
    name = source.name
    if source.path:
        return _paged(api, source)
    request = api.query(name, source.parameters)
    return api.sending.repeat(request, lambda answer: rows_of(_numbered(api, answer, name), source.row, name=name))


def _paged(api: AccountApi, source: OwnList[Row]) -> tuple[Row, ...]:
    """Return the rows of a list of version 3, page by page: up to its `meta.total`, or to a page that is not full.

    A row that comes in two pages means that the list moved, and another one may have been missed.
    """
    most = min(int(source.parameters.get("limit", _ROWS)), _MOST_ROWS)
    name, found, seen = source.name, list[Row](), set[Row]()

    def decoded(answer: Answer) -> tuple[tuple[Row, ...], int]:
        document = api.documents(name)(answer)
        return rows_of(field_of(document, source.holds, name=name), source.row, name=name), total_of(document)

    for page in count():
        check_pages(page, MOST_PAGES)
        query = {**source.parameters, "offset": str(len(found))} if found else source.parameters
        rows, total = api.sending.repeat(api.rest(name, "GET", source.path, query=query), decoded)
        if not seen.isdisjoint(rows):
            raise Unclear(f"{name}: the list changed while it was read", fix="try again")
        found += rows
        seen.update(rows)
        if total <= len(found) and (total or len(rows) < most):
            break
        if not rows:
            raise Unclear(f"{name}: the list ends after {len(found):,} of {total:,} rows", fix="try again")
    return tuple(found)


def _numbered(api: AccountApi, answer: Answer, name: str) -> list[Any]:
    """Return the rows of version 1: the values under numbers, beside the envelope's own keys."""
    try:
        envelope = api.decoder(name)(answer)
    except Declined as fault:
        if is_empty_list(fault):
            return []
        raise
    rows = [value for key, value in envelope.items() if key.isdecimal()]
    if not rows and any(isinstance(value, list | Mapping) for value in envelope.values()):
        raise Unclear(f"{name}: the answer holds rows of something else", fix="try again later")
    return rows
