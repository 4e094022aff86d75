"""Baselines: the state before a call, kept for the look after its confirmation."""

from collections.abc import Callable
from threading import Lock

from agencyfile.kinds.operation import Operation
from agencyfile.kinds.questions import Questions
from plan.address import Address
from plan.call import Call


class Baselines:
    """Keeps one baseline for each address; safe to use from several threads."""

    def __init__(self, questions: Callable[[], Questions]) -> None:
        self._questions = questions
        self._kept: dict[Address, tuple[str, ...]] = {}
        self._lock = Lock()

    def look(self, operation: Operation, call: Call) -> tuple[str, ...]:
        """Return the state before `call`, as the ledger keeps it; empty where the portal does not show it."""
        found = operation.before(call, self._questions())
        with self._lock:
            self._kept[call.address] = found
        return found

    def told_after(self, operation: Operation, call: Call) -> str:
        """Return a line to print after `call` is confirmed; empty for none."""
        with self._lock:
            before = self._kept.pop(call.address, ())
        return operation.after(call, before, self._questions())
