"""Statuses of a commit that the pipeline sets and reads back: the plan, and the ledger's last entry.

It stands in commit statuses, not in the comment. A comment can be edited by everybody who may write to the repository.
A status cannot be changed or taken away, and the forge says who made it: it counts only where the pipeline's own user
did.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agencyfile.forges.errors import ForgeError
from agencyfile.forges.forge import Forge, PullRequest, Status, measured

LONGEST: Final = 140  # characters that GitHub takes; GitLab takes more
COMMITS: Final = 10  # so many commits are asked for the ledger's anchor
OUT_OF_DATE: Final = "out of date: an apply came after this plan. Update the branch, and it is planned again"
_PLAN: Final = re.compile(r"(pln[a-z0-9]*_[0-9a-f]{40,64})(?: ([1-9][0-9]*:[0-9a-f]{64}))?")
_ANCHOR: Final = re.compile(r"[1-9][0-9]*:[0-9a-f]{64}")


class NotApproved(ForgeError):
    """No plan was shown that the merge could have approved."""


@dataclass(frozen=True, slots=True)
class Approved:
    """The digest of the plan that a pull request showed, and the ledger's last entry at that time."""

    digest: str
    anchor: str | None


def plan_context(agency: str, base: str) -> str:
    """Return what the status of a plan is called; it names the branch for which the plan was made."""
    return f"agencyfile/{agency} plan for {base}"


def ledger_context(agency: str) -> str:
    """Return what the status of the ledger is called."""
    return f"agencyfile/{agency} ledger"


def publish(forge: Forge, commit: str, agency: str, base: str, shown: Approved, link: str) -> None:
    """Say that `commit` has this plan.

    Raises:
        ForgeError: it was not said.
    """
    text = measured(" ".join(filter(None, (shown.digest, shown.anchor))), LONGEST, "GitHub", "status")
    forge.add_status(commit, Status("success", plan_context(agency, base), text, link))


def withdraw(forge: Forge, commit: str, agency: str, base: str, link: str) -> None:
    """Say that `commit` has no plan; what was published before approves nothing any more.

    Raises:
        ForgeError: it was not said.
    """
    forge.add_status(commit, Status("failure", plan_context(agency, base), "no plan", link))


def anchor(forge: Forge, commit: str, agency: str, text: str, link: str) -> None:
    """Say at `commit` how far the ledger is.

    Raises:
        ForgeError: it was not said.
    """
    forge.add_status(commit, Status("success", ledger_context(agency), text, link))


def outdate(forge: Forge, agency: str, base: str, anchor: str, link: str) -> list[PullRequest]:
    """Say at the head of each open pull request into `base` that its plan was made before an entry of the ledger.

    An apply wrote that entry. What a plan shows is compared with the whole agency file and with the portal when it is
    applied, and both have moved on: merging it would end in a refused apply. A plan that was made later, or that is
    withdrawn already, is left alone.

    Raises:
        ForgeError: the statuses cannot be read, or one was not set.
    """
    context = plan_context(agency, base)
    found = []
    for request in forge.open_pull_requests(base):
        shown = next(iter(_own(forge, request.head, context)), None)
        plan = _PLAN.fullmatch(shown.description) if shown and shown.state == "success" else None
        if plan and _serial(plan[2] or "0:") < _serial(anchor):
            forge.add_status(request.head, Status("failure", context, OUT_OF_DATE, link))
            found.append(request)
    return found


def last_anchor(forge: Forge, revision: str, agency: str, *known: str) -> str | None:
    """Return the anchor with the highest serial among `known` and those at the last commits before `revision`.

    An older anchor that somebody publishes again cannot hide a later one: statuses cannot be taken away.

    Raises:
        ForgeError: they cannot be read.
    """
    found = [
        status.description
        for commit in forge.commits_before(revision, COMMITS)
        for status in _own(forge, commit, ledger_context(agency))
        if _ANCHOR.fullmatch(status.description)
    ]
    return max([*known, *found], key=_serial, default=None)


def approved_plan(forge: Forge, commit: str, agency: str, base: str, workflow: str | None) -> Approved:
    """Return the plan that the pull request showed which was merged into `base` with `commit`.

    Args:
        forge: where.
        commit: what the merge brought.
        agency: whose plan.
        base: the branch that the pipeline applies.
        workflow: the file of the workflow that publishes plans; None where the forge knows no such thing.

    Raises:
        NotApproved: there is none, or it does not count.
        ForgeError: it cannot be looked up.
    """
    merged = forge.merged_with(commit)
    if merged is None:
        raise NotApproved(
            f"no pull request was merged with commit {commit}, so nobody has approved its plan",
            fix="approve a plan by its digest, or bring the change by a pull request",
        )
    if merged.base != base:
        raise NotApproved(f"pull request {merged.number} was merged into {merged.base}, not into {base}")
    return _published(forge, merged, agency, base, workflow)


def shown_plan(forge: Forge, number: int, agency: str, base: str, workflow: str | None) -> Approved:
    """Return the plan that an open pull request shows, and that merging it into `base` approves.

    Args:
        forge: where.
        number: that of the pull request.
        agency: whose plan.
        base: the branch that the pipeline applies.
        workflow: as in `approved_plan`.

    Raises:
        NotApproved: there is none, or it does not count.
        ForgeError: it cannot be looked up.
    """
    request = forge.pull_request(number)
    if request.base != base:
        raise NotApproved(f"pull request {number} is to be merged into {request.base}, not into {base}")
    return _published(forge, request, agency, base, workflow)


def _published(forge: Forge, request: PullRequest, agency: str, base: str, workflow: str | None) -> Approved:
    """Return the plan that the pipeline has published for the last commit of a pull request."""
    status = _only(forge, request, plan_context(agency, base))
    match = _PLAN.fullmatch(status.description)
    if status.state != "success" and status.description == OUT_OF_DATE:
        raise NotApproved(
            f"the plan of pull request {request.number} is out of date: an apply came after it",
            fix="update the branch, so that it is planned again, and have that reviewed",
        )
    if status.state != "success" or match is None:
        raise NotApproved(
            f"the head of pull request {request.number}, {request.head}, has no plan: its job failed",
            fix="plan again and have that reviewed",
        )
    if workflow is not None:
        forge.check_run(status, request, workflow)
    return Approved(match[1], match[2])


def _only(forge: Forge, request: PullRequest, context: str) -> Status:
    """The newest status of ours; one run may have published one plan only."""
    statuses = _of(forge.statuses(request.head), context)
    own = [status for status in statuses if status.author == forge.author]
    if not own:
        others = sorted({status.author for status in statuses})
        told = f"; those of {', '.join(others)} do not count" if others else ""
        head = f"the head of pull request {request.number}, {request.head},"
        raise NotApproved(
            f"{head} has no status {context!r} of {forge.author}{told}",
            fix="plan again and have that reviewed",
        )
    newest = own[0]
    if len({status.description for status in own if status.target == newest.target}) > 1:
        raise NotApproved(
            f"the head of pull request {request.number} has several plans that claim to be of {newest.target}: "
            "one of them was published by something else than that run",
            fix="find out what else publishes commit statuses; then push a new commit, and have its plan reviewed",
        )
    return newest


def _own(forge: Forge, commit: str, context: str) -> Sequence[Status]:
    return [status for status in _of(forge.statuses(commit), context) if status.author == forge.author]


def _of(statuses: Iterable[Status], context: str) -> list[Status]:
    """The statuses of one name, newest first; forges do not tell capital letters from small ones in names."""
    found = (status for status in statuses if status.context.lower() == context.lower())
    return sorted(found, key=lambda status: status.id, reverse=True)


def _serial(text: str) -> int:
    return int(text.partition(":")[0])
