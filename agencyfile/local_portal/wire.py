"""The three forms of an agency API answer: XML (the default), JSON and PHP's serialisation (docs/portal.md 1.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

MEDIA_TYPES = {"json": "application/json", "xml": "text/xml; charset=utf-8", "serialize": "text/plain; charset=utf-8"}

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def render(output: str, root: str, payload: Mapping[str, Any]) -> bytes:
    """Return an answer in the form that ``api_output`` asks for; any other word means XML."""
    if output == "json":
        return json.dumps(payload, separators=(",", ":")).encode()
    if output == "serialize":
        return render_php(payload)
    return render_xml(root, payload)


def render_xml(root: str, payload: Mapping[str, Any]) -> bytes:
    """Return an answer as XML.

    An item of a list is a ``row``, and so is an item of a map keyed by numbers, which are no element names (inferred).
    """
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, payload)}\n'.encode()


def render_php(value: Any) -> bytes:
    """Return a value as PHP's ``serialize`` writes it."""
    return b"".join(_php(value))


def _element(name: str, value: Any) -> str:
    tag = name if _ELEMENT.fullmatch(name) else "row"
    return f"<{tag}>{_inside(value)}</{tag}>"


def _inside(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(_element(str(name), each) for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element("row", each) for each in value)
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else escape(_NOT_XML.sub("", str(value)))


def _php(value: Any) -> Iterator[bytes]:
    match value:
        case None:
            yield b"N;"
        case bool():
            yield b"b:%d;" % value
        case int():
            yield b"i:%d;" % value
        case float():
            yield f"d:{value!r};".encode()
        case str():
            text = value.encode()
            yield b's:%d:"%b";' % (len(text), text)
        case Mapping():
            yield from _php_array([(_php_key(name), each) for name, each in value.items()])
        case _:
            yield from _php_array(list(enumerate(value)))


def _php_array(pairs: Sequence[tuple[str | int, Any]]) -> Iterator[bytes]:
    yield b"a:%d:{" % len(pairs)
    for key, each in pairs:
        yield from _php(key)
        yield from _php(each)
    yield b"}"


def _php_key(name: str) -> str | int:
    # PHP turns a decimal string key into a number, without being asked.
    return int(name) if name.isascii() and name.isdigit() and str(int(name)) == name else name
