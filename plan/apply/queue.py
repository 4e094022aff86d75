"""The order of an apply: dependencies first, billed calls one at a time."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from plan.address import Address
from plan.call import Call, Effect
from plan.change import PlannedChange
from plan.ledger.bodies import CredentialBody


@dataclass(slots=True)
class Task:
    """A step under way: `sent` of its calls are confirmed; `credential` is the sealed key that one of them brought."""

    step: PlannedChange
    sent: int = 0
    credential: CredentialBody | None = None

    @property
    def address(self) -> Address:
        """The address of its step."""
        return self.step.address

    @property
    def call(self) -> Call | None:
        """Its next call; None when all are confirmed."""
        return self.step.calls[self.sent] if self.sent < len(self.step.calls) else None


class TaskQueue:
    """Steps that wait for others, and those that may go: in plan order, free and billed ones apart."""

    def __init__(self, steps: Iterable[PlannedChange], provisioning: Collection[Address]) -> None:
        self._held: dict[Address, Task] = {}
        self._waits: dict[Address, set[Address]] = {}
        self._dependents: dict[Address, list[Address]] = {}
        self._free: deque[Task] = deque()
        self._billed: deque[Task] = deque()
        for step in steps:
            waits = set(step.after) | ({step.address} & set(provisioning))
            self._hold(Task(step), waits)

    def _hold(self, task: Task, waits: set[Address]) -> None:
        if not waits:
            self.push(task)
            return
        self._held[task.address] = task
        self._waits[task.address] = waits
        for address in waits:
            self._dependents.setdefault(address, []).append(task.address)

    def push(self, task: Task) -> None:
        """Queue a task among the free or the billed ones, by its next call."""
        is_billed = task.call is not None and task.call.effect is Effect.BILLED
        (self._billed if is_billed else self._free).append(task)

    def pop_free(self) -> Task | None:
        """The next task whose call charges nothing."""
        return self._free.popleft() if self._free else None

    def pop_billed(self) -> Task | None:
        """The next task whose call is billed."""
        return self._billed.popleft() if self._billed else None

    @property
    def billed(self) -> int:
        """Number of billed tasks that may go."""
        return len(self._billed)

    def satisfy(self, address: Address) -> None:
        """Mark `address` as done, and release the steps that waited for it alone."""
        for dependent in self._dependents.pop(address, ()):
            waits = self._waits.get(dependent)
            if waits is None:
                continue
            waits.discard(address)
            if not waits:
                del self._waits[dependent]
                self.push(self._held.pop(dependent))

    def drop(self, address: Address) -> Iterator[tuple[Address, Address]]:
        """Give up `address`. Yield each step that can no longer go, with the address that it waited for."""
        dropped = [address]
        while dropped:
            cause = dropped.pop()
            for dependent in self._dependents.pop(cause, ()):
                if self._held.pop(dependent, None) is None:
                    continue
                del self._waits[dependent]
                dropped.append(dependent)
                yield dependent, cause

    def rest(self) -> Mapping[Address, tuple[Address, ...]]:
        """Return the steps that never went, each with the addresses that it waited for."""
        going = {task.address: () for task in (*self._free, *self._billed)}
        return {**going, **{address: tuple(sorted(self._waits[address])) for address in self._held}}
