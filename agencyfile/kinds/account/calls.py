"""From changes of accounts and sandboxes to calls (`docs/portal.md` 1.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from agencyfile.kinds.account.operations import CANCEL, CREATE, CREATE_AT_HUB, EDIT, SET_STATUS
from agencyfile.kinds.account.reactivation import REACTIVATED, REACTIVATES
from agencyfile.kinds.price import is_free, plan_effect, plan_price
from plan.address import Address
from plan.call import Call
from plan.change import Create, Delete, Update
from plan.values import Attributes, Value

# The inverse of what one expects, and of account_scoring: 1 = inactive, 0 = active (`docs/portal.md` 1.2, traps).
STATUS_VALUES: Final = {"active": "0", "disabled": "1"}

_ADD_PARAMETERS: Final = {
    "domain": "cname",
    "client.name": "name",
    "client.email": "email",
    "notification": "notification",
    "plan": "plan",
    "language": "language",
    "timezone": "timezone",
    "snapshot": "snapshot",
}
_TERMS: Final = ("tier", "billing", "contacts")
# Only these can be edited (`docs/portal.md` 1.2).
_EDIT_PARAMETERS: Final = {"domain": "cname", "notification": "notification", "plan": "plan"}


def creation_calls(change: Create) -> tuple[Call, ...]:
    """Return one `account_add` (with a country: the hub's creation), and one more call if it starts disabled."""
    calls = [_child_account_create(change) if "country" in change.attributes else _account_add(change)]
    if change.attributes.get("status") == "disabled":
        calls.append(_status_set(change.address, change.attributes))
    return tuple(calls)


def update_calls(change: Update) -> tuple[Call, ...]:
    """Return one `account_edit` for everything that it can change, and one call for the status."""
    if REACTIVATED in change.attributes:
        return (_reactivation(change),)
    changed = set(_changed(edit.attribute for edit in change.edits))
    calls = []
    edited = {name: change.attributes[name] for name in _EDIT_PARAMETERS if name in changed}
    if edited:
        calls.append(_account_edit(change, edited))
    if "status" in changed:
        calls.append(_status_set(change.address, change.attributes))
    return tuple(calls)


def cancel_calls(change: Delete) -> tuple[Call, ...]:
    """Return one `account_cancel`. No call brings the account back (rules 36 to 39)."""
    if change.action != "cancel":
        return ()
    parameters: dict[str, Value] = {
        "account": change.address.name,
        "reason": change.attributes.get("reason", change.reason),
        "retaindata": "1" if change.attributes.get("retain_data", True) else "0",
    }
    return (CANCEL.call(change.address, parameters),)


def _account_add(change: Create) -> Call:
    parameters = {"account": change.address.name, **_parameters(change.attributes, _ADD_PARAMETERS)}
    if is_free(change.attributes.get("plan")):
        parameters["free"] = "1"
    return CREATE.call(change.address, parameters, change.effect, change.price)


def _child_account_create(change: Create) -> Call:
    """Return the creation at the Partners Hub, which alone takes a country, and plans in words (`docs/portal.md` 1.8).

    The call has the parameters of `account_add`, so that every reader of an intent finds the account, its plan and its
    snapshot. They are translated into the hub's fields when the call is sent.
    """
    plan = change.attributes.get("plan")
    terms = {word: plan[word] for word in _TERMS if word in plan} if isinstance(plan, Mapping) else {}
    parameters = {**_parameters(change.attributes, _ADD_PARAMETERS), **terms}
    places = {word: change.attributes[word] for word in ("country", "currency") if word in change.attributes}
    words = {"account": change.address.name, **parameters, **places}
    return CREATE_AT_HUB.call(change.address, words, change.effect, change.price)


def _account_edit(change: Update, edited: Attributes) -> Call:
    parameters = {"account": change.address.name, **_parameters(edited, _EDIT_PARAMETERS)}
    price = plan_price(change.before, edited)
    return EDIT.call(change.address, parameters, plan_effect(change.before, edited), price)


def _reactivation(change: Update) -> Call:
    """Return the edit of a cancelled account. It names the plan, and is marked for whoever looks for its effect."""
    parameters = {"account": change.address.name, **_parameters(change.attributes, _EDIT_PARAMETERS), REACTIVATES: True}
    return EDIT.call(change.address, parameters, change.effect, change.price)


def _status_set(address: Address, attributes: Attributes) -> Call:
    parameters: dict[str, Value] = {"account": address.name, "status": STATUS_VALUES[str(attributes["status"])]}
    return SET_STATUS.call(address, parameters)


def _parameters(attributes: Attributes, names: dict[str, str]) -> dict[str, Value]:
    return {
        parameter: _plan_id(attributes[name]) if name == "plan" else attributes[name]
        for name, parameter in names.items()
        if name in attributes
    }


def _plan_id(plan: Value) -> Value:
    """Return the id of a plan; None for a plan without one, which a diagnostic reports."""
    return plan.get("id") if isinstance(plan, Mapping) else None


def _changed(dotted: Iterable[str]) -> Iterator[str]:
    """Return the attributes that edits belong to: `plan.contacts` belongs to `plan`."""
    for name in dotted:
        yield "plan" if name.startswith("plan.") else name
