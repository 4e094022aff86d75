"""What an entry of `removed:` may hold."""

from typing import Annotated, Any, Final, Required

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.fields import values, vocabulary
from agencyfile.language.models import patterns
from agencyfile.language.models.forms import words


def _of_kind(kind: str, actions: tuple[str, ...]) -> dict[str, Any]:
    """The part of a schema that holds the removal of one kind to its actions."""
    return {"required": [kind], "properties": {"action": words(actions)}}


_SHAPES: Final[dict[str, Any]] = {
    "oneOf": [_of_kind(kind, actions) for kind, actions in vocabulary.REMOVALS.items()],
    "if": {"required": ["retain_data"]},
    "then": {"properties": {"action": {"const": "cancel"}}},
}


class Removed(TypedDict, total=False):
    """An account, sandbox or snapshot to be ended. It is declared nowhere else any more."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, json_schema_extra=_SHAPES)  # type: ignore[misc]
    account: Annotated[
        str,
        Field(
            title="Account",
            description="Login name of the account: cancel, transfer or forget it.",
            examples=["old-client"],
            json_schema_extra={"pattern": patterns.LABEL},
        ),
    ]
    sandbox: Annotated[
        str,
        Field(
            title="Sandbox",
            description="Login name of the sandbox: cancel or forget it.",
            examples=["old-lab"],
            json_schema_extra={"pattern": patterns.LABEL},
        ),
    ]
    snapshot: Annotated[
        str,
        Field(
            title="Snapshot",
            description="Name of the snapshot: delete or forget it.",
            examples=["fitness-2024"],
            json_schema_extra={"pattern": patterns.BLOCK_NAME},
        ),
    ]
    action: Required[
        Annotated[
            str,
            AfterValidator(str.lower),
            Field(
                title="Action",
                description="cancel archives an account at the portal, transfer hands it over (steps by hand), "
                "delete ends a snapshot for good, forget only stops managing.",
                examples=["cancel"],
                json_schema_extra=words(vocabulary.REMOVAL_ACTIONS),
            ),
        ]
    ]
    reason: Required[
        Annotated[
            str,
            AfterValidator(values.parse_reason),
            Field(
                title="Reason",
                description="Why, for the portal, the ledger and the review.",
                examples=["contract ended 2026-10-31"],
                json_schema_extra={"minLength": 1},
            ),
        ]
    ]
    retain_data: Annotated[
        bool,
        Field(
            title="Retain data",
            description="Whether the portal keeps the data of what is cancelled; true unless said otherwise.",
            examples=[True],
        ),
    ]
