"""The plans the local portal sells.

No plan id and no price is published (docs/portal.md 1.4), so ids and prices here are made up. Prices are whole US
dollars for the whole term, and stay as they are unless ``prices`` changes them. A portal can be given other plans to
sell (``Settings.catalogue``): those of the portal that it stands in for. What a client may rely on is the shape:
``account_plans`` is a map keyed by plan id, whose items carry

* ``type``: the tier in lower case (``trial``, ``sandbox``, ``starter``, ``plus``, ``pro``, ``enterprise``). A public
  client reads ``tier`` as a whole number, so the name of the tier cannot stand there;
* ``tier``: the rank of the tier, 0 for plans that are never billed;
* ``term``: the billing interval in months, 0 for the plans that do not recur ("non recurring", docs/portal.md 1.4);
* ``limit_sub``: the contact limit; ``limit_mail``: the sends of one month;
* ``price``: the list price of the whole term, before any partner discount (docs/portal.md rule 31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

CURRENCY = "USD"
TRIAL = "trial"
SANDBOX = "sandbox"
FREE = "free"
CONTACT_LIMITS = (500, 1000, 2500, 5000, 10000, 25000, 50000, 100000)
MONTHLY = 1
ANNUAL = 12
BILLING = MappingProxyType({"monthly": MONTHLY, "annual": ANNUAL, "yearly": ANNUAL})

# Older names of the same tiers (docs/portal.md, end of section 2); "basic" is the hub's example of a tier (inferred).
_ALIASES = MappingProxyType({"lite": "starter", "basic": "starter", "professional": "pro"})
_MONTHLY_PRICE = MappingProxyType({"starter": 20, "plus": 50, "pro": 80, "enterprise": 150})
_PRICE_TENTHS = (8, 10, 26, 48, 90, 180, 300, 500)
_SENDS_PER_CONTACT = MappingProxyType({"starter": 10, "plus": 10, "pro": 12, "enterprise": 15})
_MONTHS_PAID_OF_A_YEAR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan of the catalogue (docs/portal.md rule 30: tier, billing interval and contact limit).

    Attributes:
        planid: Its id.
        tier: The tier in lower case.
        rank: The rank of the tier.
        term: The billing interval in months; 0 where it does not recur.
        contacts: The contact limit.
        sends: The sends of one month.
        price: The list price of the whole term.
        currency: The currency of the price.
        is_told: Whether the list of plans tells the price.
        is_sold: Whether the list of plans shows it; accounts can be on one that is sold no longer.
    """

    planid: int
    tier: str
    rank: int
    term: int
    contacts: int
    sends: int
    price: float
    currency: str = CURRENCY
    is_told: bool = True
    is_sold: bool = True

    @property
    def is_sandbox(self) -> bool:
        """Whether it is the sandbox plan (docs/portal.md rule 1)."""
        return self.tier == SANDBOX

    @property
    def is_free(self) -> bool:
        """Whether it is the plan of accounts that are free for ever, which no list shows (docs/portal.md section 8)."""
        return self.tier == FREE

    @property
    def is_paid(self) -> bool:
        """Whether the card is charged for it (docs/portal.md rule 32)."""
        return self.price > 0

    @property
    def label(self) -> str:
        """The plan in words, for charges and for the page."""
        words = {0: "non recurring", MONTHLY: "monthly", ANNUAL: "annual"}.get(self.term, f"every {self.term} months")
        return f"{self.tier.capitalize()} {words}, {self.contacts:,} contacts"


FREE_PLAN = Plan(planid=0, tier=FREE, rank=0, term=0, contacts=100, sends=100, price=0)


def find_plan(planid: int | None) -> Plan | None:
    """Return the plan with an id."""
    return FREE_PLAN if planid == FREE_PLAN.planid else plans().get(planid or 0)


def tier_word(text: str) -> str:
    """Return today's word for a tier, whatever the case and whether the name is an old one."""
    word = text.strip().lower()
    return _ALIASES.get(word, word)


def plan_for(tier: str, term: int, contacts: int | None) -> Plan | None:
    """Return the smallest plan of a tier that holds so many contacts; the smallest of all without a number."""
    word = tier_word(tier)
    wanted_term = 0 if word in (TRIAL, SANDBOX) else term
    sold = (plan for plan in plans().values() if plan.is_sold)
    offers = (plan for plan in sold if plan.tier == word and plan.term == wanted_term)
    return next((plan for plan in offers if contacts is None or plan.contacts >= contacts), None)


def plans_in(group: str) -> tuple[int, ...] | None:
    """Return the ids of the plans a ``planfilter`` selects, or None for a filter that the portal does not know.

    The values are not published; the portal's own page filters on trial, monthly and yearly (docs/portal.md 1.3) and on
    the tiers (rule 45). That an unknown filter is refused and not ignored is inferred.
    """
    word = tier_word(group)
    if word in BILLING:
        return tuple(plan.planid for plan in plans().values() if plan.term == BILLING[word])
    return tuple(plan.planid for plan in plans().values() if plan.tier == word) or None


class _Offers:
    """A catalogue: its plans by id, and those on offer as items of ``account_plans``."""

    def __init__(self, found: Iterable[Plan]) -> None:
        self.plans: Mapping[int, Plan] = MappingProxyType({plan.planid: plan for plan in found})
        self.items = {str(plan.planid): make_item(plan) for plan in self.plans.values() if plan.is_sold}


# A context of its own for each portal: several run in one process, and need not sell the same.
_OFFERS: ContextVar[_Offers | None] = ContextVar("offers", default=None)


def sell(found: Iterable[Plan]) -> None:
    """Sell these plans instead of the made-up ones, in this context and in every task that it starts."""
    _OFFERS.set(_Offers(found))


def plans() -> Mapping[int, Plan]:
    """Return the whole catalogue by plan id, the smallest plan of a tier first."""
    return _offers().plans


def listed_items() -> Mapping[str, Mapping[str, Any]]:
    """Return every plan on offer as an item of ``account_plans`` (docs/portal.md 1.4), at its price from the start."""
    return _offers().items


def _offers() -> _Offers:
    return _OFFERS.get() or _made_up()


@cache
def _made_up() -> _Offers:
    return _Offers(_make_plans())


def _make_plans() -> Iterator[Plan]:
    yield Plan(planid=1, tier=TRIAL, rank=0, term=0, contacts=100, sends=100, price=0)
    yield Plan(planid=2, tier=SANDBOX, rank=0, term=0, contacts=100, sends=100, price=0)
    for rank, (tier, base) in enumerate(_MONTHLY_PRICE.items(), start=1):
        for size, (contacts, tenths) in enumerate(zip(CONTACT_LIMITS, _PRICE_TENTHS, strict=True), start=1):
            month = base * tenths // 10
            sends = contacts * _SENDS_PER_CONTACT[tier]
            for place, term, price in ((1, MONTHLY, month), (2, ANNUAL, month * _MONTHS_PAID_OF_A_YEAR)):
                planid = 100 * rank + 10 * size + place
                yield Plan(planid=planid, tier=tier, rank=rank, term=term, contacts=contacts, sends=sends, price=price)


def make_item(plan: Plan) -> dict[str, Any]:
    """Return a plan as an item of ``account_plans`` (docs/portal.md 1.4)."""
    per_month = plan.price // (plan.term or 1)
    return {
        "id": plan.planid,
        "term": plan.term,
        "tier": plan.rank,
        "price": plan.price if plan.is_told else None,
        "currency": plan.currency,
        "price_formatted": f"${plan.price:,}",
        "limit_mail": plan.sends,
        "limit_mail_formatted": f"{plan.sends:,}",
        "limit_sub": plan.contacts,
        "limit_sub_formatted": f"{plan.contacts:,}",
        "style": "reseller",
        "type": plan.tier,
        **_credit_fields(),
        **_term_fields(plan.term),
        "price_permonth_formatted": f"${per_month:,}.00",
        "price_permonth_formatted_short": f"${per_month:,}",
        "price_permonth_formatted_smart": f"${per_month:,}",
        "price2show": per_month,
        "price2show_formatted": f"${per_month:,}",
    }


def _credit_fields() -> dict[str, Any]:
    return {
        "emailtestcredits": 0,
        "emailtestcredits_formatted": "0",
        "smscredits": 0,
        "smscredits_formatted": "0",
        "erja": 0,
    }


def _term_fields(term: int) -> dict[str, str]:
    noun, per, adverb = {
        0: ("Non recurring", "", "non recurring"),
        MONTHLY: ("1 month", "per month", "monthly"),
        ANNUAL: ("12 months", "per year", "yearly"),
    }[term]
    return {
        "term_formatted": noun,
        "term_formatted_per": per,
        "term_formatted_id": adverb.replace(" ", "_"),
        "term_formatted_ly": adverb,
        "term_formatted_short": {0: "", MONTHLY: "mo", ANNUAL: "yr"}[term],
    }
