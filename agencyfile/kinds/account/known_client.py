"""Clients of the agency: a section of its own, from which accounts take what they need to know.

A client is no object of the portal. Its values reach the portal with the account that names it.
"""

from typing import Annotated, Any, Final, Required

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations import patterns
from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.forms import STRICT, Country, Timezone, words
from agencyfile.declarations.kind import Layer, Section
from agencyfile.declarations.names import BlockName
from agencyfile.declarations.nodes import Block
from agencyfile.fields import client_words
from agencyfile.fields.enterprise_numbers import parse_enterprise_number
from agencyfile.fields.vocabulary import PORTAL_LANGUAGES
from plan.diagnostic import Severity
from plan.rule import Rule

RULES: Final = (
    Rule(
        "enterprise-number",
        "Not a Belgian enterprise number",
        'write its ten digits in quotes, as in "0417497106"',
        "portal.md 4.4",
    ),
    Rule(
        "register-number",
        "National register number",
        "remove it: it is personal data, and nothing here needs it",
        "portal.md 4.4",
    ),
    Rule(
        "client-language",
        "Language of a client not known",
        "write the two letters of its code (ISO 639-1), as in fr, or leave it out",
        "portal.md rule 28",
    ),
    Rule("phone", "Not a telephone number", 'write it in quotes, as in "+32 2 555 01 01"', "language"),
    Rule("client-source", "Not a key of a source", "write the client's key in that source", "language"),
    Rule(
        "client-duplicate",
        "Two clients of one number or key",
        "keep one of the two, or correct its number or key",
        "portal.md 4.4",
        Severity.WARNING,
    ),
)


def _key(title: str) -> Any:
    return Field(
        title=title,
        description=f"Key of the client in {title}.",
        examples=["8f2c7b1e"],
        json_schema_extra={"pattern": patterns.BLOCK_NAME},
    )


class ClientSource(TypedDict, total=False):
    """Keys of the client where it was imported from. Later imports find the client by them."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    excel: Annotated[str, AfterValidator(client_words.parse_source_key), _key("the workbook")]
    adminpulse: Annotated[str, AfterValidator(client_words.parse_source_key), _key("AdminPulse")]
    adminconsult: Annotated[str, AfterValidator(client_words.parse_source_key), _key("Admin Consult")]


class KnownClient(TypedDict, total=False):
    """A client of the agency. Accounts that name it take name, e-mail, language, time zone and country from it."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    name: Required[
        Annotated[
            str,
            AfterValidator(client_words.parse_client_name),
            Field(
                title="Name",
                description="The client's name.",
                examples=["Acme Gym"],
                json_schema_extra={"minLength": 1},
            ),
        ]
    ]
    email: Annotated[
        str,
        AfterValidator(client_words.parse_client_email),
        Field(
            title="E-mail",
            description="The client's own address.",
            examples=["owner@acme.example"],
            json_schema_extra={"format": "email"},
        ),
    ]
    language: Annotated[
        str,
        AfterValidator(client_words.parse_client_language),
        Field(
            title="Language",
            description="The client's language by its code (ISO 639-1). Accounts get the portal's word for it.",
            examples=["fr"],
            json_schema_extra=words(tuple(PORTAL_LANGUAGES)),
        ),
    ]
    timezone: Timezone
    country: Country
    phone: Annotated[
        str,
        AfterValidator(client_words.parse_phone),
        Field(title="Telephone", description="The client's telephone number, in quotes.", examples=["+32 2 555 01 01"]),
    ]
    enterprise_number: Annotated[
        str,
        AfterValidator(parse_enterprise_number),
        Field(
            title="Enterprise number",
            description="The client's Belgian enterprise or VAT number, in quotes. Its check digits are checked.",
            examples=["0417497106"],
            json_schema_extra={"pattern": patterns.ENTERPRISE_NUMBER},
        ),
    ]
    source: Annotated[
        ClientSource,
        Field(
            title="Source",
            description="Where the client was imported from, with its key there.",
            examples=[{"adminpulse": "8f2c7b1e"}],
        ),
    ]


_OF_CLIENT: Final = ("name", "email")
_SHARED: Final = ("timezone", "country")


def _gives(client: Declaration) -> Words:
    """Return what an account takes from a client: its words, at the places where the client has them."""
    found = client.words or {}
    inner, block = Block(), Block()
    inner.take(client.block, *(word for word in _OF_CLIENT if word in found))
    block.put("client", inner, client.place.key_at, client.place.key_at)
    block.take(client.block, *(word for word in ("language", *_SHARED) if word in found))
    values: dict[str, Any] = {"client": {word: found[word] for word in _OF_CLIENT if word in found}}
    values |= {word: found[word] for word in _SHARED if word in found}
    if "language" in found:
        values["language"] = PORTAL_LANGUAGES[found["language"]]
    return Words(values, block)


def identities(words: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what tells one client from all others: its enterprise number, and its keys in sources."""
    found = [("enterprise number", words["enterprise_number"])] if "enterprise_number" in words else []
    return [*found, *((f"key in {source}", key) for source, key in words.get("source", {}).items())]


CLIENT: Final = Layer(
    name="client",
    word="client",
    section=Section(
        key="clients",
        plural="clients",
        label=BlockName,
        description="Clients of the agency by name. Accounts take name, e-mail, language and more from them.",
    ),
    model=KnownClient,
    rules=RULES,
    gives=_gives,
    identities=identities,
    duplicate="client-duplicate",
)
