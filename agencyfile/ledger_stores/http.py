"""The ledger in states of a server that speaks Terraform's HTTP protocol, as GitLab and Gitea do: `http:NAME`.

Each state NAME-000001, NAME-000002 ... is a segment that holds entries as strings. A server like GitLab takes each
`serial` of a state once, so posting the next serial is compare-and-append. A server that takes one twice is refused:
the protocol alone has no condition, and its locks never expire.

The address comes from the environment: TF_HTTP_ADDRESS is the address below which the states are, with TF_HTTP_USERNAME
and TF_HTTP_PASSWORD; in a job of GitLab it is the project's own, with the job's token. The agency file names no host.
"""

import json
import os
import time
import uuid
import weakref
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agencyfile.ledger_stores.append_log import AppendLogStore, NoCleanAnswer, PlaceTaken
from agencyfile.web_origin import origin_or_none, web_origin
from plan.errors import LedgerCorrupt, LedgerError

if TYPE_CHECKING:
    import requests

FULL: Final = 100  # entries of a segment, since the server keeps each version of a state whole
FULL_SIZE: Final = 256 * 1024  # bytes of a segment
TIMEOUT: Final = (10.0, 60.0)  # seconds to connect, and between two bytes
READ_AGAIN: Final = (0.2, 0.6, 1.8)  # seconds before another try to read, after no answer or one that may pass
LARGEST: Final = 64 * 1024 * 1024  # bytes of an answer
_PASSING: Final = (408, 429, 500, 502, 503, 504)
_GITLAB: Final = ("CI_API_V4_URL", "CI_PROJECT_ID", "CI_JOB_TOKEN")


@dataclass(frozen=True, slots=True)
class Server:
    """The address of the states, and what the environment says of who asks."""

    address: str
    user: str
    password: str

    @classmethod
    def of(cls, environ: Mapping[str, str], location: str) -> "Server":
        """Read the environment.

        Raises:
            LedgerError: it names no server, or one that would get the password in the clear.
        """
        address, user, password = (environ.get(f"TF_HTTP_{name}", "") for name in ("ADDRESS", "USERNAME", "PASSWORD"))
        if not address and all(environ.get(name) for name in _GITLAB):
            api, project, password = (environ[name] for name in _GITLAB)
            address, user = f"{api}/projects/{project}/terraform/state", "gitlab-ci-token"
        if not address:
            raise LedgerError(
                f"the ledger {location} is on a server that the environment does not name",
                fix="set TF_HTTP_ADDRESS, TF_HTTP_USERNAME and TF_HTTP_PASSWORD",
            )
        origin = origin_or_none(address)
        if origin is None:
            raise LedgerError(
                f"the server of the ledger {location} has no address that can be used",
                fix="write TF_HTTP_ADDRESS as in https://gitlab.example/api/v4/projects/1/terraform/state",
            )
        if origin.is_clear:
            raise LedgerError(
                f"the server of the ledger {location} would get its password unencrypted",
                fix="write https:// in TF_HTTP_ADDRESS",
            )
        return cls(address.rstrip("/"), user, password)


@dataclass(frozen=True, slots=True)
class Segment:
    """A state: its serial, its lines, and which writer made which append."""

    serial: int = 0
    lines: tuple[str, ...] = ()
    writers: tuple[tuple[int, str], ...] = ()  # the serial that an append follows, and its writer

    @property
    def is_full(self) -> bool:
        """Does the next append begin another segment? Every writer who sees this version says the same."""
        return len(self.lines) >= FULL or sum(map(len, self.lines)) >= FULL_SIZE

    def begins_before(self, serial: int) -> bool:
        """Is its first entry `serial`, or one before it?"""
        return bool(self.writers) and self.writers[0][0] < serial

    def after(self, lines: Sequence[bytes], *, after: int, writer: str) -> "Segment":
        """Return the version that holds one append more."""
        added = (line[:-1].decode() for line in lines)
        return Segment(self.serial + 1, (*self.lines, *added), (*self.writers, (after, writer)))

    def document(self) -> dict[str, object]:
        """Return the state that is posted: without resources, for whoever shows it as Terraform's."""
        ledger = {"format_version": 1, "entries": self.lines, "writers": self.writers}
        return {"version": 4, "serial": self.serial, "outputs": {}, "resources": [], "agencyfile": ledger}

    @classmethod
    def parse(cls, content: bytes, where: str) -> "Segment":
        """Read a state.

        Raises:
            LedgerCorrupt: it is another program's, or was changed.
        """
        try:
            document = json.loads(content)
            ledger = document["agencyfile"]
            writers = tuple((int(after), str(writer)) for after, writer in ledger["writers"])
            return cls(int(document["serial"]), tuple(map(str, ledger["entries"])), writers)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise LedgerCorrupt(where, "this state is no segment of a ledger") from None


class StateLog:
    """The states of one ledger."""

    def __init__(self, name: str, server: Server) -> None:
        self._name = name
        self._server = server
        self._segments: list[Segment] = []  # as far as they are known; only the last one can change
        self._is_probed = False
        self._session: requests.Session | None = None

    @property
    def location(self) -> str:
        """The name of the states; the environment says where the server is."""
        return f"http:{self._name}"

    def load(self, serial: int) -> Iterator[bytes]:
        """All entries, or those from the segment on that holds `serial`: the ones before it cannot have changed."""
        self._catch_up(from_first=serial == 0)
        first = max((n for n, segment in enumerate(self._segments) if segment.begins_before(serial)), default=0)
        return (f"{line}\n".encode() for segment in self._segments[first:] for line in segment.lines)

    def add(self, lines: Sequence[bytes], *, after: int, writer: str) -> None:
        """Post the next serial of the last segment, or the first one of a new segment."""
        self._probe()
        is_new = not self._segments or self._segments[-1].is_full
        last = Segment() if is_new else self._segments[-1]
        number = len(self._segments) + is_new
        following = last.after(lines, after=after, writer=writer)
        self._post(self._state(number), following.document())
        self._segments[number - 1 :] = [following]

    def writer_of(self, after: int) -> str | None:
        """The writer that a segment names for that append."""
        self._catch_up(from_first=False)
        return next((writer for segment in self._segments for at, writer in segment.writers if at == after), None)

    def _catch_up(self, *, from_first: bool) -> None:
        known = [] if from_first else self._segments[:-1]
        while (content := self._get(self._state(len(known) + 1))) is not None:
            segment = Segment.parse(content, f"{self.location}, state {self._state(len(known) + 1)}")
            known.append(segment)
            if not segment.is_full:
                break
        self._segments = known

    def _state(self, number: int) -> str:
        return f"{self._name}-{number:06}"

    def _probe(self) -> None:
        """Show that this server refuses a serial that a state has already, before anything depends on it."""
        for _ in range(0 if self._is_probed else 2):
            try:
                self._post(f"{self._name}-probe", {**Segment(1).document(), "lineage": str(uuid.uuid4())})
            except PlaceTaken:
                self._is_probed = True
                return
            except NoCleanAnswer as doubt:
                raise LedgerError(
                    f"the ledger {self.location} cannot be written: {doubt}", fix="run the command again"
                ) from None
        if not self._is_probed:
            raise LedgerError(
                f"the server of {self.location} took the same serial of a state twice: two runs would overwrite each "
                "other's entries. Nothing was written",
                fix="keep the ledger on a server that takes a serial once, as GitLab does, or in another store",
            )

    def _get(self, state: str) -> bytes | None:
        trouble = ""
        for pause in (0.0, *READ_AGAIN):
            time.sleep(pause)
            status, content, trouble = self._get_once(state)
            if status and status not in _PASSING:
                break
        if status in (204, 404):
            return None
        if status != 200:  # noqa: PLR2004
            raise self._trouble("read", trouble)
        return content

    def _get_once(self, state: str) -> tuple[int, bytes, str]:
        """Return the status, the content, and what is wrong with them. The status 0 is no answer."""
        import requests  # noqa: PLC0415 - only who keeps the ledger there pays for it

        try:
            status, content = self._ask("GET", state)
        except requests.RequestException as error:
            return 0, b"", _words(error)
        return status, content, _answer(status)

    def _post(self, state: str, document: Mapping[str, object]) -> None:
        import requests  # noqa: PLC0415 - as above

        from agencyfile.gate import NotAdmitted  # noqa: PLC0415 - as above

        try:
            status, content = self._ask("POST", state, json.dumps(document).encode())
        except (requests.ConnectTimeout, NotAdmitted) as error:
            raise self._trouble("written", _words(error)) from None
        except requests.RequestException as error:
            raise NoCleanAnswer(_words(error)) from None
        if status in (200, 201, 204):
            return
        if status in (409, 423) and (holder := _holder(content)):
            raise LedgerError(
                f"the state {state} of the ledger {self.location} is locked by {holder}; agencyfile locks none",
                fix="release that lock at the server, if nobody works there",
            )
        if status in (409, 412, 422):
            raise PlaceTaken
        if status >= 500 or status == 408:  # noqa: PLR2004
            raise NoCleanAnswer(_answer(status))
        raise self._trouble("written", _answer(status))

    def _ask(self, method: str, state: str, content: bytes | None = None) -> tuple[int, bytes]:
        """Send one request, once. No redirect is followed: the password is for this address."""
        import requests  # noqa: PLC0415 - as above

        from agencyfile.gate import BoundTo, make_session  # noqa: PLC0415 - as above

        if self._session is None:
            self._session = make_session()
            weakref.finalize(self, self._session.close)
            self._session.trust_env = False  # no other password from ~/.netrc
            self._session.proxies = requests.utils.get_environ_proxies(self._server.address)
            self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
            self._session.auth = BoundTo(web_origin(self._server.address))
            login = b64encode(f"{self._server.user}:{self._server.password}".encode()).decode()
            self._session.headers["Authorization"] = f"Basic {login}"
        with self._session.request(
            method,
            f"{self._server.address}/{state}",
            data=content,
            headers={"Content-Type": "application/json"} if content else {},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return answer.status_code, self._body(answer)

    def _body(self, answer: "requests.Response") -> bytes:
        found = bytearray()
        for part in answer.iter_content(65536):
            found += part
            if len(found) > LARGEST:
                raise self._trouble("read", f"an answer is longer than {LARGEST} bytes")
        return bytes(found)

    def _trouble(self, done: str, reason: str) -> LedgerError:
        return LedgerError(
            f"the ledger {self.location} cannot be {done}: {reason}",
            fix="check the server's address, the user or token in the environment, and what it may do",
        )


def _holder(content: bytes) -> str | None:
    """Return who holds a lock, where the answer says so."""
    try:
        lock: Any = json.loads(content)
        return f"{lock.get('Who') or 'somebody'} ({lock['ID']})"[:200]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _answer(status: int) -> str:
    hints = {401: "it does not know the user", 403: "the user may not", 413: "the state is too large for it"}
    return f"the server answered {status}" + (f" ({hints[status]})" if status in hints else "")


def _words(error: Exception) -> str:
    return f"the connection failed ({type(error).__name__})"


def open_store(place: str, marks: Sequence[Path] = (), *, is_accepted: bool = False) -> AppendLogStore:
    """Open the ledger of these states."""
    return AppendLogStore(StateLog(place, Server.of(os.environ, f"http:{place}")), marks, is_accepted=is_accepted)
