"""Sandboxes, as a file declares them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import (
    STRICT,
    Adopt,
    HostedBefore,
    Language,
    Notification,
    Reason,
    Timezone,
    needed,
)
from agencyfile.kinds.account.client import Client


class Sandbox(TypedDict, total=False):
    """An account of the sandbox tier: free, 100 contacts, the source of snapshots."""

    __pydantic_config__ = needed("client")  # type: ignore[misc]
    client: Annotated[Client, Field(title="Client", description="The client whom the sandbox is for.")]
    notification: Notification
    language: Language
    timezone: Timezone
    custom_fields: Annotated[
        bool,
        Field(
            title="Custom fields",
            description="Whether the sandbox has custom fields: support switches them on, a step by hand.",
            examples=[True],
        ),
    ]
    reason: Reason
    adopt: Adopt
    previously: HostedBefore


class SandboxDefaults(TypedDict, total=False):
    """Defaults for all sandboxes."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    notification: Notification
    language: Language
    timezone: Timezone
