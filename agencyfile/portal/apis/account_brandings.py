"""The branding of one account: version 3 of its own API (`portal.md` section 3)."""

from collections.abc import Mapping
from typing import Final

from agencyfile.portal.apis.account_api import AccountApi
from agencyfile.portal.apis.operations import OPERATIONS
from agencyfile.portal.apis.wire import BrandingRow, field_of, rows_of
from agencyfile.portal.http.faults import Declined
from agencyfile.portal.http.transport import Answer

LIST: Final = "branding_list"
EDIT: Final = "branding_edit"

_PATH: Final = "brandings"
_GROUP: Final = "3"  # the only group that there is a branding for


def branding_id(api: AccountApi) -> str:
    """The id of an account's branding: one request.

    Raises:
        Fault: there is no clean answer, or the account shows no branding.
    """
    decode = api.documents(LIST)

    def rows(answer: Answer) -> tuple[BrandingRow, ...]:
        return rows_of(field_of(decode(answer), _PATH, name=LIST), BrandingRow, name=LIST)

    found = api.sending.repeat(api.rest(LIST, "GET", _PATH), rows)
    chosen = next((row for row in found if row.groupid == _GROUP), found[0] if found else None)
    if chosen is None:
        raise Declined("the account shows no branding", fix="set it by hand once, in the partner portal")
    return chosen.id


def edit_branding(api: AccountApi, branding: str, fields: Mapping[str, object]) -> None:
    """Set fields of a branding; those that are not sent stay as they are (INF).

    Raises:
        Fault: there is no clean yes.
    """
    request = api.rest(EDIT, "PUT", f"{_PATH}/{branding}", {"branding": dict(fields)})
    api.sending.repeat(request, api.rest_write_decoder(OPERATIONS[EDIT]))
