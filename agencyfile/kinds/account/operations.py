"""The operations of accounts and sandboxes: the agency API's, and the hub's creation (`docs/portal.md` 1.2, 1.8)."""

from collections.abc import Mapping
from typing import Any, Final

from agencyfile.fields.account_names import HOST_SUFFIX, account_label, login_url
from agencyfile.kinds.account.explanations import explain_cancellation, explain_creation, explain_edit
from agencyfile.kinds.account.hub_order import make_order
from agencyfile.kinds.account.reactivation import REACTIVATES
from agencyfile.kinds.account.signals import see_cancellation, see_creation, see_edit
from agencyfile.kinds.operation import Api, Message, Operation, Seen, every_parameter
from agencyfile.kinds.questions import Questions
from agencyfile.kinds.readings import ACCOUNT_FORM, Question
from plan.call import Call, Confirmed, Credential, Effect, OperationClass
from plan.values import Secret

NAMED: Final = (("account", "account"),)
NAMED_WITH_STATUS: Final = (*NAMED, ("status", "status"))
HUB_NO: Final = (400, 401, 404)  # docs/portal.md 1.8: ApiErrorResponse, and for 401 UnauthorizedResponse
HUB_ORDER_NO: Final = (*HUB_NO, 422)

_CREATION: Final = Seen(("account list", "account status", "name check", "hub list", "cloning jobs"), see_creation)
_HUB_PATH: Final = "api/child-accounts/v1/"


def _order(call: Call, questions: Questions) -> Message:
    return Message(make_order(call.parameters, questions.hub_words), _HUB_PATH)


def _edited(call: Call, questions: Questions) -> Message:
    """Build an edit of everything but the mark of a reactivation."""
    message = every_parameter(call, questions)
    return Message({name: value for name, value in message.fields.items() if name != REACTIVATES})


def _created(call: Call, envelope: Mapping[str, Any]) -> Confirmed:
    """Return the remote id of an account: its name. A sandbox has a number instead, which only the hub's list tells."""
    label = account_label(str(call.parameters["account"]))
    return Confirmed(None if call.address.kind == "sandbox" else label, _credential(label, envelope))


def _named(envelope: Mapping[str, Any]) -> tuple[tuple[Question, str], ...]:
    name = str(envelope.get("account") or "").strip().lower()
    return ((ACCOUNT_FORM, "host" if name.endswith(HOST_SUFFIX) else "label"),)


def _created_at_hub(call: Call, _: Mapping[str, Any]) -> Confirmed:
    """Return no login: the hub's answer to a write has no body (`docs/portal.md` 1.8)."""
    return Confirmed(account_label(str(call.parameters["account"])))


def _credential(label: str, envelope: Mapping[str, Any]) -> Credential | None:
    """Return the login, which only this answer shows (`docs/portal.md` rule 10); None if the answer lacks it."""
    username, password = envelope.get("username"), envelope.get("password")
    if not isinstance(password, str | int) or not str(password):
        return None
    return Credential(login_url(label), str(username or "admin"), Secret(str(password)))


CREATE: Final = Operation(
    name="account_add",
    api=Api.AGENCY,
    method="POST",
    operation_class=OperationClass.CREATE,
    again="a second charge",
    seen=_CREATION,
    names_account=True,
    repeats=NAMED,
    documented=("username", "password"),
    confirm=_created,
    shown=_named,
    explain=explain_creation,
)
CREATE_AT_HUB: Final = Operation(
    name="child_account_create",
    api=Api.HUB,
    method="POST",
    operation_class=OperationClass.CREATE,
    again="a second charge",
    seen=_CREATION,
    build=_order,
    refused=HUB_ORDER_NO,
    repeats=(("account_name", "account"),),
    documented=("id", "reseller_id", "account_name", "created_at", "updated_at"),
    confirm=_created_at_hub,
    explain=explain_creation,
)
EDIT: Final = Operation(
    name="account_edit",
    api=Api.AGENCY,
    method="POST",
    operation_class=OperationClass.ABSOLUTE,
    again="nothing; a dearer plan is a charge",
    seen=Seen(("the plan in the account list, where it changes", "the state there, for a reactivation"), see_edit),
    build=_edited,
    repeats=NAMED,
    explain=explain_edit,
)
SET_STATUS: Final = Operation(
    name="account_status_set",
    api=Api.AGENCY,
    method="GET",  # as every client sends it
    operation_class=OperationClass.ABSOLUTE,
    effect=Effect.REVERSIBLE,
    again="nothing",
    repeats=NAMED_WITH_STATUS,
)
CANCEL: Final = Operation(
    name="account_cancel",
    api=Api.AGENCY,
    method="GET",  # as every client sends it
    operation_class=OperationClass.DESTROY,
    effect=Effect.PERMANENT,
    again="ends it once more",
    seen=Seen(("the state in the account list", "status"), see_cancellation),
    repeats=NAMED,
    explain=explain_cancellation,
)

OPERATIONS: Final = (CREATE, CREATE_AT_HUB, EDIT, SET_STATUS, CANCEL)
