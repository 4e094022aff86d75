"""What a proxy, a filter or a broken server can do to one call. Each fault has a name, a class and an aim."""

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from chaos.proxy import Answer, Exchange

HTML: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1><form action='/login'></form></body></html>"
BOMB: Final = 64 * 1024 * 1024
_BLOCKED: Final = (400, 401, 403, 404, 405, 406, 409, 410, 413, 418, 422, 451)
_BROKEN: Final = (500, 502, 503, 504, 520)


@dataclass(frozen=True)
class Fault:
    """`aim` is what it is thrown at: write, read or any; `repeats`: does it carry a call out twice?

    `lie`: it says "yes" to what never came to be, "no" to what did, or "absent" of what is there, in the portal's own
    form. No client can tell; a list can, where one shows it.
    """

    name: str
    kind: str
    aim: str
    act: Callable[[Exchange], None]
    times: tuple[int, ...] = (1,)
    repeats: bool = False
    lie: str = ""


# -- answers that a filter makes up --------------------------------------------------------------------------------


def _blocked(status: int, body: str, kind: str, exchange: Exchange, *, forwards: bool) -> None:
    if forwards:
        exchange.forward()
    exchange.reply(status, body, content_type=kind)


def _filters() -> Iterator[Fault]:
    for status in (*_BLOCKED, *_BROKEN):
        page, document = HTML.format(f"{status} blocked"), json.dumps({"message": "Forbidden", "status": status})
        for form, body, kind in (("html", page, "text/html"), ("json", document, "application/json")):
            for forwards in (True, False):
                name = f"{status}-{form}-{'after' if forwards else 'before'}"
                act = partial(_blocked, status, body, kind, forwards=forwards)
                yield Fault(name, "filters" if status in _BLOCKED else "gateways", "any", act)


def _portal_like(status: int, exchange: Exchange) -> None:
    """A filter whose JSON looks like the portal's own no."""
    exchange.forward()
    body = {"result_code": 0, "result_message": "Rejected by policy", "result_output": "json"}
    exchange.reply(status, json.dumps(body), content_type="application/json")


def _page(status: int, exchange: Exchange, *, forwards: bool, **headers: str) -> None:
    if forwards:
        exchange.forward()
    exchange.reply(status, HTML.format("Sign in to the guest network"), **headers)


def _portals() -> Iterator[Fault]:
    for forwards in (True, False):
        when = "after" if forwards else "before"
        yield Fault(f"login-page-{when}", "captive portals", "any", partial(_page, 200, forwards=forwards))
        yield Fault(f"511-{when}", "captive portals", "any", partial(_page, 511, forwards=forwards))
        for status in (301, 302, 303, 307, 308):
            act = partial(_page, status, forwards=forwards, location="http://127.0.0.1:9/login")
            yield Fault(f"redirect-{status}-{when}", "captive portals", "any", act)
        yield Fault(f"redirect-itself-{when}", "captive portals", "any", partial(_redirect_back, forwards=forwards))


def _redirect_back(exchange: Exchange, *, forwards: bool) -> None:
    """To the very same address: whoever follows it sends the call again."""
    if forwards:
        exchange.forward()
    exchange.reply(307, "", location=exchange.asked.target)


# -- too many requests ---------------------------------------------------------------------------------------------

RETRY_AFTER: Final = (
    "Fri, 31 Dec 99999 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 01 Jan 2200 00:00:00 GMT",
    "-1",
    "1e400",
    "99999999999999999999",
    "31536000",
    "0.5, 1",
    "soon",
    "",
    "\u0663",
    "NaN",
)


def _limited(value: str | None, status: int, exchange: Exchange, *, forwards: bool) -> None:
    if forwards:
        exchange.forward()
    after = None if value is None else value.encode("utf-8").decode("latin-1")
    exchange.reply(status, HTML.format("Too many"), retry_after=after)


def _limits() -> Iterator[Fault]:
    for forwards in (True, False):
        when = "after" if forwards else "before"
        storm = (1, 2, 7, 40)
        yield Fault(f"429-{when}", "429", "any", partial(_limited, "0", 429, forwards=forwards), storm)
        yield Fault(f"429-plain-{when}", "429", "any", partial(_limited, None, 429, forwards=forwards), storm)
        yield Fault(f"429-portal-{when}", "429", "any", partial(_portal_429, forwards=forwards), storm)
        for number, value in enumerate(RETRY_AFTER):
            act = partial(_limited, value, 429 if number % 2 else 503, forwards=forwards)
            yield Fault(f"retry-after-{number}-{when}", "Retry-After", "any", act)


def _portal_429(exchange: Exchange, *, forwards: bool) -> None:
    """In the form of the portal's own."""
    if forwards:
        exchange.forward()
    exchange.reply(429, '{"message": "Too Many Requests"}', content_type="application/json", retry_after="0")


# -- connections ---------------------------------------------------------------------------------------------------


def _end(how: str, exchange: Exchange, *, forwards: bool) -> None:
    if forwards:
        exchange.forward()
    match how:
        case "reset":
            exchange.reset()
        case "silent":
            exchange.stay_silent()
        case "half-head":
            exchange.raw(b"HTTP/1.1 200 O")
        case "garbage":
            exchange.raw(b"\x16\x03\x01\x00\xff" * 40)
        case _:
            exchange.close()


def _connections() -> Iterator[Fault]:
    for how in ("close", "reset", "silent", "half-head", "garbage"):
        for forwards in (True, False):
            act = partial(_end, how, forwards=forwards)
            yield Fault(f"{how}-{'after' if forwards else 'before'}", "connections", "any", act)


# -- bodies that are not what they say -----------------------------------------------------------------------------


def _body(change: Callable[[bytes], bytes], headers: Mapping[str, str | None], exchange: Exchange) -> None:
    answer = exchange.forward()
    content = change(answer.body)
    named = {"content_type": answer.headers.get("content-type", "text/html"), **headers}
    exchange.reply(answer.status, content, **named)


def _nested(_: bytes) -> bytes:
    return b'{"result_code":' * 100_000


def _surrogates(body: bytes) -> bytes:
    """Every text of the answer ends in half a character."""
    try:
        document = json.loads(body)
    except ValueError:
        return b'"\\ud800"'
    return json.dumps(_with_surrogates(document)).encode()


def _with_surrogates(value: Any) -> Any:
    match value:
        case dict():
            return {key: _with_surrogates(each) for key, each in value.items()}
        case list():
            return [_with_surrogates(each) for each in value]
        case str():
            return f"{value}\ud800"
        case _:
            return value


def _same(body: bytes) -> bytes:
    return body


_BODIES: Final[Mapping[str, tuple[Callable[[bytes], bytes], Mapping[str, str | None]]]] = {
    "promised-more": (_same, {"content_length": "1000000"}),
    "promised-less": (_same, {"content_length": "7"}),
    "promised-nothing": (_same, {"content_length": "0"}),
    "length-negative": (_same, {"content_length": "-5"}),
    "length-garbage": (_same, {"content_length": "many"}),
    "length-missing": (_same, {"content_length": None}),
    "length-twice": (_same, {"content_length": "3\r\nContent-Length: 5"}),
    "empty": (lambda _: b"", {}),
    "half": (lambda body: body[: len(body) // 2], {}),
    "half-chunked": (
        lambda body: b"%x\r\n" % (2 * len(body)) + body,
        {"transfer_encoding": "chunked", "content_length": None},
    ),
    "chunk-lies": (lambda body: b"zz\r\n" + body, {"transfer_encoding": "chunked", "content_length": None}),
    "smuggled": (lambda body: b"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + body, {"transfer_encoding": "chunked"}),
    "says-gzip": (_same, {"content_encoding": "gzip"}),
    "half-gzip": (lambda body: gzip.compress(body)[:-12], {"content_encoding": "gzip"}),
    "bomb": (lambda _: gzip.compress(bytes(BOMB), 1), {"content_encoding": "gzip"}),
    "latin-1": (lambda body: body + "é".encode("latin-1"), {"content_type": "application/json; charset=utf-8"}),
    "utf-16": (lambda body: body.decode("utf-8", "replace").encode("utf-16"), {}),
    "bom": (lambda body: b"\xef\xbb\xbf" + body, {}),
    "charset-unknown": (_same, {"content_type": "application/json; charset=klingon"}),
    "surrogates": (_surrogates, {}),
    "nested": (_nested, {}),
    "list-for-object": (lambda body: b"[" + body + b"]", {}),
    "number": (lambda _: b"1", {}),
    "huge-number": (lambda _: b'{"result_code": ' + b"9" * 5000 + b"}", {}),
    "not-a-number": (lambda _: b'{"result_code": NaN}', {}),
    "zero-bytes": (lambda body: b"\x00" * len(body), {}),
    "php-warning-before": (lambda body: b"<br /><b>Warning</b>: Undefined index in x.php<br />" + body, {}),
    "banner-behind": (lambda body: body + b"<!-- filtered by proxy -->", {}),
    "script-injected": (lambda body: body.replace(b"{", b'{"injected": "<script>",', 1), {}),
    "huge-header": (_same, {"x_filter": "a" * 100_000}),
    "many-cookies": (_same, {"set_cookie": "a=b\r\nSet-Cookie: c=d\r\nSet-Cookie: e=f"}),
    "type-twice": (_same, {"content_type": "application/json\r\nContent-Type: text/plain"}),
    "header-folded": (_same, {"x_filter": "a\r\n b"}),
    "header-broken": (_same, {"x_filter": "a\r\nno colon here"}),
}


def _bodies() -> Iterator[Fault]:
    for name, (change, headers) in _BODIES.items():
        yield Fault(name, "bodies and headers", "any", partial(_body, change, headers))


# -- the protocol --------------------------------------------------------------------------------------------------


def _framed(first: bytes, exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.raw(first + answer.body)


def _informed(count: int, exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * count)
    exchange.pass_on(answer)


def _switched(exchange: Exchange) -> None:
    exchange.forward()
    exchange.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")


def _status_only(status: int, exchange: Exchange) -> None:
    exchange.forward()
    exchange.reply(status, b"")


def _drip(seconds: float, exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer.body))
    for byte in answer.body:
        exchange.raw(bytes([byte]))
        if exchange.is_client_gone(seconds):
            exchange.close()


def _protocol() -> Iterator[Fault]:
    framed = {
        "http-1.0": b"HTTP/1.0 200 OK\r\n\r\n",
        "http-0.9": b"",
        "http-9": b"HTTP/9.9 200 OK\r\n\r\n",
        "no-status": b"HTTP/1.1\r\n\r\n",
        "status-999": b"HTTP/1.1 999 What\r\n\r\n",
        "status-words": b"HTTP/1.1 fine fine\r\n\r\n",
        "icy": b"ICY 200 OK\r\n\r\n",
    }
    for name, first in framed.items():
        yield Fault(name, "protocol", "any", partial(_framed, first))
    for count in (1, 3, 200):
        yield Fault(f"1xx-{count}", "protocol", "any", partial(_informed, count))
    yield Fault("101", "protocol", "any", _switched)
    for status in (200, 201, 202, 204, 205, 206, 207, 304):
        yield Fault(f"bare-{status}", "protocol", "any", partial(_status_only, status))
    yield Fault("drip-for-ever", "slow", "any", partial(_drip, 0.1))
    yield Fault("drip", "slow", "any", partial(_drip, 0.0))


# -- answers of something else -------------------------------------------------------------------------------------


def _of_another(exchange: Exchange, *, forwards: bool) -> None:
    """The answer to an earlier request: a cache or a pipelining mistake."""
    if forwards:
        exchange.forward()
    others = [answers[-1] for name, answers in exchange.proxy.answers.items() if name != exchange.asked.operation]
    exchange.pass_on(others[-1] if others else Answer(200, {}, b"{}"))


def _renamed(exchange: Exchange) -> None:
    """The answer about another account, with that one's login."""
    answer = exchange.forward()
    name = exchange.asked.account.encode()
    body = answer.body.replace(name, b"other-client") if name else answer.body
    exchange.pass_on(Answer(answer.status, answer.headers, body))


def _lying_yes(exchange: Exchange) -> None:
    is_old = "api_action" in exchange.asked.target + exchange.asked.body.decode("latin-1")
    body = {"result_code": 1, "result_message": "Success", "account": exchange.asked.account}
    exchange.reply(200 if is_old else 201, json.dumps(body) if is_old else "", content_type="application/json")


def _replayed(exchange: Exchange) -> None:
    """A cache answers what this list said first."""
    earlier = exchange.proxy.answers.get(exchange.asked.operation, ())
    exchange.pass_on(earlier[0] if earlier else exchange.forward())


def _endless(exchange: Exchange) -> None:
    """Something new on every page, for ever."""
    answer = exchange.forward()
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = {}
    if isinstance(document, dict):
        mark = str(time.monotonic_ns())
        document = {**document, "accounts": [{"account": f"ghost{mark}", "name": f"ghost{mark}.activehosted.com"}]}
        document |= {"next_cursor": mark, "cursor": mark, "meta": {"next_cursor": mark, "total": 10**9}}
    exchange.reply(200, json.dumps(document), content_type="application/json")


def _rows(change: Callable[[list[Any]], list[Any]], exchange: Exchange) -> None:
    answer = exchange.forward()
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    if isinstance(document, dict):
        document = {key: change(value) if isinstance(value, list) else value for key, value in document.items()}
    exchange.reply(answer.status, json.dumps(document), content_type="application/json")


def _twice(exchange: Exchange, *, first: bool, later: float = 0.0) -> None:
    """A middlebox that sends again what took too long."""
    one = exchange.forward()
    time.sleep(later)
    two = exchange.forward()
    exchange.pass_on(one if first else two)


def _mixed_up() -> Iterator[Fault]:
    yield Fault("another-answer-after", "mixed-up answers", "any", partial(_of_another, forwards=True))
    yield Fault("another-answer-before", "mixed-up answers", "any", partial(_of_another, forwards=False), lie="yes")
    yield Fault("another-account", "mixed-up answers", "write", _renamed)
    yield Fault("lying-yes", "lies", "write", _lying_yes, lie="yes")
    lists: dict[str, Callable[[list[Any]], list[Any]]] = {
        "rows-reversed": lambda rows: rows[::-1],
        "rows-twice": lambda rows: rows + rows,
        "rows-missing": lambda rows: rows[:-1],
        "rows-none": lambda _: [],
        "rows-strange": lambda rows: [*rows, None, 7, "x", [], {}],
    }
    for name, change in lists.items():
        lie = "absent" if name in ("rows-missing", "rows-none") else ""
        yield Fault(name, "lists", "read", partial(_rows, change), (1, 3), lie=lie)
    yield Fault("list-replayed", "lists", "read", _replayed, (1, 3, 9))
    yield Fault("list-endless", "lists", "read", _endless, (10_000,))
    for first in (True, False):
        name = f"sent-twice-{'first' if first else 'second'}"
        yield Fault(name, "sent twice", "write", partial(_twice, first=first), repeats=True)


def _registry() -> dict[str, Fault]:
    makers = (_filters, _portals, _limits, _connections, _bodies, _protocol, _mixed_up)
    faults = {fault.name: fault for make in makers for fault in make()}
    for status in (200, 401, 403):
        name = f"portal-like-no-{status}"
        kind, lie = ("lies", "no") if status == HTTPStatus.OK else ("filters", "")
        faults[name] = Fault(name, kind, "write", partial(_portal_like, status), lie=lie)
    return faults


FAULTS: Final[Mapping[str, Fault]] = _registry()
