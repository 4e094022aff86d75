"""Questions to the Partners Hub: its lists, a wrong method, and one of its other operations (1.8, section 8)."""

from typing import Final

from agencyfile.kinds.faults import Unclear
from agencyfile.kinds.questions import HUB_ACCOUNTS, SNAPSHOTS
from agencyfile.kinds.readings import HUB_MORE, HUB_WRONG_METHOD
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


def examine_hub(api: HubApi, lists: PortalLists, hub_lists: HubLists, asker: Asker, observations: Observations) -> None:
    """Ask the hub: at most 5 requests. The parsers of the lists note readings by themselves."""
    answers = (
        asker.ask(api.query(HUB_ACCOUNTS, CHILD_ACCOUNTS, {"page": "1", "limit": _FEW}), hub_lists.account_rows),
        asker.ask(api.query(SNAPSHOTS, SNAPSHOT_PATH, {"limit": _FEW}), lists.snapshot_rows),
        asker.ask(api.query(SOURCES, SOURCE_PATH, {}), lists.source_rows),
    )
    if not any(answer.reach.is_answer for answer in answers):
        return  # whatever answers, it is not the hub
    wrong = asker.ask(api.query(WRONG_METHOD, _ONE_SNAPSHOT, {}), _own_status).value
    if wrong in (_NOT_FOUND, _WRONG_METHOD):
        observations.saw(HUB_WRONG_METHOD, str(wrong))
    more = asker.ask(api.query(MORE, _PROFILES, {}), _own_status).value
    if more is not None:
        observations.saw(HUB_MORE, "absent" if more == _NOT_FOUND else "served")


def _own_status(answer: Answer) -> int:
    """Return the status of an answer that is provably the hub's own.

    Raises:
        Unclear: a gateway may have sent it.
    """
    document = object_of(answer.body)
    if document is None or (answer.status >= _REDIRECT and not is_error_document(document, answer.status)):
        raise Unclear(f"HTTP {answer.status}, and the body is not an answer of the Partners Hub API")
    return answer.status
