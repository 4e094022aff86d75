"""Valid declarations as the engine's resources."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agencyfile.language.agency import AgencyHead
from agencyfile.language.completeness import is_adopted
from agencyfile.language.credits import make_credits
from agencyfile.language.declarations import Declaration
from agencyfile.language.defaults import NOTHING, Words, is_whole_plan, merged
from agencyfile.language.subresources import make_addons, make_branding, make_settings
from agencyfile.language.template_files import TemplateFile
from agencyfile.language.templates import TemplateLists, template_attributes
from plan.address import Address, Origin
from plan.resource import Resource
from plan.values import Reference, Value

_KINDS: Final = ("sandbox", "snapshot", "template", "settings", "account", "credit", "addon", "branding")
_ORDER: Final = {kind: index for index, kind in enumerate(_KINDS)}
_SANDBOX_WORDS: Final = ("notification", "language", "timezone")
_ACCOUNT_WORDS: Final = ("domain", "language", "timezone", "status", "country", "currency")
_SANDBOX_PLAN: Final = {"tier": "sandbox"}  # portal.md rule 1
_PROTECTED: Final = ("account", "snapshot")


def make_resources(
    found: list[Declaration], head: AgencyHead, contents: Mapping[Address, TemplateFile]
) -> tuple[Resource, ...]:
    """The resources of every declaration, by kind and name, whatever the order and the files they were declared in."""
    templates = TemplateLists(found, head.account_settings.values.get("templates", ()))
    made = list(make_settings(head.account_settings))
    for declaration in found:
        made += _resources(declaration, head, contents, templates)
    return tuple(sorted(made, key=_order))


def _order(resource: Resource) -> tuple[int, str]:
    return _ORDER[resource.address.kind], resource.address.name


def _resources(
    declaration: Declaration, head: AgencyHead, contents: Mapping[Address, TemplateFile], templates: TemplateLists
) -> Iterator[Resource]:
    """The block itself, and what belongs to it and is changed by calls of its own."""
    address = declaration.address
    below = head.defaults.get(address.kind, NOTHING)
    values, origins = merged(Words(declaration.words or {}, declaration.block), below)
    if address.kind == "account":
        attributes = _account(values, templates, is_adopted=is_adopted(declaration.block))
        if "api" in values:
            origins["api"] = origins["api.url"]
    elif address.kind == "sandbox":
        attributes = _sandbox(values)
    elif address.kind == "snapshot":
        attributes = _snapshot(values)
    else:
        attributes = template_attributes(values, contents.get(address))
        if "html" in origins:
            origins["content"] = origins["html"]
    yield _resource(declaration, attributes, origins, values)
    if address.kind == "account":
        yield from _belongings(declaration, values, origins, below)


def _resource(
    declaration: Declaration, attributes: dict[str, Value], origins: dict[str, Origin], values: Mapping[str, Any]
) -> Resource:
    address = declaration.address
    return Resource(
        address,
        attributes,
        declaration.place.key_at,
        origins,
        protect=values.get("protect", address.kind in _PROTECTED),
        adopt=values.get("adopt", False),
        previously=values.get("previously"),
    )


def _belongings(
    declaration: Declaration, values: Mapping[str, Any], origins: Mapping[str, Origin], below: Words
) -> Iterator[Resource]:
    """Credits, addons and branding of an account."""
    if "credits" in values:
        yield from make_credits(declaration, values["credits"], below)
    if "addons" in values:
        yield from make_addons(declaration.address, values["addons"], origins, (declaration.block, below.block))
    if "branding" in values:
        yield from make_branding(declaration.address, values, origins)


def _client(values: Mapping[str, Any]) -> dict[str, Value]:
    client = values.get("client", {})
    return {f"client.{word}": client[word] for word in ("name", "email") if word in client}


def _account(values: Mapping[str, Any], templates: TemplateLists, *, is_adopted: bool) -> dict[str, Value]:
    attributes = _client(values)
    if "notification" in values:
        attributes["notification"] = values["notification"]
    if "snapshot" in values:
        attributes["snapshot"] = Reference(Address("snapshot", values["snapshot"]))
    if "plan" in values:
        plan = _plan(values["plan"])
        if not is_adopted or is_whole_plan(plan):  # it may inherit a part of one, which then is not managed
            attributes["plan"] = plan
    for word in _ACCOUNT_WORDS:
        if word in values:
            attributes[word] = values[word]
    if values.get("trial", {}).get("extended"):
        attributes["trial.extended"] = True
    if "api" in values:
        attributes["api"] = values["api"]["url"]
    _add_templates(attributes, values, templates)
    return attributes


def _add_templates(attributes: dict[str, Value], values: Mapping[str, Any], templates: TemplateLists) -> None:
    chosen = templates.every
    if "templates" in values:
        chosen = templates.named(values["templates"])
        attributes["keeps_templates"] = True
    if chosen:
        attributes["templates"] = chosen


def _plan(plan: Mapping[str, Any]) -> dict[str, Value]:
    if "id" in plan:
        return {"id": str(plan["id"])}
    return {word: plan[word] for word in ("tier", "billing", "contacts") if word in plan}


def _sandbox(values: Mapping[str, Any]) -> dict[str, Value]:
    attributes = _client(values)
    attributes.update({word: values[word] for word in _SANDBOX_WORDS if word in values})
    attributes["plan"] = _SANDBOX_PLAN
    if values.get("custom_fields"):
        attributes["custom_fields"] = True
    return attributes


def _snapshot(values: Mapping[str, Any]) -> dict[str, Value]:
    return {"sandbox": Reference(Address("sandbox", values["sandbox"]))} if "sandbox" in values else {}
