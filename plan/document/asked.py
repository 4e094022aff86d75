"""Encode and decode who asked for the changes of a plan."""

from collections.abc import Mapping
from typing import Any

from plan.address import Address
from plan.records.request import RequestRecord
from plan.request import Author, ContentChange, Request


def encode_request(request: Request) -> RequestRecord:
    """Return a request as its record."""
    return {
        "base": request.base,
        "head": request.head,
        "authors": [{"name": author.name, "commits": author.commits} for author in request.authors],
        "since": request.since,
        "changed": [str(address) for address in request.changed],
        "left": [str(address) for address in request.left],
        "contents": [
            {"address": str(content.address), "before": content.before, "after": content.after}
            for content in request.contents
        ],
    }


def decode_request(item: Mapping[str, Any] | None) -> Request | None:
    """Read a request back.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if item is None:
        return None
    return Request(
        base=str(item["base"]),
        head=str(item["head"]),
        authors=tuple(Author(str(one["name"]), int(one["commits"])) for one in item["authors"]),
        since=str(item["since"]),
        changed=tuple(map(Address.parse, item["changed"])),
        left=tuple(map(Address.parse, item["left"])),
        contents=tuple(
            ContentChange(Address.parse(one["address"]), _text(one["before"]), _text(one["after"]))
            for one in item["contents"]
        ),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
