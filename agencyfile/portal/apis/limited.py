"""Recognition of the portal's own 429: that of a proxy may have let the request through.

The form of accounts' own APIs is published: `Retry-After` in whole seconds, with `RateLimit-Limit` and
`RateLimit-Remaining`. For the agency API and the hub, nothing is published (`docs/portal.md` section 6). Both must send
`Retry-After` in whole seconds (INF), and the hub its own error document too.
"""

from agencyfile.kinds.operation import Api
from agencyfile.portal.apis.rest import is_error_document
from agencyfile.portal.apis.wire import exact_object_of
from agencyfile.portal.http.transport import TOO_MANY, Answer
from agencyfile.retries import is_whole_seconds


def is_own_limit(api: str, answer: Answer) -> bool:
    """Return whether the answer is a 429 in the form of that API."""
    if answer.status != TOO_MANY or not _has_number(answer, "retry-after"):
        return False
    match Api(api):
        case Api.HUB:
            return is_error_document(exact_object_of(answer.body) or {}, TOO_MANY)
        case Api.ACCOUNT_V1 | Api.ACCOUNT_V3:
            return _has_number(answer, "ratelimit-limit") and _has_number(answer, "ratelimit-remaining")
        case Api.AGENCY:
            return True


def _has_number(answer: Answer, header: str) -> bool:
    return is_whole_seconds(answer.headers.get(header, "").strip())
