"""The transport of the agency API (docs/portal.md 1.1): parameters, the check of the key, the form of answers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agencyfile.local_portal.agency_actions import ACTIONS
from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.envelope import enveloped, gateway_page, parse_plain, receive
from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class AgencyApi:
    """The agency API, which answers HTTP 200 to whatever it understands, successes and failures alike."""

    key: str = field(repr=False)

    def read(self, request: Request, body: bytes) -> Call:
        """Return the call a request makes."""
        received = receive(request, body, parse_plain)
        parameters = received.parameters
        action = parameters.pop("api_action", "")
        return Call(
            api="agency",
            action=action if action in ACTIONS else None,
            method=request.method,
            path=request.scope["path"],
            credential=parameters.pop("api_key", ""),
            output=parameters.pop("api_output", "xml"),
            is_write=action in ACTIONS and ACTIONS[action].is_write,
            parameters=parameters,
            problem=received.problem,
        )

    def stored(self, action: str, parameters: Mapping[str, Any], account: str) -> Call:  # noqa: ARG002 - a front's shape
        """Return a call that was kept to be carried out late."""
        return Call(api="agency", action=action, parameters=parameters, is_write=True)

    def authenticate(self, turn: Turn, call: Call) -> Answer | None:  # noqa: ARG002 - the shape of a front
        """Refuse a wrong key in the words clients look for, which repeat the key (docs/portal.md 1.1)."""
        if hmac.compare_digest(call.credential.encode(), self.key.encode()):
            return None
        return self.refuse(call, Refusal(f"Authentication for API key '{call.credential}' failed."))

    def carry_out(self, turn: Turn, call: Call) -> Answer:
        """Perform an action and wrap its fields into the envelope."""
        if call.problem:
            raise call.problem
        action = ACTIONS.get(call.action or "")
        if action is None:
            raise Refusal("The api_action is not known.")
        fields = action.perform(turn, call.parameters)
        return enveloped(call, 1, action.message, fields)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the answer to a call that is refused: HTTP 200 and ``result_code`` 0 (docs/portal.md 1.1)."""
        return enveloped(call, 0, refusal.message, {})

    def fail(self, status: int) -> Answer:
        """Return the answer of a portal that is overloaded or broken."""
        return gateway_page(status)

    def subject(self, turn: Turn, call: Call) -> str | None:  # noqa: ARG002 - the shape of a front
        """Return the name of the account a call is about."""
        return account_label(str(call.parameters.get("account", ""))) or None
