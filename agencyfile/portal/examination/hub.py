"""Questions to the Partners Hub: its lists, a wrong method, and one of its other operations (1.8, section 8)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.questions import HUB_ACCOUNTS, SNAPSHOTS
from agencyfile.kinds.readings import HUB_ACCOUNT_NAME, HUB_MORE, HUB_WRONG_METHOD
from agencyfile.kinds.rows import ChildAccountRow, SourceRow
from agencyfile.kinds.snapshot_sources import has_display_names
from agencyfile.portal.apis.hub_api import CHILD_ACCOUNTS, HubApi
from agencyfile.portal.apis.hub_api import SNAPSHOTS as SNAPSHOT_PATH
from agencyfile.portal.apis.hub_api import SOURCES as SOURCE_PATH
from agencyfile.portal.apis.rest import is_error_document
from agencyfile.portal.apis.wire import object_of
from agencyfile.portal.examination.asking import Asker
from agencyfile.portal.examination.safe_reads import MORE, SOURCES, WRONG_METHOD
from agencyfile.portal.http.transport import Answer
from agencyfile.portal.lists.hub import HubLists
from agencyfile.portal.lists.shared import PortalLists
from agencyfile.portal.observations import Observations

_FEW: Final = "100"  # rows of one request
_ONE_SNAPSHOT: Final = f"{SNAPSHOT_PATH}1"  # takes DELETE alone: GET is a wrong method there
_PROFILES: Final = "api/ai-customizations/v1/profiles"
_REDIRECT: Final = 300
_NOT_FOUND: Final = 404
_WRONG_METHOD: Final = 405


def examine_hub(api: HubApi, lists: PortalLists, hub_lists: HubLists, asker: Asker, accounts: Collection[str]) -> None:
    """Ask the hub: at most 5 requests. `accounts` are names of accounts at the agency API."""
    observations = lists.observations
    children = asker.ask(api.query(HUB_ACCOUNTS, CHILD_ACCOUNTS, {"page": "1", "limit": _FEW}), hub_lists.account_rows)
    snapshots = asker.ask(api.query(SNAPSHOTS, SNAPSHOT_PATH, {"limit": _FEW}), lists.snapshot_rows)
    sources = asker.ask(api.query(SOURCES, SOURCE_PATH, {}), lists.source_rows)
    if not any(told.reach.is_answer for told in (children, snapshots, sources)):
        return  # whatever answers, it is not the hub
    _names((*(sources.value or ()), *_as_sources(children.value or ())), accounts, observations)
    wrong = asker.ask(api.query(WRONG_METHOD, _ONE_SNAPSHOT, {}), _own_status).value
    if wrong in (_NOT_FOUND, _WRONG_METHOD):
        observations.saw(HUB_WRONG_METHOD, str(wrong))
    more = asker.ask(api.query(MORE, _PROFILES, {}), _own_status).value
    if more is not None:
        observations.saw(HUB_MORE, "absent" if more == _NOT_FOUND else "served")


def _as_sources(children: Iterable[ChildAccountRow]) -> Iterator[SourceRow]:
    """Return the rows of the hub's accounts that have a name, in the form of those that snapshots are taken of."""
    return (SourceRow(row.id, row.account_name) for row in children if row.account_name)


def _names(rows: Sequence[SourceRow], accounts: Collection[str], observations: Observations) -> None:
    """Note whether the hub shows login names. "Acme" beside the account `acme` may be either."""
    shown = has_display_names(rows, accounts)
    if shown:
        observations.saw(HUB_ACCOUNT_NAME, "display-name")
    elif shown is False and all(row.account_name in accounts for row in rows):
        observations.saw(HUB_ACCOUNT_NAME, "label")


def _own_status(answer: Answer) -> int:
    """Return the status of an answer that is provably the hub's own.

    Raises:
        Unclear: a gateway may have sent it.
    """
    document = object_of(answer.body)
    if document is None or (answer.status >= _REDIRECT and not is_error_document(document, answer.status)):
        raise Unclear(f"HTTP {answer.status}, and the body is not an answer of the Partners Hub API")
    return answer.status
