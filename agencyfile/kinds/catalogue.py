"""Plans that the portal sells, and one form for the plan of an account on both sides (`docs/portal.md` 1.4, rule 30).

Normal form: `id`, and where they are known `tier`, `billing`, `contacts` and `list_price` (`49.00 USD`). Plans that do
not recur (trial, sandbox) have neither billing nor contacts, as in the agency file. Without a
catalogue, what only it knows is left out on both sides: `{"id": ...}`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from agencyfile.kinds.rows import PlanRow
from plan.money import Money
from plan.values import Value

SANDBOX: Final = "sandbox"
TRIAL: Final = "trial"
NON_RECURRING: Final = (TRIAL, SANDBOX)
TIERS: Final = (*NON_RECURRING, "starter", "plus", "pro", "enterprise")

# Pro = Professional, Starter ~ Lite (`docs/portal.md`, end of section 2).
_ALIASES: Final = {"professional": "pro", "lite": "starter"}
# `term` counts months; that 1 and 12 are the only recurring ones is INF from the portal's filter (1.3).
_BILLING: Final = {"1": "monthly", "12": "annual", "monthly": "monthly", "yearly": "annual", "annual": "annual"}


@dataclass(frozen=True, slots=True)
class Terms:
    """The choice of a person: tier, billing and contact limit. The latter two are None for plans that do not recur."""

    tier: str
    billing: str | None = None
    contacts: int | None = None

    def __str__(self) -> str:
        return "/".join(str(part) for part in (self.tier, self.billing, self.contacts) if part is not None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One plan of the portal. `terms` is None where the portal's words for it are not known."""

    plan_id: str
    terms: Terms | None
    list_price: Money | None

    @property
    def normal_form(self) -> dict[str, Value]:
        """Return the value of the attribute `plan`: tier, billing and contacts first, the id last."""
        form: dict[str, Value] = {}
        if self.terms:
            parts = (("tier", self.terms.tier), ("billing", self.terms.billing), ("contacts", self.terms.contacts))
            form |= {key: value for key, value in parts if value is not None}
        if self.list_price:
            form["list_price"] = str(self.list_price)
        return {**form, "id": self.plan_id}


class Catalogue:
    """Offers by id and by terms. A catalogue that was not read is empty."""

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self._by_id = {offer.plan_id: offer for offer in offers}
        self._forms: dict[str, dict[str, Value]] = {}
        self._by_terms: dict[Terms, list[Offer]] = defaultdict(list)
        for offer in self._by_id.values():
            if offer.terms:
                self._by_terms[offer.terms].append(offer)

    @property
    def knows_tiers(self) -> bool:
        """Return whether the portal, or a setting, gives the tier of any plan."""
        return bool(self._by_terms)

    def normal_form(self, plan_id: str) -> dict[str, Value]:
        """Return the plan of that id as far as it is known. All accounts on the plan share one object."""
        form = self._forms.get(plan_id)
        if form is None:
            offer = self._by_id.get(plan_id)
            form = self._forms[plan_id] = offer.normal_form if offer else {"id": plan_id}
        return form

    def offer(self, plan_id: str) -> Offer | None:
        """Return the plan of that id; None if it is not offered."""
        return self._by_id.get(plan_id)

    def offers(self) -> tuple[Offer, ...]:
        """Return every plan by tier from the smallest, billing and contact limit; those of unknown terms come last."""
        return tuple(sorted(self._by_id.values(), key=_rank))

    def has(self, plan_id: str) -> bool:
        """Return whether a plan of that id is offered."""
        return plan_id in self._by_id

    def tier_of(self, plan_id: str) -> str | None:
        """Return the tier of a plan; None if it is not known."""
        offer = self._by_id.get(plan_id)
        return offer.terms.tier if offer and offer.terms else None

    def ids_for(self, terms: Terms) -> tuple[str, ...]:
        """Return the ids of the plans on exactly these terms: none, one, or several that cannot be told apart."""
        return tuple(offer.plan_id for offer in self._by_terms.get(terms, ()))

    def contact_limits(self, tier: str, billing: str | None) -> tuple[int, ...]:
        """Return the contact limits on offer for a tier and billing, ascending."""
        found = (terms for terms in self._by_terms if terms.tier == tier and terms.billing == billing)
        return tuple(sorted(terms.contacts for terms in found if terms.contacts is not None))

    def tiers(self) -> tuple[str, ...]:
        """Return the tiers on offer, the smallest first."""
        found = {terms.tier for terms in self._by_terms}
        return tuple(tier for tier in TIERS if tier in found)


def make_catalogue(rows: Iterable[PlanRow], plan_ids: Mapping[str, str]) -> Catalogue:
    """Make the catalogue of the portal's rows. For the terms of an id, `plan_ids` of the settings wins."""
    chosen = {plan_id: parse_terms(words) for words, plan_id in plan_ids.items()}
    listed = {row.id: row for row in rows}
    return Catalogue(_offers(listed, chosen))


def parse_terms(words: str) -> Terms:
    """Read `tier/billing/contacts`, `trial` or `sandbox`.

    Raises:
        ValueError: the contact limit is no number.
    """
    tier, _, rest = words.partition("/")
    billing, _, contacts = rest.partition("/")
    return Terms(tier_word(tier), billing or None, int(contacts) if contacts else None)


def terms_of(plan: Mapping[str, Value]) -> Terms:
    """Return the terms that a declared plan asks for."""
    contacts = plan.get("contacts")
    tier = tier_word(str(plan["tier"]))
    if tier in NON_RECURRING:
        return Terms(tier)
    return Terms(tier, str(plan.get("billing", "")) or None, contacts if isinstance(contacts, int) else None)


def tier_word(text: str) -> str:
    """Return today's word for a tier."""
    word = text.strip().lower()
    return _ALIASES.get(word, word)


def _rank(offer: Offer) -> tuple[int, str, int, str]:
    terms = offer.terms
    if terms is None or terms.tier not in TIERS:
        return len(TIERS), "", 0, offer.plan_id
    return TIERS.index(terms.tier), "annual" if terms.billing == "annual" else "", terms.contacts or 0, offer.plan_id


def _offers(listed: Mapping[str, PlanRow], chosen: Mapping[str, Terms]) -> Iterator[Offer]:
    for plan_id, row in listed.items():
        yield Offer(plan_id, chosen.get(plan_id) or _terms_of_row(row), _list_price(row))
    for plan_id, terms in chosen.items():
        if plan_id not in listed:
            yield Offer(plan_id, terms, None)


def _terms_of_row(row: PlanRow) -> Terms | None:
    tier = tier_word(row.tier_word)
    if tier in NON_RECURRING:
        return Terms(tier)
    billing = _BILLING.get(row.term.lower())
    return Terms(tier, billing, row.limit_sub) if tier in TIERS and billing else None


def _list_price(row: PlanRow) -> Money | None:
    """Return the list price of one term, before any partner discount (`docs/portal.md` rule 31)."""
    if row.price is None or not row.currency.isalpha():
        return None
    return Money(row.currency.upper(), row.price)
