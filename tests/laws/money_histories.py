"""Histories of an agency's accounts for the law of money: what is live, what is declared, and what the portal charges.

One local portal lives through all of them over real HTTP: it is emptied, seeded, planned on, written to, and billed for
thirteen months. Its books are the oracle.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import requests
from hypothesis import strategies as st

from agencyfile.local_portal import RunningPortal
from agencyfile.local_portal.catalogue import plan_for
from agencyfile.local_portal.clock import day_after_months
from agencyfile.portal import Endpoint
from agencyfile.portal.session import PortalProvider
from plan import Address, History, Origin, Plan, Removal, Resource, Secret, Value, make_plan

ORIGIN = Origin("agency.yaml", 1, 1)
TIERS = ("starter", "plus", "pro", "enterprise")
BILLINGS = ("monthly", "annual")
CONTACTS = (500, 1000, 2500)

PLANS: list[Mapping[str, Any]] = [
    *(
        {"tier": tier, "billing": billing, "contacts": number}
        for tier in TIERS
        for billing in BILLINGS
        for number in CONTACTS
    ),
    {"tier": "trial"},
]
PAID = PLANS[:-1]
# `renewed` and `extended`: a person has filled in a form of the portal since.
STATES = ("active", "active", "active", "disabled", "cancelled", "cancelled", "expired", "renewed", "extended", "free")
Amounts = Mapping[str, Decimal]


@dataclass(frozen=True)
class Account:
    """One account: what the portal has of it, and what the file says.

    `live` and `wanted` are plans, or None; `state` is what the portal says of it; `fate` is what the file says besides.
    `days` is how long its term or trial still runs; where it has expired, for how long. `reactivates`: the file lets a
    cancelled account be billed again.
    """

    live: Mapping[str, Any] | None
    wanted: Mapping[str, Any] | None
    state: str
    fate: str
    days: int
    reactivates: bool = False

    @property
    def is_declared(self) -> bool:
        """Is there a block of it?"""
        return self.wanted is not None and self.fate == "block"


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """An account that is new, upgraded, lowered, moved to another term, paused, resumed, ended, forgotten or left.

    One that was cancelled is billed again, or stays; one that has expired waits for a person, or was renewed by one.
    """
    live = draw(st.one_of(st.none(), st.sampled_from(PLANS)))
    state = draw(st.sampled_from(STATES)) if live else "active"
    fate = draw(st.sampled_from(["block", "block", "block", "cancel", "forget", "left"])) if live else "block"
    of = PLANS if live is None or live["tier"] == "trial" else PAID
    keeps = live is not None and draw(st.booleans())
    wanted = live if keeps or state == "free" else draw(st.sampled_from(of))
    reactivates = state == "cancelled" and draw(st.booleans())
    return Account(live, wanted or live, state, fate, draw(st.integers(1, 28)), reactivates)


@dataclass(frozen=True)
class Story:
    """All accounts of an agency, those that the file pauses, and the plans that are sold in euros."""

    accounts: Sequence[Account]
    paused: frozenset[int]
    euros: frozenset[int]


# Every agency has an account that stays: without any plan by its terms, no price is read.
PILOT = Account(PAID[0], PAID[0], "active", "block", 9)
STORIES = st.builds(
    Story,
    accounts=st.lists(accounts(), min_size=1, max_size=7).map(lambda drawn: [PILOT, *drawn]),
    paused=st.frozensets(st.integers(0, 7), max_size=3),
    euros=st.frozensets(st.integers(0, len(PAID) - 1), max_size=6),
)


class Stage:
    """A local portal that lives through one story after the other."""

    def __init__(self, portal: RunningPortal, provider: PortalProvider) -> None:
        self._portal = portal
        self._provider = provider
        self._session = requests.Session()

    def order(self, name: str, body: object) -> Any:
        """Tell the portal something by its control API."""
        answer = self._session.post(f"{self._portal.url}/_portal/{name}", json=body, timeout=600)
        assert answer.ok, answer.text
        return answer.json()

    def charges(self) -> list[dict[str, Any]]:
        """Return the book of charges."""
        found: list[dict[str, Any]] = self._session.get(f"{self._portal.url}/_portal/charges", timeout=600).json()[
            "charges"
        ]
        return found

    def set_up(self, story: Story) -> None:
        """Empty the portal and seed what is live."""
        self.order("reset", {})
        self.order("settings", {"provisioning": 0, "readings": {"edit-cancelled": "reactivates"}})
        self.order("currencies", {str(_planid(PAID[number])): "EUR" for number in story.euros})
        seeds = [_seed(number, one) for number, one in enumerate(story.accounts) if one.live]
        self.order("seed", {"accounts": seeds})
        for act in filter(None, (_act(number, one) for number, one in enumerate(story.accounts))):
            self.order("act", act)

    def plan(self, story: Story) -> Plan:
        """Plan on what the portal shows now."""
        desired = tuple(
            _resource(number, one, is_paused=number in story.paused)
            for number, one in enumerate(story.accounts)
            if one.is_declared
        )
        removals = tuple(
            Removal(_address(number), one.fate, {"reason": "ended"}, ORIGIN)
            for number, one in enumerate(story.accounts)
            if one.fate in ("cancel", "forget")
        )
        reading = self._provider.read(desired, removals)
        plan = make_plan(
            agency="northwind", kinds=self._provider.kinds, declared=desired, reading=reading, history=History(),
            removals=removals,
        )  # fmt: skip
        assert plan.is_applicable, plan.diagnostics
        return plan

    def apply(self, plan: Plan) -> None:
        """Send every call of the plan."""
        for step in plan.steps:
            for call in step.calls:
                outcome = self._provider.send(call)
                assert type(outcome).__name__ == "Confirmed", (call, outcome)

    def renewals(self) -> dict[str, Amounts]:
        """Bill the next thirteen months, and return what each account is charged in the first twelve of them."""
        before = len(self.charges())
        now = datetime.now(UTC)
        self.order("bill", {"until": day_after_months(now.timestamp(), 13)})
        year = day_after_months(now.timestamp(), 12)
        within = [charge for charge in self.charges()[before:] if charge["time"][:10] <= year]
        return by_account(within)


def by_account(charges: Sequence[Mapping[str, Any]]) -> dict[str, Amounts]:
    """Return the sum of charges of each account, by currency."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for charge in charges:
        found[charge["account"]][charge["currency"]] += charge["amount"]
    return {name: dict(amounts) for name, amounts in found.items()}


def added(amounts: Iterator[Amounts]) -> dict[str, Decimal]:
    """Return one sum by currency, without those that come to nothing."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in amounts:
        for currency, amount in one.items():
            found[currency] += amount
    return {currency: amount for currency, amount in found.items() if amount}


def told(texts: Sequence[str]) -> dict[str, Decimal]:
    """Read amounts of a document."""
    return {text.partition(" ")[2]: Decimal(text.partition(" ")[0]) for text in texts}


def endpoint_of(portal: RunningPortal) -> Endpoint:
    """Return the portal's addresses and keys, without a rate limit to speak of."""
    return Endpoint(
        portal.agency_api, portal.hub_api, agency_key=Secret(portal.agency_key), hub_key=Secret(portal.hub_key),
        rate_limit=100_000.0, first_page=1,
    )  # fmt: skip


def _address(number: int) -> Address:
    return Address("account", f"client{number}")


def _planid(plan: Mapping[str, Any]) -> int:
    found = plan_for(plan["tier"], {"monthly": 1, "annual": 12}.get(plan.get("billing", ""), 0), plan.get("contacts"))
    assert found is not None
    return found.planid


def _seed(number: int, one: Account) -> dict[str, Any]:
    assert one.live is not None
    seed: dict[str, Any] = {
        "account": f"client{number}", "client_name": f"Client {number}", "client_email": "c@client.example",
        "notification": "ops@northwind.example", "planid": _planid(one.live), "language": "french",
        "timezone": "Europe/Paris", "expire": _day(-one.days if one.state in ("expired", "renewed") else one.days),
    }  # fmt: skip
    if one.state == "free":
        return {**seed, "forever_free": True, "expire": ""}
    return {**seed, "status": one.state if one.state in ("disabled", "cancelled") else "active"}


def _act(number: int, one: Account) -> dict[str, Any] | None:
    """Return what a person has filled in at the portal."""
    if one.state == "renewed":
        return {"action": "renew", "account": f"client{number}"}
    is_trial = one.live is not None and one.live["tier"] == "trial"
    return {"action": "extend_trial", "account": f"client{number}"} if one.state == "extended" and is_trial else None


def _day(distance: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=distance)).isoformat()


def _resource(number: int, one: Account, *, is_paused: bool) -> Resource:
    attributes: dict[str, Value] = {
        "client.name": f"Client {number}", "client.email": "c@client.example", "notification": "ops@northwind.example",
        "plan": dict(one.wanted or {}), "language": "french", "timezone": "Europe/Paris",
    }  # fmt: skip
    if one.state != "cancelled" or one.reactivates:
        attributes["status"] = "disabled" if is_paused else "active"
    if one.reactivates:
        attributes["reactivations"] = 1
    return Resource(_address(number), attributes, ORIGIN)
