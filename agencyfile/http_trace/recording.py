"""The recording of exchanges into a trace."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from agencyfile import __version__
from agencyfile.http_trace.har import NO_ANSWER, Entry, no_response, request_part, response_part
from agencyfile.http_trace.trace_file import TraceFile
from agencyfile.redaction import redact

if TYPE_CHECKING:
    import requests


class Recording:
    """Writes each exchange when it begins and when it ends; safe to use from several threads.

    Where the file cannot be written any more, `tell` is given one line, and the run goes on without it.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._file = TraceFile(path, __version__)
        self._path = path
        self._tell = tell
        self._under_way: dict[int, str] = {}
        self._count = 0
        self._is_over = False
        self._lock = Lock()

    def __call__(self, request: "requests.PreparedRequest") -> "_Exchange":
        """Record the beginning of a request."""
        with self._lock:
            self._count += 1
            number = self._count
        exchange = _Exchange(request, lambda entry: self._begin(number, entry), lambda entry: self._end(number, entry))
        exchange.begin()
        return exchange

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if not self._is_over:
                self._is_over = True
                self._file.close()

    def _begin(self, number: int, entry: Entry) -> None:
        with self._lock:
            self._under_way[number] = json.dumps(entry)
            self._write(())

    def _end(self, number: int, entry: Entry) -> None:
        text = json.dumps(entry)
        with self._lock:
            self._under_way.pop(number, None)
            self._write((text,))

    def _write(self, finished: Sequence[str]) -> None:
        if self._is_over:
            return
        try:
            self._file.write(finished, self._under_way.values())
        except OSError as error:
            self._is_over = True
            self._tell(f"the trace {self._path} ends here ({error.strerror}); the run goes on")


class _Exchange:
    def __init__(
        self, request: "requests.PreparedRequest", begin: Callable[[Entry], None], end: Callable[[Entry], None]
    ) -> None:
        body = request.body or b""
        self._request = request_part(
            request.method or "",
            request.url or "",
            list(request.headers.items()),
            body.encode() if isinstance(body, str) else body,
        )
        self._begin = begin
        self._end = end
        self._time = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._start = time.monotonic()
        self._headers_at: float | None = None
        self._response: requests.Response | None = None
        self._pieces: list[bytes] = []

    def begin(self) -> None:
        """Write that it is under way."""
        self._begin(self._entry(no_response(), NO_ANSWER))

    def answered(self, response: "requests.Response") -> None:
        """Take status and headers."""
        self._headers_at = time.monotonic()
        self._response = response

    def took(self, piece: bytes) -> None:
        """Take a piece of the body."""
        self._pieces.append(piece)

    def ended(self, failure: BaseException | None) -> None:
        """Write the whole of it. The words of a library's failure may hold a URL: its class says enough."""
        answer = no_response() if self._response is None else self._answer(self._response)
        self._end(self._entry(answer, f"no whole answer: {type(failure).__name__}" if failure else ""))

    def _answer(self, response: "requests.Response") -> dict[str, Any]:
        headers = list(response.headers.items())
        version = getattr(response.raw, "version", 11)
        return response_part(response.status_code, response.reason or "", version, headers, b"".join(self._pieces))

    def _entry(self, response: dict[str, Any], comment: str) -> dict[str, Any]:
        now = time.monotonic()
        answered = self._headers_at or now
        wait, receive = _milliseconds(answered - self._start), _milliseconds(now - answered)
        entry = {
            "startedDateTime": self._time,
            "time": wait + receive,
            "request": self._request,
            "response": response,
            "cache": {},
            "timings": {"send": 0, "wait": wait, "receive": receive},
        }
        return {**entry, "comment": redact(comment)} if comment else entry


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)
