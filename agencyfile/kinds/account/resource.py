"""Accounts as resources, with their credits, addons and branding."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from agencyfile.declarations.declaration import NOTHING, Merged
from agencyfile.declarations.kind import DeclaredFile, DeclaredKind
from agencyfile.kinds.account.client import client_attributes
from agencyfile.kinds.account.plan import is_whole_plan, plan_attribute
from agencyfile.kinds.addon.resource import addons_of
from agencyfile.kinds.branding.resource import branding_of
from agencyfile.kinds.credit.resource import credits_of
from agencyfile.kinds.template.resource import TemplateLists
from plan.address import Address
from plan.resource import Resource
from plan.values import Reference, Value

_WORDS: Final = ("domain", "language", "timezone", "status", "country", "currency")


def account_resources(kind: DeclaredKind, file: DeclaredFile) -> Iterator[Resource]:
    """Return the resource of each account, and those of its credits, addons and branding."""
    given = file.head.get("settings", NOTHING).values.get("templates", ())
    templates = TemplateLists(file.found.get("template", ()), given)
    for account in file.merged(kind):
        yield kind.resource_of(account, _attributes(account, templates), api="api.url")
        yield from credits_of(account)
        yield from addons_of(account)
        yield from branding_of(account)


def _attributes(account: Merged, templates: TemplateLists) -> dict[str, Value]:
    values = account.values
    attributes = client_attributes(values)
    if "notification" in values:
        attributes["notification"] = values["notification"]
    if "snapshot" in values:
        attributes["snapshot"] = Reference(Address("snapshot", values["snapshot"]))
    if "plan" in values:
        plan = plan_attribute(values["plan"])
        if is_whole_plan(plan) or not account.declaration.is_adopted:  # it may inherit a part, which is not managed
            attributes["plan"] = plan
    for word in _WORDS:
        if word in values:
            attributes[word] = values[word]
    if values.get("trial", {}).get("extended"):
        attributes["trial.extended"] = True
    if values.get("reactivations"):
        attributes["reactivations"] = values["reactivations"]
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
