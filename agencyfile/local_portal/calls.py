"""A call as it was received, and the answer to it: what every API hands to the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from agencyfile.local_portal.errors import Refusal
from agencyfile.local_portal.request_context import Turn

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one of the APIs.

    Attributes:
        api: ``agency``, ``hub``, ``account_v1`` or ``account_v3``.
        action: Our name for what is asked; None when the portal does not know it.
        method: The HTTP method.
        path: The path, without the query.
        parameters: Everything that was sent, from the path, the query and the body.
        credential: The key that was sent.
        is_write: Whether the action changes something.
        output: How the answer is to be written.
        problem: Why the request cannot be read; it is told after the key was checked.
        account: The account whose own API is called; empty for the two APIs of the agency.
        user: The user who logs in, with the credential as password, where no key was sent.
        is_digest: Whether the credential of a user came as ``api_pass_h``, the MD5 digest of the password.
        token: The key in the header ``Api-Token`` of a call of the first version.
        base: The address of the account's own API, as the client has reached it.
    """

    api: str
    action: str | None
    method: str = "GET"
    path: str = ""
    parameters: Mapping[str, Any]
    credential: str = field(default="", repr=False)
    is_write: bool = False
    output: str = "json"
    problem: Refusal | None = None
    account: str = ""
    user: str = ""
    is_digest: bool = False
    token: str = field(default="", repr=False)
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a request.

    Attributes:
        status: The HTTP status.
        body: The body.
        media_type: Its media type; none is declared for an empty body.
        headers: Further headers.
        result_code: ``result_code`` of an API of the first version; None for the others.
    """

    status: int = 200
    body: bytes = b""
    media_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    result_code: int | None = None


class Front(Protocol):
    """One of the APIs: it reads requests, knows its key, carries actions out and writes answers."""

    def read(self, request: Request, body: bytes) -> Call:
        """Return the call a request makes."""
        ...

    def stored(self, action: str, parameters: Mapping[str, Any], account: str) -> Call:
        """Return a call that was kept to be carried out late."""
        ...

    def authenticate(self, turn: Turn, call: Call) -> Answer | None:
        """Return the answer to a call with a wrong key; None when the key is right."""
        ...

    def carry_out(self, turn: Turn, call: Call) -> Answer:
        """Carry a call out.

        Raises:
            Refusal: The portal will not carry it out.
        """
        ...

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """Return the answer to a call that is refused."""
        ...

    def fail(self, status: int) -> Answer:
        """Return the answer of a portal that is overloaded or broken."""
        ...

    def subject(self, turn: Turn, call: Call) -> str | None:
        """Return the name of the account a call is about."""
        ...
