"""The transport of the Partners Hub API (docs/portal.md 1.8): paths, the ``api-key`` header, the shapes of errors."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from agencyfile.local_portal import hub_more
from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.errors import Absent, Invalid, Malformed, Refusal, Violation, WrongMethod
from agencyfile.local_portal.hub_actions import ACTIONS
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.shapes import account_label, parse_json, parse_number

if TYPE_CHECKING:
    from starlette.requests import Request

LOCALES = "locale_list"
_SNAPSHOTS = "/api/child-account-snapshots/v1/"
ROUTES: Mapping[tuple[str, str], str] = {
    ("GET", "/api/child-accounts/v1/"): "child_account_list",
    ("POST", "/api/child-accounts/v1/"): "child_account_create",
    ("GET", "/api/child-accounts/v1/snapshots"): "snapshot_source_list",
    ("GET", _SNAPSHOTS): "snapshot_list",
    ("POST", _SNAPSHOTS): "snapshot_create",
    ("GET", f"{_SNAPSHOTS}status"): "clone_status_list",
    ("GET", "/api/locales/v1/catalogs"): LOCALES,
}
_ERROR_TYPE = "https://tools.ietf.org/html/rfc2616#section-10"
_VIOLATION_TYPE = "https://symfony.com/errors/validation"


@dataclass(frozen=True, slots=True)
class HubApi:
    """The Partners Hub API, whose HTTP status says how a call ended."""

    key: str = field(repr=False)

    def read(self, request: Request, body: bytes) -> Call:
        """Return the call a request makes; query, path and body are one set of parameters."""
        path = request.scope["path"]
        action = ROUTES.get((request.method, path))
        parameters: dict[str, Any] = dict(request.query_params)
        if request.method == "DELETE" and _is_snapshot(path):
            action, parameters = "snapshot_delete", {"snapshotId": path.removeprefix(_SNAPSHOTS)}
        problem = None
        if request.method == "POST" and action:
            parameters, problem = _parse_body(body)
        return Call(
            api="hub",
            action=action,
            method=request.method,
            path=path,
            credential=request.headers.get("api-key", ""),
            is_write=action is not None and action in ACTIONS and ACTIONS[action].is_write,
            parameters=parameters,
            problem=problem,
        )

    def stored(self, action: str, parameters: Mapping[str, Any], account: str) -> Call:  # noqa: ARG002 - a front's shape
        """Return a call that was kept to be carried out late."""
        return Call(api="hub", action=action, parameters=parameters, is_write=True)

    def authenticate(self, turn: Turn, call: Call) -> Answer | None:
        """Refuse a wrong method first, as the hub's framework does (inferred), then a wrong key.

        In one reading a wrong method is answered like a path that is not there (R21). The locale catalogues want a JWT
        and refuse every key (docs/portal.md 1.8).
        """
        if call.action is None and (allowed := self._methods_not(turn, call)):
            is_hidden = turn.settings.dialect.hub_wrong_method == "404"
            return self.refuse(call, Absent("Not Found") if is_hidden else WrongMethod(allowed))
        if not _wants_jwt(turn, call) and hmac.compare_digest(call.credential.encode(), self.key.encode()):
            return None
        return _json_answer(401, {"error": "Unauthorized", "message": "Invalid credentials"})

    def carry_out(self, turn: Turn, call: Call) -> Answer:
        """Perform an action; without a result the body is empty."""
        if call.problem:
            raise call.problem
        action = ACTIONS.get(call.action or "")
        if action is None:
            return _json_answer(200, hub_more.answer(call.method, call.path if _has_more(turn) else ""))
        result = action.perform(turn, call.parameters)
        if result is None:
            return Answer(status=action.status, media_type=None)
        return _json_answer(action.status, result)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:  # noqa: ARG002 - the shape of a front
        """Return the error that fits a refusal: 404, 405 with the methods, 422 with violations, or 400."""
        match refusal:
            case Absent():
                return _error(404, refusal.message)
            case WrongMethod():
                return replace(_error(405, refusal.message), headers={"allow": ", ".join(refusal.allowed)})
            case Invalid():
                return _validation_error(refusal)
            case _ if refusal.subject == "account_id":
                return _validation_error(Invalid([Violation(refusal.subject, refusal.message)]))
            case _:
                return _error(400, refusal.message)

    def fail(self, status: int) -> Answer:
        """Return the answer of a portal that is overloaded or broken."""
        return _error(status, HTTPStatus(status).phrase)

    def _methods_not(self, turn: Turn, call: Call) -> Sequence[str]:
        """Return the methods that the path takes where the call's is none of them."""
        allowed = _methods_of(call.path) or (hub_more.methods_of(call.path) if _has_more(turn) else ())
        return () if call.method in allowed else allowed

    def subject(self, turn: Turn, call: Call) -> str | None:
        """Return the name of the account a call is about; of a snapshot that is its source."""
        match call.action:
            case "child_account_create":
                return account_label(str(call.parameters.get("account_name", ""))) or None
            case "snapshot_create":
                query = "SELECT account FROM accounts WHERE id = ?"
                return _name(turn, query, call.parameters.get("account_id"))
            case "snapshot_delete":
                query = "SELECT account FROM accounts WHERE id = (SELECT source_id FROM snapshots WHERE id = ?)"
                return _name(turn, query, call.parameters["snapshotId"])
            case _:
                return None


def _has_more(turn: Turn) -> bool:
    return turn.settings.dialect.hub_more == "served"


def _wants_jwt(turn: Turn, call: Call) -> bool:
    return call.action == LOCALES or (_has_more(turn) and hub_more.wants_jwt(call.path))


def _methods_of(path: str) -> list[str]:
    """Return the methods that a path takes; none for a path that the hub does not have."""
    if _is_snapshot(path):
        return ["DELETE"]
    return [method for method, each in ROUTES if each == path]


def _is_snapshot(path: str) -> bool:
    number = path.removeprefix(_SNAPSHOTS)
    return path.startswith(_SNAPSHOTS) and bool(number) and "/" not in number and ("GET", path) not in ROUTES


def _name(turn: Turn, query: str, number: Any) -> str | None:
    row = turn.rows.first(query, (parse_number(str(number)),))
    return str(row["account"]) if row else None


def _parse_body(body: bytes) -> tuple[dict[str, Any], Refusal | None]:
    try:
        value = parse_json(body)
    except ValueError:
        return {}, Malformed("The body of the request is not JSON.")
    if not isinstance(value, dict):
        return {}, Malformed("The body of the request must be an object.")
    return value, None


def _error(status: int, detail: str) -> Answer:
    return _json_answer(status, {"type": _ERROR_TYPE, "title": "An error occurred", "status": status, "detail": detail})


def _validation_error(invalid: Invalid) -> Answer:
    body = {
        "type": _VIOLATION_TYPE,
        "title": "Validation Failed",
        "status": 422,
        "detail": invalid.message,
        "violations": [each.as_json() for each in invalid.violations],
    }
    return _json_answer(422, body)


def _json_answer(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(body, separators=(",", ":")).encode())
