"""Ledgers in buckets: the contract on S3, Google's and Azure's protocols, and what a bucket can do to it."""

import json
import os
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any, ClassVar

import obstore
import pytest
from contract.ledger_store_contract import LedgerStoreContract, Opener, chain, compaction
from sampling import Part, part
from stores.conftest import NEEDS_NODE
from stores.faults import http_proxy
from stores.gcs import fake_storage
from stores.servers import azurite, s3

from agencyfile.ledger_stores import open_ledger_store
from agencyfile.ledger_stores.object_log import FOLD, ObjectLog
from plan import LedgerConflict, LedgerCorrupt, LedgerError

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    """S3."""
    with s3() as environment:
        yield environment


@pytest.fixture(scope="module")
def google() -> Iterator[dict[str, str]]:
    """Google Cloud Storage."""
    with fake_storage() as address:
        yield {"STORAGE_EMULATOR_HOST": address}


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Azure Blob Storage."""
    with azurite(tmp_path_factory.mktemp("azurite")) as environment:
        yield environment


def use(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """Let this process be who the environment says, and nobody else."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_", "AZURE_", "STORAGE_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


class _ObjectContract(LedgerStoreContract):
    scheme: str

    @pytest.fixture
    def openers(self) -> tuple[Opener, Opener]:
        """The same prefix, by two clients."""
        place = f"{self.scheme}:agency-ledgers/tests/ledger-{next(_NUMBERS)}"
        return partial(open_ledger_store, place), partial(open_ledger_store, place)


class TestS3Store(_ObjectContract):
    """The contract, on moto's S3."""

    scheme = "s3"

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch, aws: dict[str, str]) -> None:
        """Its address and keys."""
        use(monkeypatch, aws)


@pytest.mark.rest  # the same code of ours as on S3; `test_object_answer_lost_is_settled_by_reading_back` meets both
class TestGoogleStore(_ObjectContract):
    """The contract, on a fake of the calls of Google Cloud Storage that the ledger makes."""

    scheme = "gs"

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch, google: dict[str, str]) -> None:
        """Its address."""
        use(monkeypatch, google)


class TestAzureStore(_ObjectContract):
    """The contract, on Microsoft's Azurite."""

    pytestmark: ClassVar = list(NEEDS_NODE)
    scheme = "az"

    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch, azure: dict[str, str]) -> None:
        """Its address and keys."""
        use(monkeypatch, azure)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, aws: dict[str, str]) -> str:
    """A ledger in S3 that no other test uses."""
    use(monkeypatch, aws)
    return f"s3:agency-ledgers/alone/ledger-{next(_NUMBERS)}"


def objects(store: Any) -> list[str]:
    """The names of all objects of a ledger, opened as `store`."""
    log = store._log
    assert isinstance(log, ObjectLog)
    return [item["path"] for page in obstore.list(log._store) for item in page]


def check_refused(place: str, words: str) -> None:
    """The store gets no entry, whoever tries."""
    for _ in range(2):
        store = open_ledger_store(place)
        for _ in range(2):
            with pytest.raises(LedgerError, match=words):
                store.append(chain(1), expected=0)
        assert not [name for name in objects(store) if name != "probe"]


def test_object_store_of_google_that_ignores_conditions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that creates an object twice gets no entry."""
    with fake_storage(is_blind=True) as address:
        use(monkeypatch, {"STORAGE_EMULATOR_HOST": address})
        check_refused("gs:agency-ledgers/blind", "created the same object twice")


@pytest.mark.parametrize(
    ("scheme", "conditions", "words"),
    [
        ("s3", "ignored", "created the same object twice"),
        ("s3", "unknown", "cannot create an object on the condition"),
        pytest.param("az", "belied", "created the same object twice", marks=NEEDS_NODE),
        pytest.param("az", "unknown", "cannot create an object on the condition", marks=NEEDS_NODE),
    ],
)
def test_object_store_without_conditions_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    scheme: str,
    conditions: str,
    words: str,
) -> None:
    """Some stores that do as if they were S3 take the header for nothing; others answer 501 to it."""
    server, variable = {"s3": ("aws", "AWS_ENDPOINT_URL"), "az": ("azure", "AZURE_STORAGE_ENDPOINT")}[scheme]
    environment = request.getfixturevalue(server)
    with http_proxy(environment[variable], conditions=conditions) as address:
        use(monkeypatch, {**environment, variable: address})
        check_refused(f"{scheme}:agency-ledgers/{conditions}-{next(_NUMBERS)}", words)


@pytest.mark.long
def test_object_ledger_of_many_appends_is_read_by_segments(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of many appends is read in place of each alone, by everybody; without copies the ledger is whole too."""
    fold = 20 if part() is Part.SAMPLE else FOLD
    monkeypatch.setattr("agencyfile.ledger_stores.object_log.FOLD", fold)
    entries = chain(2 * fold + 15)
    store = open_ledger_store(place)
    store.append(entries[:10], expected=0)
    for entry in entries[10:]:
        store.append([entry], expected=entry.serial - 1)
    names = objects(store)
    assert sum(name.startswith("segments/") for name in names) == 2

    assert list(open_ledger_store(place).read(0)) == entries
    for name in names:
        if name.startswith("segments/"):
            obstore.delete(store._log._store, name)  # type: ignore[attr-defined]
    assert list(open_ledger_store(place).read(0)) == entries


def test_object_manifest_is_a_hint(place: str) -> None:
    """The ledger begins at its last compaction, with the manifest, without it, and with that of an older one."""
    entries = chain(4)
    store = open_ledger_store(place)
    store.append(entries, expected=0)
    first = compaction(entries[-1])
    store.replace([first], expected=4)
    raw = store._log._store  # type: ignore[attr-defined]
    older = bytes(obstore.get(raw, "manifest.json").bytes())
    (between,) = chain(1, after=first)
    store.append([between], expected=5)
    second = compaction(between)
    store.replace([second], expected=6)
    assert json.loads(bytes(obstore.get(raw, "manifest.json").bytes())) == {"last_compaction": 6}

    assert list(open_ledger_store(place).read(0)) == [second]
    obstore.put(raw, "manifest.json", older)
    assert list(open_ledger_store(place).read(0)) == [second]
    obstore.delete(raw, "manifest.json")
    assert list(open_ledger_store(place).read(0)) == [second]
    for wrong in (
        b'{"last_compaction": 999999}',
        b'{"last_compaction": 2}',
        b'{"last_compaction": -1}',
        b"[]",
        b"junk",
    ):
        obstore.put(raw, "manifest.json", wrong)  # as somebody could write it, to hide the ledger from a fresh machine
        assert list(open_ledger_store(place).read(0)) == [second]


def test_object_compaction_in_the_midst_of_a_segment_begins_the_ledger(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer who did not compact folds appends from before and after the compaction into one segment."""
    monkeypatch.setattr("agencyfile.ledger_stores.object_log.FOLD", 8)
    entries = chain(12)
    store, other = open_ledger_store(place), open_ledger_store(place)
    for entry in entries:
        store.append([entry], expected=entry.serial - 1)
    compacted = compaction(entries[-1])
    other.read(0)
    other.replace([compacted], expected=12)
    store.read(0)
    following = chain(6, after=compacted)
    for entry in following:
        store.append([entry], expected=entry.serial - 1)

    assert "segments/000000000008-000000000016" in objects(store)
    assert list(open_ledger_store(place).read(0)) == [compacted, *following]


def test_object_append_whose_answer_was_lost_is_in_the_segment_too(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that lacked it would make the ledger unreadable."""
    monkeypatch.setattr("agencyfile.ledger_stores.object_log.FOLD", 6)
    monkeypatch.setattr("agencyfile.ledger_stores.append_log.READ_BACK", (0.0,))
    entries = chain(9)
    store = open_ledger_store(place)
    monkeypatch.setattr(store._log, "_obstore", Flaky("", "", "after"))  # type: ignore[attr-defined]
    for entry in entries:
        store.append([entry], expected=entry.serial - 1)

    assert [name for name in objects(store) if name.startswith("segments/")]
    assert list(open_ledger_store(place).read(0)) == entries


@pytest.mark.parametrize("lines", [[0, 1, 3], [1, 2, 3], [0, 1, 2], [0, 0, 1, 2, 3], []])
def test_object_segment_that_is_no_copy_hides_nothing(place: str, lines: list[int]) -> None:
    """A copy only saves time. A wrong one is left aside, and the appends themselves are read."""
    entries = chain(6)
    store = open_ledger_store(place)
    for entry in entries:
        store.append([entry], expected=entry.serial - 1)
    content = "".join(f"{entries[number].line()}\n" for number in lines).encode()
    obstore.put(store._log._store, "segments/000000000000-000000000004", content)  # type: ignore[attr-defined]

    assert list(open_ledger_store(place).read(0)) == entries


def test_object_compaction_frees_no_place(place: str) -> None:
    """A writer who saw the ledger long before its compaction is told, since nothing is ever deleted."""
    entries = chain(4)
    late = open_ledger_store(place)
    late.append(entries[:2], expected=0)
    store = open_ledger_store(place)
    store.append(entries[2:], expected=2)
    store.replace([compaction(entries[-1])], expected=4)

    with pytest.raises(LedgerConflict) as caught:
        late.append(chain(1, after=entries[1]), expected=2)
    assert caught.value.found == 5


def test_object_lost_or_changed_is_corrupt(place: str) -> None:
    """A rule of the bucket that deletes old objects breaks the chain, and is noticed."""
    entries = chain(3)
    store = open_ledger_store(place)
    for entry in entries:
        store.append([entry], expected=entry.serial - 1)
    raw = store._log._store  # type: ignore[attr-defined]
    obstore.delete(raw, "entries/000000000001")
    with pytest.raises(LedgerCorrupt, match="entry 3 stands where entry 2 belongs"):
        open_ledger_store(place).read(0)
    obstore.put(raw, "entries/000000000001", entries[1].line().replace("number", "numbre").encode() + b"\n")
    with pytest.raises(LedgerCorrupt, match="chain of digests is broken"):
        open_ledger_store(place).read(0)
    obstore.delete(raw, "entries/000000000002")
    with pytest.raises(LedgerCorrupt, match="entry 3, read before, is not in it any more"):
        store.read(0)


def test_object_errors_name_no_key_and_no_address(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A bucket that does not exist, a server that does not answer, no region."""
    with pytest.raises(LedgerError, match="cannot be read: ") as caught:
        open_ledger_store("s3:no-such-bucket/x").read(0)
    texts = [str(caught.value)]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(LedgerError, match="cannot be read: ") as caught:
        open_ledger_store(place).read(0)
    texts.append(str(caught.value))

    assert not [text for text in texts if "sentinel" in text or "127.0.0.1" in text or "\n" in text]


def test_object_place_is_never_sent_in_the_clear(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Plain HTTP to another machine is refused before anything is sent."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.66.agency.example:9000")

    with pytest.raises(LedgerError, match="cannot be"):
        open_ledger_store(place).read(0)


def test_object_read_that_fails_in_passing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every bucket answers 503 now and then."""
    with fake_storage(fail_reads=[503, 500]) as address:
        use(monkeypatch, {"STORAGE_EMULATOR_HOST": address})

        assert list(open_ledger_store("gs:agency-ledgers/busy").read(0)) == []


class Flaky:
    """obstore's calls, of which the next puts break before or after they are carried out, or are sent twice."""

    def __init__(self, *breaks: str) -> None:
        self.breaks = list(breaks)

    def __getattr__(self, name: str) -> Any:
        return getattr(obstore, name)

    def put(self, store: Any, path: str, content: bytes, **options: Any) -> None:
        """Carry it out or not, and lose the answer."""
        at = self.breaks.pop(0) if path.startswith("entries/") and self.breaks else ""
        if at != "before":
            obstore.put(store, path, content, **options)
        if at == "twice":
            obstore.put(store, path, content, **options)
        elif at:
            raise obstore.exceptions.GenericError("Server returned non-2xx status code: 503")


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_object_answer_lost_is_settled_by_reading_back(
    monkeypatch: pytest.MonkeyPatch, aws: dict[str, str], google: dict[str, str], scheme: str
) -> None:
    """After a 5xx our own append is known by its id; none at all is an error, somebody else's a conflict."""
    monkeypatch.setattr("agencyfile.ledger_stores.append_log.READ_BACK", (0.0,))
    use(monkeypatch, {"s3": aws, "gs": google}[scheme])
    place = f"{scheme}:agency-ledgers/flaky/ledger-{next(_NUMBERS)}"
    entries = chain(3)
    store, other = open_ledger_store(place), open_ledger_store(place)
    monkeypatch.setattr(store._log, "_obstore", Flaky("after", "before", "before", "twice"))  # type: ignore[attr-defined]

    assert store.append(entries[:1], expected=0) == 1
    with pytest.raises(LedgerError, match="may or may not have been written"):
        store.append(entries[1:2], expected=1)
    other.append(entries[1:2], expected=1)  # the same bytes, from somebody else
    with pytest.raises(LedgerConflict):
        store.append(entries[1:2], expected=1)
    assert list(store.read(0)) == entries[:2]
    assert store.append(entries[2:], expected=2) == 3  # a proxy sent it twice: 412, and it is there
