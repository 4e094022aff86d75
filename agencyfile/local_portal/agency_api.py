"""The transport of the agency API (portal.md 1.1): where parameters travel, how a key is checked, how answers look."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from agencyfile.local_portal.agency_actions import ACTIONS
from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.errors import Malformed, Refusal
from agencyfile.local_portal.shapes import account_label
from agencyfile.local_portal.turn import Turn
from agencyfile.local_portal.wire import MEDIA_TYPES, render

if TYPE_CHECKING:
    from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class AgencyApi:
    """The agency API, which answers HTTP 200 to whatever it understands, successes and failures alike."""

    key: str = field(repr=False)

    def read(self, request: Request, body: bytes) -> Call:
        """Merge query and body, for clients differ in what they send where (portal.md 1.1); the body wins."""
        media_type = request.headers.get("content-type", FORM).split(";")[0].strip().lower()
        problem = None
        parameters = dict(parse_qsl(request.url.query, keep_blank_values=True))
        if body and media_type == FORM:
            parameters |= parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        elif body:
            problem = Malformed(f"The body of a request must be {FORM}.")
        action = parameters.pop("api_action", "")
        return Call(
            api="agency",
            action=action if action in ACTIONS else None,
            method=request.method,
            path=request.url.path,
            credential=parameters.pop("api_key", ""),
            output=parameters.pop("api_output", "xml"),
            is_write=action in ACTIONS and ACTIONS[action].is_write,
            parameters=parameters,
            problem=problem,
        )

    def stored(self, action: str, parameters: Mapping[str, Any]) -> Call:
        """Return a call that was kept to be carried out late."""
        return Call(api="agency", action=action, parameters=parameters, is_write=True)

    def authenticate(self, call: Call) -> Answer | None:
        """Refuse a wrong key in the words clients look for, which repeat the key (portal.md 1.1)."""
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
        return _envelope(call, 1, action.message, fields)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the answer to a call that is refused: HTTP 200 and ``result_code`` 0 (portal.md 1.1)."""
        return _envelope(call, 0, refusal.message, {})

    def fail(self, status: int) -> Answer:
        """Return what a gateway answers in front of a portal that is overloaded or broken: a page, no envelope."""
        page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        return Answer(status=status, body=page.encode(), media_type="text/html")

    def subject(self, turn: Turn, call: Call) -> str | None:  # noqa: ARG002 - the shape of a front
        """Return the name of the account a call is about."""
        return account_label(str(call.parameters.get("account", ""))) or None


def _envelope(call: Call, code: int, message: str, fields: Mapping[str, Any]) -> Answer:
    output = call.output if call.output in MEDIA_TYPES else "xml"
    payload = {**fields, "result_code": code, "result_message": message, "result_output": output}
    body = render(output, call.action or "response", payload)
    return Answer(body=body, media_type=MEDIA_TYPES[output], result_code=code)
