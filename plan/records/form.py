"""Types that the records share.

A record is JSON that leaves this process: the plan document, an event, a body of a ledger entry. Its type is a
`TypedDict` in a module of its own. The type checker holds readers and writers against it. The published schemas are
derived from it (`tools/generators/schemas.py`): from its names, its types, and the text below each name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias


@dataclass(frozen=True, eq=False)  # the keywords cannot be hashed, and `Annotated` hashes what it holds
class Form:
    """Keywords of JSON Schema that a Python type cannot say, such as a pattern."""

    keywords: Mapping[str, object]

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Add the keywords. This is pydantic's protocol; it is called where schemas are derived, and nowhere else."""
        return {**handler(schema), **self.keywords}


@dataclass(frozen=True)
class Named:
    """The name of a definition that several records share."""

    name: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Name the definition. It takes the place of the derived schema."""
        return {"named": self.name}


AddressText: TypeAlias = Annotated[str, Named("address")]
EffectText: TypeAlias = Annotated[str, Named("effect")]
MoneyText: TypeAlias = Annotated[str, Named("money")]
TimeText: TypeAlias = Annotated[str, Named("time")]
DigestText: TypeAlias = Annotated[str, Named("digest")]
SignatureText: TypeAlias = Annotated[str, Named("signature")]
Count: TypeAlias = Annotated[int, Form({"minimum": 0})]
Position: TypeAlias = Annotated[int, Form({"minimum": 1})]

# The value of an attribute, and attributes by name: JSON of any depth, which `plan.values` reads.
PlainValue: TypeAlias = Annotated[object, Named("value")]
PlainAttributes: TypeAlias = Annotated[Mapping[str, object], Named("attributes")]
