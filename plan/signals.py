"""Signals: what the portal shows of a call whose answer was lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """An object, or a state of one, that the call may have led to; `evidence` says where it was seen."""

    remote_id: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Signals:
    """The results of every independent list and question.

    `busy` says what the portal is still at work on; `doubts` speak against absence although nothing matches (the name
    is taken, yet no list shows it); `absence` is what speaks for it; `is_visible` is False where the portal shows
    nothing of such a call, ever.
    """

    matches: tuple[Match, ...] = ()
    busy: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    absence: tuple[str, ...] = ()
    is_visible: bool = True
