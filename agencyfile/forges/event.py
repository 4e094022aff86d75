"""Which pull request a job of GitHub Actions is about."""

import re
from collections.abc import Mapping
from typing import Final

# The branch of a merge queue, which is named after the last pull request of its group.
_QUEUED: Final = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([0-9]+)-[0-9a-f]{40,64}")


def pull_request_of(event: object, ref: str) -> int | None:
    """The number in the event's document, or else in the ref that was checked out; None where neither tells one."""
    for candidate in _candidates(event):
        if isinstance(candidate, Mapping) and isinstance(candidate.get("number"), int):
            return int(candidate["number"])
    match = re.fullmatch(r"refs/pull/([0-9]+)/(?:merge|head)", ref) or _QUEUED.fullmatch(ref)
    return int(match[1]) if match else None


def _candidates(event: object) -> list[object]:
    if not isinstance(event, Mapping):
        return []
    issue, run = event.get("issue"), event.get("workflow_run")
    of_issue = [issue] if isinstance(issue, Mapping) and issue.get("pull_request") else []
    of_run = run.get("pull_requests") if isinstance(run, Mapping) else None
    return [event.get("pull_request"), *of_issue, *(of_run if isinstance(of_run, list) else [])]
