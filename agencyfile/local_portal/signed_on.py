"""The page of an account that a single sign-on leads to: ``/accounts/NAME/admin/main.php?_ssot=TOKEN``."""

from __future__ import annotations

import html
import time
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from agencyfile.local_portal.database import Database
from agencyfile.local_portal.shapes import account_label
from agencyfile.local_portal.users import USER, is_signed_on

if TYPE_CHECKING:
    from starlette.requests import Request

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def signed_on(request: Request, rows: Database) -> HTMLResponse:
    """Return the page for whoever is logged in by a token, and a refusal for everybody else."""
    name = account_label(request.path_params["account"])
    account = rows.first("SELECT * FROM accounts WHERE account = ?", (name,))
    visitor = request.client.host if request.client else ""
    if not is_signed_on(rows, account, request.query_params.get("_ssot", ""), visitor, time.time()):
        return HTMLResponse(_page("Please log in", "The token is not valid."), 403, _HEADERS)
    return HTMLResponse(_page(name, f"You are logged in as {USER}."), 200, _HEADERS)


def _page(title: str, text: str) -> str:
    title, text = html.escape(title), html.escape(text)
    head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1><p>{text}</p></body></html>"
