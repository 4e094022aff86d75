"""Addresses on the web: of the portal, of an account's own API, of images, of shared templates."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agencyfile.language.fields import refusal
from agencyfile.language.wording import shown

_PLACE: Final = "{account}"
_SHARE_HOST: Final = "tplshare.com"  # portal.md rule 62
_SHARE_PATH: Final = re.compile(r"/[A-Za-z0-9_-]+\$?")
_BARE_SHARE: Final = re.compile(rf"(?:www\.)?{re.escape(_SHARE_HOST)}(?P<path>/[A-Za-z0-9_-]+\$?)/?")


def _parts(text: str) -> SplitResult | None:
    """The parts of a full http or https address; None when it is none."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_full = host and parts.scheme in ("http", "https") and not any(c.isspace() for c in text)
    return parts if is_full else None


def _problem(text: str) -> str:
    """Why `text` is no address of an API: https, except on this machine, and nothing in it that could hold a key."""
    parts = _parts(text)
    if "@" in text or "?" in text or "#" in text:
        return "The address holds a user, a query or a fragment; a key does not belong there."
    if parts is None:
        return "The text is not a full address with https and a host."
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        return "The address is not https: the key and every client's data would travel in clear."
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_url(text: str) -> str:
    """The address of an API; it is not repeated in the message, because it may hold a key."""
    problem = _problem(text)
    if problem:
        raise refusal("portal-url", problem)
    return text


def parse_base(text: str) -> str:
    """The base of an account's own API, without a slash at its end (`portal.md` section 3)."""
    return parse_url(text).rstrip("/")


def parse_account_api(text: str) -> str:
    """The base of every account's own API, with `{account}` where the account's name belongs."""
    problem = _problem(text.replace(_PLACE, "a", 1))
    if not problem and text.count(_PLACE) != 1:
        problem = "The address needs {account} once, where the account's name belongs."
    elif not problem and re.search(r"[{}]", text.replace(_PLACE, "")):
        problem = "The address holds a brace that is not part of {account}."
    if problem:
        raise refusal("account-api", problem)
    return text.rstrip("/")


def parse_image(text: str) -> str:
    """The address of a logo or icon: https, because every page of the account loads it."""
    parts = _parts(text)
    if parts is not None and parts.scheme == "https" and "@" not in parts.netloc:
        return text
    near = parts is not None and parts.scheme == "http" and "@" not in parts.netloc
    raise refusal(
        "branding-url",
        f"{shown(text)} is not a full https address of an image." if near else "The text is not a full https address.",
        f"write https{text.removeprefix('http')}" if near else "",
    )


def parse_share_link(text: str) -> str:
    """The link under which a designer template is shared (`portal.md` rule 62)."""
    parts = _parts(text)
    if parts is None:
        bare = _BARE_SHARE.fullmatch(text)
        fix = f"write https://{_SHARE_HOST}{bare['path']}" if bare else ""
        raise refusal("share-link", f"{shown(text)} is not a full address.", fix)
    if (parts.netloc or "").lower() != _SHARE_HOST:
        raise refusal("share-link", f"{shown(text)} is not on {_SHARE_HOST}, where the portal's share links are.")
    if not _SHARE_PATH.fullmatch(parts.path) or parts.query or parts.fragment or text[-1] in "?#":
        raise refusal("share-link", f"{shown(text)} has not one word after the host, as https://{_SHARE_HOST}/abc123.")
    return text
