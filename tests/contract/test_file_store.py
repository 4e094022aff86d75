"""The file store: the contract, and what a file alone can suffer."""

import contextlib
import os
import socket
from functools import partial
from pathlib import Path

import pytest
from contract.ledger_store_contract import LedgerStoreContract, Opener, chain, compaction

from agencyfile.cli.fixes import fix_of
from plan import FileStore, LedgerConflict, LedgerCorrupt, LedgerError
from plan.ledger.store import AppendsWhole


class TestFileStore(LedgerStoreContract):
    """The contract, on a file."""

    @pytest.fixture
    def openers(self, tmp_path: Path) -> tuple[Opener, Opener]:
        """The same file, twice."""
        opener = partial(FileStore, tmp_path / "deep" / "ledger.jsonl")
        return opener, opener


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of three entries."""
    path = tmp_path / "ledger.jsonl"
    FileStore(path).append(chain(3), expected=0)
    return path


def test_file_torn_at_any_byte_keeps_every_entry_that_is_whole(tmp_path: Path) -> None:
    """Wherever a crash cuts the last append, the whole lines are read, and the next append goes on from them."""
    whole = tmp_path / "whole.jsonl"
    FileStore(whole).append(chain(2), expected=0)
    content = whole.read_bytes()
    first_line = content.index(b"\n") + 1
    for cut in range(first_line, len(content)):
        torn = tmp_path / f"{cut}.jsonl"
        torn.write_bytes(content[:cut])
        store = FileStore(torn)

        assert len(store.read(0)) == 1
        assert store.append(chain(1, after=chain(1)[0]), expected=1) == 2
        assert list(FileStore(torn).read(0)) == [chain(1)[0], *chain(1, after=chain(1)[0])]
        assert (cut == first_line) != torn.with_name(f"{cut}.jsonl.torn").exists()


def test_file_with_any_line_changed_names_it(path: Path) -> None:
    """A changed entry breaks the chain, and the error says where."""
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines[:-1], 1):
        path.write_bytes(b"".join([*lines[: number - 1], line.replace(b'"number"', b'"numbre"'), *lines[number:]]))

        with pytest.raises(LedgerCorrupt, match=f"ledger.jsonl:{number + 1}: the chain"):
            FileStore(path).read(0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a ledger\n", "not a ledger entry"),
        (b"\xff\xfe\n", "not a ledger entry"),
        (b"[]\n", "not a ledger entry"),
        (b'{"serial": 7}\n', "not a ledger entry"),
        (b"\x00" * 100 + b"\n", "not a ledger entry"),
    ],
)
def test_file_of_something_else_is_corrupt_not_a_traceback(tmp_path: Path, content: bytes, message: str) -> None:
    """Bytes that are no ledger are a clear error, and are left as they are."""
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(content)

    with pytest.raises(LedgerCorrupt, match=message):
        FileStore(path).read(0)
    assert path.read_bytes() == content


def test_file_of_a_newer_format_says_so_before_anything_else(path: Path) -> None:
    """The version is read first: what a newer version wrote is not called corrupt."""
    lines = path.read_bytes().splitlines(keepends=True)
    newer = lines[0].replace(b'"format_version":1', b'"format_version":9')
    path.write_bytes(newer + b'{"an entry": "of the future"}\n')

    with pytest.raises(LedgerError, match="has format 9; this version reads format 1") as caught:
        FileStore(path).read(0)
    assert not isinstance(caught.value, LedgerCorrupt)


def test_file_missing_an_entry_in_the_middle_is_corrupt(path: Path) -> None:
    """A hole in the serials is named."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])

    with pytest.raises(LedgerCorrupt, match="entry 3 stands where entry 2 belongs"):
        FileStore(path).read(0)


def test_file_last_line_reformatted_refuses_the_next_append(path: Path) -> None:
    """A last line that agencyfile did not write is not built upon: the chain would break behind it."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-1], lines[-1].replace(b'":', b'": ')]))
    store = FileStore(path)
    entries = list(store.read(0))

    with pytest.raises(LedgerCorrupt, match="not as agencyfile wrote it"):
        store.append(chain(1, after=entries[-1]), expected=3)


def test_file_in_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A failing disk is a ledger error with a fix, not a traceback."""
    (tmp_path / "blocked").write_text("a file where a folder should be")

    with pytest.raises(LedgerError, match="cannot be written"):
        FileStore(tmp_path / "blocked" / "ledger.jsonl").append(chain(1), expected=0)


def test_file_is_readable_by_its_owner_alone(path: Path) -> None:
    """The ledger holds sealed passwords and e-mail addresses."""
    assert path.stat().st_mode & 0o077 == 0


def test_file_compacted_is_still_readable_by_its_owner_alone(path: Path) -> None:
    """The new file is as private as the old one."""
    FileStore(path).replace([compaction(chain(3)[-1])], expected=3)

    assert path.stat().st_mode & 0o077 == 0


def test_file_torn_and_compacted_sets_the_torn_line_aside(path: Path) -> None:
    """What a crash left behind is kept for a person to look at, by a compaction as by an append."""
    with path.open("ab") as stream:
        stream.write(b'{"serial":4')
    FileStore(path).replace([compaction(chain(3)[-1])], expected=3)

    assert list(FileStore(path).read(0)) == [compaction(chain(3)[-1])]
    assert path.with_name("ledger.jsonl.torn").read_bytes() == b'{"serial":4\n'


def test_file_appended_whole_holds_the_old_entries_and_the_new_ones(path: Path) -> None:
    """A torn line is set aside; who is late loses; a reader that was open goes on."""
    entries, reader = list(FileStore(path).read(0)), FileStore(path)
    assert list(reader.read(0)) == entries
    begin = "".join(f"{entry.line()}\n" for entry in entries[:1]).encode()
    path.write_bytes(begin + b'{"serial": 2, "ti')
    store = FileStore(path)
    assert isinstance(store, AppendsWhole)
    with pytest.raises(LedgerConflict):
        store.append_whole(entries[1:], expected=0)
    assert store.append_whole(entries[1:], expected=1) == entries[-1].serial
    assert list(store.read(0)) == list(reader.read(0)) == list(FileStore(path).read(0)) == entries
    assert path.with_name(f"{path.name}.torn").exists()
    assert path.stat().st_mode & 0o777 == 0o600


def test_file_whose_compaction_crashed_is_as_before(path: Path) -> None:
    """A half-written new file is no part of the ledger and in nobody's way."""
    path.with_name("ledger.jsonl.new").write_bytes(b"x" * 10_000)

    assert list(FileStore(path).read(0)) == chain(3)
    FileStore(path).replace([compaction(chain(3)[-1])], expected=3)
    assert list(FileStore(path).read(0)) == [compaction(chain(3)[-1])]


def test_file_cut_back_behind_an_open_store_is_corrupt(path: Path) -> None:
    """Entries that were read and are gone are not written over."""
    store = FileStore(path)
    entries = list(store.read(0))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))

    with pytest.raises(LedgerCorrupt, match="the file was rewritten"):
        store.append(chain(1, after=entries[-1]), expected=3)
    with pytest.raises(LedgerCorrupt, match="the file was rewritten"):
        store.read(0)


def test_file_with_another_history_behind_an_open_store_is_corrupt(path: Path) -> None:
    """A file that was put in place of the ledger, whole and longer, is still not that ledger."""
    store = FileStore(path)
    store.read(0)
    path.unlink()
    other = compaction(chain(1)[0])
    FileStore(path).append([chain(1)[0], other, *chain(3, after=other)], expected=0)

    with pytest.raises(LedgerCorrupt, match="the file was rewritten"):
        store.read(0)


def test_file_missing_its_first_lines_is_corrupt(path: Path) -> None:
    """Only a compaction may begin a log beyond entry 1."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))

    with pytest.raises(LedgerCorrupt, match="entry 2 stands where entry 1 belongs"):
        FileStore(path).read(0)


@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "link", "socket"])
def test_file_that_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    """A FIFO would wait for ever, a device has no end, a link leads elsewhere: none of them is read or written."""
    path, elsewhere = tmp_path / "ledger.jsonl", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    with contextlib.ExitStack() as stack:
        match kind:
            case "fifo":
                os.mkfifo(path)
            case "device":
                path = Path("/dev/zero")
            case "folder":
                path.mkdir()
            case "link":
                path.symlink_to(elsewhere)
            case _:
                stack.enter_context(socket.socket(socket.AF_UNIX)).bind(str(path))
        with pytest.raises(LedgerError, match="a ledger is a plain file"):
            FileStore(path).read(0)
        with pytest.raises(LedgerError, match="a ledger is a plain file"):
            FileStore(path).append(chain(1), expected=0)
    assert elsewhere.read_bytes() == b""


@pytest.mark.parametrize("suffix", ["torn", "new"])
def test_file_beside_the_ledger_that_is_a_link_is_not_written_through(path: Path, suffix: str) -> None:
    """What a torn tail or a compaction writes stays in this folder."""
    victim = path.with_name("victim")
    victim.write_text("mine")
    path.with_name(f"{path.name}.{suffix}").symlink_to(victim)
    with path.open("ab") as file:
        file.write(b"torn")
    store = FileStore(path)
    entries = store.read(0)

    act = partial(store.append, chain(1, after=entries[-1]))
    if suffix == "new":
        path.write_bytes(path.read_bytes().removesuffix(b"torn"))
        act = partial(store.replace, [compaction(entries[-1])])
    with pytest.raises(LedgerError, match="a symbolic link"):
        act(expected=3)
    assert victim.read_text() == "mine"


def _marks(path: Path) -> tuple[Path, ...]:
    return path.with_name("beside.mark"), path.parent / "state" / "far.mark"


def test_file_put_back_is_refused_by_either_mark(tmp_path: Path) -> None:
    """An older copy is whole in itself; what is noted outside of it tells, in each of the two places."""
    path = tmp_path / "ledger.jsonl"
    marks = _marks(path)
    FileStore(path, marks).append(chain(2), expected=0)
    older = path.read_bytes()
    FileStore(path, marks).append(chain(3)[2:], expected=2)
    for content in (older, b""):
        path.write_bytes(content)
        for mark in marks:
            with pytest.raises(LedgerError, match="is not the one that was used here before") as caught:
                FileStore(path, (mark,)).read(0)
            assert "ledger accept" in fix_of(caught.value)
    path.unlink()
    with pytest.raises(LedgerError, match="it holds no entry"):
        FileStore(path, marks).read(0)


def test_file_that_goes_on_elsewhere_moves_the_marks(tmp_path: Path) -> None:
    """What another machine has added on a shared disk is seen at the next read, and from then on expected."""
    path = tmp_path / "ledger.jsonl"
    marks = _marks(path)
    FileStore(path, marks).append(chain(2), expected=0)
    FileStore(path).append(chain(3)[2:], expected=2)
    newer = path.read_bytes()
    assert len(FileStore(path, marks).read(0)) == 3
    FileStore(path).replace([compaction(chain(3)[-1])], expected=3)
    assert len(FileStore(path, marks).read(0)) == 1
    path.write_bytes(newer)

    with pytest.raises(LedgerError, match="is not the one"):
        FileStore(path, marks).read(0)


def test_append_of_another_process_between_the_file_and_its_marks_is_no_older_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that has read the file, and meets a mark beyond it, does not refuse the ledger or take the mark back."""
    path = tmp_path / "ledger.jsonl"
    marks = _marks(path)
    FileStore(path, marks).append(chain(2), expected=0)
    reader = FileStore(path, marks)
    content = reader._content

    def overtaken() -> bytes:
        found = content()
        FileStore(path, marks).append(chain(3)[2:], expected=2)
        return found

    monkeypatch.setattr(reader, "_content", overtaken)

    assert len(reader.read(0)) == 2
    highest = reader.highest
    assert highest is not None
    assert highest.serial == 3


def test_marks_that_are_damaged_or_cannot_be_written_stop_nothing(tmp_path: Path) -> None:
    """They are a second pair of eyes, not the ledger."""
    path = tmp_path / "ledger.jsonl"
    beside, far = _marks(path)
    beside.write_bytes(b"\x00not a mark")
    far.parent.write_text("a file where a folder should be")
    FileStore(path, (beside, far)).append(chain(2), expected=0)

    assert len(FileStore(path, (beside, far)).read(0)) == 2
    beside.unlink()
    os.mkfifo(beside)
    assert len(FileStore(path, (beside, far)).read(0)) == 2


def test_accepted_copy_goes_on_and_moves_the_marks(tmp_path: Path) -> None:
    """Once a person has accepted it, it is the ledger."""
    path = tmp_path / "ledger.jsonl"
    marks = _marks(path)
    FileStore(path, marks).append(chain(1), expected=0)
    older = path.read_bytes()
    FileStore(path, marks).append(chain(3)[1:], expected=1)
    path.write_bytes(older)
    store = FileStore(path, marks, is_accepted=True)
    assert store.highest is not None
    assert store.highest.serial == 3
    store.read(0)
    store.append(chain(2)[1:], expected=1)

    assert len(FileStore(path, marks).read(0)) == 2
