"""The ledger in a bucket: one object per append, created on the condition that there is none of its name.

    PREFIX/entries/000000000041   the append that follows entry 41, as JSON Lines
    PREFIX/segments/000000000000-000000000200   a copy of the appends after entry 0 and before that after entry 200
    PREFIX/manifest.json          where the last compaction is: a hint; without it everything is read
    PREFIX/probe                  shows that the store refuses to create an object twice

Objects are never changed, but for the manifest, and never deleted. A copy in `segments/` and the manifest only save
time: they are checked by the same chain of digests, and a ledger without them is whole.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from agencyfile.ledger_stores.append_log import AppendLogStore, NoCleanAnswer, PlaceTaken
from agencyfile.ledger_stores.optional import optional
from plan.errors import LedgerError

FOLD: Final = 200  # appends that are copied into one segment
READERS: Final = 16  # objects that are fetched at once
NO_RETRIES: Final = {"max_retries": 0, "retry_timeout": timedelta(seconds=60)}
READ_RETRIES: Final = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
}
TIMEOUTS: Final = {"timeout": timedelta(seconds=30), "connect_timeout": timedelta(seconds=10)}
_DIGITS: Final = 12
_NAME: Final = re.compile(r"entries/(\d{12})")
_SEGMENT: Final = re.compile(r"segments/(\d{12})-(\d{12})")
_KEY: Final = "appendid"  # of the metadata; Azure takes no hyphen


class ObjectLog:
    """The objects of one ledger: `reader` sends a request again after a 5xx or a broken connection, `writer` does not.

    A second request to create an object would find our own and take it for somebody else's.
    """

    def __init__(self, writer: Any, reader: Any, location: str) -> None:
        self._store = writer
        self._reader = reader
        self._location = location
        self._obstore = optional("obstore", "stores")
        self._is_probed = False
        self._loose: list[int] = []  # appends behind the last segment, as far as they are known
        self._known: list[int] = []

    @property
    def location(self) -> str:
        """The bucket and the prefix."""
        return self._location

    def load(self, serial: int) -> Iterator[bytes]:
        """The objects from the one that holds `serial` on; from the last compaction, if that is known."""
        if serial:
            first = max((name for name in self._known if name < serial), default=0)
            return iter(self._load([], first, is_whole=False))
        segments = self._list(_SEGMENT, "segments/", 0)
        hint = self._last_compaction()
        contents = self._load(_cover(segments, hint), hint, is_whole=True) if hint else []
        if not _begins_compacted(contents):  # the hint is wrong
            contents = self._load(_cover(segments, 0), 0, is_whole=True)
        return iter(contents)

    def _load(self, segments: Sequence[tuple[int, int]], first: int, *, is_whole: bool) -> list[bytes]:
        """Read these segments and what follows them, from the append after `first` on."""
        behind = segments[-1][1] if segments else first
        loose = [name for (name,) in self._list(_NAME, "entries/", behind)]
        self._loose = loose if is_whole else sorted({*self._loose, *loose})
        self._known = sorted({*self._known, *loose, *(begin for begin, _ in segments)})
        contents = self._fetch([*(_segment(*segment) for segment in segments), *map(_entry, loose)])
        whole = next((n for n, segment in enumerate(segments) if not _is_copy(contents[n], *segment)), len(segments))
        if whole < len(segments):  # a copy only saves time: read the appends themselves from there on
            return self._load(segments[:whole], first, is_whole=is_whole)
        if segments and segments[0][0] < first:
            contents[0] = _from_entry(contents[0], first + 1)
        return contents

    def add(self, lines: Sequence[bytes], *, after: int, writer: str) -> None:
        """Create the object that follows `after`."""
        self._probe()
        self._create(_entry(after), b"".join(lines), writer)
        self._known.append(after)
        self._loose.append(after)
        is_compacted = json.loads(lines[0])["type"] == "compacted"
        with suppress(LedgerError, NoCleanAnswer, PlaceTaken):  # both only save time
            if is_compacted:
                self._put("manifest.json", json.dumps({"last_compaction": after}).encode())
            if len(self._loose) > FOLD:
                self._fold()

    def writer_of(self, after: int) -> str | None:
        """The metadata of the object that follows `after`."""
        with self._reading():
            try:
                found = self._obstore.get(self._reader, _entry(after))
            except (FileNotFoundError, self._obstore.exceptions.NotFoundError):
                return None
            return str(found.attributes.get(_KEY, "of another program"))

    def _fold(self) -> None:
        """Copy all appends but the last one into a segment. Whoever does the same makes the same object.

        They are listed anew: an append whose answer was lost, or somebody else's, is not among those that are known.
        """
        *names, last = (name for (name,) in self._list(_NAME, "entries/", min(self._loose)))
        content = b"".join(self._fetch(map(_entry, names)))
        with suppress(PlaceTaken):
            if _is_copy(content, names[0], last):
                self._create(_segment(names[0], last), content, str(uuid.uuid4()))
        self._loose = [last]

    def _last_compaction(self) -> int:
        with self._reading():
            try:
                content = bytes(self._obstore.get(self._reader, "manifest.json").bytes())
            except (FileNotFoundError, self._obstore.exceptions.NotFoundError):
                return 0
        try:
            return max(0, int(json.loads(content)["last_compaction"]))
        except (ValueError, KeyError, TypeError):
            return 0

    def _list(self, pattern: re.Pattern[str], prefix: str, first: int) -> list[tuple[int, ...]]:
        """Return the numbers in the names below `prefix`, from `first` on, in order."""
        found: list[tuple[int, ...]] = []
        offset = f"{prefix}{first - 1:0{_DIGITS}}" if first else None
        with self._reading():
            for page in self._obstore.list(self._reader, prefix=prefix, offset=offset):
                names = (pattern.fullmatch(item["path"]) for item in page)
                found += [tuple(map(int, name.groups())) for name in names if name]
        return sorted(numbers for numbers in found if numbers[0] >= first)

    def _fetch(self, paths: Iterable[str]) -> list[bytes]:
        with self._reading(), ThreadPoolExecutor(READERS) as pool:
            return list(pool.map(lambda path: bytes(self._obstore.get(self._reader, path).bytes()), paths))

    def _probe(self) -> None:
        """Show that this store refuses to create an object twice, before anything depends on it.

        Raises:
            LedgerError: it does not.
        """
        for _ in range(0 if self._is_probed else 2):
            try:
                self._create("probe", b"A store of a ledger has to refuse to create this again.\n", str(uuid.uuid4()))
            except PlaceTaken:
                self._is_probed = True
                return
            except NoCleanAnswer as doubt:
                if re.search(r"\b501\b", str(doubt)):
                    raise self._refusal("cannot create an object on the condition that there is none") from None
                raise LedgerError(
                    f"the ledger {self.location} cannot be written: {doubt}", fix="run the command again"
                ) from None
        if not self._is_probed:
            raise self._refusal("created the same object twice, though asked to create it only if there is none")

    def _refusal(self, done: str) -> LedgerError:
        return LedgerError(
            f"the store of {self.location} {done}: two runs would overwrite each other's entries. No entry was written",
            fix="keep the ledger elsewhere, or in a store that takes If-None-Match (S3, Google, Azure do)",
        )

    def _create(self, path: str, content: bytes, writer: str) -> None:
        self._put(path, content, mode="create", attributes={_KEY: writer})

    def _put(self, path: str, content: bytes, **options: object) -> None:
        errors = self._obstore.exceptions
        try:
            self._obstore.put(self._store, path, content, use_multipart=False, **options)
        except (errors.AlreadyExistsError, errors.PreconditionError, FileExistsError):
            raise PlaceTaken from None
        except (
            errors.PermissionDeniedError,
            errors.UnauthenticatedError,
            errors.NotFoundError,
            errors.NotSupportedError,
            FileNotFoundError,
            PermissionError,
            NotImplementedError,
        ) as error:
            raise self._trouble("written", error) from None
        except (errors.BaseError, OSError, TimeoutError) as error:
            raise NoCleanAnswer(_words(error)) from None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (self._obstore.exceptions.BaseError, OSError) as error:
            raise self._trouble("read", error) from None

    def _trouble(self, done: str, error: Exception) -> LedgerError:
        return LedgerError(
            f"the ledger {self.location} cannot be {done}: {_words(error)}",
            fix="check the bucket's name, the credentials in the environment, and what they may do",
        )


def _cover(segments: Sequence[tuple[int, ...]], first: int) -> list[tuple[int, int]]:
    """Choose segments that follow each other without a gap, beginning with one that holds the append after `first`."""
    begins = dict(sorted((numbers[0], numbers[1]) for numbers in segments))  # the longest of those that begin there
    at = max((begin for begin, end in begins.items() if begin <= first < end), default=first)
    chosen: list[tuple[int, int]] = []
    while at in begins:
        chosen.append((at, begins[at]))
        at = begins[at]
    return chosen


def _from_entry(content: bytes, serial: int) -> bytes:
    """Return the lines of a segment from the entry `serial` on: a compaction may stand in the midst of it."""
    lines = content.splitlines(keepends=True)
    begins = (number for number, line in enumerate(lines) if _head(line).get("serial") == serial)
    return b"".join(lines[next(begins, 0) :])


def _is_copy(content: bytes, begin: int, end: int) -> bool:
    """Does a segment hold every entry after `begin` up to `end`? The chain of digests is checked later."""
    lines = content.splitlines()
    if not lines:
        return False
    first, last = (_head(line).get("serial") for line in (lines[0], lines[-1]))
    is_carried = begin == 0 and _begins_compacted([content])  # into an empty bucket, from another store
    begins = first if is_carried and isinstance(first, int) else begin + 1
    return last == end and len(lines) == end + 1 - begins


def _begins_compacted(contents: Sequence[bytes]) -> bool:
    return bool(contents) and _head(contents[0].partition(b"\n")[0]).get("type") == "compacted"


def _head(line: bytes) -> dict[str, Any]:
    """Return the entry of a line; nothing where it holds none, which is said when the whole log is checked."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _entry(after: int) -> str:
    return f"entries/{after:0{_DIGITS}}"


def _segment(begin: int, following: int) -> str:
    return f"segments/{begin:0{_DIGITS}}-{following:0{_DIGITS}}"


def _words(error: Exception) -> str:
    """Return what went wrong, on one line, without the addresses and bodies that the library quotes."""
    text = re.split(r"\n|, source|Debug source|: <\?xml|: <", str(error).strip())[0]
    return re.sub(r"https?://\S+", "(its address)", text)[:300] or type(error).__name__


def split(place: str) -> tuple[str, str | None]:
    """Return the bucket and the prefix of `BUCKET/PREFIX`."""
    bucket, _, prefix = place.partition("/")
    return bucket, prefix or None


def _client_options(address: str | None) -> dict[str, Any]:
    """Return what every client of obstore is made with. Plain HTTP goes to this machine alone, as in a rehearsal."""
    is_here = re.match(r"http://(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?(?:/|\Z)", address or "") is not None
    return {**TIMEOUTS, "allow_http": is_here}


def open_objects(
    make: Callable[..., Any],
    location: str,
    marks: Sequence[Path] = (),
    *,
    address: str | None,
    is_accepted: bool = False,
) -> AppendLogStore:
    """Open the ledger in a store of obstore, of which `make` makes a client; `address` is what the environment names.

    Raises:
        LedgerError: the environment lacks something that the store needs.
    """
    errors, client = optional("obstore.exceptions", "stores"), _client_options(address)
    try:
        writer, reader = (make(retry_config=retries, client_options=client) for retries in (NO_RETRIES, READ_RETRIES))
    except (errors.BaseError, ValueError) as error:
        raise LedgerError(
            f"the ledger {location} cannot be opened: {_words(error)}",
            fix="set the variables that name its region or account and its credentials",
        ) from None
    return AppendLogStore(ObjectLog(writer, reader, location), marks, is_accepted=is_accepted)
