"""The portal's default account settings, as the agency's block names them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import STRICT
from agencyfile.kinds.branding.model import Branding


class AccountSettings(TypedDict, total=False):
    """The default account settings of the portal, set by hand. The portal gives them to each new account."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    branding: Annotated[Branding, Field(title="Branding", description="Branding of accounts.")]
    templates: Annotated[
        list[str],
        Field(
            title="Templates",
            description="Names of the templates that the portal gives to each new account.",
            examples=[["newsletter"]],
        ),
    ]
    apply_to_existing: Annotated[
        bool,
        Field(
            title="Apply to existing",
            description="Whether the branding goes to accounts that exist as well; templates never do.",
            examples=[True],
        ),
    ]
