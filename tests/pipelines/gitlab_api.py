"""The half of the forge that behaves like GitLab's REST API."""

import re
from collections.abc import Callable
from typing import Any, Final

from pipelines.forge import PROJECT, CommitStatus, Forge, Note, Reply, Request, Thread, Token, paged

LONGEST: Final = 1_000_000
_NOT_FOUND: Final = Reply(404, {"message": "404 Not found"})
_FORBIDDEN: Final = Reply(403, {"message": "403 Forbidden"})
_COMMAND: Final = re.compile(r"^/(close|merge|approve|label|assign)\b.*$", re.MULTILINE)

Answering = Callable[[Forge, Request, Token, re.Match[str]], Reply]


def gitlab(forge: Forge, request: Request) -> Reply:
    """Answer one request."""
    if request.token is None:
        return Reply(401, {"message": "401 Unauthorized"})
    for pattern, answering in _ROUTES.items():
        match = re.fullmatch(pattern, request.name.replace(f"/projects/{PROJECT}", "/PROJECT"))
        if match:
            return answering(forge, request, request.token, match)
    return Reply(404, {"error": "404 Not Found"})


def _user(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    return Reply(200, {"username": token.user.login, "id": token.user.id, "bot": True})


def _list_notes(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None:
        return _NOT_FOUND
    rows = [_note(note) for note in thread.notes]
    return paged(request, rows if request.query.get("sort") == "asc" else rows[::-1], default=20)


def _add_note(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None:
        return _NOT_FOUND
    refused = _refused(token, request.document["body"])
    if refused:
        return refused
    note = Note(forge.next_id(), token.user, _obeyed(forge, request.document["body"]))
    thread.notes.append(note)
    return Reply(201, _note(note))


def _change_note(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    found = forge.find_note(int(match[2]))
    if found is None or found[0].number != int(match[1]):
        return _NOT_FOUND
    thread, note = found
    if note.user != token.user:
        return _FORBIDDEN
    if request.method == "DELETE":
        thread.notes.remove(note)
        return Reply(204)
    refused = _refused(token, request.document["body"])
    if refused:
        return refused
    note.body = _obeyed(forge, request.document["body"])
    return Reply(200, _note(note))


def _list_issues(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    states = {"opened": "open", "closed": "closed"}
    state = states.get(request.query.get("state", ""))
    issues = [one for one in forge.threads.values() if not one.is_pull_request and state in (None, one.state)]
    return paged(request, [_issue(forge, one) for one in issues], default=20)


def _add_issue(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    if not token.may_write("api"):
        return _FORBIDDEN
    number = max(forge.threads, default=0) + 1
    description = _obeyed(forge, request.document["description"])
    forge.threads[number] = Thread(number, token.user, request.document["title"], description)
    return Reply(201, _issue(forge, forge.threads[number]))


def _change_issue(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    if thread is None or thread.is_pull_request:
        return _NOT_FOUND
    thread.title = request.document.get("title", thread.title)
    thread.body = _obeyed(forge, request.document.get("description", thread.body))
    thread.state = "closed" if request.document.get("state_event") == "close" else thread.state
    return Reply(200, _issue(forge, thread))


def _add_status(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    """One more status of that name: only one that still runs is changed in place, and none of ours does."""
    if not token.may_write("api"):
        return _FORBIDDEN
    document = request.document
    assert document["state"] in ("pending", "running", "success", "failed", "canceled", "skipped")
    status = CommitStatus(
        forge.next_id(),
        token.user,
        document["state"],
        document["name"],
        document["description"],
        document["target_url"],
    )
    forge.statuses.setdefault(match[1], []).append(status)
    return Reply(201, _status(status))


def _list_statuses(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    rows = forge.statuses.get(match[1], [])
    latest = list({status.context: status for status in rows}.values())
    shown = rows if request.query.get("all") == "true" else latest
    return paged(request, [_status(status) for status in shown], default=20)


def _list_commits(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    return paged(request, [{"id": sha} for sha in forge.history(request.query["ref_name"])], default=20)


def _merged_with(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    found = [one for one in forge.threads.values() if match[1] in (one.merge_commit, one.head)]
    return paged(request, [_merge_request(one) for one in found], default=20)


def _list_merge_requests(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    state, target = request.query.get("state", "opened"), request.query.get("target_branch")
    rows = [_merge_request(one) for one in forge.threads.values() if one.is_pull_request]
    found = [row for row in rows if row["state"] == state and target in (None, row["target_branch"])]
    return paged(request, found, default=20)


def _one_merge_request(forge: Forge, request: Request, token: Token, match: re.Match[str]) -> Reply:
    thread = forge.threads.get(int(match[1]))
    return Reply(200, _merge_request(thread)) if thread and thread.is_pull_request else _NOT_FOUND


_ROUTES: Final[dict[str, Answering]] = {
    r"GET /gitlab/api/v4/user": _user,
    r"GET /gitlab/api/v4/PROJECT/merge_requests/(\d+)/notes": _list_notes,
    r"POST /gitlab/api/v4/PROJECT/merge_requests/(\d+)/notes": _add_note,
    r"(?:PUT|DELETE) /gitlab/api/v4/PROJECT/merge_requests/(\d+)/notes/(\d+)": _change_note,
    r"GET /gitlab/api/v4/PROJECT/merge_requests": _list_merge_requests,
    r"GET /gitlab/api/v4/PROJECT/merge_requests/(\d+)": _one_merge_request,
    r"GET /gitlab/api/v4/PROJECT/issues": _list_issues,
    r"POST /gitlab/api/v4/PROJECT/issues": _add_issue,
    r"PUT /gitlab/api/v4/PROJECT/issues/(\d+)": _change_issue,
    r"GET /gitlab/api/v4/PROJECT/repository/commits/(\w+)/merge_requests": _merged_with,
    r"POST /gitlab/api/v4/PROJECT/statuses/(\w+)": _add_status,
    r"GET /gitlab/api/v4/PROJECT/repository/commits/(\w+)/statuses": _list_statuses,
    r"GET /gitlab/api/v4/PROJECT/repository/commits": _list_commits,
}


def _refused(token: Token, body: str) -> Reply | None:
    if not token.may_write("api"):
        return _FORBIDDEN
    if len(body) > LONGEST:
        words = f'400 Bad request - Note {{:note=>["is too long (maximum is {LONGEST} characters)"]}}'
        return Reply(400, {"message": words})
    return None


def _obeyed(forge: Forge, body: str) -> str:
    """Carry quick actions out, and leave them out of the text."""
    forge.commands += [match[0] for match in _COMMAND.finditer(body)]
    return _COMMAND.sub("", body).strip()


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "type": None,
        "body": note.body,
        "author": {"id": note.user.id, "username": note.user.login},
        "system": note.is_system,
        "noteable_type": "MergeRequest",
    }


def _issue(forge: Forge, thread: Thread) -> dict[str, Any]:
    return {
        "id": 900_000 + thread.number,
        "iid": thread.number,
        "title": thread.title,
        "description": thread.body,
        "state": "opened" if thread.state == "open" else "closed",
        "author": {"id": thread.author.id, "username": thread.author.login},
        "web_url": f"{forge.url}/northwind/portal/-/issues/{thread.number}",
    }


def _merge_request(thread: Thread) -> dict[str, Any]:
    return {
        "iid": thread.number,
        "state": "merged" if thread.merge_commit else "opened",
        "target_branch": thread.base,
        "sha": thread.head,
        "merge_commit_sha": thread.merge_commit,
        "squash_commit_sha": None,
    }


def _status(status: CommitStatus) -> dict[str, Any]:
    return {
        "id": status.id,
        "status": status.state,
        "name": status.context,
        "description": status.description,
        "target_url": status.target,
        "author": {"id": status.user.id, "username": status.user.login},
    }
