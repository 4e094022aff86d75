"""The fields of templates, for the agency's own and for those of an account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from agencyfile.local_portal.pages.forms import Form
from agencyfile.local_portal.pages.markup import Markup, element, void
from agencyfile.local_portal.pages.visit import Problems, Visit, require
from agencyfile.local_portal.templates import Draft

SHARE_HOST = "tplshare.com"
_SHOWN = 200
_LONGEST = 2_000_000


def basic_inputs(fields: Form) -> Iterator[Markup]:
    """Yield the fields of a template in HTML."""
    yield fields.text("name", "Name")
    yield fields.text("tags", "Tags", hint="Several with commas between them.")
    yield fields.area("html", "HTML code", rows=12)


def link_inputs(fields: Form, name: str = "Name") -> Iterator[Markup]:
    """Yield the fields of a template that comes by a share link."""
    yield fields.text("link", "Template link", hint=f"As in http://{SHARE_HOST}/example.")
    yield fields.text("name", name, hint="Optional: the template brings its own name where this portal knows it.")


def read_basic(visit: Visit) -> Draft:
    """Return the template that was typed."""
    require(visit, name="a name", html="the code")
    html = visit.sent["html"]
    if len(html) > _LONGEST:
        raise Problems({"html": f"Use {_LONGEST:,} characters or fewer."})
    tags = [tag for tag in (" ".join(each.split()) for each in visit.sent.get("tags", "").split(",")) if tag]
    return Draft(name=visit.text("name"), html=html, tags=tags)


def read_link(visit: Visit) -> Draft:
    """Return the template that a share link leads to; of another portal's link this one knows the address alone."""
    require(visit, link="the share link")
    code = share_code(visit.text("link"))
    if code is None:
        raise Problems({"link": f"A share link begins with http://{SHARE_HOST}/ and goes on with its code."})
    row = visit.turn.rows.first("SELECT draft FROM shares WHERE code = ?", (code,))
    kept = json.loads(row["draft"]) if row else {"name": f"Template {code}", "designer": True}
    return Draft(**kept | ({"name": visit.text("name")} if visit.text("name") else {}))


def share_code(text: str) -> str | None:
    """Return the code of a share link (docs/portal.md rule 62)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    code = parts.path.strip("/")
    is_link = parts.scheme in ("http", "https") and parts.hostname == SHARE_HOST
    return code if is_link and code and "/" not in code else None


def accounts_list(visit: Visit, fields: Form, name: str, label: str) -> Iterator[Markup]:
    """Yield the field in which an account is chosen: typed, or from the list of the newest ones."""
    query = "SELECT account FROM accounts WHERE status != 'cancelled' ORDER BY created_at DESC, id DESC LIMIT ?"
    names = (row["account"] for row in visit.turn.rows.all(query, (_SHOWN,)))
    identifier = f"{fields.name}-accounts"
    yield fields.text(name, label, hint="Type its name, or choose it from the list.", options=identifier)
    yield element("datalist", *(void("option", value=each) for each in names), id=identifier)
