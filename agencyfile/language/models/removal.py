"""What an entry of `removed:` may hold."""

from typing import Annotated, NotRequired

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.language import fields, vocabulary
from agencyfile.language.models import patterns
from agencyfile.language.models.forms import STRICT, words


class Removed(TypedDict):
    """An account to be ended. It is declared nowhere else any more."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    account: Annotated[
        str,
        Field(
            title="Account",
            description="Login name of the account.",
            examples=["old-client"],
            json_schema_extra={"pattern": patterns.LABEL},
        ),
    ]
    action: Annotated[
        str,
        AfterValidator(fields.parse_removal),
        Field(
            title="Action",
            description="How it is ended. The portal deletes no account: a cancelled one is archived.",
            examples=["cancel"],
            json_schema_extra=words(vocabulary.REMOVALS),
        ),
    ]
    reason: Annotated[
        str,
        AfterValidator(fields.parse_reason),
        Field(
            title="Reason",
            description="Why, for the portal, the ledger and the review.",
            examples=["contract ended 2026-10-31"],
            json_schema_extra={"minLength": 1},
        ),
    ]
    retain_data: NotRequired[
        Annotated[
            bool,
            Field(
                title="Retain data",
                description="Whether the portal keeps the account's data; true unless said otherwise.",
                examples=[True],
            ),
        ]
    ]
