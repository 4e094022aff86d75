"""A forge for tests: a real HTTP server that behaves like GitHub's and GitLab's REST APIs for comments and statuses.

What it does is taken from the public documentation of both: pages and their `Link`, ids that grow, what a token may
do, the limits of length, the words and headers of the rate limits. It can be told to misbehave, and to let something
happen just before a request is carried out.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

REPOSITORY = "northwind/portal"
PROJECT = "4711"


@dataclass(frozen=True)
class User:
    """Who acts."""

    id: int
    login: str


@dataclass(frozen=True)
class Token:
    """What opens the API. `scopes` are GitHub's permissions of a job; an installation's token has no `/user`."""

    user: User
    scopes: Mapping[str, str]
    is_installation: bool = False

    def may_write(self, *scopes: str) -> bool:
        """Does one of the scopes stand at `write`?"""
        return any(self.scopes.get(scope) == "write" for scope in scopes)


@dataclass
class Note:
    """A comment, or what an issue says."""

    id: int
    user: User
    body: str
    is_system: bool = False


@dataclass
class Thread:
    """A pull request or an issue: they share their numbers, as at GitHub."""

    number: int
    author: User
    title: str
    body: str = ""
    is_pull_request: bool = False
    state: str = "open"
    is_locked: bool = False
    merge_commit: str | None = None
    head: str | None = None
    base: str = "main"
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class CommitStatus:
    """What somebody said about a commit; it is never changed."""

    id: int
    user: User
    state: str
    context: str
    description: str
    target: str


@dataclass
class Run:
    """One run of a workflow, as GitHub itself tells of it."""

    path: str
    event: str
    head_sha: str
    repository: str = REPOSITORY
    jobs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    document: Mapping[str, Any]
    token: Token | None
    url: str

    @property
    def name(self) -> str:
        """Method and path, for rules and for the log."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Reply:
    """One answer; a body that is no text is sent as JSON."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Lost(Exception):
    """The connection ends without an answer."""


Action = Callable[[Request], Reply | None]
Routes = Mapping[str, Callable[["Forge", Request, re.Match[str]], Reply]]


@dataclass
class Rule:
    """What happens to the next requests whose name matches: `before` they are carried out, or in place of that."""

    pattern: str
    before: Action
    times: int = 1
    skip: int = 0


class Forge:
    """Everything that the forge knows, and the server in front of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.threads: dict[int, Thread] = {}
        self.tokens: dict[str, Token] = {}
        self.statuses: dict[str, list[CommitStatus]] = {}
        self.runs: dict[int, Run] = {}
        self.history: Callable[[str], list[str]] = lambda revision: []
        self.commands: list[str] = []
        self.log: list[tuple[str, int]] = []
        self.lock = threading.RLock()
        self._rules: list[Rule] = []
        self._last_id = 1000

    @property
    def github(self) -> str:
        """URL of GitHub's API."""
        return f"{self.url}/github"

    @property
    def gitlab(self) -> str:
        """URL of GitLab's API."""
        return f"{self.url}/gitlab/api/v4"

    def next_id(self) -> int:
        """An id that was never given before."""
        self._last_id += 1
        return self._last_id

    def user(self, login: str) -> User:
        """The user of that name; the first call makes one."""
        known = {token.user.login: token.user for token in self.tokens.values()}
        return known.get(login) or User(self.next_id(), login)

    def start_run(self, path: str, event: str, head_sha: str, repository: str = REPOSITORY) -> int:
        """A run of a workflow begins."""
        number = self.next_id()
        self.runs[number] = Run(path, event, head_sha, repository)
        return number

    def add_token(self, text: str, login: str, *, is_installation: bool = False, **scopes: str) -> Token:
        """Let `text` open the API to a user."""
        token = Token(self.user(login), scopes, is_installation)
        self.tokens[text] = token
        return token

    def open_pull_request(self, title: str = "One more client", number: int | None = None) -> Thread:
        """A new pull or merge request."""
        number = number or max(self.threads, default=0) + 1
        self.threads[number] = Thread(number, self.user("dev"), title, is_pull_request=True)
        return self.threads[number]

    def say(self, number: int, login: str, body: str) -> Note:
        """A comment that somebody writes in the browser."""
        note = Note(self.next_id(), self.user(login), body)
        self.threads[number].notes.append(note)
        return note

    def add_status(self, commit: str, login: str, context: str, description: str, target: str = "") -> None:
        """A status that somebody adds to a commit: who may write to the repository may do so."""
        status = CommitStatus(self.next_id(), self.user(login), "success", context, description, target)
        self.statuses.setdefault(commit, []).append(status)

    def bodies(self, number: int) -> list[str]:
        """What the comments say, oldest first."""
        return [note.body for note in self.threads[number].notes if not note.is_system]

    def open_issues(self) -> list[Thread]:
        """The issues that nobody has closed."""
        return [one for one in self.threads.values() if not one.is_pull_request and one.state == "open"]

    def find_note(self, note_id: int) -> tuple[Thread, Note] | None:
        """A comment and where it stands."""
        found = ((thread, note) for thread in self.threads.values() for note in thread.notes if note.id == note_id)
        return next(found, None)

    def writes(self) -> list[str]:
        """Names of the requests that changed something."""
        return [
            name for name, status in self.log if not name.startswith("GET") and status < 300 and "graphql" not in name
        ]

    def meanwhile(self, pattern: str, happens: Callable[[], object], times: int = 1, skip: int = 0) -> None:
        """Let something happen just before a request is carried out whose name matches; the first `skip` go free."""

        def act(request: Request) -> None:
            del request
            happens()

        self._rules.append(Rule(pattern, act, times, skip))

    def answer(self, pattern: str, reply: Reply, times: int = 1, skip: int = 0) -> None:
        """Answer so, and carry nothing out; the first `skip` requests go free."""
        self._rules.append(Rule(pattern, lambda request: reply, times, skip))

    def lose(self, pattern: str, times: int = 1, *, carried_out: bool) -> None:
        """Let the connection end without an answer, before or after the request is carried out."""

        def act(request: Request) -> None:
            if carried_out:
                self.carry_out(request)
            raise Lost

        self._rules.append(Rule(pattern, act, times))

    def respond(self, request: Request) -> Reply:
        """Answer one request."""
        reply = self._interfere(request) or self.carry_out(request)
        self.log.append((request.name, reply.status))
        return reply

    def carry_out(self, request: Request) -> Reply:
        """Do what the request says."""
        from pipelines.github_api import github  # noqa: PLC0415 - they know the forge
        from pipelines.gitlab_api import gitlab  # noqa: PLC0415

        with self.lock:
            return (github if request.path.startswith("/github/") else gitlab)(self, request)

    def _interfere(self, request: Request) -> Reply | None:
        for rule in self._rules:
            if not rule.times or not re.search(rule.pattern, request.name):
                continue
            rule.skip -= 1
            if rule.skip < 0:
                rule.times -= 1
                reply = rule.before(request)
                if reply:
                    return reply
        return None


def secondary_limit(seconds: str | None = "0") -> Reply:
    """GitHub's answer to too many comments at once."""
    words = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation."
    headers = {} if seconds is None else {"Retry-After": seconds}
    return Reply(403, {"message": words, "documentation_url": "https://docs.github.com/"}, headers)


def primary_limit(seconds: int) -> Reply:
    """GitHub's answer to a token that has used up its hour."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + seconds)}
    return Reply(403, {"message": "API rate limit exceeded for installation ID 1."}, headers)


def paged(request: Request, rows: list[Any], default: int) -> Reply:
    """One page of a list, with the `Link` that leads to the next."""
    size = min(int(request.query.get("per_page", default)), 100)
    page = int(request.query.get("page", 1))
    shown = rows[(page - 1) * size : page * size]
    if page * size >= len(rows):
        return Reply(200, shown)
    others = "&".join(f"{name}={value}" for name, value in request.query.items() if name != "page")
    links = [f'<{request.url}?{others}&page={number}>; rel="{rel}"' for rel, number in _pages(page, size, len(rows))]
    return Reply(200, shown, {"Link": ", ".join(links)})


def _pages(page: int, size: int, total: int) -> Iterator[tuple[str, int]]:
    yield "next", page + 1
    yield "last", -(-total // size)
    yield "first", 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the body waits for the client's word that it has the head
    forge: Forge

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        request = Request(
            self.command,
            address.path,
            dict(parse_qsl(address.query)),
            json.loads(body) if body else {},
            self._token(),
            f"{self.forge.url}{address.path}",
        )
        try:
            reply = self.forge.respond(request)
        except Lost:
            self.forge.log.append((request.name, 0))
            self.close_connection = True
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that http.server asks for

    def _token(self) -> Token | None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ") or self.headers.get("PRIVATE-TOKEN", "")
        return self.forge.tokens.get(given)

    def _send(self, reply: Reply) -> None:
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        body = b"" if reply.status == 204 else text.encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_forge() -> Iterator[Forge]:
    """A forge for as long as the block lasts."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.forge = forge = Forge(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
