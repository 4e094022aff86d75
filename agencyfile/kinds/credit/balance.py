"""Balances of email credits from an account's own API, and the evidence that a change of one gives for a grant.

`account_view` shows the rest of all credits, minus the emails sent; the vendor leaves it out for plans that are not
based on credits (`docs/portal.md` rule 71). No source shows compatibility credits, or the balance to the agency's key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MOST_DIGITS: Final = 15
CREDITS: Final = "credits"
_SENT: Final = "emails sent"


@dataclass(frozen=True, slots=True)
class Balance:
    """The credits that are left, and the emails that the account has sent, at one moment."""

    credits: int
    sent: int

    def words(self) -> tuple[str, ...]:
        """Return the form that the ledger keeps beside the intent."""
        return f"{CREDITS} {self.credits}", f"{_SENT} {self.sent}"

    @classmethod
    def parse(cls, words: Sequence[str]) -> "Balance | None":
        """Return the balance in `words`; None if they hold none."""
        told = dict(word.rpartition(" ")[::2] for word in words)
        left, sent = whole(told.get(CREDITS)), whole(told.get(_SENT))
        return cls(left, sent) if left is not None and sent is not None else None


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth of a balance between two looks: its rise, and the emails that were paid from it meanwhile."""

    before: Balance
    now: Balance
    asked: int

    @property
    def came(self) -> int:
        """The number of credits that came."""
        return self.now.credits - self.before.credits + self.sent

    @property
    def sent(self) -> int:
        """The number of emails that were sent meanwhile."""
        return self.now.sent - self.before.sent

    @property
    def times(self) -> int | None:
        """The number of times that the grant was carried out; None where the figures do not add up to whole grants.

        An unchanged balance means "not at all" only if no email was sent either: the list may lag behind the balance.
        """
        if self.sent < 0 or self.came < 0 or self.came % self.asked or (self.sent and not self.came):
            return None
        return self.came // self.asked

    def __str__(self) -> str:
        """Return the figures in words."""
        return (
            f"the balance was {self.before.credits:,} before the call and is {self.now.credits:,} now, "
            f"{self.sent:,} emails were sent meanwhile: {self.came:,} credits were added, {self.asked:,} were asked for"
        )


def whole(value: object) -> int | None:
    """Return a whole number as JSON or PHP writes it; None for anything else."""
    text = str(value)
    is_number = not isinstance(value, bool) and text.removeprefix("-").isdecimal() and text.isascii()
    return int(text) if is_number and len(text) <= _MOST_DIGITS else None
