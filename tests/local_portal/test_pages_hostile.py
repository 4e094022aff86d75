"""The portal's pages and whoever means them ill: other sites, strangers, hostile texts, and any input at all."""

import re
from urllib.parse import quote

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from local_portal.portal_client import Client
from local_portal.visitor import Visitor
from sampling import examples

from agencyfile.local_portal.pages.routes import HOSTED, ROOMS
from agencyfile.local_portal.pages.sessions import Sessions

PAID = {"tier": "plus", "billing": "monthly", "contacts": "1000"}


@pytest.mark.parametrize("token", ["", "made-up", "another"])
def test_form_without_its_token_changes_nothing(client: Client, visitor: Visitor, token: str) -> None:
    """A form of another site has no token, and a token belongs to one browser."""
    if token == "another":
        other = Visitor(client.portal.url)
        other.log_in()
        token = other.form("/partner/accounts/new", "order").fields["token"]

    answer = visitor.order("acme", **PAID, token=token)

    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert (client.names(), client.charges()) == ([], [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "portal.example"}, 403), ({"origin": "http://evil.example"}, 403), ({"origin": "null"}, 403)],
)
def test_pages_answer_this_machine_alone(client: Client, headers: dict[str, str], status: int) -> None:
    """A name that leads here from elsewhere, and a page of another site, are turned away."""
    for path in ("/partner/login", "/accounts/acme/admin/login", "/partner/style.css"):
        answer = requests.post(client.portal.url + path, headers=headers, timeout=60)
        assert answer.status_code == status


def test_page_that_needs_a_log_in_leads_to_it_and_back(client: Client) -> None:
    """Nobody sees a page of the portal before a log-in; the cookie of before is worth nothing afterwards."""
    stranger = Visitor(client.portal.url)
    assert stranger.get("/partner/billing/history").url.endswith("/partner/login?to=%2Fpartner%2Fbilling%2Fhistory")
    before = dict(stranger.session.cookies)
    answer = stranger.fill("/partner/login?to=%2Fpartner%2Fbilling%2Fhistory", "login")
    assert answer.url.endswith("/partner/billing/history")
    assert dict(stranger.session.cookies) != before
    assert requests.get(answer.url, cookies=before, timeout=60).url != answer.url


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/_portal/", "javascript:alert(1)"])
def test_log_in_leads_to_no_other_place(client: Client, to: str) -> None:
    """The address to go on with is one of the portal's own pages."""
    answer = Visitor(client.portal.url).fill(f"/partner/login?to={quote(to)}", "login")
    assert answer.url == f"{client.portal.url}/partner/resold"


HOSTILE = "\"><script>alert('x')</script><b>&amp;\x00\x1b\u202e"


def test_everything_that_is_typed_is_shown_as_text(client: Client, visitor: Visitor) -> None:
    """Names, domains, templates, mails, tags: on no page is any of it markup."""
    client.seed(
        {"account": "lab", "plan": {"tier": "sandbox"}, "contents": {HOSTILE: HOSTILE}},
        {"account": "acme", "client_name": HOSTILE, "client_email": HOSTILE, "notification": HOSTILE, "cname": HOSTILE,
         "language": HOSTILE, "timezone": HOSTILE, "country": HOSTILE, "currency": HOSTILE,
         "templates": [{"name": HOSTILE, "html": HOSTILE, "tags": [HOSTILE]}], "branding": {"siteName": HOSTILE}},
        {"account": "shut", "status": "disabled", "lock_message": HOSTILE},
        snapshots=[{"name": HOSTILE, "source": "lab"}],
    )  # fmt: skip
    visitor.fill("/partner/support", "mail", subject=HOSTILE, body=f"From: a@b.example\n{HOSTILE}")
    visitor.fill("/partner/defaults/templates/basic", "basic", name=HOSTILE, tags=HOSTILE, html=HOSTILE)
    visitor.fill("/partner/billing/profile", "profile", company=HOSTILE, holder=HOSTILE)
    for account in ("acme", "lab"):
        visitor.get(f"/partner/accounts/{account}/login")
    client.order("seed", {"customers": [{"number": "1", "name": HOSTILE}]})
    client.order("seed", {"contacts": [{"email": "a@b.example", "name": HOSTILE, "phone": HOSTILE}]})

    for path in _all_pages(("acme", "lab", "shut", "1")):
        for query in (
            "",
            f"?search={quote(HOSTILE)}&snapshot={quote(HOSTILE)}&source={quote(HOSTILE)}&to={quote(HOSTILE)}",
        ):
            page = visitor.get(path + query)
            assert page.status_code < 500, path
            if page.headers.get("content-disposition"):
                continue  # a file to keep, which no browser shows
            assert "<script" not in page.text, path
            assert not re.search("[\x00\x1b\u202e]", page.text), path


def test_sessions_of_strangers_end_no_known_one() -> None:
    """Whatever opens ten thousand pages without a cookie fills no memory, and nobody is logged out by it."""
    sessions = Sessions()
    known = sessions.find("")
    known.is_partner = True
    sessions.renew(known)
    strangers = [sessions.find("") for _ in range(10_000)]
    tokens = [known.issue() for _ in range(1000)]

    assert sessions.find(known.id) is known
    assert sessions.find(strangers[0].id) is not strangers[0]
    assert (known.redeem(tokens[0]), known.redeem(tokens[-1])) == (None, "")


TEXTS = st.text(max_size=60) | st.sampled_from([HOSTILE, "9" * 40, "-1", "\u0663", "[", "%", "a" * 5000])
FIELDS = re.findall(
    r"\w+",
    "account amount billing body client_email cname code contacts conversations credits email html id language link "
    "name page password place press product seats snapshot_name source status template tier timezone to user words",
)


@settings(max_examples=examples(150), deadline=None)
@given(
    path=st.sampled_from([*ROOMS, *(f"/{each}" for each in HOSTED)]),
    name=st.sampled_from(["acme", "lab", "1", "2", "prepaid", "nobody"]) | TEXTS,
    form=st.sampled_from(
        ["data", "state", "addons", "plan", "buy", "allocate", "confirm", "source", "move-in", "rename"]
    )
    | TEXTS,
    values=st.dictionaries(st.sampled_from(FIELDS) | TEXTS, TEXTS, max_size=8),
    is_read=st.booleans(),
)
def test_no_input_breaks_a_page(
    world: Visitor, path: str, name: str, form: str, values: dict[str, str], *, is_read: bool
) -> None:
    """Any path, query and form: an answer, never a 500. The token is a real one, so that forms are read."""
    named = quote(name, safe="")
    place = f"/accounts/{named}/admin{path}" if path.startswith("/") else f"/partner/{path.replace('*', named)}"
    world.log_in()
    world.get("/partner/accounts/acme/login")
    if is_read:
        answer = world.session.get(world.url + place, params=values, timeout=60)
    else:
        token = world.form("/partner/me", "password").fields["token"]
        answer = world.session.post(world.url + place, data={**values, "form": form, "token": token}, timeout=60)
    assert answer.status_code < 500, (place, answer.text)


@pytest.fixture(scope="module")
def world(_started_client: Client) -> Visitor:
    """A portal with a few accounts, for whatever comes."""
    _started_client.order("reset")
    _started_client.seed({"account": "acme"}, {"account": "lab", "plan": {"tier": "sandbox"}})
    return Visitor(_started_client.portal.url)


def _all_pages(names: tuple[str, ...]) -> list[str]:
    partner = [f"/partner/{path.replace('*', name)}" for path in ROOMS if path != "logout" for name in names]
    hosted = [f"/accounts/{name}/admin/{path}" for path in HOSTED for name in names if path != "logout"]
    return sorted({*partner, *hosted, "/partner/credit/sms"})
