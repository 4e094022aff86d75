"""Calls without an intent that set attributes in no list: the ledger knows of them before the first of them is sent."""

from collections.abc import Sequence

from plan.address import Address
from plan.apply.journal import Journal
from plan.apply.queue import Task
from plan.call import Call
from plan.change import PlannedChange


class Attempts:
    """The attempts of one apply. One append announces all of them, since an append to a branch is a push."""

    def __init__(self, journal: Journal, steps: Sequence[PlannedChange]) -> None:
        self._journal = journal
        self._steps = steps
        self._unknown: dict[Address, frozenset[str]] | None = None
        self._begun: set[Address] = set()

    def begin(self, task: Task, call: Call) -> None:
        """Note that a call is about to be sent; the first without an intent announces all attempts of the plan.

        Raises:
            LedgerError: the ledger cannot be written.
        """
        if self._unknown is None and not call.needs_intent:
            self._unknown = self._journal.attempt(self._steps)
        self._begun.add(task.address)

    def refused(self, task: Task) -> None:
        """Take the attempt of a task back if its first call was refused: what was known before is known still."""
        if task.sent == 0:
            self._withdraw(task.address)

    def left_out(self, address: Address) -> None:
        """Take the attempt of a change back of which nothing was sent."""
        if address not in self._begun:
            self._withdraw(address)

    def _withdraw(self, address: Address) -> None:
        unknown = (self._unknown or {}).get(address)
        if unknown is not None:
            self._journal.withdraw(address, unknown)
