"""The transport of an account's own API, first version (docs/portal.md 1.1 and section 3).

It is found at ``/accounts/NAME/admin/api.php`` and ``/accounts/NAME/api.php``, where the vendor has a host of its own
for each account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agencyfile.local_portal.access import called_account, has_access, lock_reason
from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.envelope import enveloped, gateway_page, parse_lists, receive
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label
from agencyfile.local_portal.template_actions import ACTIONS

if TYPE_CHECKING:
    from starlette.requests import Request

API = "account_v1"
# What accounts have answered to a wrong key, as the issues of the vendor's own wrappers show.
_NOT_AUTHORIZED = "You are not authorized to access this file"


class AccountV1:
    """The first version of the accounts' own API: HTTP 200 to whatever it understands."""

    def read(self, request: Request, body: bytes) -> Call:
        """Return the call a request makes.

        A key comes as ``api_key``, in one reading also in the header ``Api-Token``; a user comes as ``api_user`` with
        ``api_pass`` or ``api_pass_h`` (``access`` has the readings).
        """
        received = receive(request, body, parse_lists)
        words = {name: str(received.parameters.pop(name, "")) for name in _TRANSPORT}
        action = words["api_action"] if words["api_action"] in ACTIONS else None
        user = "" if words["api_key"] else words["api_user"]
        return Call(
            api=API,
            action=action,
            method=request.method,
            path=request.scope["path"],
            parameters=received.parameters,
            credential=(words["api_pass"] or words["api_pass_h"]) if user else words["api_key"],
            is_write=action is not None and ACTIONS[action].is_write,
            output=words["api_output"] or "xml",
            problem=received.problem,
            account=account_label(request.path_params["account"]),
            user=user,
            is_digest=not words["api_pass"],
            token=request.headers.get("api-token", ""),
            base=_base(request),
        )

    def stored(self, action: str, parameters: Mapping[str, Any], account: str) -> Call:
        """Return a call that was kept to be carried out late."""
        return Call(api=API, action=action, parameters=parameters, is_write=True, account=account)

    def authenticate(self, turn: Turn, call: Call) -> Answer | None:
        """Refuse what has no access; a name without an account is a host that does not exist (inferred)."""
        row = called_account(turn.rows, call)
        if row is None:
            return gateway_page(404)
        if not has_access(turn, row, call):
            return self.refuse(call, Refusal(_NOT_AUTHORIZED))
        return None

    def carry_out(self, turn: Turn, call: Call) -> Answer:
        """Perform an action in the account and wrap its fields into the envelope."""
        if call.problem:
            raise call.problem
        row = called_account(turn.rows, call)
        if row is None:
            raise Absent(f"Account '{call.account}' does not exist.", "account")
        if reason := lock_reason(row, turn.now):
            raise Refusal(reason, "account")
        action = ACTIONS.get(call.action or "")
        if action is None:
            raise Refusal("The api_action is not known.")
        fields = action.perform(replace(turn, base=call.base), row, call.parameters)
        return enveloped(call, 1, action.message, fields)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the answer to a call that is refused: HTTP 200 and ``result_code`` 0 (docs/portal.md 1.1)."""
        return enveloped(call, 0, refusal.message, {})

    def fail(self, status: int) -> Answer:
        """Return the answer of a portal that is overloaded or broken."""
        return gateway_page(status)

    def subject(self, turn: Turn, call: Call) -> str | None:  # noqa: ARG002 - the shape of a front
        """Return the name of the account a call is about."""
        return call.account


def _base(request: Request) -> str:
    """Return the address of the account's own API without what follows the account's name."""
    return f"{request.url.scheme}://{request.url.netloc}/accounts/{request.path_params['account']}"


_TRANSPORT = ("api_action", "api_key", "api_user", "api_pass", "api_pass_h", "api_output")
