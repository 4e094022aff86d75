"""Lists of accounts' own APIs, as kinds describe them (`OwnList`; `docs/portal.md` section 3)."""

from collections.abc import Mapping
from typing import Any

from agencyfile.kinds.faults import Declined, Unclear
from agencyfile.kinds.rows import OwnList, Row
from agencyfile.portal.apis.account_api import AccountApi
from agencyfile.portal.apis.envelope import is_empty_list
from agencyfile.portal.apis.wire import field_of, rows_of
from agencyfile.portal.http.transport import Answer


def read_own(api: AccountApi, source: OwnList[Row]) -> tuple[Row, ...]:
    """Return the rows of one list of one account: one request.

    Raises:
        Fault: there is no clear answer.
    """
    is_rest, name = bool(source.path), source.name
    request = (
        api.rest(name, "GET", source.path, query=source.parameters) if is_rest else api.query(name, source.parameters)
    )

    def rows(answer: Answer) -> tuple[Row, ...]:
        items = (
            field_of(api.documents(name)(answer), source.holds, name=name) if is_rest else _numbered(api, answer, name)
        )
        return rows_of(items, source.row, name=name)

    return api.sending.repeat(request, rows)


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
