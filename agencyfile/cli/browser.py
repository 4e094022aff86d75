"""Open a link that logs somebody in, without showing it to anybody else on this machine.

A link that is passed to a browser is an argument of a process, which every user of the machine can read. So the
browser gets the path of a private page, and the page leads it to the link.
"""

import html
import ipaddress
import shutil
import socket
import tempfile
import time
import webbrowser
from pathlib import Path

from agencyfile.files import create_file
from agencyfile.web_origin import WebOrigin
from plan import Secret

_SECONDS = 10.0  # until the page is deleted: a browser that has to start needs some


def open_privately(link: Secret) -> bool:
    """Open `link` in the browser of this machine. Return whether there is one."""
    folder = Path(tempfile.mkdtemp(prefix="agencyfile-"))
    page = folder / "open.html"
    try:
        create_file(page, _page(link), is_synced=False)
        is_open = webbrowser.open(page.as_uri())
        if is_open:
            time.sleep(_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return is_open


def visitor_of(origin: WebOrigin) -> str | None:
    """Return the IP address that this machine visits `origin` from; None where the network translates it.

    Nothing is sent: a datagram socket that is connected knows which address it would send from.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.connect(address)
            own = ipaddress.ip_address(probe.getsockname()[0])
            other = ipaddress.ip_address(address[0])
    except (OSError, ValueError):
        return None
    return str(own) if own.is_private <= other.is_private else None


def _page(link: Secret) -> str:
    target = html.escape(link.reveal(), quote=True)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>agencyfile</title>'
        '<meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={target}"></head>'
        f'<body><p><a href="{target}">Open the account</a></p></body></html>'
    )
