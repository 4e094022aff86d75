"""Explanations for a person: calls to accounts whose outcome is unknown."""

from collections.abc import Mapping

from agencyfile.kinds.account.reactivation import REACTIVATES
from agencyfile.kinds.explanation import RESOLD_ACCOUNTS, Explanation, clock, word
from plan.ledger.facts import OpenIntent
from plan.values import Attributes


def explain_creation(intent: OpenIntent, _: Attributes) -> Explanation:
    """Explain a creation."""
    name = word(intent, "account")
    return Explanation(
        f"the account `{name}` was created, on {_plan(intent)}",
        f'{RESOLD_ACCOUNTS}: search for "{name}"',
        f"an account of that name, created at about {clock(intent)}",
    )


def explain_edit(intent: OpenIntent, _: Attributes) -> Explanation:
    """Explain a change of plan, or a reactivation. No other change of an edit is billed."""
    name, plan = word(intent, "account"), word(intent, "plan")
    if intent.parameters.get(REACTIVATES):
        what = f"the cancelled account `{name}` was billed again, on {_plan(intent)}"
        return Explanation(what, f'{RESOLD_ACCOUNTS}: search for "{name}"', "it is active")
    return Explanation(
        f"the account `{name}` was changed to {_plan(intent)}",
        f'{RESOLD_ACCOUNTS}: search for "{name}", column Plan',
        f"it is on plan {plan}",
    )


def explain_cancellation(intent: OpenIntent, _: Attributes) -> Explanation:
    """Explain a cancellation."""
    name = word(intent, "account")
    return Explanation(
        f"the account `{name}` was cancelled", f'{RESOLD_ACCOUNTS}: search for "{name}"', "it is cancelled"
    )


def _plan(intent: OpenIntent) -> str:
    """Return the portal's id of the plan, with the plan's words in the agency file where they are known."""
    plan = intent.sent.get("plan")
    terms = ("tier", "billing", "contacts")
    words = [str(plan[term]) for term in terms if term in plan] if isinstance(plan, Mapping) else []
    return f"plan {word(intent, 'plan')}" + (f" ({', '.join(words)})" if words else "")
