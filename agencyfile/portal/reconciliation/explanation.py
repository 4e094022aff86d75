"""What a person needs to know of a call whose outcome is unknown: what it may have done, and where to look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from agencyfile.portal.apis.operations import OPERATIONS
from agencyfile.portal.reconciliation.balances import Balance
from plan.ledger.history import OpenIntent
from plan.values import Attributes

_ACCOUNTS: Final = "partner portal, resold accounts"
_POOLS: Final = {
    "account_credits_apply": ("email credits", "Email sending credits"),
    "account_emailtest_credits_apply": ("compatibility credits", "Compatibility credits"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One open call, in words for the person who has to look.

    Attributes:
        happened: what may have happened.
        where: the page of the portal, and what to search for there.
        sign: what is seen where it has happened.
        cost: what it takes from a pool, for a call that charges no card.
        is_shown: can reconciliation find it by itself?
        again: how many credits would be granted once more if it is called absent and is not; None for no grant.
    """

    happened: str
    where: str
    sign: str
    cost: str = ""
    is_shown: bool = True
    again: int | None = None


def explain(intent: OpenIntent, known: Attributes) -> Explanation:
    """The words for an open call; `known` is what the ledger knows was sent for its address before."""
    words: Mapping[str, Callable[[OpenIntent, Attributes], Explanation]] = {
        "account_add": _creation,
        "child_account_create": _creation,
        "account_edit": _edit,
        "account_cancel": _cancellation,
        "account_conversations": _seats,
        "snapshot_create": _snapshot,
        "snapshot_delete": _deletion,
        "message_template_add": _template,
        **dict.fromkeys(_POOLS, _grant),
    }
    return words.get(intent.operation, _other)(intent, known)


def _creation(intent: OpenIntent, _: Attributes) -> Explanation:
    name = _word(intent, "account")
    return Explanation(
        f"the account `{name}` was created, on {_plan(intent)}",
        f'{_ACCOUNTS}: search for "{name}"',
        f"an account of that name, created at about {_clock(intent)}",
    )


def _edit(intent: OpenIntent, _: Attributes) -> Explanation:
    name, plan = _word(intent, "account"), _word(intent, "plan")
    return Explanation(
        f"the account `{name}` was changed to {_plan(intent)}",
        f'{_ACCOUNTS}: search for "{name}", column Plan',
        f"it is on plan {plan}",
    )


def _cancellation(intent: OpenIntent, _: Attributes) -> Explanation:
    name = _word(intent, "account")
    return Explanation(f"the account `{name}` was cancelled", f'{_ACCOUNTS}: search for "{name}"', "it is cancelled")


def _seats(intent: OpenIntent, _: Attributes) -> Explanation:
    name, seats = _word(intent, "account"), _word(intent, "seats")
    return Explanation(
        f"conversations of `{name}` were set to {_word(intent, 'status')}, {seats} seats",
        f'{_ACCOUNTS}: search for "{name}", its add-ons',
        f"{seats} seats",
        is_shown=False,
    )


def _grant(intent: OpenIntent, known: Attributes) -> Explanation:
    name, amount = _word(intent, "account"), _number(intent.parameters.get("credits"))
    what, menu = _POOLS[intent.operation]
    before, balance = _number(known.get("total")), Balance.parse(intent.baseline)
    granted = (
        f"the balance is {amount:,} higher than before: by the ledger {before:,} were granted in all before the call "
        f"and {before + amount:,} after it, less what `{name}` has used"
    )
    if balance:
        granted = (
            f"the balance of `{name}`: {balance.credits:,} before the call, {balance.credits + amount:,} after it, "
            f"less the emails sent since ({balance.sent:,} were sent before)"
        )
    return Explanation(
        f"{amount:,} {what} were granted to `{name}`",
        f'{_ACCOUNTS}, menu on the right: {menu}, then search for "{name}"',
        granted,
        f"{amount:,} {what} of your pool",
        is_shown=balance is not None,
        again=amount,
    )


def _snapshot(intent: OpenIntent, _: Attributes) -> Explanation:
    name = _word(intent, "name")
    others = f"; ids that were there before: {', '.join(intent.baseline)}" if intent.baseline else ""
    return Explanation(
        f"the snapshot `{name}` was taken",
        f'partner portal, account snapshots: search for "{name}"',
        f"a snapshot of that name, taken at about {_clock(intent)}{others}",
    )


def _deletion(intent: OpenIntent, _: Attributes) -> Explanation:
    name, number = _word(intent, "name"), _word(intent, "snapshot_id")
    return Explanation(
        f"the snapshot `{name}` (id {number}) was deleted",
        f'partner portal, account snapshots: search for "{name}"',
        f"no snapshot with the id {number}",
    )


def _template(intent: OpenIntent, _: Attributes) -> Explanation:
    account, name = _word(intent, "account"), _word(intent, "name")
    return Explanation(
        f"the template `{name}` was added to the account `{account}`",
        f'log in to `{account}`, campaigns, templates: search for "{name}"',
        "a template of that name; two of them where something between agencyfile and the portal sent it twice",
        is_shown="api" in intent.parameters,
    )


def _other(intent: OpenIntent, _: Attributes) -> Explanation:
    operation = OPERATIONS.get(intent.operation)
    return Explanation(
        f"{intent.operation} was carried out",
        f'partner portal: search for "{intent.address.name}"',
        "it is as the agency file says",
        is_shown=bool(operation and operation.signals),
    )


def _word(intent: OpenIntent, name: str) -> str:
    return str(intent.parameters.get(name, "?"))


def _plan(intent: OpenIntent) -> str:
    """The id that the portal knows the plan by, with the words of the agency file where they are known."""
    plan = intent.sent.get("plan")
    words = [str(plan[word]) for word in ("tier", "billing", "contacts") if word in plan] if _is_map(plan) else []
    return f"plan {_word(intent, 'plan')}" + (f" ({', '.join(words)})" if words else "")


def _is_map(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def _clock(intent: OpenIntent) -> str:
    return f"{intent.time[:16].replace('T', ' ')} UTC"
