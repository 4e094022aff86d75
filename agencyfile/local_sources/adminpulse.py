"""AdminPulse as it behaves (`docs/portal.md` 4.3). Its log-in is made up: no public source shows the real one."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from math import ceil
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from agencyfile.local_sources.people import Person
from agencyfile.local_sources.world import World

LARGEST_PAGE: Final = 400
CLIENT_ID: Final = "local-client"
_LOOPBACK: Final = "http://127.0.0.1:"
_LANGUAGES: Final = {"Nederlands": "nl", "Français": "fr", "Engels": "en", "Duits": "de"}


def more(url: str) -> dict[str, str]:
    """Return the addresses of the log-in, and the id of its client."""
    return {"authorize_url": f"{url}/oauth/authorize", "token_url": f"{url}/oauth/token", "client_id": CLIENT_ID}


def routes(world: World) -> list[Route]:
    """The routes of the API and of the log-in."""
    log_in = _LogIn(world)

    def relations(request: Request) -> Response:
        world.calls.append(f"relations?{request.url.query}")
        return _refused(request, world) or _page(request, world)

    def relation(request: Request) -> Response:
        found = [one for one in world.people if one.number == request.path_params["number"]]
        refused = _refused(request, world)
        if refused or not found:
            return refused or JSONResponse({"message": "not found"}, status_code=404)
        return JSONResponse({**_relation(found[0]), "code": f"C{found[0].number:05}"})

    return [
        Route("/relations", relations),
        Route("/relations/{number:int}", relation),
        Route("/oauth/authorize", log_in.authorize, methods=["GET", "POST"]),
        Route("/oauth/token", log_in.token, methods=["POST"]),
    ]


def _page(request: Request, world: World) -> Response:
    page = _number(request, "page", 0)
    size = min(_number(request, "pageSize", 25), world.settings.page_size or LARGEST_PAGE)
    if page < 0 or size < 1:
        return JSONResponse({"message": "page and pageSize are numbers"}, status_code=400)
    wanted = request.query_params.get("vatNumber")
    people = [one for one in world.people if wanted in (None, one.enterprise_number)]
    shown = people[page * size : (page + 1) * size]
    answer = {"results": [_relation(one) for one in shown], "pageCount": ceil(len(people) / size)}
    world.page_was_read()
    return JSONResponse(answer)


class _LogIn:
    """The log-in of a person, and the tokens that it leads to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._codes: dict[str, dict[str, str]] = {}
        self._refreshes: set[str] = set()

    async def authorize(self, request: Request) -> Response:
        """Show the page to log in at; send the browser back with a code."""
        query = dict(request.query_params)
        redirect = query.get("redirect_uri", "")
        if query.get("client_id") != CLIENT_ID or not redirect.startswith(_LOOPBACK):
            return HTMLResponse("<p>This client or redirect address is not registered.</p>", status_code=400)
        state = {"state": query.get("state", "")}
        if self._world.settings.takes_pkce and query.get("code_challenge_method") != "S256":
            return RedirectResponse(f"{redirect}?{urlencode({'error': 'invalid_request', **state})}", 302)
        if request.method == "GET":
            return HTMLResponse(_PAGE)
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return RedirectResponse(f"{redirect}?{urlencode({'code': code, **state})}", 302)

    async def token(self, request: Request) -> Response:
        """Give tokens for a code, or for an earlier token."""
        self._world.calls.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._may_have(form):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        made, _ = self._world.new_token()
        refresh = secrets.token_urlsafe(24)
        self._refreshes.add(refresh)
        seconds = int(self._world.settings.lifetime)
        return JSONResponse(
            {"access_token": made, "token_type": "Bearer", "expires_in": seconds, "refresh_token": refresh}
        )

    def _may_have(self, form: Mapping[str, str]) -> bool:
        if form.get("grant_type") != "refresh_token":
            return _is_code(self._codes.pop(form.get("code", ""), None), form)
        token = form.get("refresh_token", "")
        is_known = token in self._refreshes
        self._refreshes.discard(token)  # each is good for one renewal
        return is_known


_PAGE: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Local AdminPulse</title>"
    "<h1>Local AdminPulse</h1><p>A stand-in of agencyfile, not the real one.</p>"
    "<form method=post><button>Log in</button></form></html>"
)


def _is_code(asked: Mapping[str, str] | None, form: Mapping[str, str]) -> bool:
    """Return whether a code is exchanged by whoever asked for it."""
    if asked is None or asked.get("redirect_uri") != form.get("redirect_uri"):
        return False
    challenge = asked.get("code_challenge")
    if challenge is None:
        return True
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)


def _refused(request: Request, world: World) -> Response | None:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    is_key = hmac.compare_digest(bearer.encode(), world.key.encode())
    if scheme != "Bearer" or not (is_key or world.is_valid(bearer)):
        return JSONResponse({"message": "Unauthorized"}, status_code=401)
    if world.is_over_limit():
        return JSONResponse({"message": "Too many requests"}, status_code=429)
    return None


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004 - no page is that far


def _relation(one: Person) -> dict[str, Any]:
    return {
        "id": one.number,
        "uniqueIdentifier": f"AP-{one.number:06}",
        "type": "Company" if one.is_company else "Person",
        "name": one.name,
        "firstName": one.first_name or None,
        "commercialName": one.name if one.is_company else None,
        "email": one.email,
        "phone": one.phone,
        "language": _LANGUAGES[one.language],
        "country": one.country,
        "vatNumber": f"BE{one.enterprise_number}" if one.is_company else None,
        "nationalNumber": one.register_number or None,
    }
