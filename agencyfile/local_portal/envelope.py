"""The common ground of the v1 APIs (docs/portal.md 1.1): merged parameters, and an envelope of HTTP 200.

The agency's API and the API of each of its accounts speak this form, at ``api.php``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from agencyfile.local_portal.calls import Answer, Call
from agencyfile.local_portal.errors import Malformed, Refusal
from agencyfile.local_portal.wire import MEDIA_TYPES, render

if TYPE_CHECKING:
    from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"

_ITEM = re.compile(r"([^\[\]]+)\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Received:
    """The parameters of a request, and the reason why its body cannot be read."""

    parameters: dict[str, Any]
    problem: Refusal | None


def receive(request: Request, body: bytes, parse: Callable[[str], Mapping[str, Any]]) -> Received:
    """Merge query and body, for clients differ in what they send where (docs/portal.md 1.1); the body wins.

    A body counts whatever the method: a public client sends a form with GET (docs/portal.md section 3).
    """
    media_type = request.headers.get("content-type", FORM).split(";")[0].strip().lower()
    parameters = dict(parse(request.url.query))
    if body and media_type == FORM:
        parameters |= parse(body.decode("utf-8", "replace"))
    elif body:
        return Received(parameters, Malformed(f"The body of a request must be {FORM}."))
    return Received(parameters, None)


def parse_plain(text: str) -> dict[str, Any]:
    """Return the fields of a form; of a field that is there twice the last one counts."""
    return dict(parse_qsl(text, keep_blank_values=True))


def parse_lists(text: str) -> dict[str, Any]:
    """Return the fields of a form as PHP reads them: ``tags[]`` and ``tags[2]`` are items of the list ``tags``."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if match := _ITEM.fullmatch(name):
            kept = fields.get(match[1])
            fields[match[1]] = [*kept, value] if isinstance(kept, list) else [value]
        else:
            fields[name] = value
    return fields


def enveloped(call: Call, code: int, message: str, fields: Mapping[str, Any]) -> Answer:
    """Return an answer in the envelope, in the form that the call asks for."""
    output = call.output if call.output in MEDIA_TYPES else "xml"
    payload = {**fields, "result_code": code, "result_message": message, "result_output": output}
    body = render(output, call.action or "response", payload)
    return Answer(body=body, media_type=MEDIA_TYPES[output], result_code=code)


def gateway_page(status: int) -> Answer:
    """Return what a gateway answers in front of a portal that is overloaded or broken: a page, no envelope."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Answer(status=status, body=page.encode(), media_type="text/html")
