"""Entries of an HTTP Archive (HAR 1.2), without secrets.

A body is kept only where its structure is known, as JSON or a form: only there each value is judged by the name of its
field. Of any other body the size and the type are kept.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from agencyfile.redaction import redact, redacted_document, redacted_pairs, redacted_url

Entry = Mapping[str, Any]

LARGEST_TEXT: Final = 1_000_000  # characters of one body
NO_ANSWER: Final = "no answer had come when this was written"

_FORM: Final = "application/x-www-form-urlencoded"
_UNKNOWN: Final = -1  # as HAR says that a size is not known
_VERSIONS: Final = {10: "HTTP/1.0", 11: "HTTP/1.1", 20: "HTTP/2"}


def request_part(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    """Return `request` of an entry."""
    given = list(headers)
    part: dict[str, Any] = {
        "method": method,
        "url": redacted_url(url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _members(redacted_pairs(given)),
        "queryString": _members(redacted_pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True))),
        "headersSize": _UNKNOWN,
        "bodySize": len(body),
    }
    if body:
        part["postData"] = _posted(_type(given), body)
    return part


def response_part(
    status: int, reason: str, version: int, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    """Return `response` of an entry; its body is what came of it, decompressed."""
    given = list(headers)
    location = next((value for name, value in given if name.lower() == "location"), "")
    return {
        "status": status,
        "statusText": redact(reason),
        "httpVersion": _VERSIONS.get(version, "HTTP/1.1"),
        "cookies": [],
        "headers": _members(redacted_pairs(given)),
        "content": {"size": len(body), "mimeType": redact(_type(given)), **_text(body)},
        "redirectURL": redacted_url(location) if location else "",
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def no_response() -> dict[str, Any]:
    """Return `response` of an entry without an answer, as browsers write it: status 0."""
    return response_part(0, "", 11, (), b"")


def document_start(version: str) -> str:
    """Return the beginning of the file, up to the first entry."""
    creator = json.dumps({"name": "agencyfile", "version": version})
    return f'{{"log":{{"version":"1.2","creator":{creator},"entries":[\n'


DOCUMENT_END: Final = "\n]}}\n"


def _members(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _posted(kind: str, body: bytes) -> dict[str, Any]:
    if kind.partition(";")[0].strip().lower() == _FORM:
        pairs = parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True)
        return {"mimeType": kind, "params": _members(redacted_pairs(pairs))}
    return {"mimeType": redact(kind), "text": "", **_text(body)}


def _text(body: bytes) -> dict[str, str]:
    """Return the members of a content that hold its body, or say why it is left out."""
    if not body:
        return {}
    try:
        document = json.loads(body)
        text = json.dumps(redacted_document(document), ensure_ascii=False)
    except (RecursionError, ValueError):  # UnicodeDecodeError is a ValueError
        return {"comment": f"{len(body)} bytes that are no JSON: left out, since they may hold a secret"}
    if len(text) > LARGEST_TEXT:
        return {"text": text[:LARGEST_TEXT], "comment": f"cut: {len(text) - LARGEST_TEXT} more characters"}
    return {"text": text}
