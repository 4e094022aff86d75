"""The forms of a message: generic JSON, Slack, Microsoft Teams.

Chats read marks, links and mentions in a text. Here names from files and the portal get there in elements that know no
marks, and with every character that could be one, or that could make a link, replaced.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from agencyfile.cli.notify.records import Notification

_MARK: Final = re.compile(r"[^\w .,+-]")  # in a name; ASCII letters, digits and a few signs alone
_DOTTED: Final = re.compile(r"(?<=\w)\.(?=\w)")  # what a chat may take for a host, and link


def plain_name(text: str) -> str:
    """Return a name in which no chat sees a mark, a mention or a link."""
    ascii_only = text.encode("ascii", "replace").decode()
    return _DOTTED.sub(" . ", _MARK.sub("_", ascii_only))


def lines_of(message: Notification) -> Iterator[str]:
    """Return a message as lines of plain text."""
    rehearsed = "rehearsal: " if message["rehearsal"] else ""
    yield f"{rehearsed}agencyfile {plain_name(message['agency'])}: {message['event']}, {message['title']}"
    counts = ", ".join(f"{plain_name(name)} {number:,}" for name, number in message["summary"].items())
    if counts:
        yield counts
    money = message["money"]
    if money["now"]:
        yield f"card now: {', '.join(map(plain_money, money['now']))}"
    if money["per_month"]:
        yield f"per month: {', '.join(map(plain_money, money['per_month']))}"
    for rule in message["refusals"]:
        yield f"an apply refuses it: {plain_name(rule)}"
    for address in message["unknown"]:
        yield f"outcome unknown: {plain_name(address)}"
    for change in message["changes"]:
        yield f"{plain_name(change['what'])}: {plain_name(change['address'])}"
    if message["more_changes"]:
        yield f"and {message['more_changes']:,} more"
    yield f"exit code {message['exit_code']}"


def plain_money(amount: str) -> str:
    """Return an amount; its dot makes no host of it."""
    return re.sub(r"[^0-9A-Z. -]", "_", amount)


def _json(message: Notification) -> Mapping[str, Any]:
    return message


def _slack(message: Notification) -> Mapping[str, Any]:
    text = "\n".join(lines_of(message))
    block = {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "blocks": [block]}


def _teams(message: Notification) -> Mapping[str, Any]:
    runs = [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in lines_of(message)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": runs,
    }
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


FORMS: Final[Mapping[str, Callable[[Notification], Mapping[str, Any]]]] = {
    "json": _json,
    "slack": _slack,
    "teams": _teams,
}


def body_of(message: Notification, form: str) -> bytes:
    """Return the bytes that are signed and sent."""
    return json.dumps(FORMS[form](message), ensure_ascii=True, separators=(",", ":")).encode()
