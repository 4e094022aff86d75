"""Addons of an account, as its block names them."""

from typing import Annotated, Literal, NotRequired, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import STRICT
from agencyfile.fields import values


class Conversations(TypedDict):
    """The addon Conversations."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    seats: Annotated[
        int,
        AfterValidator(values.parse_seats),
        Field(
            title="Seats",
            description="Number of people who may use it.",
            examples=[2],
            json_schema_extra={"exclusiveMinimum": 0},
        ),
    ]
    trial: NotRequired[
        Annotated[bool, Field(title="Trial", description="Whether it is only tried; false.", examples=[True])]
    ]


def _shape(value: object) -> str:
    return "\0false" if value is False else "\0mapping"


Seats: TypeAlias = Annotated[
    Annotated[Conversations, Tag("\0mapping")] | Annotated[Literal[False], Tag("\0false")],
    Discriminator(_shape),
    BeforeValidator(values.needs_seats),
]


class Addons(TypedDict, total=False):
    """Addons of the account. An addon that is not named is not managed; false ends an addon."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    scoring: Annotated[
        bool,
        Field(
            title="Scoring", description="Contact and deal scoring. The tier enterprise has it anyway.", examples=[True]
        ),
    ]
    conversations: Annotated[
        Seats,
        Field(
            title="Conversations",
            description="The addon Conversations, with its seats; or false.",
            examples=[{"seats": 2}, False],
        ),
    ]
