"""The site: from a request to the page that answers it.

One request is one transaction, as with the APIs. A form is taken once: its token is checked first. What the portal
refuses leaves nothing behind, and the page with the form is shown again with the reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response

from agencyfile.local_portal.bodies import API_LIMIT, read_body, too_large
from agencyfile.local_portal.control_input import BadOrder
from agencyfile.local_portal.dispatcher import Exchange
from agencyfile.local_portal.errors import Absent, Refusal
from agencyfile.local_portal.loopback import is_local
from agencyfile.local_portal.pages import frame
from agencyfile.local_portal.pages.forms import link
from agencyfile.local_portal.pages.markup import element
from agencyfile.local_portal.pages.routes import Room, find_room
from agencyfile.local_portal.pages.sessions import Session, Sessions
from agencyfile.local_portal.pages.visit import Download, Moved, Page, Problems, Result, Visit, hosted_url, url
from agencyfile.local_portal.request_context import Turn

if TYPE_CHECKING:
    from starlette.requests import Request

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
_METHODS = ("GET", "HEAD", "POST")
_FORM = "application/x-www-form-urlencoded"


class Site:
    """The pages of a portal."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._sessions = Sessions()

    async def respond(self, request: Request) -> Response:
        """Answer one request for a page."""
        if not is_local(request):
            return Response("These pages answer this machine alone.", 403, media_type="text/plain")
        if request.method not in _METHODS:
            return Response(None, 405, {"allow": ", ".join(_METHODS)})
        if request.scope["path"] == url("style.css"):
            headers = {"cache-control": "max-age=31536000, immutable", "x-content-type-options": "nosniff"}
            return Response(frame.style(), headers=headers, media_type="text/css")
        try:
            body = await read_body(request, API_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return too_large()
        response, seconds = self._decide(request, body)
        await asyncio.sleep(seconds)
        return response

    def _decide(self, request: Request, body: bytes) -> tuple[Response, float]:
        cookie = _cookie_of(request.headers["host"])
        session = self._sessions.find(request.cookies.get(cookie, ""))
        before = session.is_known, session.accounts.copy()
        with self._exchange.rows.transaction():
            now = time.time()
            self._exchange.catch_up(now)
            visit = self._visit(request, body, session, now)
            result = self._answer(visit, request)
            if (session.is_known, session.accounts) != before:
                self._sessions.renew(session)
            response = _response(visit, result)
        if request.cookies.get(cookie) != session.id:
            response.set_cookie(cookie, session.id, httponly=True, samesite="strict")
        return response, result.seconds if isinstance(result, Moved) else 0.0

    def _visit(self, request: Request, body: bytes, session: Session, now: float) -> Visit:
        is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
        return Visit(
            turn=Turn(rows=self._exchange.rows, settings=self._exchange.settings, now=now),
            session=session,
            keys=self._exchange.keys,
            address=f"http://{request.headers['host']}",
            path=request.scope["path"],
            visitor=request.client.host if request.client else "",
            query=_fields(request.scope["query_string"]),
            sent=_fields(body) if request.method == "POST" and is_form else {},
        )

    def _answer(self, visit: Visit, request: Request) -> Result:
        room, names = find_room(visit.path)
        if room is None:
            return _absent("There is no such page.")
        visit = replace(visit, names=names)
        if room.is_guarded and not _may_enter(visit, room):
            return _way_in(visit, room)
        try:
            if request.method == "POST":
                return self._take(visit, room)
            return room.shown(visit)
        except Refusal as refusal:  # the page cannot be shown, as for an account that does not exist
            return _absent(refusal.message)

    def _take(self, visit: Visit, room: Room) -> Result:
        """Carry a form out, once."""
        token = visit.sent.get("token", "")
        earlier = visit.session.redeem(token)
        if earlier:
            return Moved(earlier)
        if earlier is None or room.taken is None:
            return _spent(visit)
        try:
            with visit.turn.rows.savepoint():
                result = room.taken(visit)
        except Absent:
            raise
        except Problems as problems:
            return _again(visit, room, problems.found)
        except Refusal as refusal:
            return _again(visit, room, {refusal.subject: refusal.message})
        except BadOrder as problem:
            return _again(visit, room, {"": str(problem)})
        if isinstance(result, Moved):
            visit.session.settle(token, result.location)
        return result


def _again(visit: Visit, room: Room, problems: Mapping[str, str]) -> Result:
    page = room.shown(visit.with_problems(problems))
    if not isinstance(page, Page):
        return page
    return replace(page, status=422, problems=problems, form=visit.sent.get("form", ""))


def _may_enter(visit: Visit, room: Room) -> bool:
    return visit.name in visit.session.accounts if room.is_hosted else visit.session.is_partner


def _way_in(visit: Visit, room: Room) -> Moved:
    if room.is_hosted:
        return Moved(hosted_url(visit.name, "login"))
    return Moved(url("login", to=visit.path) if not visit.sent else url("login"))


def _absent(message: str) -> Page:
    way = element("p", link("Go to the list of accounts", url("resold")))
    return Page(title="Not found", content=(element("p", message), way), status=404)


def _spent(visit: Visit) -> Page:
    words = "It was sent before, or is too old. Nothing was changed just now."
    way = element("p", link("Open the page again", visit.path))
    return Page(title="This form can no longer be sent", content=(element("p", words), way), status=409)


def _response(visit: Visit, result: Result) -> Response:
    if isinstance(result, Download):
        headers = {**_HEADERS, "content-disposition": f'attachment; filename="{result.name}"'}
        return Response(result.content, 200, headers, result.media_type)
    return _page(visit, result) if isinstance(result, Page) else _moved(result)


def _page(visit: Visit, page: Page) -> Response:
    return Response(frame.render(visit, page), page.status, _HEADERS, "text/html")


def _moved(moved: Moved) -> Response:
    return RedirectResponse(moved.location, 303, _HEADERS)


def _fields(text: bytes) -> dict[str, str]:
    """Return the fields of a query or a form; of a field that is there twice the last one counts."""
    pairs = parse_qsl(text.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def _cookie_of(host: str) -> str:
    """Return the name of the cookie: browsers give the cookies of a host to all of its ports."""
    port = host.rpartition(":")[2]
    return f"portal-{port if port.isascii() and port.isdigit() else 80}"
