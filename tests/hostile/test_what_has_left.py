"""The judge of "nothing was sent", tried against a proxy that counts the bytes of every request.

`AGENCYFILE_TRIALS` sets how many trials there are.
"""

import os
import random
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hostile_proxy import HOST, Cut, HostileProxy, Rule, answer, drop, hostile, make_certificate, raw

from agencyfile import gate
from agencyfile.kinds.faults import Fault, NotSent
from agencyfile.portal.http import transport
from agencyfile.portal.http.rate_limit import RateLimit
from agencyfile.portal.http.transport import Request, Transport
from agencyfile.web_origin import WebOrigin, web_origin

TRIALS = int(os.environ.get("AGENCYFILE_TRIALS") or 400)
OK = answer(200, b'{"result_code": 1}')
MODES = ("direct", "proxy", "tls", "tunnel")
# Where the connection is cut, and after how many bytes.
CUTS = ("", "accept", "connect", "refuse", "handshake", "request", "answer", "nobody listens", "another certificate")
REPLIES = (OK, drop, raw(b""), raw(b"\x16\x03\x01garbage"), answer(503), answer(403, b"<html>"))


class Place:
    """One way to the server: its proxy, its URL, and the transport that keeps its connections."""

    def __init__(self, mode: str, proxy: HostileProxy, certificate: Path | None) -> None:
        self.mode, self.proxy = mode, proxy
        self.environment = {"HTTP_PROXY": proxy.url, "HTTPS_PROXY": proxy.url} if mode in ("proxy", "tunnel") else {}
        if certificate:
            self.environment["REQUESTS_CA_BUNDLE"] = str(certificate)
        direct = proxy.url.replace("http", "https" if mode == "tls" else "http", 1)
        self.url = {"proxy": f"http://{HOST}", "tunnel": f"https://{HOST}"}.get(mode, direct)
        self.transport = Transport(RateLimit(1e9), (1.0, 0.1))


@contextmanager
def _places(folder: Path) -> Iterator[tuple[list[Place], ssl.SSLContext]]:
    context, certificate = make_certificate(folder, HOST)
    (folder / "other").mkdir()
    other, _ = make_certificate(folder / "other", "other.example")
    with ExitStack() as stack:
        places = []
        for mode in MODES:
            is_tls = mode in ("tls", "tunnel")
            proxy = stack.enter_context(hostile("http://127.0.0.1:9", tls=context if is_tls else None))
            places.append(Place(mode, proxy, certificate if is_tls else None))
        yield places, other
        for place in places:
            place.transport.close()


def _try(place: Place, draw: random.Random, other: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bool]:
    """One trial: what the judge said, and whether a byte of the request arrived."""
    proxy, cut, context = place.proxy, draw.choice(CUTS), place.proxy.tls
    url = place.url
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    if cut == "nobody listens":
        monkeypatch.setenv("HTTPS_PROXY" if place.mode == "tunnel" else "HTTP_PROXY", "http://127.0.0.1:9")
        url = place.url if place.mode in ("proxy", "tunnel") else "http://127.0.0.1:9"
    if cut == "another certificate" and context:
        proxy.tls = other
    proxy.cut = Cut(cut, draw.choice((0, 1, 20, 200, 5000)))
    proxy.rules[:] = [Rule("", draw.choice(REPLIES), forward=False)]
    before = proxy.received
    form = {"api_action": "account_add", "filler": "x" * draw.choice((0, 100, 100_000))}
    request = Request("account_add", "POST", f"{url}/api.php", form=form, bound=_bound(url))
    try:
        place.transport.exchange(request, fresh=draw.random() < 0.5)
        said = "answered"
    except NotSent:
        said = "not sent"
    except Fault:
        said = "unclear"
    if said == "not sent":
        time.sleep(0.002)  # what is on its way would be counted by then
    proxy.cut, proxy.tls = Cut(), context
    return said, proxy.received > before


def _bound(url: str) -> WebOrigin:
    return web_origin(f"{url}/api.php")


def test_call_that_left_is_never_called_unsent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without a proxy, over HTTP and TLS, on kept and on fresh connections, cut at every place."""
    monkeypatch.setattr(gate, "_check", lambda *_: None)  # the gate lets no key over plain HTTP through a proxy
    monkeypatch.setattr(transport, "_LOCAL_HOSTS", ())
    draw, found = random.Random(20261128), Counter[tuple[str, str, bool]]()
    with _places(tmp_path) as (places, other):
        for number in range(TRIALS):
            place = places[number % len(places)]
            said, has_arrived = _try(place, draw, other, monkeypatch)
            found[place.mode, said, has_arrived] += 1

    print(*(f"{count:6} {key}" for key, count in sorted(found.items())), sep="\n")
    assert sum(found.values()) == TRIALS
    for mode in MODES:
        assert found[mode, "not sent", True] == 0
        assert found[mode, "not sent", False] > 0
        assert found[mode, "answered", True] > 0
        assert found[mode, "unclear", True] > 0
