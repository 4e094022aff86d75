"""The answers of forges, in the fields that are used."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agencyfile.forges.errors import Unclear

T = TypeVar("T")


class Row(BaseModel):
    """One object of an answer; what it holds besides is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def read(shape: TypeAdapter[T], body: bytes) -> T:
    """`body` as `shape`.

    Raises:
        Unclear: it is nothing of the kind.
    """
    try:
        return shape.validate_json(body)
    except ValidationError:
        raise Unclear("the answer is not what this API answers", fix="check the URL of the API") from None
