"""What the portal shows before a call, kept for the look after its yes."""

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
        """What the portal shows before `call`, as the ledger keeps it; empty where nothing shows it."""
        found = operation.before(call, self._questions())
        with self._lock:
            self._kept[call.address] = found
        return found

    def told_after(self, operation: Operation, call: Call) -> str:
        """What to tell whoever watches after a yes to `call`; empty for nothing."""
        with self._lock:
            before = self._kept.pop(call.address, ())
        return operation.after(call, before, self._questions())
