"""The half of the forge that behaves like GitHub's REST API."""

import re
from collections.abc import Callable
from typing import Any, Final

from pipelines.forge import REPOSITORY, CommitStatus, Forge, Note, Reply, Request, Thread, Token, paged

LONGEST: Final = 65_536
_LONGEST_DESCRIPTION: Final = 140
_STATES: Final = ("error", "failure", "pending", "success")
_INTEGRATION: Final = Reply(403, {"message": "Resource not accessible by integration"})
_NOT_FOUND: Final = Reply(404, {"message": "Not Found"})

Answering = Callable[[Forge, Request, Token, re.Match[str]], Reply]


def github(forge: Forge, request: Request) -> Reply:
    """Answer one request."""
    if request.token is None:
        return Reply(401, {"message": "Bad credentials"})
    for pattern, answering in _ROUTES.items():
        match = re.fullmatch(pattern, request.name.replace(f"/repos/{REPOSITORY}", "/REPO"))
        if match:
            return answering(forge, request, request.token, match)
    return _NOT_FOUND


def _user(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    return _INTEGRATION if token.is_installation else Reply(200, {"login": token.user.login, "id": token.user.id})


def _graphql(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    assert request.document["query"].replace(" ", "") == "{viewer{login}}"
    return Reply(200, {"data": {"viewer": {"login": token.user.login}}})


def _list_comments(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None or not token.scopes:
        return _NOT_FOUND
    return paged(request, [_comment(forge, thread, note) for note in thread.notes], default=30)


def _add_comment(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None:
        return _NOT_FOUND
    if not token.may_write("issues", "pull_requests"):
        return _INTEGRATION
    if thread.is_locked:
        return Reply(403, {"message": "Unable to create comment because issue is locked."})
    refused = _refused(request.document.get("body", ""), "IssueComment")
    if refused:
        return refused
    note = Note(forge.next_id(), token.user, request.document["body"])
    thread.notes.append(note)
    return Reply(201, _comment(forge, thread, note))


def _change_comment(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    found = forge.find_note(int(match[1]))
    if found is None:
        return _NOT_FOUND
    if not token.may_write("issues", "pull_requests"):  # who may write may change what others said
        return _INTEGRATION
    thread, note = found
    if request.method == "DELETE":
        thread.notes.remove(note)
        return Reply(204)
    refused = _refused(request.document["body"], "IssueComment")
    if refused:
        return refused
    note.body = request.document["body"]
    return Reply(200, _comment(forge, thread, note))


def _list_issues(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    state = request.query.get("state", "open")
    shown = [thread for thread in reversed(forge.threads.values()) if state in ("all", thread.state)]
    return paged(request, [_issue(forge, thread) for thread in shown], default=30)


def _add_issue(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if not token.may_write("issues"):
        return _INTEGRATION
    refused = _refused(request.document["body"], "Issue")
    if refused:
        return refused
    number = max(forge.threads, default=0) + 1
    forge.threads[number] = Thread(number, token.user, request.document["title"], request.document["body"])
    return Reply(201, _issue(forge, forge.threads[number]))


def _change_issue(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None:
        return _NOT_FOUND
    if not token.may_write("issues"):
        return _INTEGRATION
    thread.title = request.document.get("title", thread.title)
    thread.body = request.document.get("body", thread.body)
    thread.state = request.document.get("state", thread.state)
    return Reply(200, _issue(forge, thread))


def _add_status(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if not token.may_write("statuses"):
        return _INTEGRATION
    document = request.document
    assert document["state"] in _STATES
    if len(document["description"]) > _LONGEST_DESCRIPTION:
        message = f"description is too long (maximum is {_LONGEST_DESCRIPTION} characters)"
        error = {"resource": "Status", "code": "custom", "field": "description", "message": message}
        return Reply(422, {"message": "Validation Failed", "errors": [error]})
    status = CommitStatus(
        forge.next_id(),
        token.user,
        document["state"],
        document["context"],
        document["description"],
        document["target_url"],
    )
    forge.statuses.setdefault(match[1], []).append(status)
    return Reply(201, _status(status))


def _list_statuses(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if not {"statuses"} & set(token.scopes):
        return _INTEGRATION
    return paged(request, [_status(status) for status in reversed(forge.statuses.get(match[1], []))], default=30)


def _list_commits(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if "contents" not in token.scopes:
        return _INTEGRATION
    return paged(request, [{"sha": sha} for sha in forge.history(request.query["sha"])], default=30)


def _run(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if "actions" not in token.scopes:
        return _INTEGRATION
    run = forge.runs.get(int(match[1]))
    if run is None or match[2] != "1":
        return _NOT_FOUND
    if match[3]:
        jobs = [{"name": name, "conclusion": conclusion} for name, conclusion in run.jobs.items()]
        return Reply(200, {"total_count": len(jobs), "jobs": jobs})
    row = {"path": run.path, "event": run.event, "head_sha": run.head_sha}
    return Reply(200, row | {"head_repository": {"full_name": run.repository}})


def _merged_with(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if "pull_requests" not in token.scopes:
        return _INTEGRATION
    found = [thread for thread in forge.threads.values() if match[1] in (thread.merge_commit, thread.head)]
    return paged(request, [_pull_request(thread) for thread in found], default=30)


def _list_pull_requests(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if "pull_requests" not in token.scopes:
        return _INTEGRATION
    state, base = request.query.get("state", "open"), request.query.get("base")
    threads = [one for one in forge.threads.values() if one.is_pull_request and one.state == state]
    return paged(request, [_pull_request(one) for one in threads if base in (None, one.base)], default=30)


def _one_pull_request(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if "pull_requests" not in token.scopes:
        return _INTEGRATION
    thread = forge.threads.get(int(match[1]))
    return Reply(200, _pull_request(thread)) if thread and thread.is_pull_request else _NOT_FOUND


_ROUTES: Final[dict[str, Answering]] = {
    r"GET /github/user": _user,
    r"POST /github/graphql": _graphql,
    r"GET /github/REPO/issues/(\d+)/comments": _list_comments,
    r"POST /github/REPO/issues/(\d+)/comments": _add_comment,
    r"(?:PATCH|DELETE) /github/REPO/issues/comments/(\d+)": _change_comment,
    r"GET /github/REPO/issues": _list_issues,
    r"POST /github/REPO/issues": _add_issue,
    r"PATCH /github/REPO/issues/(\d+)": _change_issue,
    r"GET /github/REPO/commits/(\w+)/pulls": _merged_with,
    r"GET /github/REPO/pulls": _list_pull_requests,
    r"GET /github/REPO/pulls/(\d+)": _one_pull_request,
    r"POST /github/REPO/statuses/(\w+)": _add_status,
    r"GET /github/REPO/commits/(\w+)/statuses": _list_statuses,
    r"GET /github/REPO/commits": _list_commits,
    r"GET /github/REPO/actions/runs/(\d+)/attempts/(\d+)(/jobs)?": _run,
}


def _refused(body: str, resource: str) -> Reply | None:
    problem = "Body cannot be blank" if not body.strip() else None
    if len(body) > LONGEST:
        problem = f"Body is too long (maximum is {LONGEST} characters)"
    if problem is None:
        return None
    error = {"resource": resource, "code": "unprocessable", "field": "data", "message": problem}
    return Reply(422, {"message": "Validation Failed", "errors": [error]})


def _comment(forge: Forge, thread: Thread, note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "node_id": f"IC_{note.id}",
        "user": None if note.user.login == "ghost" else {"login": note.user.login, "id": note.user.id},
        "body": note.body.replace("\n", "\r\n"),
        "html_url": f"{forge.url}/{REPOSITORY}/pull/{thread.number}#issuecomment-{note.id}",
    }


def _issue(forge: Forge, thread: Thread) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": 900_000 + thread.number,
        "number": thread.number,
        "title": thread.title,
        "state": thread.state,
        "user": {"login": thread.author.login, "id": thread.author.id},
        "body": thread.body or None,
        "html_url": f"{forge.url}/{REPOSITORY}/issues/{thread.number}",
    }
    return row | ({"pull_request": {"url": row["html_url"]}} if thread.is_pull_request else {})


def _pull_request(thread: Thread) -> dict[str, Any]:
    return {
        "number": thread.number,
        "state": thread.state,
        "merged_at": "2026-11-21T12:00:00Z" if thread.merge_commit else None,
        "merge_commit_sha": thread.merge_commit,
        "head": {"ref": thread.title, "sha": thread.head or ""},
        "base": {"ref": thread.base, "sha": ""},
    }


def _status(status: CommitStatus) -> dict[str, Any]:
    return {
        "id": status.id,
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target,
        "creator": {"login": status.user.login, "id": status.user.id},
    }
