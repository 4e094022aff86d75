"""Questions to the agency API: its list, its plans, names that nobody has (`docs/portal.md` 1.2, 1.3, section 8)."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agencyfile.fields.account_names import account_label
from agencyfile.kinds.operation import ACCOUNT
from agencyfile.kinds.questions import ACCOUNTS, NAME_CHECK, STATUS
from agencyfile.kinds.readings import NAME_CHARACTERS, PRORATED, UNKNOWN_ACCOUNT
from agencyfile.kinds.rows import AccountRow, PlanRow, is_archived
from agencyfile.portal.apis.agency_api import AgencyApi
from agencyfile.portal.examination.asking import Asker, Told
from agencyfile.portal.examination.result import Pages
from agencyfile.portal.examination.safe_reads import PLANS
from agencyfile.portal.lists.account_pages import AccountPage
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.observations import Observations

_PRORATED: Final = "prorated"
_TAKEN: Final = "taken"  # docs/portal.md 1.2


def examine_agency(
    api: AgencyApi, lists: PortalLists, asker: Asker, observations: Observations
) -> tuple[Pages, tuple[str, ...]]:
    """Ask the agency API: at most 8 requests. Return what is known of its pages, and accounts that they hold.

    The parsers of the lists note readings by themselves.
    """
    answers = [asker.ask(api.query(ACCOUNTS, {"page": str(number)}), lists.account_rows) for number in range(3)]
    rows = [row for answer in answers if answer.value for row in answer.value.rows]
    plans = asker.ask(api.query(PLANS, {}), lists.plan_rows).value or ()
    _prorated(api, asker, observations, rows, plans)
    _unknown_account(api, asker, observations)
    _characters(api, asker, observations)
    return _pages(answers), tuple(account_label(row.account) for row in rows)


def _pages(answers: Sequence[Told[AccountPage]]) -> Pages:
    """Compare pages 0, 1 and 2: a portal that counts from 1 answers page 0 empty, or like page 1."""
    pages = [[row.account for row in answer.value.rows] for answer in answers if answer.value]
    if len(pages) < len(answers):
        return Pages()
    zero, one, two = pages
    if not zero and not one:
        return Pages(is_read=True)
    if zero and zero != one:
        return Pages(0, len(zero) if one else None, len(zero), is_read=True)
    is_followed = bool(two) and two != one
    return Pages(1, len(one) if is_followed else None, len(one), is_read=True)


def _prorated(
    api: AgencyApi, asker: Asker, observations: Observations, rows: Iterable[AccountRow], plans: Iterable[PlanRow]
) -> None:
    """Ask for the plans of an account that pays for one: only there is a change of plan prorated."""
    paid = {plan.id for plan in plans if plan.price}
    name = next((row.account for row in rows if row.planid in paid and is_archived(row) is None), None)
    if name is None:
        return
    envelope = asker.ask(api.query(PLANS, {ACCOUNT: name}), api.decoder(PLANS)).value or {}
    found = envelope.get("plans")
    items = found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ()
    marks = [_PRORATED in item for item in items if isinstance(item, Mapping)]
    if marks:
        observations.saw(PRORATED, "told" if any(marks) else "absent")


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
