"""Snapshots, as a file declares them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import Adopt, NamedBefore, Protect, Reason, needed


class Snapshot(TypedDict, total=False):
    """A copy of a sandbox, taken once and never changed: a new state is a new name."""

    __pydantic_config__ = needed("sandbox")  # type: ignore[misc]
    sandbox: Annotated[
        str,
        Field(title="Sandbox", description="Name of the sandbox that it is taken of.", examples=["fitness-lab"]),
    ]
    protect: Protect
    reason: Reason
    adopt: Adopt
    previously: NamedBefore
