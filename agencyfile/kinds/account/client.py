"""The client of an account or sandbox: keys, attributes and checks that both kinds share."""

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.declaration import NOTHING, Declaration, Words
from agencyfile.declarations.forms import STRICT, Email
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import dotted
from agencyfile.declarations.report import Report
from agencyfile.fields import values
from agencyfile.fields.wording import shown
from plan.values import Value


class Client(TypedDict):
    """The client whom the account is for."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Annotated[
        str,
        AfterValidator(values.parse_name),
        Field(
            title="Client name",
            description="The client's name.",
            examples=["Acme Gym"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    email: NotRequired[
        Annotated[
            Email,
            Field(
                title="Client e-mail",
                description="The client's own address. The portal never writes to it, and does not tell it.",
                examples=["owner@acme.example"],
                json_schema_extra={"format": "email"},
            ),
        ]
    ]


def client_attributes(words: Mapping[str, Any]) -> dict[str, Value]:
    """Return the client's words as attributes."""
    client = words.get("client", {})
    return {f"client.{word}": client[word] for word in ("name", "email") if word in client}


def check_client(declaration: Declaration, report: Report, below: Words = NOTHING) -> None:
    """Report a client without an address, unless the block adopts an account: the portal never tells the address.

    `below` holds the client that the block names, where it names one.
    """
    client = declaration.block.get("client")
    if isinstance(client, str) and not declaration.is_adopted:
        _check_named(client, declaration, below, report)
    if declaration.is_adopted or not isinstance(client, Block):
        return
    if "email" not in client and not is_misspelt(client, "email", keys_of(Client)):
        path = (declaration.section, declaration.address.name, "client")
        origin = declaration.place.key_origin(("client",))
        report.add(
            "missing-key", origin, f"{dotted(path)} has no email.", fix="add email:", address=declaration.address
        )


def _check_named(name: str, declaration: Declaration, below: Words, report: Report) -> None:
    known = below.block.get("client")
    if isinstance(known, Block) and "email" not in known:
        report.add(
            "missing-key",
            declaration.place.value_origin(("client",)),
            f"The client {shown(name)} has no email, and {declaration.address} needs one.",
            fix="add email: to the client",
            address=declaration.address,
        )
