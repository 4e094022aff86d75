"""The third version of the accounts' own API (docs/portal.md section 3): REST and JSON, with the key in a header.

It is found at ``/accounts/NAME/api/3/``, where the vendor has a host for each account that does not follow from its
name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from agencyfile.local_portal import brandings
from agencyfile.local_portal.access import called_account, has_access, lock_reason
from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.database import Row
from agencyfile.local_portal.errors import Absent, Invalid, Malformed, Refusal, Violation
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label, parse_json, parse_number

if TYPE_CHECKING:
    from starlette.requests import Request

API = "account_v3"
_BRANDINGS = "brandings"
_ITEM_PARTS = 2
_LOCKED = "account"


@dataclass(frozen=True, slots=True)
class Action:
    """The effect of a request in one account, and whether it changes something."""

    perform: Callable[[Turn, Row, Mapping[str, Any]], dict[str, Any]]
    is_write: bool


def branding_list(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - an action
    """Return all brandings of an account: the one that it has."""
    return {"brandings": [_branding(brandings.branding_fields(turn, account["id"]))], "meta": {"total": "1"}}


def branding_view(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return one branding."""
    _check_id(parameters)
    return {"branding": _branding(brandings.branding_fields(turn, account["id"]))}


def branding_edit(turn: Turn, account: Row, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change fields of a branding and return it."""
    _check_id(parameters)
    changes = parameters.get("branding")
    if not isinstance(changes, Mapping):
        raise Invalid([Violation("branding", "This field is missing.")])
    return {"branding": _branding(brandings.change_branding(turn, account["id"], changes))}


ACTIONS: Mapping[str, Action] = {
    "branding_list": Action(branding_list, is_write=False),
    "branding_view": Action(branding_view, is_write=False),
    "branding_edit": Action(branding_edit, is_write=True),
}


class AccountV3:
    """The third version of the accounts' own API, whose HTTP status says how a call ended."""

    def read(self, request: Request, body: bytes) -> Call:
        """Return the call a request makes."""
        parts = request.path_params["rest"].strip("/").split("/")
        action = _action(request.method, parts)
        parameters: dict[str, Any] = dict(request.query_params)
        problem = None
        if action == "branding_edit":
            parameters, problem = _parse_body(body)
        if len(parts) == _ITEM_PARTS:
            parameters["id"] = parts[1]
        return Call(
            api=API,
            action=action,
            method=request.method,
            path=request.scope["path"],
            parameters=parameters,
            credential=request.headers.get("api-token", ""),
            is_write=action is not None and ACTIONS[action].is_write,
            problem=problem,
            account=account_label(request.path_params["account"]),
        )

    def stored(self, action: str, parameters: Mapping[str, Any], account: str) -> Call:
        """Return a call that was kept to be carried out late."""
        return Call(api=API, action=action, parameters=parameters, is_write=True, account=account)

    def authenticate(self, turn: Turn, call: Call) -> Answer | None:
        """Refuse a call without a key (401), with a wrong key (403), or to an unknown host (404, inferred)."""
        row = called_account(turn.rows, call)
        if row is None:
            return _message(404, "Not Found")
        if not call.credential:
            return _message(401, "The request has no API token.")
        if not has_access(turn, row, call):
            return _message(403, "The request could not be authenticated: the API token is not valid.")
        return None

    def carry_out(self, turn: Turn, call: Call) -> Answer:
        """Perform an action in the account."""
        row = called_account(turn.rows, call)
        if row is None:
            raise Absent("Not Found")
        if reason := lock_reason(row, turn.now):
            raise Refusal(reason, _LOCKED)
        if call.problem:
            raise call.problem
        action = ACTIONS.get(call.action or "")
        if action is None:
            raise Absent("Not Found")
        return _answer(200, action.perform(turn, row, call.parameters))

    def refuse(self, call: Call, refusal: Refusal) -> Answer:  # noqa: ARG002 - the shape of a front
        """Return the error that fits a refusal: 403 for a locked account, 404, 422 with all problems, or 400."""
        match refusal:
            case Absent():
                return _message(404, refusal.message)
            case Invalid():
                return _answer(422, {"errors": [_error(each) for each in refusal.violations]})
            case _:
                return _message(403 if refusal.subject == _LOCKED else 400, refusal.message)

    def fail(self, status: int) -> Answer:
        """Return the answer of a portal that is overloaded or broken."""
        return _message(status, HTTPStatus(status).phrase)

    def subject(self, turn: Turn, call: Call) -> str | None:  # noqa: ARG002 - the shape of a front
        """Return the name of the account a call is about."""
        return call.account


def _action(method: str, parts: list[str]) -> str | None:
    if parts[0] != _BRANDINGS or len(parts) > _ITEM_PARTS:
        return None
    actions = {"GET": "branding_list"} if len(parts) == 1 else {"GET": "branding_view", "PUT": "branding_edit"}
    return actions.get(method)


def _parse_body(body: bytes) -> tuple[dict[str, Any], Refusal | None]:
    try:
        value = parse_json(body)
    except ValueError:
        return {}, Malformed("The body of the request is not JSON.")
    return (value, None) if isinstance(value, dict) else ({}, Malformed("The body of the request must be an object."))


def _check_id(parameters: Mapping[str, Any]) -> None:
    if parse_number(str(parameters["id"])) != brandings.ID:
        raise Absent(f"No Result found for Branding with id {parameters['id']}")


def _branding(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "id": str(brandings.ID)}


def _error(violation: Violation) -> dict[str, Any]:
    return {"title": violation.title, "source": {"pointer": f"/data/attributes/{violation.path}"}}


def _message(status: int, message: str) -> Answer:
    return _answer(status, {"message": message})


def _answer(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(body, separators=(",", ":")).encode())
