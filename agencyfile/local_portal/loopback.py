"""Requests of this machine: what needs no key answers nobody else."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def is_local(request: Request) -> bool:
    """Say whether a request comes from this machine, for this machine, and from no page of another site."""
    peer = request.client.host if request.client else ""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    return _is_loopback(peer) and _is_loopback(_name_of(host)) and origin in (None, f"http://{host}")


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # a bracket without its other half
        return ""


def _is_loopback(name: str) -> bool:
    if name in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
