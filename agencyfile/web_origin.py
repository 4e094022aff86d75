"""The scheme, host and port of a URL, read in one strict syntax.

URLs are read by several parsers on their way to a socket, and those disagree about what stands outside of this syntax
(a backslash, a user before `@`, characters that are mapped to others). What is not in it is refused, so that the host
that was checked is the host that is connected to.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_MOST_PORTS: Final = 65_535
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]+\])"
_URL: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[1-9][0-9]{{0,4}}))?(?P<path>/[!-~]*)?", re.ASCII
)
_NOT_IN_A_PATH: Final = re.compile(r"[\\?#@<>\"^`]")
_LONGEST_HOST: Final = 253
_PUNYCODE: Final = "xn--"


@dataclass(frozen=True, slots=True, order=True)
class WebOrigin:
    """The scheme, host and port that a connection is made with."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{'' if self.is_default_port else f':{self.port}'}"

    @property
    def is_default_port(self) -> bool:
        """Is the port the one that the scheme has by default?"""
        return self.port == _DEFAULT_PORTS[self.scheme]

    @property
    def is_loopback(self) -> bool:
        """Does it lead to this machine, by an address or by the one name that stands for it?"""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_clear(self) -> bool:
        """Would a key and what it opens travel unencrypted over a network?"""
        return self.scheme == "http" and not self.is_loopback


def web_origin(url: str) -> WebOrigin:
    """The origin of a URL without a user, query and fragment.

    Raises:
        ValueError: `url` is not in the strict syntax; the message says what is wrong and repeats nothing of it, because
            it may hold a key.
    """
    found = _URL.fullmatch(url)
    if found is None or _NOT_IN_A_PATH.search(found["path"] or ""):
        raise ValueError(_problem(url))
    scheme, host = found["scheme"], found["host"].strip("[]")
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if port > _MOST_PORTS or len(host) > _LONGEST_HOST:
        raise ValueError("the host is too long, or the port is none")
    if "[" in found["host"]:
        host = _ip6(host)
    return WebOrigin(scheme, host, port)


def origin_or_none(url: str) -> WebOrigin | None:
    """The origin of a URL; None where it is not in the syntax."""
    try:
        return web_origin(url)
    except ValueError:
        return None


def _ip6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError("the host is not an IPv6 address") from None


def _problem(url: str) -> str:
    """Why `url` is not in the syntax."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _DEFAULT_PORTS:
        return "it is not a full address with https and a host"
    if re.search(r"[@?#]", rest):
        return "it holds a user, a query or a fragment; a key does not belong there"
    if re.search(r"[\\\s\x00-\x20\x7f]", rest):
        return "it holds a backslash, a space or a control character"
    if not rest.isascii():
        return f"it holds characters outside of ASCII; write the host as {_PUNYCODE}..."
    host = re.split(r"[/:]", rest, maxsplit=1)[0]
    if host != host.lower():
        return "its host is not in lower case"
    return "its host is not made of letters, digits and hyphens with dots between them, or its port is not a number"
