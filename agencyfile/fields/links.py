"""Addresses on the web: of the portal, of an account's own API, of images, of shared templates."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agencyfile.fields.values import refusal
from agencyfile.fields.wording import shown
from agencyfile.web_origin import web_origin

_PLACE: Final = "{account}"
_SHARE_HOST: Final = "tplshare.com"  # docs/portal.md rule 62
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


def _check_api(text: str, rule: str) -> None:
    """Refuse what is no address of an API: https, a host of the network, nothing in it that could hold a key.

    An address of this machine is refused too: whoever can change the file would choose which process gets the key.
    The text is not repeated in a message, because it may hold a key.
    """
    try:
        origin = web_origin(text)
    except ValueError as error:
        raise refusal(rule, f"The address cannot be used: {error}.") from None
    if origin.is_loopback:
        raise refusal(
            rule,
            "The address leads to the machine that runs this: the key would go to whatever listens there.",
            "remove it, and name it where the keys are set: AGENCYFILE_AGENCY_API, AGENCYFILE_HUB_API or "
            "AGENCYFILE_ACCOUNT_API",
        )
    if origin.scheme != "https":
        raise refusal(rule, "The address is not https: the key and every client's data would travel in clear.")


def parse_url(text: str) -> str:
    """The address of an API of the agency."""
    _check_api(text, "portal-url")
    return text


def parse_base(text: str) -> str:
    """The base of an account's own API, without a slash at its end (`docs/portal.md` section 3)."""
    _check_api(text, "portal-url")
    return text.rstrip("/")


def parse_account_api(text: str) -> str:
    """The base of every account's own API, with `{account}` where the account's name belongs."""
    _check_api(re.sub(r"[{}]", "", text), "account-api")
    if text.count(_PLACE) != 1:
        raise refusal("account-api", "The address needs {account} once, where the account's name belongs.")
    if re.search(r"[{}]", text.replace(_PLACE, "")):
        raise refusal("account-api", "The address holds a brace that is not part of {account}.")
    return text.rstrip("/")


def parse_receiver(text: str) -> str:
    """The address of a receiver of messages. The text is not repeated in a message, because it may be a secret."""
    try:
        origin = web_origin(text)
    except ValueError as error:
        raise refusal("notify-url", f"The address cannot be used: {error}.") from None
    if origin.is_clear:
        raise refusal("notify-url", "The address is not https: names of clients would travel in clear.")
    return text


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
    """The link under which a designer template is shared (`docs/portal.md` rule 62)."""
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
