"""Forms of values that several blocks share."""

from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from agencyfile.declarations import patterns
from agencyfile.fields import amounts, countries, currencies, links, values, vocabulary

STRICT: Final = ConfigDict(extra="forbid", strict=True)


_ADOPTED: Final[dict[str, Any]] = {"properties": {"adopt": {"const": True}}, "required": ["adopt"]}


def needed(*keys: str) -> ConfigDict:
    """Return a strict configuration whose schema requires these keys unless the block adopts something."""
    asked: dict[str, Any] = {"required": list(keys)}
    if "client" in keys:
        asked["properties"] = {"client": {"required": ["email"]}}
    unless: dict[str, Any] = {"if": _ADOPTED, "else": asked}
    return ConfigDict(extra="forbid", strict=True, json_schema_extra=unless)


def words(known: tuple[str, ...]) -> dict[str, Any]:
    """Return the part of a schema that lists the words of a vocabulary."""
    return {"enum": list(known)}


Email: TypeAlias = Annotated[str, AfterValidator(values.parse_email)]
Duration: TypeAlias = Annotated[
    str,
    BeforeValidator(values.needs_unit("duration", "s")),
    AfterValidator(values.parse_duration),
    Field(json_schema_extra={"pattern": patterns.DURATION}),
]
Url: TypeAlias = Annotated[
    str,
    AfterValidator(links.parse_url),
    Field(json_schema_extra={"format": "uri", "pattern": patterns.URL}),
]
SecretReference: TypeAlias = Annotated[
    str, BeforeValidator(values.parse_secret), Field(json_schema_extra={"pattern": patterns.REFERENCE})
]
Count: TypeAlias = Annotated[int, AfterValidator(values.parse_count), Field(json_schema_extra={"exclusiveMinimum": 0})]
Total: TypeAlias = Annotated[int, AfterValidator(amounts.parse_total), Field(json_schema_extra={"minimum": 0})]
Notification: TypeAlias = Annotated[
    Email,
    Field(
        title="Notification mailbox",
        description="Mailbox that the agency reads. Billing, abuse and approval mail goes there; never to the client.",
        examples=["ops@northwind.example"],
        json_schema_extra={"format": "email"},
    ),
]
Language: TypeAlias = Annotated[
    str,
    AfterValidator(values.one_of("language", "a language", vocabulary.LANGUAGES, vocabulary.LANGUAGE_HINTS)),
    Field(
        title="Language",
        description="Language of the account; later changed by hand, inside the account.",
        examples=["french"],
        json_schema_extra=words(vocabulary.LANGUAGES),
    ),
]
Timezone: TypeAlias = Annotated[
    str,
    AfterValidator(values.parse_timezone),
    Field(
        title="Time zone",
        description="Time zone by its IANA name. Chosen at creation; later changed by hand, inside the account.",
        examples=["Europe/Paris", "America/New_York"],
        json_schema_extra={"pattern": "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"},
    ),
]
Protect: TypeAlias = Annotated[
    bool,
    Field(
        title="Protect",
        description="Refuse any ending but one written under `removed:`. true unless said otherwise.",
        examples=[True],
    ),
]
Reason: TypeAlias = Annotated[
    str,
    AfterValidator(values.parse_block_reason),
    Field(
        title="Reason",
        description="Why this block differs from the others, for the review: shown wherever a plan changes it.",
        examples=["five studios under one contract until 2027"],
        json_schema_extra={"minLength": 1},
    ),
]
Status: TypeAlias = Annotated[
    str,
    AfterValidator(values.parse_status),
    Field(
        title="Status",
        description="Whether people can log in. Not managed unless named. A disabled account is still billed.",
        examples=["active"],
        json_schema_extra=words(vocabulary.STATUSES),
    ),
]
Country: TypeAlias = Annotated[
    str,
    AfterValidator(countries.parse_country),
    Field(
        title="Country",
        description="Country by its two letters (ISO 3166-1), chosen at creation: it decides where data is stored.",
        examples=["FR"],
        json_schema_extra={"pattern": patterns.COUNTRY},
    ),
]
Currency: TypeAlias = Annotated[
    str,
    AfterValidator(currencies.parse_currency),
    Field(
        title="Currency",
        description="Currency by its three letters (ISO 4217), chosen at creation. Needs country.",
        examples=["EUR"],
        json_schema_extra={"pattern": patterns.CURRENCY},
    ),
]
Adopt: TypeAlias = Annotated[
    bool,
    Field(
        title="Adopt",
        description="It exists already, or is being moved in: take it over, and never create it.",
        examples=[True],
    ),
]
HostedBefore: TypeAlias = Annotated[
    str,
    Field(
        title="Previously",
        description="Login name that it had before. Only support renames it: a step by hand, and no second creation.",
        examples=["old-name"],
        json_schema_extra={"pattern": patterns.ACCOUNT_NAME},
    ),
]
NamedBefore: TypeAlias = Annotated[
    str,
    Field(
        title="Previously",
        description="Name of this block before; nothing is made anew because of it.",
        examples=["old name"],
        json_schema_extra={"pattern": patterns.BLOCK_NAME},
    ),
]
