"""The apply itself: one thread decides and writes the ledger, a few send."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from plan.address import Address
from plan.apply.attempts import Attempts
from plan.apply.events import (
    CallEnded,
    CallStarted,
    Done,
    Event,
    Failed,
    Finished,
    NotStarted,
    OutcomeUnknown,
    Provisioning,
)
from plan.apply.journal import Journal
from plan.apply.pace import Pace, Stop
from plan.apply.queue import Task, TaskQueue
from plan.apply.recorder import Recorder
from plan.apply.report import Report
from plan.apply.vault import Vault
from plan.apply.watch import WatchList
from plan.call import Call, Confirmed, Effect, OperationClass, Outcome, Refused, Unknown
from plan.change import Create
from plan.errors import LedgerError, PortalError
from plan.ledger.ledger import Ledger
from plan.money import Price, total
from plan.plan import Plan
from plan.provider import Memory, Pending, Provider
from plan.resource import Live
from plan.values import Reference

STOP_CHECK = 0.1  # seconds: how late a request to stop may be seen


def apply(
    plan: Plan,
    *,
    provider: Provider,
    ledger: Ledger,
    vault: Vault,
    pace: Pace | None = None,
    stop: Callable[[], Stop] = lambda: Stop.NO,
) -> Generator[Event, None, None]:
    """Carry `plan` out; the last event is always `Finished`.

    Before a call that must not be sent twice an intent is durable in the ledger, after it the outcome, and with the
    outcome the sealed password of a new account. Billed calls go one at a time; a failure ends its dependants and
    every further charge, and nothing else. A call whose outcome is unknown is never sent again.

    Raises:
        ValueError: the plan has errors.
    """
    if not plan.is_applicable:
        raise ValueError("a plan with errors cannot be applied")
    run = _Run(plan, provider, Journal(ledger, vault, plan.digest, provider.kinds), pace or Pace(), stop)
    try:
        yield from run.events()
    finally:
        run.close()


class _Run:
    def __init__(self, plan: Plan, provider: Provider, journal: Journal, pace: Pace, stop: Callable[[], Stop]) -> None:
        self._plan = plan
        self._provider = provider
        self._journal = journal
        self._pace = pace
        self._stop = stop
        self._queue = TaskQueue((step for step in plan.steps if not step.is_guard), plan.provisioning)
        self._watch = WatchList(pace)
        self._pool = ThreadPoolExecutor(pace.workers + 2, thread_name_prefix="apply")
        self._in_flight: dict[Future[Outcome], tuple[Task, Call, int | None]] = {}
        self._look: Future[Mapping[Address, Live]] | None = None
        self._baselines: dict[Future[tuple[str, ...]], tuple[Task, Call]] = {}
        self._quote: tuple[Future[Price | None], Task, Call] | None = None
        self._remote_ids = dict(plan.remote_ids)
        self._unidentified: dict[Address, str] = {}
        self._tasks: dict[Address, Task] = {}
        self._referenced = {address for step in plan.steps for address in step.after}
        self._prices: list[Price | None] = []
        self._charging_ended: str | None = None
        self.report = Report(calls_predicted=len(plan.calls), charges_predicted=plan.charges)
        self._recorder = Recorder(journal, self.report)
        self._attempts = Attempts(journal, plan.steps)

    def events(self) -> Iterator[Event]:
        yield from self._begin()
        while True:
            yield from self._start_what_may_go()
            if self._stop() is not Stop.NO:
                self._give_up_waiting()
            if not (self._in_flight or self._look or self._watch or self._quote or self._baselines):
                break
            self._recorder.keep_lease()
            yield from self._await_something()
            self._recorder.flush()
        self._recorder.flush()
        yield from self._leave_out_the_rest()
        self.report.charges_made = total(price.now for price in self._prices if price and price.now)
        yield Finished(self.report)

    def close(self) -> None:
        """Wait for calls under way and record their outcomes, also when nobody reads the events any more."""
        for future in list(self._in_flight):
            for _ in self._conclude(future):
                pass
        self._recorder.flush()
        self._pool.shutdown(wait=True)

    def _begin(self) -> Iterator[Event]:
        yield from self._record_guards()
        for intent in self._plan.blocked:
            self.report.unknown[intent.address] = intent.message
            yield OutcomeUnknown(intent.address, intent.message)
            yield from self._drop_dependants(intent.address)
        for address in self._plan.provisioning:
            self._watch.add(Pending(address, needs_id=address in self._referenced))

    def _record_guards(self) -> Iterator[Event]:
        """Record changed settings before anything is done that they guard. They take no call."""
        guards = [step for step in self._plan.steps if step.is_guard]
        for step in guards:
            self._journal.note(step)
        self._recorder.flush()
        for step in guards:
            if self.report.ledger_failure:
                yield from self._fail(step.address, f"not recorded: {self.report.ledger_failure}")
            else:
                self.report.done.append(step.address)
                yield Done(step.address)

    # -- starting ------------------------------------------------------------------------------------------------

    def _start_what_may_go(self) -> Iterator[Event]:
        while self._may_start() and self._count(billed=False) < self._pace.workers:
            task = self._queue.pop_free()
            if task is None:
                break
            yield from self._start(task)
        if self._may_start() and self._charging_ended is None and not (self._quote or self._count(billed=True)):
            task = self._queue.pop_billed()
            if task is not None:
                yield from self._ask_price(task)

    def _may_start(self) -> bool:
        return self.report.ledger_failure is None and self._stop() is Stop.NO

    def _count(self, *, billed: bool) -> int:
        looking = 0 if billed else len(self._baselines)
        return looking + sum((call.effect is Effect.BILLED) is billed for _, call, _ in self._in_flight.values())

    def _ask_price(self, task: Task) -> Iterator[Event]:
        """Check a charge right before it is sent: first against the budget, then against the price of now."""
        reason = self._plan.budget.refuses([*self._prices, task.call.price if task.call else None])
        if reason:
            self._charging_ended = reason
            yield self._leave_out(task.address, reason)
            yield from self._drop_dependants(task.address)
            return
        resolved = self._resolve(task)
        if isinstance(resolved, str):
            yield from self._fail(task.address, resolved)
            return
        self._quote = (self._pool.submit(self._provider.quote, resolved), task, resolved)

    def _take_quote(self) -> Iterator[Event]:
        if self._quote is None:
            return
        future, task, call = self._quote
        self._quote = None
        try:
            price = future.result()
        except PortalError as error:
            if self._stop() is not Stop.NO:  # the question was ended: nothing has failed
                self._queue.push(task)
            else:
                yield from self._fail(task.address, f"nothing was sent: its price could not be asked for: {error}")
            return
        if price != call.price:
            was = call.price or "not told"
            yield from self._fail(task.address, f"nothing was sent: its price is {price or 'not told'} now, not {was}")
        elif self._may_start() and self._charging_ended is None:
            yield from self._start(task)
        else:
            self._queue.push(task)

    def _resolve(self, task: Task) -> Call | str:
        """Return the task's next call with its references resolved, or the reason why they cannot be."""
        if task.call is None:
            raise AssertionError("a task without a call is complete")
        if not any(isinstance(value, Reference) for value in task.call.parameters.values()):
            return task.call
        try:
            parameters = {
                name: self._remote_ids[value.address] if isinstance(value, Reference) else value
                for name, value in task.call.parameters.items()
            }
            return replace(task.call, parameters=parameters)
        except KeyError as error:
            why = self._unidentified.get(error.args[0])
            return f"nothing was sent: the remote id of {error.args[0]} is not known" + (f": {why}" if why else "")

    def _start(self, task: Task) -> Iterator[Event]:
        if task.call is None:
            yield from self._complete(task)
            return
        call = self._resolve(task)
        if isinstance(call, str):
            yield from self._fail(task.address, call)
        elif call.operation_class is OperationClass.ADDITIVE:
            self._baselines[self._pool.submit(self._provider.baseline, call)] = (task, call)
        else:
            yield from self._send(task, call)

    def _take_baseline(self, future: Future[tuple[str, ...]]) -> Iterator[Event]:
        """Send a call that adds, now that it is known what the portal showed before: the intent keeps it."""
        task, call = self._baselines.pop(future)
        if self._may_start():
            yield from self._send(task, call, () if future.exception() else future.result())
        else:
            self._queue.push(task)

    def _send(self, task: Task, call: Call, baseline: tuple[str, ...] = ()) -> Iterator[Event]:
        try:
            intent = self._journal.intend(task.step, call, baseline) if call.needs_intent else None
            self._attempts.begin(task, call)
        except LedgerError as error:
            self.report.ledger_failure = str(error)
            yield from self._fail(task.address, f"nothing was sent: {error}")
            return
        self._in_flight[self._pool.submit(self._provider.send, call)] = (task, call, intent)
        yield CallStarted(call)

    # -- waiting -------------------------------------------------------------------------------------------------

    def _await_something(self) -> Iterator[Event]:
        if self._watch and self._look is None and self._watch.seconds_to_look() == 0:
            self._look = self._pool.submit(self._provider.watch, self._watch.pending)
            yield Provisioning(self._watch.addresses)
        self._sleep()
        for future in [future for future in self._in_flight if future.done()]:
            yield from self._conclude(future)
        if self._look is not None and self._look.done():
            yield from self._take_look()
        if self._quote is not None and self._quote[0].done():
            yield from self._take_quote()
        for before in [before for before in self._baselines if before.done()]:
            yield from self._take_baseline(before)

    def _sleep(self) -> None:
        futures: set[Future[Any]] = {*self._in_flight, *self._baselines}
        futures |= {each for each in (self._look, self._quote and self._quote[0]) if each}
        seconds = min(STOP_CHECK, self._watch.seconds_to_look() if self._watch and not self._look else STOP_CHECK)
        if futures:
            wait(futures, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            time.sleep(seconds)

    def _take_look(self) -> Iterator[Event]:
        look, self._look = self._look, None
        if look is None:
            return
        self._watch.looked()
        try:
            seen = look.result()
        except PortalError:
            seen = {}  # the next look may succeed; giving up is a matter of time, not of one bad answer
        for pending, live in self._watch.ended(seen):
            self._watch.remove(pending.address)
            yield from self._provisioned(pending, live)
        for address in self._watch.overdue():
            self._watch.remove(address)
            self.report.provisioning.append(address)
            yield from self._drop_dependants(address)

    def _give_up_waiting(self) -> None:
        self.report.provisioning.extend(self._watch.addresses)
        self._watch.clear()

    def _provisioned(self, pending: Pending, live: Live) -> Iterator[Event]:
        if live.failure:
            self._recorder.forget(pending.address, live.failure)
            yield from self._fail(pending.address, live.failure)
            return
        if live.unidentified:
            self._unidentified[pending.address] = live.unidentified
        if live.remote_id:
            self._remote_ids[pending.address] = live.remote_id
            self._recorder.identify(pending.address, live.remote_id)
        task = self._tasks.get(pending.address)
        if task is None:  # it was provisioning before this apply began
            self._queue.satisfy(pending.address)
        else:
            yield from self._advance(task)

    # -- concluding ----------------------------------------------------------------------------------------------

    def _conclude(self, future: Future[Outcome]) -> Iterator[Event]:
        task, call, intent = self._in_flight.pop(future)
        error = None if future.cancelled() else future.exception()
        outcome = Unknown(f"this is a bug in agencyfile ({type(error).__name__})") if error else future.result()
        self.report.calls_made += 1
        if intent is not None and not self._recorder.conclude(call, intent, outcome):
            yield CallEnded(call, outcome)
            yield from self._unknown(task.address, "the portal has answered, but the ledger could not be written")
            return
        yield CallEnded(call, outcome)
        yield from self._judge(task, call, outcome)

    def _judge(self, task: Task, call: Call, outcome: Outcome) -> Iterator[Event]:
        match outcome:
            case Confirmed():
                if call.effect is Effect.BILLED:
                    self._prices.append(call.price)
                task.sent += 1
                yield from self._keep_key(task, call, outcome)
            case Refused():
                self._attempts.refused(task)
                yield from self._fail(task.address, outcome.message)
            case Unknown() if not call.needs_intent:
                self.report.unclear.append(task.address)
                again = "it may have been done: it only sets a value, so the next apply sets it again"
                yield from self._fail(task.address, f"{outcome.message}; {again}")
            case Unknown():
                yield from self._unknown(task.address, outcome.message)

    def _keep_key(self, task: Task, call: Call, outcome: Confirmed) -> Iterator[Event]:
        """Seal the key that a call without an intent has brought. The ledger gets it with what the change has set."""
        if outcome.credential and not call.needs_intent:
            sealed = self._recorder.seal_key(outcome.credential)
            if isinstance(sealed, str):
                yield from self._fail(task.address, sealed)
                return
            task.credential = sealed
        yield from self._confirmed(task, call, outcome)

    def _confirmed(self, task: Task, call: Call, outcome: Confirmed) -> Iterator[Event]:
        if outcome.remote_id and task.address not in self._remote_ids:
            self._remote_ids[task.address] = outcome.remote_id
        if not (call.is_create and isinstance(task.step.change, Create) and self._is_provisioned(task.address)):
            yield from self._advance(task)
            return
        self._tasks[task.address] = task
        if self._stop() is not Stop.NO:
            self.report.provisioning.append(task.address)
            return
        needs_id = task.address in self._referenced
        self._watch.add(Pending(task.address, needs_id=needs_id, baseline=task.step.change.baseline))

    def _is_provisioned(self, address: Address) -> bool:
        """Does a list of the portal show such objects? An apply waits for these alone."""
        return self._provider.kinds[address.kind].memory is Memory.PORTAL

    def _advance(self, task: Task) -> Iterator[Event]:
        if task.call is None:
            yield from self._complete(task)
        else:
            self._queue.push(task)

    def _complete(self, task: Task) -> Iterator[Event]:
        self._journal.note(task.step, task.credential)
        self.report.done.append(task.address)
        self._queue.satisfy(task.address)
        yield Done(task.address)

    def _fail(self, address: Address, message: str) -> Iterator[Event]:
        self.report.failed[address] = message
        self._charging_ended = f"{address} failed, which ends every further charge"
        yield Failed(address, message)
        yield from self._drop_dependants(address)

    def _unknown(self, address: Address, message: str) -> Iterator[Event]:
        self.report.unknown[address] = message
        self._charging_ended = f"what came of {address} is unknown, which ends every further charge"
        yield OutcomeUnknown(address, message)
        yield from self._drop_dependants(address)

    def _drop_dependants(self, address: Address) -> Iterator[Event]:
        for dependant, cause in self._queue.drop(address):
            yield self._leave_out(dependant, f"it depends on {cause}")

    def _leave_out_the_rest(self) -> Iterator[Event]:
        self.report.interrupted = self._stop() is not Stop.NO
        for address, waits in self._queue.rest().items():
            reason = self.report.ledger_failure or self._charging_ended or "the apply was interrupted"
            if waits:
                reason = "it depends on " + ", ".join(str(wait) for wait in waits)
            yield self._leave_out(address, reason)

    def _leave_out(self, address: Address, reason: str) -> Event:
        self._attempts.left_out(address)
        self.report.not_started[address] = reason
        return NotStarted(address, reason)
