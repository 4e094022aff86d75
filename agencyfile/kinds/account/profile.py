"""Profiles: named sets of defaults that an account chooses."""

from typing import Annotated, Final

from pydantic import Field

from agencyfile.declarations.declaration import Declaration, Words
from agencyfile.declarations.forms import STRICT
from agencyfile.declarations.kind import Layer, Section
from agencyfile.declarations.names import BlockName
from agencyfile.kinds.account.model import AccountDefaults


class Profile(AccountDefaults, total=False):
    """A named set of defaults for accounts."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    templates: Annotated[
        list[str],
        Field(
            title="Templates", description="Names of the templates that the account gets.", examples=[["newsletter"]]
        ),
    ]


def _gives(profile: Declaration) -> Words:
    return Words(profile.words or {}, profile.block)


PROFILE: Final = Layer(
    name="profile",
    word="profile",
    takes_several=True,
    section=Section(
        key="profiles",
        plural="profiles",
        label=BlockName,
        description="Named sets of defaults. An account takes those that it names, over the defaults.",
    ),
    model=Profile,
    gives=_gives,
)
