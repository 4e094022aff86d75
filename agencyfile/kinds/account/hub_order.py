"""The order of an account as the Partners Hub takes it (`docs/portal.md` 1.8).

The shape is published. These points are not, and are inferred:

* the product is `ac`, after the one example there is;
** its tier is the word of the agency file (`starter`, `plus`, `pro`, `enterprise`, `trial`), unless
  `HubWords.hub_tiers` has another; the example says `basic`, which is none of today's tiers;
** the contact limit is an entitlement, given as its included amount; its code is `HubWords.hub_contacts`;
* a plan that does not recur is ordered with an interval of one month;
* a language is its lower-case English name, as in the agency API; the hub's own catalogue is closed to API keys.
"""

from collections.abc import Mapping
from typing import Final

from agencyfile.kinds.faults import NotSent
from agencyfile.kinds.questions import HubWords
from plan.values import Attributes, Value

_PRODUCT: Final = "ac"
_MONTHS: Final = {"annual": 12}
_NAMES: Final = {
    "account": "account_name",
    "name": "name",
    "email": "email",
    "notification": "notification",
    "country": "country",
    "currency": "currency",
    "cname": "cname",
    "language": "language",
    "timezone": "timezone",
}


def make_order(parameters: Attributes, hub_words: HubWords) -> Mapping[str, object]:
    """Return the document that orders an account.

    Raises:
        NotSent: the tier of the plan, or the id of the snapshot, is not known.
    """
    document: dict[str, object] = {
        name: parameters[word] for word, name in _NAMES.items() if parameters.get(word) not in (None, "")
    }
    document["billing_interval"] = _MONTHS.get(str(parameters.get("billing")), 1)
    document["products"] = [_product(parameters, hub_words)]
    if "snapshot" in parameters:
        document["snapshot_id"] = _snapshot_id(parameters["snapshot"])
    return document


def _product(parameters: Attributes, hub_words: HubWords) -> Mapping[str, object]:
    tier = parameters.get("tier")
    if not isinstance(tier, str):
        raise NotSent("the tier of the account's plan is not known", fix="declare tier, billing and contacts")
    contacts = parameters.get("contacts")
    limit = {"code": hub_words.hub_contacts, "limit": {"included_units": contacts}}
    return {
        "code": _PRODUCT,
        "tier": hub_words.hub_tiers.get(tier, tier),
        "entitlements": [] if contacts is None else [limit],
    }


def _snapshot_id(value: Value) -> int:
    text = str(value)
    if not text.isdecimal():
        raise NotSent("the snapshot of the account has no numeric id yet", fix="plan and apply again")
    return int(text)
