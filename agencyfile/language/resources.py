"""Valid declarations as the engine's resources."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agencyfile.language.agency import AgencyHead
from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import Words, merged
from agencyfile.language.document import Block
from agencyfile.language.grants import make_credits
from agencyfile.language.vocabulary import KINDS
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, Value

_ORDER: Final = {kind: index for index, kind in enumerate((*KINDS.values(), "credit"))}
_ATTRIBUTES: Final = ("notification", "language", "timezone")
_NOTHING: Final = Words({}, Block())
_SANDBOX_PLAN: Final = {"tier": "sandbox"}  # portal.md rule 1


def make_resources(found: list[Declaration], head: AgencyHead, digests: Mapping[Address, str]) -> tuple[Resource, ...]:
    """The resources of every declaration, by kind and name, whatever the order and the files they were declared in."""
    made: list[Resource] = []
    for declaration in found:
        if declaration.words is not None:
            made += _resources(declaration, head, digests)
    return tuple(sorted(made, key=_order))


def _order(resource: Resource) -> tuple[int, str]:
    return _ORDER[resource.address.kind], resource.address.name


def _resources(declaration: Declaration, head: AgencyHead, digests: Mapping[Address, str]) -> Iterator[Resource]:
    """The block itself, and its credits: a total is granted by calls of its own."""
    kind = declaration.address.kind
    own = Words(declaration.words or {}, declaration.block)
    below = head.defaults.get(kind, _NOTHING)
    values, origins = merged(own, below)
    attributes: dict[str, Value] = {}
    if "client" in values:
        attributes["client.name"] = values["client"]["name"]
        attributes["client.email"] = values["client"]["email"]
    if kind == "account":
        _add_account(attributes, values)
    elif kind == "sandbox":
        attributes.update({word: values[word] for word in _ATTRIBUTES if word in values})
        attributes["plan"] = _SANDBOX_PLAN
    elif kind == "snapshot":
        attributes["sandbox"] = Reference(Address("sandbox", values["sandbox"]))
    else:
        _add_template(attributes, values, origins, digests[declaration.address])
    yield Resource(declaration.address, attributes, declaration.place.key_at, origins, _is_protected(kind, values))
    if "credits" in values:
        yield from make_credits(declaration, values["credits"], below)


def _is_protected(kind: str, values: Mapping[str, Any]) -> bool:
    return bool(values.get("protect", kind in ("account", "snapshot")))


def _add_account(attributes: dict[str, Value], values: Mapping[str, Any]) -> None:
    if "notification" in values:
        attributes["notification"] = values["notification"]
    if "snapshot" in values:
        attributes["snapshot"] = Reference(Address("snapshot", values["snapshot"]))
    if "plan" in values:
        attributes["plan"] = _plan(values["plan"])
    for word in ("domain", "language", "timezone", "status"):
        if word in values:
            attributes[word] = values[word]


def _plan(plan: Mapping[str, Any]) -> dict[str, Value]:
    if "id" in plan:
        return {"id": str(plan["id"])}
    return {word: plan[word] for word in ("tier", "billing", "contacts") if word in plan}


def _add_template(
    attributes: dict[str, Value], values: Mapping[str, Any], origins: dict[str, Origin], digest: str
) -> None:
    attributes["type"] = values["type"]
    attributes["html"] = values["html"]
    attributes["digest"] = digest
    origins["digest"] = origins["html"]
    if "tags" in values:
        attributes["tags"] = tuple(values["tags"])
