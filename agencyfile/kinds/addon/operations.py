"""The operations of add-ons (`docs/portal.md` 1.2). No call reads them."""

from typing import Final

from agencyfile.kinds.account.operations import NAMED_WITH_STATUS
from agencyfile.kinds.explanation import RESOLD_ACCOUNTS, Explanation, word
from agencyfile.kinds.operation import INVISIBLE, Api, Operation
from plan.call import Effect, OperationClass
from plan.ledger.facts import OpenIntent
from plan.values import Attributes


def _explain_seats(intent: OpenIntent, _: Attributes) -> Explanation:
    name, seats = word(intent, "account"), word(intent, "seats")
    return Explanation(
        f"conversations of `{name}` were set to {word(intent, 'status')}, {seats} seats",
        f'{RESOLD_ACCOUNTS}: search for "{name}", its add-ons',
        f"{seats} seats",
        is_shown=False,
    )


SET_SCORING: Final = Operation(
    name="account_scoring",
    api=Api.AGENCY,
    method="POST",
    operation_class=OperationClass.ABSOLUTE,
    effect=Effect.REVERSIBLE,
    again="nothing",
    repeats=NAMED_WITH_STATUS,
)
SET_CONVERSATIONS: Final = Operation(
    name="account_conversations",
    api=Api.AGENCY,
    method="POST",
    operation_class=OperationClass.ABSOLUTE,
    again="nothing; more seats are a charge",
    seen=INVISIBLE,
    repeats=NAMED_WITH_STATUS,
    explain=_explain_seats,
)

OPERATIONS: Final = (SET_SCORING, SET_CONVERSATIONS)
