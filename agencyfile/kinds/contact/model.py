"""Contacts, as a file declares them."""

from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import STRICT
from agencyfile.fields import client_words, contact_words

EMAIL: str = r"^[^\s@A-Z]{1,64}@[a-z0-9.-]+$"
ContactEmail = Annotated[str, Field(json_schema_extra={"pattern": EMAIL})]


class Contact(TypedDict, total=False):
    """A person or a team's mailbox that gets notices. The e-mail address is the name of the block."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Annotated[
        str,
        AfterValidator(contact_words.parse_contact_name),
        Field(
            title="Name",
            description="Name of the person or the team.",
            examples=["Jane Doe"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    phone: Annotated[
        str,
        AfterValidator(client_words.parse_phone),
        Field(title="Telephone", description="Telephone number, in quotes.", examples=["+32 2 555 01 01"]),
    ]
    language: Annotated[
        str,
        AfterValidator(contact_words.parse_contact_language),
        Field(
            title="Language",
            description="Language of the notices by its code (ISO 639-1).",
            examples=["fr"],
            json_schema_extra={"pattern": "^[a-z]{2}$"},
        ),
    ]
    group: Annotated[
        bool,
        Field(
            title="Group",
            description="Whether it is a team's mailbox. Its address needs no verification; false.",
            examples=[True],
        ),
    ]
