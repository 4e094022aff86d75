"""Questions to accounts' own APIs, whose keys the agency file declares (`docs/portal.md` section 3, section 8)."""

from collections.abc import Mapping
from typing import Any, Final

from agencyfile.kinds.questions import USER, VIEW
from agencyfile.kinds.readings import ACCOUNT_KEY, ACCOUNT_VIEW
from agencyfile.portal.apis.account_api import AccountApi
from agencyfile.portal.examination.asking import Asker, Reach, Told
from agencyfile.portal.observations import Observations

_CREDITS: Final = "credits"


def examine_account(api: AccountApi, asker: Asker, header_asker: Asker, observations: Observations) -> Told[Any]:
    """Ask one account: at most 3 requests. Return the answer to its key.

    `header_asker` sends the question with the key in a header, which may be refused where the key itself is right.
    """
    told = asker.ask(api.query(USER, {}), api.decoder(USER))
    _view(asker.ask(api.query(VIEW, {}), api.decoder(VIEW)), observations)
    if not (told.reach.is_answer or told.reach is Reach.REFUSED):
        return told
    by_header = header_asker.ask(api.query_by_header(USER), api.decoder(USER))
    if by_header.reach.is_answer:
        observations.saw(ACCOUNT_KEY, "header")
    elif told.reach.is_answer and by_header.reach is Reach.REFUSED:
        observations.saw(ACCOUNT_KEY, "parameter")
    return told if told.reach.is_answer else by_header


def _view(told: Told[Mapping[str, Any]], observations: Observations) -> None:
    """Note whether the account tells its balance; an answer without one shows neither reading."""
    if told.value is not None and _CREDITS in told.value:
        observations.saw(ACCOUNT_VIEW, "balances")
    elif told.reach is Reach.DECLINED:
        observations.saw(ACCOUNT_VIEW, "unknown")
