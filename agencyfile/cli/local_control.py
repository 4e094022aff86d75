"""Orders to a local portal of this process: seeds, books, prices. They pass the gate, and go through no proxy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from agencyfile.local_portal import RunningPortal

_PATIENCE: Final = 60  # seconds for one answer


class RefusedOrder(Exception):
    """The local portal does not take an order; the message is its own."""


def order(portal: "RunningPortal", path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    """Send an order to `/_portal/PATH`, and return the answer's JSON. Without a body it only reads.

    Raises:
        RefusedOrder: the answer is an error.
    """
    from agencyfile.gate import BoundTo, make_session  # noqa: PLC0415 - loads requests
    from agencyfile.web_origin import web_origin  # noqa: PLC0415

    with make_session() as session:
        session.trust_env = False  # what is copied into a local portal leaves this machine through no proxy
        answer = session.request(
            "GET" if body is None else "POST",
            f"{portal.url}/_portal/{path}",
            json=body,
            headers=dict(headers or {}),
            timeout=_PATIENCE,
            allow_redirects=False,
            auth=BoundTo(web_origin(portal.url)),
        )
    document = answer.json()
    if not answer.ok:
        raise RefusedOrder(document.get("error"))
    return document
