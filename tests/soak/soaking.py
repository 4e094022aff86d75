"""Phases of random traffic, each on a portal that was emptied and seeded, and what the portal's own books say of it.

In each phase several workers send what comes to their mind. Then all wait, and the answers above 499 that the clients
got are held against the portal's book of requests: each has to be there, as the work of a fault that was asked for.
What is left over is a mistake of the portal.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from soak import orders, traffic
from soak.pages import Person, target_of
from soak.rudeness import rude
from soak.traffic import World
from soak.wire import Reply, Shot, compose, send

_SERVER_ERROR: Final = 500
_SHOWN: Final = 400  # bytes of a request that are shown where its answer was a mistake
_MAKERS: Final[Sequence[tuple[int, Callable[[random.Random, World], Shot]]]] = (
    (24, traffic.agency),
    (18, traffic.hub),
    (12, traffic.account_v1),
    (10, traffic.account_v3),
    (12, orders.control),
    (10, rude),
)
_PAGES: Final = 14  # the weight of the person at the pages among the makers above


@dataclass(slots=True)
class Tally:
    """What became of the shots so far.

    Attributes:
        answers: How many of each kind had a status of each class; ``none`` is a connection that ended without one.
        failures: What is a mistake of the portal, with the request that shows it.
        faulty: Answers above 499 that were asked for, by status.
        pages: Paths of pages that were seen.
    """

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    faulty: Counter[int] = field(default_factory=Counter)
    pages: set[str] = field(default_factory=set)

    @property
    def shots(self) -> int:
        """How many answers, or ends without one, there were."""
        return self.answers.total()

    def classes(self) -> dict[str, int]:
        """Return the answers by class of status."""
        found: Counter[str] = Counter()
        for (_, word), number in self.answers.items():
            found[word] += number
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a soak is.

    Attributes:
        shots: In a phase.
        workers: How many send them.
        rate: The shots a second of all of them; None is no limit.
        patience: Seconds after which a client leaves that gets no answer; None waits for as long as a portal may take.
    """

    shots: int = 3_000
    workers: int = 12
    rate: float | None = 40.0
    patience: float | None = None


@dataclass(slots=True)
class _Phase:
    """One phase: the answers above 499, with the requests that they answered."""

    world: World
    chance: random.Random
    is_over: Callable[[], bool]
    person: Person = field(default_factory=Person)
    left: int = 0
    errors: list[tuple[int, Shot, bytes]] = field(default_factory=list)


async def soak(world: World, tally: Tally, *, seed: int, pace: Pace, is_over: Callable[[], bool]) -> None:
    """Run phases until it is over; the one that runs then ends early, and is judged like the others."""
    number = 0
    while not is_over():
        phase = _Phase(world, random.Random(f"{seed}/{number}"), is_over, left=pace.shots)
        await _ordered(world, "reset", {})
        await _ordered(world, "seed", orders.planted())
        await asyncio.gather(*(_work(phase, tally, pace) for _ in range(pace.workers)))
        await _settle(phase, tally)
        number += 1


async def _work(phase: _Phase, tally: Tally, pace: Pace) -> None:
    chance = random.Random(phase.chance.random())
    while phase.left > 0 and not phase.is_over():
        phase.left -= 1
        shot = _shot(chance, phase)
        replies = await send(phase.world.place, shot, pace.patience)
        for reply in replies:
            _count(phase, tally, shot, reply)
        if shot.kind in ("page", "form") and replies[0].body:
            phase.person.read(target_of(shot), replies[0])
        if pace.rate:
            await asyncio.sleep(chance.expovariate(pace.rate / pace.workers))


def _shot(chance: random.Random, phase: _Phase) -> Shot:
    weights = [weight for weight, _ in _MAKERS]
    (place,) = chance.choices(range(len(_MAKERS) + 1), [*weights, _PAGES])
    return phase.person.click(chance, phase.world) if place == len(_MAKERS) else _MAKERS[place][1](chance, phase.world)


def _count(phase: _Phase, tally: Tally, shot: Shot, reply: Reply) -> None:
    if reply.is_late:
        tally.failures.append(f"no answer, and no end: {shot.kind} {shot.data[:_SHOWN]!r}")
    for status in reply.statuses or (0,):
        tally.answers[shot.kind, f"{status // 100}xx" if status else "none"] += 1
        if status >= _SERVER_ERROR:
            phase.errors.append((status, shot, reply.body[-_SHOWN:]))


async def _settle(phase: _Phase, tally: Tally) -> None:
    """Hold the answers above 499 against the book of requests; those of one status stand for each other."""
    await _ordered(phase.world, "faults", [])
    book = await _asked(phase.world, compose("GET", "/_portal/requests"))
    asked_for = Counter(each["status"] for each in book["requests"] if each["fault"] and each["status"])
    got = Counter(status for status, _, _ in phase.errors)
    tally.faulty += got & asked_for
    tally.pages |= phase.person.seen
    for status, number in (got - asked_for).items():
        shown = [
            f"{shot.kind} {shot.data[:_SHOWN]!r} -> {body!r}" for each, shot, body in phase.errors if each == status
        ]
        tally.failures.append(f"{number} answers {status} that no fault explains, among: {' | '.join(shown[-5:])}")


async def _ordered(world: World, name: str, body: Any) -> Mapping[str, Any]:
    return await _asked(world, orders.order(name, body))


async def _asked(world: World, data: bytes) -> Mapping[str, Any]:
    reader, writer = await asyncio.open_connection(*world.place)
    writer.write(data)
    received = await reader.read()
    writer.close()
    found: Mapping[str, Any] = json.loads(received.partition(b"\r\n\r\n")[2])
    return found
