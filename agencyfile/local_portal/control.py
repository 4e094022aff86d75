"""The control API, ``/_portal/*``: books, seeds, faults, prices, settings and a log-in, for tests and rehearsals.

It needs no key unless the settings name one, so it answers this machine alone: the peer has to be a loopback address,
the ``Host`` a loopback name, and a browser's ``Origin`` the portal itself, lest a web page that somebody has open seeds
or empties a portal.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from agencyfile.local_portal import inspection
from agencyfile.local_portal.access import all_keys
from agencyfile.local_portal.accounts import has_password
from agencyfile.local_portal.billing import bill
from agencyfile.local_portal.bodies import API_LIMIT, SEED_LIMIT, read_body, too_large
from agencyfile.local_portal.console_actions import act
from agencyfile.local_portal.control_input import BadOrder
from agencyfile.local_portal.defaults import shown_defaults
from agencyfile.local_portal.dispatcher import Exchange
from agencyfile.local_portal.faults import BadFault, parse_faults
from agencyfile.local_portal.loopback import is_local
from agencyfile.local_portal.page import render_page
from agencyfile.local_portal.prices import BadPrice, set_currencies, set_prices
from agencyfile.local_portal.request_context import Turn
from agencyfile.local_portal.seeds import plant
from agencyfile.local_portal.settings import BadSettings, changed_settings, shown_settings
from agencyfile.local_portal.shapes import account_label, parse_json, parse_number

if TYPE_CHECKING:
    from starlette.requests import Request

PREFIX = "/_portal/"
_PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "cache-control": "no-store",
}


class Control:
    """The control API of a portal."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._rows = exchange.rows
        self._views: dict[str, Callable[[Request], Any]] = {
            "requests": self._requests,
            "charges": lambda _: {"charges": inspection.all_charges(self._rows)},
            "accounts": self._accounts,
            "snapshots": lambda _: {"snapshots": inspection.all_snapshots(self._rows)},
            "credits": lambda _: inspection.all_credits(self._rows),
            "templates": lambda _: {"templates": inspection.all_templates(self._rows)},
            "brandings": lambda _: {"brandings": self._brandings()},
            "acts": lambda _: {"acts": inspection.all_acts(self._rows)},
            "defaults": lambda _: {"defaults": shown_defaults(self._rows)},
            "addons": lambda _: {"addons": inspection.all_addons(self._rows)},
            "contacts": lambda _: {"contacts": inspection.all_contacts(self._rows)},
        }
        views = tuple(self._views.values())
        self._views["books"] = lambda request: {name: book for view in views for name, book in view(request).items()}
        self._orders: dict[str, Callable[[Any], Any]] = {
            "login": self._login,
            "seed": self._seed,
            "reset": self._reset,
            "faults": self._faults,
            "keys": self._keys,
            "act": lambda value: act(self._turn(), value),
            "settings": self._settings,
            "prices": lambda value: {"prices": set_prices(self._rows, value)},
            "currencies": lambda value: {"currencies": set_currencies(self._rows, value)},
            "bill": lambda value: bill(self._turn(), value),
        }

    async def respond(self, request: Request) -> Response:
        """Answer one request to the control API."""
        if not is_local(request):
            return _problem(403, "The control API answers this machine alone.")
        if not self._is_admitted(request):
            return _problem(403, "The control API of this portal needs its key.")
        name = request.scope["path"].removeprefix(PREFIX)
        try:
            body = await read_body(request, SEED_LIMIT if name == "seed" else API_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return too_large()
        try:
            with self._rows.transaction():
                self._exchange.catch_up(time.time())
                return self._answer(request, name, body)
        except (BadOrder, BadFault, BadPrice, BadSettings) as error:
            return _problem(400, str(error))

    def _is_admitted(self, request: Request) -> bool:
        """Say whether a request has the key: other users of this machine reach its loopback address as well."""
        key = self._exchange.settings.control_key
        return key is None or hmac.compare_digest(request.headers.get("x-portal-key", "").encode(), key.encode())

    def _answer(self, request: Request, name: str, body: bytes) -> Response:
        if request.method == "GET" and not name:
            return Response(
                render_page(self._rows, time.time(), self._exchange.settings, is_live="live" in request.query_params),
                media_type="text/html",
                headers=_PAGE_HEADERS,
            )
        if request.method == "GET" and name in self._views:
            return JSONResponse(self._views[name](request))
        if request.method == "POST" and name in self._orders:
            try:
                value = parse_json(body) if body else {}
            except ValueError:
                return _problem(400, "The body is not JSON.")
            return JSONResponse(self._orders[name](value))
        return _problem(404, "The control API has no such page.")

    def _accounts(self, request: Request) -> dict[str, Any]:
        """Return the accounts, or with ``limit`` at most so many, those after the id ``after``."""
        after = parse_number(request.query_params.get("after", "")) or 0
        limit = parse_number(request.query_params.get("limit", ""))
        found = inspection.all_accounts(self._rows, time.time(), -1 if limit is None else limit, after)
        return {"accounts": found}

    def _requests(self, request: Request) -> dict[str, Any]:
        after = parse_number(request.query_params.get("after", "")) or 0
        return {"requests": inspection.requests_after(self._rows, after)}

    def _brandings(self) -> list[dict[str, Any]]:
        return inspection.all_brandings(self._rows, settings=self._exchange.settings)

    def _login(self, value: Any) -> dict[str, bool]:
        """Try a password, as a client would on the log-in page of an account."""
        given = value if isinstance(value, dict) else {}
        label = account_label(str(given.get("account", "")))
        row = self._rows.first("SELECT * FROM accounts WHERE account = ?", (label,))
        user, password = str(given.get("username", "")), str(given.get("password", ""))
        return {"ok": row is not None and has_password(row, user, password)}

    def _seed(self, value: Any) -> dict[str, Any]:
        return plant(self._turn(), value)

    def _turn(self) -> Turn:
        return Turn(rows=self._rows, settings=self._exchange.settings, now=time.time())

    def _reset(self, value: Any) -> dict[str, bool]:  # noqa: ARG002 - the shape of an order
        self._rows.empty()
        self._exchange.change_faults(parse_faults([]))
        self._exchange.change_settings(None)
        return {"ok": True}

    def _faults(self, value: Any) -> dict[str, bool]:
        self._exchange.change_faults(parse_faults(value))
        return {"ok": True}

    def _keys(self, value: Any) -> dict[str, Any]:
        """Tell the API key of one account, or of every account, as its user reads it in the account's own settings."""
        keys = all_keys(self._rows)
        if not isinstance(value, dict) or "account" not in value:
            return {"keys": keys}
        label = account_label(str(value["account"]))
        if label not in keys:
            raise BadSettings(f"There is no account {label!r}.")
        return {"account": label, "api_key": keys[label]}

    def _settings(self, value: Any) -> dict[str, Any]:
        self._exchange.change_settings(changed_settings(self._exchange.settings, value))
        return shown_settings(self._exchange.settings)


def _problem(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)
