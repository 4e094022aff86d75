"""The client of an account or sandbox: keys, attributes and checks that both kinds share."""

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.declaration import Declaration
from agencyfile.declarations.forms import STRICT, Email
from agencyfile.declarations.keys import is_misspelt, keys_of
from agencyfile.declarations.nodes import Block
from agencyfile.declarations.place import dotted
from agencyfile.declarations.report import Report
from agencyfile.fields import values
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


def check_client(declaration: Declaration, report: Report) -> None:
    """Report a client without an address, unless the block adopts an account: the portal never tells the address."""
    client = declaration.block.get("client")
    if declaration.is_adopted or not isinstance(client, Block):
        return
    if "email" not in client and not is_misspelt(client, "email", keys_of(Client)):
        path = (declaration.section, declaration.address.name, "client")
        origin = declaration.place.key_origin(("client",))
        report.add(
            "missing-key", origin, f"{dotted(path)} has no email.", fix="add email:", address=declaration.address
        )
