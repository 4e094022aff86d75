"""What no setting of schemathesis says of the portal. Schemathesis loads this file."""

from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

ACCEPTED = "ST201"  # a request that the description forbids was taken


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext,
    failure: Failure,
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> bool:
    """Drop a finding that is none: of a parameter that is given several times, the last one counts, as in PHP.

    The description has no lists in its queries, so to schemathesis each repeated parameter is forbidden.
    """
    is_repeated = any(isinstance(value, list) for value in (case.query or {}).values())
    return not (is_repeated and failure.code == ACCEPTED)
