"""The operation that brands an account: version 3 of its own API (`docs/portal.md` section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agencyfile.kinds.faults import Declined, NotSent
from agencyfile.kinds.operation import Api, Message, Operation, own_url, text_parameter
from agencyfile.kinds.questions import Questions
from agencyfile.kinds.rows import OwnList
from plan.call import Call, Effect, OperationClass


@dataclass(frozen=True, slots=True)
class BrandingRow:
    """The branding of an account, without its content, which is not read."""

    id: str
    groupid: str = ""


_PATH: Final = "brandings"
_GROUP: Final = "3"  # the only group that there is a branding for
BRANDINGS: Final = OwnList("branding_list", BrandingRow, path=_PATH, holds=_PATH)


def _setting(call: Call, questions: Questions) -> Message:
    """Build the message. One request looks up the id of the branding. Fields that are not sent stay unchanged (INF)."""
    fields = call.parameters.get("branding")
    if not isinstance(fields, Mapping):
        raise NotSent(f"the branding of {call.address} is not known: this is a bug in agencyfile")
    rows = questions.own(BRANDINGS, text_parameter(call, "account"), own_url(call.parameters))
    chosen = next((row for row in rows if row.groupid == _GROUP), rows[0] if rows else None)
    if chosen is None:
        raise Declined("the account shows no branding", fix="set it by hand once, in the partner portal")
    return Message({"branding": dict(fields)}, f"{_PATH}/{chosen.id}")


EDIT: Final = Operation(
    name="branding_edit",
    api=Api.ACCOUNT_V3,
    method="PUT",
    operation_class=OperationClass.ABSOLUTE,
    effect=Effect.REVERSIBLE,
    again="nothing",
    build=_setting,
    shows="branding",
    refused=(400, 401, 403, 404, 422),
    documented=("branding",),
)

OPERATIONS: Final = (EDIT,)
