"""Reactivation of a cancelled account by `account_edit`, where the file allows one (`docs/portal.md` section 8, R8).

The file declares how many reactivations there may be in all, and the ledger knows how many there were. So an account
that is cancelled once more is not billed again by a number that was meant for the first time.
"""

from collections.abc import Mapping
from typing import Final

from agencyfile.kinds.price import plan_effect, plan_price
from plan.change import Edit, Update
from plan.resource import Live, Resource
from plan.values import Attributes, Value

REACTIVATES: Final = "reactivates"  # marks the call; it is not sent
REACTIVATED: Final = "reactivated"  # the number of reactivations, as the ledger keeps it
_ALLOWED: Final = "reactivations"
_CANCELLED: Final = "cancelled"
_SET: Final = ("notification", "domain")  # what the same call can set


def may_be_reactivated(resource: Resource) -> bool:
    """Return whether the file allows any reactivation of the account."""
    return _number(resource.attributes.get(_ALLOWED)) > 0 and resource.attributes.get("status") != "disabled"


def reactivation(resource: Resource, live: Live, sent: Attributes) -> Update | None:
    """Return the change that brings a cancelled account back on its declared plan; None if the file allows no more.

    An expired account is renewed by hand, and nothing brings one back that was archived for more than a year (rules 39
    to 41). The price is that of a new term.
    """
    done = _number(sent.get(REACTIVATED))
    is_left = may_be_reactivated(resource) and _number(resource.attributes[_ALLOWED]) > done
    plan = resource.attributes.get("plan", live.attributes.get("plan"))
    if live.archived != _CANCELLED or live.is_lost or not is_left or not isinstance(plan, Mapping):
        return None
    wanted = {name: resource.attributes[name] for name in _SET if name in resource.attributes}
    changed = {name: value for name, value in wanted.items() if live.attributes.get(name) != value}
    origin = resource.origin_of(_ALLOWED)
    edits = [Edit("status", _CANCELLED, "active", origin), Edit(REACTIVATED, done, done + 1, origin)]
    if live.attributes.get("plan") != plan:
        edits.append(Edit("plan", live.attributes.get("plan"), plan, resource.origin_of("plan")))
    edits += [Edit(name, live.attributes.get(name), value, resource.origin_of(name)) for name, value in changed.items()]
    after: dict[str, Value] = {"status": "active", REACTIVATED: done + 1, "plan": plan, **changed}
    return Update(
        address=resource.address,
        remote_id=live.remote_id,
        edits=tuple(edits),
        before={**live.attributes, "status": _CANCELLED},
        attributes=after,
        effect=plan_effect(None, after),
        reason="reactivation: the portal has it as cancelled, and its billing starts again",
        origin=origin,
        price=plan_price(None, after),
    )


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
