"""The operations that grant credit (`docs/portal.md` 1.2). They add, and there are no others (rules 70, 71)."""

from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.account.operations import NAMED
from agencyfile.kinds.credit.balance import CREDITS, Balance, Growth, whole
from agencyfile.kinds.explanation import RESOLD_ACCOUNTS, Explain, Explanation, number, word
from agencyfile.kinds.faults import Fault
from agencyfile.kinds.notes import Notes
from agencyfile.kinds.operation import INVISIBLE, UNSEEN, Api, Operation, Seen
from agencyfile.kinds.questions import ACCOUNTS, VIEW, Questions
from plan.call import Call, Effect, OperationClass
from plan.errors import PortalError
from plan.ledger.facts import OpenIntent
from plan.signals import Signals
from plan.values import Attributes

_TWICE: Final = 2
_REPEATS: Final = (*NAMED, ("credits", "credits"))


def _balance_before(call: Call, questions: Questions) -> tuple[str, ...]:
    """Return the balance in the ledger's form; empty if it cannot be read."""
    balance = _balance(call, questions)
    return balance.words() if balance else ()


def _repetition(call: Call, before: tuple[str, ...], questions: Questions) -> str:
    """Return a warning if the balance shows that the confirmed call was carried out more than once."""
    known = Balance.parse(before)
    now = _balance(call, questions) if known else None
    if known is None or now is None:
        return ""
    growth = Growth(known, now, int(str(call.parameters["credits"])))
    if growth.came < _TWICE * growth.asked:
        return ""
    return f"{call.address}: {growth}; look at the balance, what was granted cannot be taken back"


def _balance(call: Call, questions: Questions) -> Balance | None:
    """Return the balance; None if the account's own API or the list cannot give it: then a person has to look."""
    label = account_label(str(call.parameters.get("account", "")))
    try:
        left = whole(questions.view(label).get(CREDITS))
        row = None if left is None else questions.find_account(label)
    except (Fault, PortalError):
        return None
    return None if left is None or row is None else Balance(left, row.emails_sent)


def _see_grant(intent: OpenIntent, questions: Questions) -> Signals:
    """Compare the balance and the emails sent before and after: the difference shows whether the grant happened.

    Without a balance from before the call, today's proves nothing: the account sends emails all the time.
    """
    before, asked = Balance.parse(intent.baseline), str(intent.parameters.get("credits"))
    if before is None or not asked.isdecimal() or int(asked) == 0:
        return UNSEEN
    notes, label = Notes(), account_label(str(intent.parameters.get("account", "")))
    with notes.doubting(VIEW):
        left, row = whole(questions.view(label).get(CREDITS)), questions.account(label)
        if left is None or row is None:
            notes.doubts.append(f"{VIEW if left is None else ACCOUNTS} does not show the credits of `{label}` now")
        else:
            _weigh(notes, Growth(before, Balance(left, row.emails_sent), int(asked)))
    return notes.signals()


def _weigh(notes: Notes, growth: Growth) -> None:
    """Note the evidence of the balance. A grant carried out more than once is a match too, with a note of its own."""
    match growth.times:
        case None:
            notes.doubts.append(str(growth))
        case 0:
            notes.absence.append(str(growth))
        case 1:
            notes.match(None, str(growth))
        case times:
            notes.match(None, f"{growth}: the call was carried out {times} times, or somebody granted more by hand")


def _explain(what: str, menu: str) -> Explain:
    def explain(intent: OpenIntent, known: Attributes) -> Explanation:
        name, amount = word(intent, "account"), number(intent.parameters.get("credits"))
        balance = Balance.parse(intent.baseline)
        return Explanation(
            f"{amount:,} {what} were granted to `{name}`",
            f'{RESOLD_ACCOUNTS}, menu on the right: {menu}, then search for "{name}"',
            _sign_by_balance(name, amount, balance) if balance else _sign_by_ledger(name, amount, known),
            f"{amount:,} {what} of your pool",
            is_shown=balance is not None,
            again=amount,
        )

    return explain


def _sign_by_balance(name: str, amount: int, balance: Balance) -> str:
    return (
        f"the balance of `{name}`: {balance.credits:,} before the call, {balance.credits + amount:,} after it, "
        f"less the emails sent since ({balance.sent:,} were sent before)"
    )


def _sign_by_ledger(name: str, amount: int, known: Attributes) -> str:
    before = number(known.get("total"))
    return (
        f"the balance is {amount:,} higher than before: by the ledger {before:,} were granted in all before the call "
        f"and {before + amount:,} after it, less what `{name}` has used"
    )


# With the methods that clients use (`docs/portal.md` 1.2).
GRANT_EMAIL: Final = Operation(
    name="account_credits_apply",
    api=Api.AGENCY,
    method="GET",
    operation_class=OperationClass.ADDITIVE,
    effect=Effect.PERMANENT,
    again="grants once more",
    seen=Seen(("the balance before and after, where the account's own API tells it",), _see_grant),
    repeats=_REPEATS,
    before=_balance_before,
    after=_repetition,
    explain=_explain("email credits", "Email sending credits"),
)
GRANT_COMPATIBILITY: Final = Operation(
    name="account_emailtest_credits_apply",
    api=Api.AGENCY,
    method="POST",
    operation_class=OperationClass.ADDITIVE,
    effect=Effect.PERMANENT,
    again="grants once more",
    seen=INVISIBLE,
    repeats=_REPEATS,
    explain=_explain("compatibility credits", "Compatibility credits"),
)

OPERATIONS: Final = (GRANT_EMAIL, GRANT_COMPATIBILITY)
