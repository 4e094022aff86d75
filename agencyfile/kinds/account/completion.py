"""Declared plans of accounts and sandboxes in normal form (`catalogue`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agencyfile.kinds.at_portal import ChangePrice, Completed
from agencyfile.kinds.catalogue import NON_RECURRING, Catalogue, Terms, terms_of
from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import LiveObjects, PortalView
from agencyfile.kinds.previous_names import held
from agencyfile.kinds.price import FREE_PLAN_ID, PRORATED
from plan.address import Address
from plan.diagnostic import Diagnostic
from plan.resource import Live, Resource
from plan.rule import Rule
from plan.values import Value

_HOSTED: Final = ("account", "sandbox")
_NEAREST: Final = 4

_PLAN_NOT_OFFERED: Final = Rule(
    "plan-not-offered",
    "the portal does not offer this plan",
    "choose one that is offered, or write `plan: {id: N}`",
    "portal.md rule 30, section 1.4",
)
_PLAN_AMBIGUOUS: Final = Rule(
    "plan-ambiguous", "several plans of the portal fit", "choose one: `plan: {id: N}`", "portal.md 1.4"
)
_PLAN_TIERS_UNREADABLE: Final = Rule(
    "plan-tiers-unreadable",
    "the portal's plans cannot be told apart by tier",
    "set portal.plan_tier_field, or portal.plan_ids, or write `plan: {id: N}`",
    "portal.md 1.4",
)
_COUNTRY_PLAN: Final = Rule(
    "country-plan",
    "the plan's tier is not known",
    "declare tier, billing and contacts, or leave country out",
    "portal.md rule 29, section 1.8",
)

PLAN_RULES: Final = (_PLAN_NOT_OFFERED, _PLAN_AMBIGUOUS, _PLAN_TIERS_UNREADABLE, _COUNTRY_PLAN)

Plan = Mapping[str, Value]


def completed_plans(resources: Sequence[Resource], view: PortalView, live: LiveObjects) -> Completed:
    """Give every declared plan of this reading its id and list price."""
    return complete(resources, live, view.catalogue)


def complete(desired: Iterable[Resource], live: Mapping[Address, Live], catalogue: Catalogue | None) -> Completed:
    """Give every declared plan its id and list price. Without a catalogue only declared ids are known."""
    completion = _Completion(catalogue, live)
    resources = tuple(completion.of(resource) for resource in desired)
    return Completed(resources, tuple(completion.found.values()))


def priced_changes(resources: Sequence[Resource], live: LiveObjects, price_of: ChangePrice) -> tuple[Resource, ...]:
    """Add to each plan that changes the price of the change, where the portal tells it (`docs/portal.md` section 8)."""
    return tuple(_priced(resource, live, price_of) for resource in resources)


def _priced(resource: Resource, live: LiveObjects, price_of: ChangePrice) -> Resource:
    plan, there = declared_plan(resource), live.get(resource.address)
    had = there.attributes.get("plan") if there and not there.archived else None
    if plan is None or not isinstance(had, Mapping) or "id" not in plan or had.get("id") == plan["id"]:
        return resource
    price = price_of(resource.address.name, str(plan["id"]))
    if price is None:
        return resource
    return replace(resource, attributes={**resource.attributes, "plan": {**plan, PRORATED: str(price)}})


def declared_plan(resource: Resource) -> Plan | None:
    """Return the plan that an account or a sandbox declares."""
    plan = resource.attributes.get("plan")
    return plan if resource.address.kind in _HOSTED and isinstance(plan, Mapping) else None


def is_made_by_the_hub(resource: Resource, live: Mapping[Address, Live]) -> bool:
    """Return whether the account is to be created with a country, which only the hub takes (`docs/portal.md` 1.8)."""
    is_new = not resource.adopt and held(resource, live) is None
    return resource.address.kind == "account" and "country" in resource.attributes and is_new


class _Completion:
    def __init__(self, catalogue: Catalogue | None, live: Mapping[Address, Live]) -> None:
        self._is_read = catalogue is not None
        self._catalogue = catalogue or Catalogue()
        self._live = live
        # One mistake in the defaults stands in every account: it is told once.
        self.found: dict[tuple[object, ...], Diagnostic] = {}

    def of(self, resource: Resource) -> Resource:
        plan = declared_plan(resource)
        if plan is None:
            return resource
        form = self._by_id(resource, str(plan["id"])) if "id" in plan else self._by_terms(resource, plan)
        if form and "tier" not in form and is_made_by_the_hub(resource, self._live):
            self._tell(_no_terms(resource))
        return replace(resource, attributes={**resource.attributes, "plan": form}) if form else resource

    def _by_id(self, resource: Resource, plan_id: str) -> dict[str, Value]:
        is_held = self._live_plan_id(resource) == plan_id
        if self._is_read and not is_held and plan_id != FREE_PLAN_ID and not self._catalogue.has(plan_id):
            self._tell(_no_such_id(resource, plan_id))
        return self._catalogue.normal_form(plan_id)

    def _by_terms(self, resource: Resource, plan: Plan) -> dict[str, Value] | None:
        terms = terms_of(plan)
        ids = self._catalogue.ids_for(terms)
        held = self._live_plan_id(resource)
        if len(ids) == 1 or held in ids:
            return self._catalogue.normal_form(held if held in ids and held else ids[0])
        if ids:
            self._tell(_ambiguous(resource, terms, ids))
        elif not self._catalogue.knows_tiers:
            self._tell(_no_tiers(resource, terms))
        else:
            self._tell(_not_offered(resource, terms, self._catalogue))
        return None

    def _live_plan_id(self, resource: Resource) -> str | None:
        live = held(resource, self._live)
        plan = live.attributes.get("plan") if live else None
        return str(plan.get("id")) if isinstance(plan, Mapping) else None

    def _tell(self, diagnostic: Diagnostic) -> None:
        self.found.setdefault((diagnostic.rule, diagnostic.origin, diagnostic.detail), diagnostic)


def _no_such_id(resource: Resource, plan_id: str) -> Diagnostic:
    return found(
        _PLAN_NOT_OFFERED,
        f"No plan of the portal has the id {plan_id}.",
        fix="look the id up in the portal, or declare tier, billing and contacts",
        origin=resource.origin_of("plan.id"),
        address=resource.address,
    )


def _ambiguous(resource: Resource, terms: Terms, ids: tuple[str, ...]) -> Diagnostic:
    return found(
        _PLAN_AMBIGUOUS,
        f"The portal offers {terms} under the ids {', '.join(ids)}, and they may differ in what they cost.",
        fix=f"choose one: `plan: {{id: {ids[0]}}}`",
        origin=resource.origin_of("plan.tier"),
        address=resource.address,
    )


def _no_tiers(resource: Resource, terms: Terms) -> Diagnostic:
    return found(
        _PLAN_TIERS_UNREADABLE,
        f"No plan of the portal names a tier in the field that portal.plan_tier_field chooses, so that {terms} "
        "cannot be looked up. The vendor does not publish which field it is.",
        origin=resource.origin_of("plan.tier"),
        address=resource.address,
    )


def _not_offered(resource: Resource, terms: Terms, catalogue: Catalogue) -> Diagnostic:
    word = _first_wrong_word(terms, catalogue)
    return found(
        _PLAN_NOT_OFFERED,
        f"The portal does not offer {terms}. {_what_is_offered(terms, catalogue)}",
        origin=resource.origin_of(f"plan.{word}"),
        address=resource.address,
    )


def _no_terms(resource: Resource) -> Diagnostic:
    return found(
        _COUNTRY_PLAN,
        f"{resource.address} declares a country: it is created through the Partners Hub, which takes tier, billing and "
        "contacts, and the portal's plan list does not tell them of the plan that the file names.",
        origin=resource.origin_of("plan.id"),
        address=resource.address,
    )


def _first_wrong_word(terms: Terms, catalogue: Catalogue) -> str:
    if terms.tier not in catalogue.tiers():
        return "tier"
    return "contacts" if catalogue.contact_limits(terms.tier, terms.billing) else "billing"


def _what_is_offered(terms: Terms, catalogue: Catalogue) -> str:
    if terms.tier not in catalogue.tiers() or terms.tier in NON_RECURRING:
        return f"It offers these tiers: {', '.join(catalogue.tiers())}."
    limits = catalogue.contact_limits(terms.tier, terms.billing)
    if not limits:
        return f"It does not bill {terms.tier} {terms.billing}."
    wanted = terms.contacts or 0
    nearest = sorted(sorted(limits, key=lambda limit: (abs(limit - wanted), limit))[:_NEAREST])
    return f"For {terms.tier} {terms.billing} the nearest contact limits are {', '.join(map(str, nearest))}."
