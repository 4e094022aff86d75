"""The agency file as a whole."""

from typing import Annotated, Any, Final, Required, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.fields import values
from agencyfile.language.models import patterns
from agencyfile.language.models.agency import Agency, Defaults
from agencyfile.language.models.blocks import Account, Sandbox, Snapshot
from agencyfile.language.models.forms import STRICT
from agencyfile.language.models.removal import Removed
from agencyfile.language.models.templates import Template

AccountName: TypeAlias = Annotated[str, Field(json_schema_extra={"pattern": patterns.LABEL})]
BlockName: TypeAlias = Annotated[str, Field(json_schema_extra={"pattern": patterns.BLOCK_NAME})]


class Head(TypedDict, total=False):
    """What only the root file holds."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    version: Required[
        Annotated[
            Any,
            BeforeValidator(values.parse_version),
            Field(title="Version", description="Version of the format.", json_schema_extra={"const": 1}),
        ]
    ]
    agency: Required[
        Annotated[Agency, Field(title="Agency", description="The agency, and how to work with its portal.")]
    ]
    include: Annotated[
        list[str],
        Field(
            title="Include",
            description="Patterns of further files in this folder; they hold blocks only.",
            examples=[["clients/*.yaml"]],
        ),
    ]
    defaults: Annotated[Defaults, Field(title="Defaults", description="What blocks have unless they say otherwise.")]
    ignore: Annotated[
        list[
            Annotated[str, AfterValidator(values.parse_ignore), Field(json_schema_extra={"pattern": patterns.IGNORE})]
        ],
        Field(
            title="Ignore",
            description="Patterns, with * and ?, of what is at the portal and no business of any plan: KIND.NAME.",
            examples=[["account.legacy-*"]],
        ),
    ]


class AgencyDocument(Head, total=False):
    """An agency file: the sandboxes, snapshots, templates and client accounts that the portal should hold."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    sandboxes: Annotated[
        dict[AccountName, Sandbox] | None,
        Field(title="Sandboxes", description="Sandboxes by login name."),
    ]
    snapshots: Annotated[
        dict[BlockName, Snapshot] | None,
        Field(title="Snapshots", description="Snapshots by name."),
    ]
    templates: Annotated[
        dict[BlockName, Template] | None,
        Field(title="Templates", description="Templates by name."),
    ]
    accounts: Annotated[
        dict[AccountName, Account] | None,
        Field(title="Accounts", description="Client accounts by login name: NAME.activehosted.com."),
    ]
    removed: Annotated[
        list[Removed] | None,
        Field(
            title="Removed",
            description="What is to be ended, each with its reason. What is only left out of the file stays as it is.",
            examples=[[{"account": "old-client", "action": "cancel", "reason": "contract ended 2026-10-31"}]],
        ),
    ]


MODELS: Final[dict[str, Any]] = {
    "sandboxes": Sandbox,
    "snapshots": Snapshot,
    "templates": Template,
    "accounts": Account,
}
