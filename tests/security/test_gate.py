"""The gate: what is prepared and what is connected to, whatever was checked before."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests

from agencyfile.gate import BoundTo, NotAdmitted, make_session
from agencyfile.local_portal import RunningPortal
from agencyfile.portal import Endpoint, open_reader
from agencyfile.web_origin import WebOrigin, origin_or_none, web_origin
from plan import PortalError, Secret

PORTAL = WebOrigin("https", "www.activecampaign.com", 443)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api.php",
        r"https://evil.example\.activecampaign.com/api.php",
        "http://www.activecampaign.com/api.php",
        "https://www.activecampaign.com:8443/api.php",
        "https://user@evil.example/",
    ],
)
def test_request_leaves_for_the_origin_of_its_key_alone(url: str) -> None:
    """No path of requests leads around the adapter."""
    with make_session() as session, pytest.raises(NotAdmitted):
        session.get(url, auth=BoundTo(PORTAL))


def test_request_that_is_bound_to_nothing_is_not_sent(portal: RunningPortal) -> None:
    """What forgets to say whose key it carries carries it nowhere."""
    with make_session() as session:
        with pytest.raises(NotAdmitted):
            session.get(portal.hub_api)
        with pytest.raises(NotAdmitted):
            session.get(portal.hub_api, auth=BoundTo(None))
        bound = BoundTo(web_origin(portal.hub_api))
        assert session.get(f"{portal.hub_api}/_portal/requests", auth=bound).ok


def test_connection_is_checked_besides_the_prepared_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that reads the prepared URL in yet another way would be seen."""
    elsewhere = requests.Request("GET", "https://evil.example/").prepare()

    def misread(self: requests.adapters.HTTPAdapter, _: object, *rest: Any) -> object:
        return real(self, elsewhere, *rest)

    real = requests.adapters.HTTPAdapter.get_connection_with_tls_context
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "get_connection_with_tls_context", misread)
    with make_session() as session, pytest.raises(NotAdmitted, match=r"evil\.example"):
        session.get("https://www.activecampaign.com/", auth=BoundTo(PORTAL))


def test_key_is_not_sent_in_clear_over_a_network() -> None:
    """Even where it is bound to such an address."""
    origin = WebOrigin("http", "portal.example", 80)
    with make_session() as session, pytest.raises(NotAdmitted, match="clear"):
        session.get("http://portal.example/", auth=BoundTo(origin))


def test_redirect_is_not_followed_even_where_requests_is_told_to(portal: RunningPortal) -> None:
    """The request that a redirect makes is bound to nothing."""
    with make_session() as session, pytest.raises(NotAdmitted):
        session.get(portal.hub_api, auth=BoundTo(web_origin(portal.hub_api)), allow_redirects=True)


@pytest.mark.parametrize("url", [r"https://evil.example\.activecampaign.com/api.php", "ftp://x", "https://a b/"])
def test_provider_sends_nothing_to_an_address_that_is_none(url: str) -> None:
    """The provider does not rely on what was checked before it was opened."""
    endpoint = Endpoint(agency_api=url, hub_api="https://hub.example", agency_key=Secret("k"), rate_limit=1000)
    with open_reader(endpoint) as reader, pytest.raises(PortalError):
        reader.inventory()


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://www.activecampaign.com/api.php", "www.activecampaign.com", 443),
        ("https://xn--vil-9la.example", "xn--vil-9la.example", 443),
        ("http://127.0.0.1:8080/accounts/acme", "127.0.0.1", 8080),
        ("http://[::1]:8080/", "::1", 8080),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "::1", 8080),
    ],
)
def test_addresses_that_are_read(url: str, host: str, port: int) -> None:
    """As requests prepares them."""
    origin = web_origin(url)

    assert (origin.host, origin.port) == (host, port)
    assert web_origin(requests.Request("GET", url).prepare().url or "") == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://a\\b/", "https://a@b/", "https://a:b@c/", "https://a/?x", "https://a/#x", "https://A.example/",
        "https://é.example/", "https://a..b/", "https://-a/", "https://a-/", "https://a./", "https://a_b/",
        "https://a%2eb/", "https://a\tb/", "https://a/\n", " https://a/", "https://a:0/", "https://a:99999/",
        "https://a:/", "https:///x", "https:a", "//a/", "file:///etc/passwd", "ftp://a/", "https://[::1", "https://[g]/",
        "https://a/\x00", "https://a/<", "https://a/é", "HTTPS://a/", "", "https://" + "a." * 130 + "b/",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    """Whatever one of the parsers on the way might read in its own way."""
    assert origin_or_none(url) is None


def test_message_repeats_nothing_of_an_address() -> None:
    """It may hold a key."""
    with pytest.raises(ValueError, match="key does not belong") as caught:
        web_origin("https://sentinel@host.example/?sentinel")
    assert "sentinel" not in str(caught.value)


def test_no_other_code_opens_a_connection_of_its_own() -> None:
    """A second way to send a request would lead around the gate; the demo asks the local portal, without a key."""
    root = Path(__file__).parents[2]
    ways = re.compile(
        r"requests\.(get|post|put|patch|delete|request|Session)\(|urlopen|HTTPS?Connection\(|PoolManager\("
    )
    found = {
        str(path.relative_to(root))
        for package in ("agencyfile", "plan")
        for path in (root / package).rglob("*.py")
        if ways.search(path.read_text("utf-8"))
    }

    assert found == {"agencyfile/gate.py", "agencyfile/cli/commands/demo.py"}
