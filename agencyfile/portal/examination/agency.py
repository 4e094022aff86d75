"""Questions to the agency API: its list, its plans, names that nobody has (`docs/portal.md` 1.2, 1.3, section 8)."""

import secrets
from collections.abc import Sequence
from typing import Final

from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.questions import ACCOUNTS, NAME_CHECK, STATUS
from agencyfile.kinds.readings import NAME_CHARACTERS, UNKNOWN_ACCOUNT
from agencyfile.kinds.rows import AccountRow
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.examination.asking import Asker, Told
from agencyfile.portal.examination.result import Pages
from agencyfile.portal.examination.safe_reads import PLANS
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.observations import Observations

_TAKEN: Final = "taken"  # docs/portal.md 1.2


def examine_agency(api: AgencyApi, lists: PortalLists, asker: Asker, observations: Observations) -> Pages:
    """Ask the agency API: at most 8 requests. The parsers of the lists note readings by themselves."""
    names: list[str] = []
    pages = _pages(api, lists, asker, names)
    asker.ask(api.query(PLANS, {}), lists.plan_rows)
    if names:
        asker.ask(api.query(PLANS, {ACCOUNT: names[0]}), lists.plan_rows)
    _unknown_account(api, asker, observations)
    _characters(api, asker, observations)
    return pages


def _pages(api: AgencyApi, lists: PortalLists, asker: Asker, names: list[str]) -> Pages:
    """Read pages 0, 1 and 2: a portal that counts from 1 answers page 0 empty, or like page 1."""
    answers = [asker.ask(api.query(ACCOUNTS, {"page": str(number)}), lists.account_rows) for number in range(3)]
    pages = [_labels(answer) for answer in answers]
    names += [name for page in pages for name in page or ()]
    if any(page is None for page in pages):
        return Pages(rows=len(pages[0] or pages[1] or ()))
    zero, one, two = ([*page] for page in pages if page is not None)
    if not zero and not one:
        return Pages(is_read=True)
    if zero and zero != one:
        return Pages(0, len(zero) if one else None, len(zero), is_read=True)
    is_followed = bool(two) and two != one
    return Pages(1, len(one) if is_followed else None, len(one), is_read=True)


def _labels(answer: Told[Sequence[AccountRow]]) -> list[str] | None:
    return None if answer.value is None else [row.account for row in answer.value]


def _unknown_account(api: AgencyApi, asker: Asker, observations: Observations) -> None:
    """Ask for the state of an account that nobody can have."""
    told = asker.ask(api.query(STATUS, {ACCOUNT: _free_name("-")}), api.verdicts(STATUS))
    if told.value is not None:
        is_failure = not told.value.is_yes
        if is_failure or not told.value.fields.get("status"):
            observations.saw(UNKNOWN_ACCOUNT, "failure" if is_failure else "no-status")


def _characters(api: AgencyApi, asker: Asker, observations: Observations) -> None:
    """Ask whether two names are free that differ in one character alone. Only one that is refused tells something."""
    free = {character: _is_free(api, asker, _free_name(character)) for character in "-_"}
    match free["-"], free["_"]:
        case True, False:
            observations.saw(NAME_CHARACTERS, "hostname")
        case False, True:
            observations.saw(NAME_CHARACTERS, "underscore")
        case _:
            pass


def _is_free(api: AgencyApi, asker: Asker, name: str) -> bool | None:
    """Return whether a name could be used; None if that is not clear."""
    told = asker.ask(api.query(NAME_CHECK, {ACCOUNT: name}), api.verdicts(NAME_CHECK))
    if told.value is None or (not told.value.is_yes and _TAKEN in told.value.words.lower()):
        return None
    return told.value.is_yes


def _free_name(character: str) -> str:
    """Return a name that nobody has chosen."""
    return f"doctor{character}{secrets.token_hex(8)}"
