"""The plan section of a form: product, tier, plans and contact limit; the amount and the button follow what is chosen.

They follow by the style sheet alone: no script runs. A browser that cannot do that shows every button, and a button
that does not fit the plan is refused, so that nobody pays by pressing the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from agencyfile.local_portal.catalogue import (
    ANNUAL,
    CONTACT_LIMITS,
    MONTHLY,
    SANDBOX,
    TRIAL,
    Plan,
    plan_for,
    plans,
)
from agencyfile.local_portal.database import Database
from agencyfile.local_portal.pages.forms import Form
from agencyfile.local_portal.pages.markup import Markup, element, join
from agencyfile.local_portal.pages.visit import Problems, Visit
from agencyfile.local_portal.prices import price_of
from agencyfile.local_portal.shapes import parse_number

PRODUCT = "em"
NON_RECURRING = "once"
TERMS = MappingProxyType({"monthly": "Monthly plans", "annual": "Annual plans", NON_RECURRING: "Non-recurring plans"})
TIERS = MappingProxyType(
    {"starter": "Starter", "plus": "Plus", "pro": "Pro", "enterprise": "Enterprise", TRIAL: "Trial", SANDBOX: "Sandbox"}
)
PAID = ("starter", "plus", "pro", "enterprise")
_WORDS = MappingProxyType({MONTHLY: "once a month", ANNUAL: "once a year"})
_TERM_OF = MappingProxyType({"monthly": MONTHLY, "annual": ANNUAL})


def plan_fields(fields: Form, tiers: Iterable[str] = TIERS, *, title: str = "Plan") -> Markup:
    """Return the section in which a plan is chosen, with its amount."""
    kinds = tuple(tiers)
    terms = TERMS if {TRIAL, SANDBOX} & set(kinds) else {key: TERMS[key] for key in _TERM_OF}
    limits = ((str(limit), f"{limit:,} contacts") for limit in CONTACT_LIMITS)
    return element(
        "fieldset",
        element("legend", title),
        fields.choice("product", "Product", ((PRODUCT, "Em"),)),
        fields.choice("tier", "Tier", ((tier, TIERS[tier]) for tier in kinds)),
        fields.choice("billing", "Plans", terms.items(), hint=_hint(kinds, "are non-recurring")),
        fields.choice("contacts", "Contact limit", limits, hint=_hint(kinds, "hold 100 contacts")),
        class_="plan",
    )


def amount(rows: Database, *, note: str = "") -> Markup:
    """Return the amount of every plan; the style sheet shows the one of the plan that is chosen."""
    prices = (
        element("span", element("b", f"${price_of(rows, plan):,}"), f" {_WORDS[plan.term]}", class_=f"of {key}")
        for plan in plans().values()
        if plan.is_paid
        for key in (plan_key(plan),)
    )
    free = element("span", element("b", "$0"), class_="of free")
    words = element("output", "Amount before your discount: ", free, *prices, aria_live="polite")
    return element("p", words, element("small", note) if note else None, class_="amount")


def chosen_plan(visit: Visit) -> Plan:
    """Return the plan that was chosen.

    Raises:
        Problems: There is no such plan.
    """
    tier, billing = visit.text("tier"), visit.text("billing")
    if tier in (TRIAL, SANDBOX):
        plan = plan_for(tier, 0, None)
    elif billing == NON_RECURRING:
        raise Problems({"billing": "Non-recurring plans are Trial and Sandbox. Choose one of them as the tier."})
    else:
        plan = _exact_plan(tier, _TERM_OF.get(billing, -1), parse_number(visit.text("contacts")))
    if plan is None or visit.text("product") != PRODUCT:
        raise Problems({"tier": "Choose a product, a tier, its plans and a contact limit."})
    return plan


def plan_values(plan: Plan) -> Mapping[str, str]:
    """Return a plan as the fields show it."""
    term = {MONTHLY: "monthly", ANNUAL: "annual"}.get(plan.term, NON_RECURRING)
    return {"product": PRODUCT, "tier": plan.tier, "billing": term, "contacts": str(plan.contacts)}


def plan_key(plan: Plan) -> str:
    """Return the class of the amount of a plan."""
    return f"plan-{plan.planid}"


@cache
def rules() -> str:
    """Return the style rules that show the amount and the button of the plan that is chosen."""
    return "\n".join(_rules())


def _rules() -> Iterator[str]:
    form = "form:has([name=tier] option:checked)"
    yield f"{form} .of, {form} .when {{ display: none; }}"
    for tier in (TRIAL, SANDBOX):
        yield f"{_with('tier', tier)} :is(.free, .when-{tier}) {{ display: revert; }}"
    for tier in PAID:
        yield f"{_with('tier', tier)} .when-paid {{ display: inline-block; }}"
    for plan in filter(lambda plan: plan.is_paid, plans().values()):
        values = plan_values(plan)
        terms = "".join(_has(name, values[name]) for name in ("tier", "billing", "contacts"))
        yield f"form{terms} .{plan_key(plan)} {{ display: revert; }}"


def _with(name: str, value: str) -> str:
    return f"form{_has(name, value)}"


def _has(name: str, value: str) -> str:
    return f':has([name={name}] [value="{value}"]:checked)'


def _exact_plan(tier: str, term: int, contacts: int | None) -> Plan | None:
    plan = plan_for(tier, term, contacts) if tier in PAID and contacts is not None else None
    return plan if plan is not None and plan.contacts == contacts else None


def _hint(tiers: tuple[str, ...], words: str) -> str:
    return f"Trials and sandboxes {words}." if TRIAL in tiers else ""


def described(plan: Plan, rows: Database) -> Markup:
    """Return a plan with its list price."""
    price = f", ${price_of(rows, plan):,} {_WORDS[plan.term]}" if plan.is_paid else ""
    return join((f"{plan.label}{price}",))
