"""Diagnostics of readings: what the portal's answers leave open, or contradict (`docs/portal.md` section 8)."""

from collections.abc import Iterator

from agencyfile.kinds.finding import found
from agencyfile.kinds.portal_view import PortalView
from agencyfile.kinds.readings import HUB_ACCOUNT_NAME, NAME_CHARACTERS
from agencyfile.kinds.snapshot_sources import sources_of
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.rules import PORTAL_READS_BOTH, STATES_UNREADABLE
from plan.diagnostic import Diagnostic


def unclear_readings(view: PortalView, lists: PortalLists) -> Iterator[Diagnostic]:
    """Report states that cannot be read, and questions to which the portal's answers show two readings."""
    shown = view.once(sources_of).has_display_names
    if shown is not None:
        lists.observations.saw(HUB_ACCOUNT_NAME, "display-name" if shown else "label")
    if lists.unreadable:
        yield found(
            STATES_UNREADABLE,
            f"{lists.unreadable}. So `status` of accounts is neither compared nor changed.",
            origin=None,
            address=None,
        )
    for each in lists.observations.table():
        if each.is_mixed and each.question is not NAME_CHARACTERS:  # names of both forms contradict nothing
            yield found(
                PORTAL_READS_BOTH,
                f"{each.question.asks}: the answers show {' and '.join(each.readings)} ({each.question.id}).",
                origin=None,
                address=None,
            )
