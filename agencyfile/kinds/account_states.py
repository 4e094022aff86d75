"""Words of the portal for the state of an account (`docs/portal.md` 1.2)."""

from typing import Final

# States are in the words of `account_status` (`docs/portal.md` 1.2). A word that is not listed here, or a number that
# nothing put into a word, leaves the status unread (section 8, R1).
CREATING: Final = "creating"

# An account that is being made is active once it is: a lock that is still to come waits for that.
_STATUSES: Final = {
    "": "active",
    "active": "active",
    CREATING: "active",
    "disabled": "disabled",
    "inactive": "disabled",
}


def word_of_status(word: str) -> str | None:
    """Return `active` or `disabled` for a word of the portal; None if it is neither."""
    return _STATUSES.get(word.lower())
