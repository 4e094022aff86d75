"""The reads of an examination. `Asker` sends no request of another name or method.

None of them changes anything at the portal (`docs/portal.md` 1.2, 1.8, section 3). Left out on purpose: `singlesignon`,
because it makes a token, and `user_me` with the login of an account, because that opens a session.
"""

from typing import Final

from agencyfile.kinds.questions import ACCOUNTS, HUB_ACCOUNTS, NAME_CHECK, SNAPSHOTS, STATUS, USER, VIEW

PLANS: Final = "account_plans"
SOURCES: Final = "snapshot_source_list"
WRONG_METHOD: Final = "hub_wrong_method"  # GET of an address that takes DELETE alone
MORE: Final = "hub_more"

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SAFE_READS: Final = frozenset(
    {ACCOUNTS, PLANS, STATUS, NAME_CHECK, HUB_ACCOUNTS, SNAPSHOTS, SOURCES, WRONG_METHOD, MORE, USER, VIEW}
)
