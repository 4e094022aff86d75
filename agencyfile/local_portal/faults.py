"""Faults: what a portal can be told to do wrong, for which calls, and how often.

A fault is a JSON object: ``{"action": "account_add", "nth": 1, "times": 1, "kind": "drop_after_commit"}``. ``action``
is an action of one of the APIs or ``*``; ``account`` restricts a fault to the calls about one account; ``nth`` counts
the calls that fit since the faults were set, starting at 1; ``times`` is how many calls are hit from there on, or null
for all of them. Of several faults that fit a call the first one counts. Calls that a rate limit or a wrong key stops
are not counted.

The kinds, with their options and the values that stand for what is left out:

drop_before_commit
    Nothing is done; the connection closes without an answer.
drop_after_commit
    The call is carried out; the connection closes without an answer.
late_answer
    The call is carried out; the answer comes after ``seconds`` (5), or, where that is null, when the faults are set
    anew.
late_commit
    The call is carried out ``seconds`` (5) later, if it is a write. ``answer``: ``drop`` closes the connection now,
    ``timeout`` holds it silently for ``hold`` (60) seconds and then closes it, ``5xx`` answers 504 now.
rate_limited
    Nothing is done; 429 with ``Retry-After: retry_after`` (1).
error_before_commit
    Nothing is done; an error ``status`` (503).
error_after_commit
    The call is carried out; an error ``status`` (502).
truncated
    The call is carried out; half of the answer's body is sent, and the connection closes.
garbage
    The call is carried out; the answer is a web page with status 200.
stale_list
    The list is as it was before the last ``writes`` (1), or ``seconds`` ago, or before the request ``serial``.
repeat_page
    The page before the one asked for is answered again.
reorder_pages
    The rows of every page come in another order, so that rows repeat and are missed.
mapped_list
    A list of accounts comes as a map keyed by position, as PHP writes a list with gaps (docs/portal.md 1.1).
empty_plans_list
    ``plans`` is empty and comes as a list, as PHP writes an empty map (docs/portal.md 1.1).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from agencyfile.local_portal import account_v3, agency_actions, hub_actions, template_actions
from agencyfile.local_portal.errors import LocalPortalError
from agencyfile.local_portal.shapes import account_label

ANY_ACTION = "*"
_ACTIONS = frozenset(
    (*agency_actions.ACTIONS, *hub_actions.ACTIONS, *template_actions.ACTIONS, *account_v3.ACTIONS, ANY_ACTION)
)
_ERROR_STATUSES = (500, 502, 503, 504)


class FaultKind(StrEnum):
    """The ways in which a portal can go wrong."""

    DROP_BEFORE_COMMIT = "drop_before_commit"
    DROP_AFTER_COMMIT = "drop_after_commit"
    LATE_ANSWER = "late_answer"
    LATE_COMMIT = "late_commit"
    RATE_LIMITED = "rate_limited"
    ERROR_BEFORE_COMMIT = "error_before_commit"
    ERROR_AFTER_COMMIT = "error_after_commit"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    STALE_LIST = "stale_list"
    REPEAT_PAGE = "repeat_page"
    REORDER_PAGES = "reorder_pages"
    MAPPED_LIST = "mapped_list"
    EMPTY_PLANS_LIST = "empty_plans_list"


# The options of each kind, with the values that stand for what was left out; None means that there is none.
_OPTIONS: Mapping[FaultKind, Mapping[str, Any]] = {
    FaultKind.LATE_ANSWER: {"seconds": 5},
    FaultKind.LATE_COMMIT: {"seconds": 5, "answer": "drop", "hold": 60},
    FaultKind.RATE_LIMITED: {"retry_after": 1},
    FaultKind.ERROR_BEFORE_COMMIT: {"status": 503},
    FaultKind.ERROR_AFTER_COMMIT: {"status": 502},
    FaultKind.STALE_LIST: {"writes": None, "seconds": None, "serial": None},
}
_WORDS: Mapping[str, Sequence[Any]] = {"answer": ("drop", "timeout", "5xx"), "status": _ERROR_STATUSES}
_TOO_LARGE = 10**9
_COMMON = ("action", "account", "nth", "times", "kind")


class BadFault(ValueError):
    """A fault that no portal can be told to have."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault, and how many calls it has seen."""

    action: str
    kind: FaultKind
    account: str = ""
    nth: int = 1
    times: int | None = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0

    def sees(self, action: str | None, account: str | None) -> bool:
        """Count a call and say whether the fault hits it."""
        if self.action not in (ANY_ACTION, action) or self.account not in ("", account):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)


class FaultList:
    """The faults a portal has at the moment; `is_over` is set when it gets others."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)
        self.is_over = asyncio.Event()

    def take(self, action: str | None, account: str | None) -> Fault | None:
        """Return the fault that hits a call; every fault counts the call, whichever hits it."""
        hits = [fault for fault in self._faults if fault.sees(action, account)]
        return hits[0] if hits else None


def load_faults(path: Path | None) -> FaultList:
    """Return the faults of a file.

    Raises:
        LocalPortalError: The file cannot be read or is not a list of faults.
    """
    if path is None:
        return FaultList()
    try:
        return parse_faults(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise LocalPortalError(f"The faults in {path} cannot be used: {error}") from error


def parse_faults(value: Any) -> FaultList:
    """Return the faults that a JSON list describes; an object with the one field ``faults`` will do as well.

    Raises:
        BadFault: The value is no list of faults.
    """
    if isinstance(value, Mapping) and set(value) == {"faults"}:
        value = value["faults"]
    if not isinstance(value, list):
        raise BadFault("Faults are a list of objects.")
    return FaultList([_parse_fault(each, place) for place, each in enumerate(value)])


def _parse_fault(value: Any, place: int) -> Fault:
    if not isinstance(value, Mapping):
        raise BadFault(f"Fault {place} is not an object.")
    try:
        kind = FaultKind(str(value.get("kind")))
    except ValueError as error:
        raise BadFault(f"Fault {place}: kind must be one of {', '.join(FaultKind)}.") from error
    known = _OPTIONS.get(kind, {})
    if unknown := value.keys() - set(_COMMON) - known.keys():
        raise BadFault(f"Fault {place}: {kind} has no {', '.join(sorted(map(str, unknown)))}.")
    options = {name: value.get(name, default) for name, default in known.items()}
    for name, option in options.items():
        _check_option(place, name, option)
    if kind is FaultKind.STALE_LIST and all(each is None for each in options.values()):
        options["writes"] = 1
    nth, times = value.get("nth", 1), value.get("times", 1)
    _check_count(place, "nth", nth)
    if times is not None:
        _check_count(place, "times", times)
    account = account_label(str(value.get("account", "")))
    return Fault(action=_action(value, place), account=account, kind=kind, nth=nth, times=times, options=options)


def _action(value: Mapping[str, Any], place: int) -> str:
    action = value.get("action", ANY_ACTION)
    if not isinstance(action, str) or action not in _ACTIONS:
        raise BadFault(f"Fault {place}: there is no action {action!r}.")
    return str(action)


def _check_count(place: int, name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadFault(f"Fault {place}: {name} must be a whole number from 1 on.")


def _check_option(place: int, name: str, value: Any) -> None:
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise BadFault(f"Fault {place}: {name} must be one of {', '.join(map(str, _WORDS[name]))}.")
    elif value is not None and not _is_amount(value):
        raise BadFault(f"Fault {place}: {name} must be a number, not below 0, and below a billion.")


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _TOO_LARGE
