"""One text per agency on a board: put up once, kept up to date ever after, whoever else runs at the same time.

A text of ours begins with a marker that no reader sees. What somebody else wrote is never touched, whatever it begins
with; nor is a text of ours from which the marker was taken.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from agencyfile.forges.errors import ForgeError, Missing, Unclear
from agencyfile.forges.forge import Board, Text

ROUNDS: Final = 4


class Outcome(StrEnum):
    """The result for a text."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Result:
    """The result for the text, and its address."""

    outcome: Outcome
    url: str = ""


def make_text(agency: str, body: str) -> str:
    """`body` under the marker of `agency`."""
    return f"{_marker(agency)}\n{body.removeprefix(_marker(agency)).strip()}\n"


def stick(board: Board, agency: str, text: str, *, may_add: bool = True) -> Result:
    """Let the one text of `agency` on `board` be `text`, made by `make_text`.

    Two runs at once may both put one up. Each looks again after that: the oldest stays and gets the newest text, and
    whoever is not the oldest takes its own away. What a run left there that died in between is taken away by the next.

    Args:
        board: where.
        agency: whose.
        text: what it shall say.
        may_add: whether there shall be one where there is none.

    Raises:
        ForgeError: it was not done.
    """
    admitted = board.admit(text)
    for _ in range(ROUNDS):
        result = _try(board, agency, admitted, may_add=may_add)
        if result:
            return result
    raise ForgeError(
        f"the {board.noun} could not be kept in {ROUNDS} rounds: it vanishes, or the answers do",
        fix="run it again later",
    )


def close(board: Board, agency: str) -> Result:
    """Take every text of `agency` off `board`: issues are closed.

    Raises:
        ForgeError: it was not done.
    """
    texts = _marked(board, agency)
    _remove(board, texts)
    return Result(Outcome.CLOSED, texts[0].url) if texts else Result(Outcome.NONE)


def _try(board: Board, agency: str, text: str, *, may_add: bool) -> Result | None:
    """One round; None where somebody else's hand, or a lost answer, made it worth another."""
    found = _marked(board, agency)
    if not found:
        if not may_add:
            return Result(Outcome.NONE)
        try:
            added = board.add(text)
        except Unclear:
            return None
        # a list may lag behind what was just added to it
        found = sorted({one.id: one for one in (added, *_marked(board, agency))}.values(), key=_age)
        if found[0].id == added.id:
            return Result(Outcome.ADDED, added.url)
    oldest, *later = found
    try:
        outcome = _update(board, oldest, text)
    except Missing:
        return None
    _remove(board, later)
    return Result(outcome, oldest.url)


def _update(board: Board, old: Text, text: str) -> Outcome:
    if old.body.replace("\r\n", "\n").strip() == text.strip():
        return Outcome.UNCHANGED
    board.replace(old, text)
    return Outcome.UPDATED


def _remove(board: Board, texts: list[Text]) -> None:
    for text in texts:
        try:
            board.remove(text)
        except Missing:
            continue  # the run that had put it up was quicker


def _marked(board: Board, agency: str) -> list[Text]:
    """The texts of ours that begin with the marker, oldest first."""
    return sorted((text for text in board.own() if text.body.lstrip().startswith(_marker(agency))), key=_age)


def _age(text: Text) -> int:
    return text.id


def _marker(agency: str) -> str:
    return f"<!-- agencyfile:{agency} -->"
