"""Models that are built from the registry of kinds."""

from collections.abc import Mapping
from types import new_class
from typing import Any

from pydantic import ConfigDict
from typing_extensions import TypedDict  # pydantic refuses typing's own before Python 3.12

from agencyfile.declarations.forms import STRICT


class NoWords(TypedDict):
    """The base of a model without inherited words."""


def model_of(
    name: str, words: Mapping[str, Any], summary: str, *, base: Any = NoWords, config: ConfigDict = STRICT
) -> Any:
    """Return the model that a class statement would make: the words of `base`, then these, none of them required."""

    def fill(body: dict[str, Any]) -> None:
        body |= {
            "__module__": __name__,
            "__doc__": summary,
            "__annotations__": dict(words),
            "__pydantic_config__": config,
        }

    return new_class(name, (base,), {"total": False}, fill)
