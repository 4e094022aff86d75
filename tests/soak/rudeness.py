"""What no client of an API sends: garbage, half requests, odd hosts, bodies that lie about their length, crowds."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from soak import values
from soak.traffic import METHODS, World
from soak.wire import Shot, compose

_PATHS: Final = (
    "/", "/_portal/", "/_portal/books", "/api.php", "/admin/api.php", "/api/child-accounts/v1/", "/favicon.ico",
    "/accounts/client1/api.php", "/partner/", "/partner/accounts/%00/edit",
    "/accounts/client1/api/3/brandings", "/accounts//api.php", "//", "/%00", "/a b",
    "/..%2f..%2fetc/passwd", "*", "http://127.0.0.1/_portal/", "/_portal/accounts/client1",
)  # fmt: skip
_HOSTS: Final = (
    "",
    "[",
    "[::1",
    "a b",
    "evil.example",
    "127.0.0.1:99999",
    "localhost:-1",
    "é",
    "x" * 5000,
    "127.0.0.1@e",
)


def rude(chance: random.Random, world: World) -> Shot:
    """Do one thing that no client does."""
    return chance.choice(_MANNERS)(chance)


def _garbage(chance: random.Random) -> Shot:
    return Shot(kind="rude garbage", data=chance.randbytes(chance.randrange(1, 3000)) + b"\r\n\r\n")


def _half(chance: random.Random) -> Shot:
    whole = compose("POST", chance.choice(_PATHS), body=b"a=b" * 50)
    return Shot(kind="rude half", data=whole[: chance.randrange(1, len(whole))], is_rude=True)


def _slow(chance: random.Random) -> Shot:
    whole = compose(chance.choice(METHODS), chance.choice(_PATHS), body=b"a=b" * 50)
    return Shot(kind="rude slow", data=whole, pause=chance.uniform(0.1, 3))


def _never_ending(chance: random.Random) -> Shot:
    """Leave a head without its end, and wait until the portal gives it up."""
    return Shot(kind="rude head", data=compose("GET", chance.choice(_PATHS))[:-2])


def _host(chance: random.Random) -> Shot:
    return Shot(kind="rude host", data=compose("GET", chance.choice(_PATHS), host=chance.choice(_HOSTS)))


def _method(chance: random.Random) -> Shot:
    return Shot(kind="rude method", data=compose(chance.choice(METHODS), chance.choice(_PATHS), body=b"{}"))


def _headers(chance: random.Random) -> Shot:
    headers = chance.choice(
        (
            {"Content-Length": "-1"},
            {"Content-Length": "9" * 30},
            {"Content-Length": "5", "Transfer-Encoding": "chunked"},
            {"Content-Encoding": "gzip"},
            {"Expect": "100-continue"},
            {"Upgrade": "websocket", "Connection": "Upgrade"},
            {"Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"},
            {"Origin": "http://evil.example"},
            {"Cookie": "session=" + "x" * 3000},
            {"X-Long": "x" * 20_000},
            {f"X-{number}": "y" for number in range(300)},
            {"Content-Type": "multipart/form-data; boundary=b"},
            {"Content-Type": values.text(chance).replace("\r\n", "")},
            {"Range": "bytes=0-1"},
        )
    )
    return Shot(kind="rude header", data=compose("GET", chance.choice(_PATHS), headers))


def _chunks(chance: random.Random) -> Shot:
    ends = chance.choice((b"0\r\n\r\n", b"zz\r\n", b"ffffffffffffffffff\r\n", b"5\r\nab", b""))
    head = b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    is_rude = ends in (b"5\r\nab", b"")
    return Shot(kind="rude chunks", data=head % b"/api.php" + b"3\r\na=b\r\n" + ends, is_rude=is_rude)


def _pipeline(chance: random.Random) -> Shot:
    one = compose("GET", "/api.php?api_action=account_list").replace(b"Connection: close\r\n", b"")
    last = compose(chance.choice(METHODS[:6]), chance.choice(_PATHS))
    return Shot(kind="rude pipeline", data=one * chance.randrange(1, 9) + last)


def _large(chance: random.Random) -> Shot:
    """Send a body of which the portal reads so much; it says so before all has come."""
    size = chance.choice((100_000, 1_000_000, 17 * 1024 * 1024))
    return Shot(kind="rude body", data=compose("POST", chance.choice(_PATHS[:8]), body=b"x" * size))


def _crowd(chance: random.Random) -> Shot:
    data = compose("GET", chance.choice(_PATHS))
    half = chance.random() < 0.5
    return Shot(kind="rude crowd", data=data, crowd=chance.randrange(10, 80), pause=1.0 if half else 0.0)


def _leaving(chance: random.Random) -> Shot:
    """Ask for a page and leave without reading it."""
    target = chance.choice(("/_portal/", "/_portal/books", "/_portal/requests"))
    return Shot(kind="rude leaving", data=compose("GET", target), is_rude=True)


_MANNERS: Final[Sequence[Callable[[random.Random], Shot]]] = (
    *(_garbage, _half, _half, _slow, _host, _host, _method, _method, _headers, _headers, _chunks, _pipeline) * 3,
    *(_leaving, _leaving, _large, _crowd, _never_ending),
)
