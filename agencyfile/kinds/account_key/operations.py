"""The operation that fetches the key of a new account: `user_me` of its own API, by its login (`docs/portal.md` 3)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from agencyfile.kinds.faults import Declined
from agencyfile.kinds.operation import Api, Operation
from agencyfile.kinds.questions import USER
from plan.call import Call, Confirmed, Credential, Effect, OperationClass
from plan.values import Secret

_KEY: Final = re.compile(r"[!-~]{8,512}", re.ASCII)  # it goes into a header
_LONGEST: Final = 512  # characters of an address or a user name
_OFF: Final = (
    "templates and branding of new accounts are manual steps with agency.portal.fetch_account_keys: false; "
    "for this account, without an identity (AGENCYFILE_IDENTITY)"
)


def _fetched(_: Call, envelope: Mapping[str, Any]) -> Confirmed:
    """Return the key as a credential. The connection decides whether its address may be used.

    Raises:
        Declined: the answer holds no key.
    """
    key = envelope.get("apikey")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Declined(f"{USER}: the answer holds no key of the account's own API", fix=_OFF)
    url, user = envelope.get("apiurl"), envelope.get("username")
    return Confirmed(credential=Credential(_text(url), _text(user) or "admin", Secret(key)))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= _LONGEST else ""


FETCH: Final = Operation(
    name=USER,
    api=Api.ACCOUNT_V1,
    method="POST",  # so that the login stands in no URL
    operation_class=OperationClass.READ,
    effect=Effect.REVERSIBLE,
    again="nothing: it only reads",
    fetches_key=True,
    documented=("id", "username", "first_name", "last_name", "email", "apiurl", "apikey"),
    confirm=_fetched,
)

OPERATIONS: Final = (FETCH,)
