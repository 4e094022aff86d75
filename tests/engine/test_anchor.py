"""An anchor tells an older copy, another history and a compaction from the ledger that holds its entry."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from plan import FileStore, Ledger
from plan.ledger import Entry, EntryType
from plan.ledger.anchor import Anchor, Containment, containment


def _entries(path: Path, *notes: str) -> Sequence[Entry]:
    ledger = Ledger(FileStore(path), agency="northwind")
    for note in notes:
        ledger.append((EntryType.APPROVED, None, {"digest": None, "note": note}))
    return ledger.entries()


def test_anchor_of_every_entry_is_contained_in_its_ledger(tmp_path: Path) -> None:
    """The first, those in the middle, and the last."""
    entries = _entries(tmp_path / "ledger.jsonl", "a", "b", "c")
    anchors = [Anchor.of(entries[: number + 1]) for number in range(len(entries))]
    assert [anchor and containment(entries, anchor) for anchor in anchors] == [Containment.CONTAINED] * 4


def test_anchor_beyond_the_end_is_behind(tmp_path: Path) -> None:
    """An older copy, down to none at all."""
    entries = _entries(tmp_path / "ledger.jsonl", "a", "b")
    anchor = Anchor.of(entries)
    assert anchor
    assert containment(entries[:-1], anchor) is Containment.BEHIND
    assert containment((), anchor) is Containment.BEHIND


def test_anchor_of_another_history_is_different(tmp_path: Path) -> None:
    """The same serial, also when the other history has gone on since."""
    anchor = Anchor.of(_entries(tmp_path / "one.jsonl", "a", "b"))
    assert anchor
    assert containment(_entries(tmp_path / "two.jsonl", "a", "x"), anchor) is Containment.DIFFERENT
    assert containment(_entries(tmp_path / "three.jsonl", "a", "x", "y"), anchor) is Containment.DIFFERENT


def test_anchor_before_a_compaction_cannot_be_told(tmp_path: Path) -> None:
    """All but the entry right before it, which the compaction names."""
    path = tmp_path / "ledger.jsonl"
    entries = _entries(path, "a", "b")
    ledger = Ledger(FileStore(path), agency="northwind")
    ledger.compact()
    early, last = Anchor.of(entries[:2]), Anchor.of(entries)
    assert early
    assert last
    assert containment(ledger.entries(), early) is Containment.COMPACTED
    assert containment(ledger.entries(), last) is Containment.CONTAINED
    assert containment(ledger.entries(), Anchor(last.serial, "0" * 64)) is Containment.DIFFERENT


def test_anchor_survives_its_text() -> None:
    """`SERIAL:DIGEST`, as an environment variable holds it."""
    anchor = Anchor(12, "ab" * 32)
    assert Anchor.parse(f" {anchor}\n") == anchor


@pytest.mark.parametrize("text", ["", "12", "12:", "0:" + "a" * 64, "-1:" + "a" * 64, "1:" + "A" * 64, "٣:" + "a" * 64])
def test_text_that_is_no_anchor_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="is no anchor"):
        Anchor.parse(text)
