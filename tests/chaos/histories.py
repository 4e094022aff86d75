"""Histories: what is done in which order, and what goes wrong at which request. A seed makes the same one each time."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chaos.faults import FAULTS, Fault
from crash.scenarios import ADDED, SCENARIOS, Scenario

SIGNALS: Final = ("SIGKILL", "SIGINT", "SIGINT SIGINT", "SIGINT SIGINT SIGINT", "SIGTERM", "SIGSTOP")
LEDGERS: Final = ("torn", "older", "gone", "full")
CLOCKS: Final = ("+2h", "-2h", "+3d", "-3d", "+730d", "-730d")
TUNNELS: Final = ("407", "502", "200-close", "200-garbage", "close")
OUTSIDE: Final = {"signals": SIGNALS, "ledger": LEDGERS, "two writers": ("two",), "clocks": CLOCKS, "tunnels": TUNNELS}
KINDS: Final = (*dict.fromkeys(fault.kind for fault in FAULTS.values()), *OUTSIDE)
ALL: Final[dict[str, Scenario]] = {scenario.name: scenario for scenario in (*SCENARIOS, *ADDED)}
_COMMANDS: Final = ("apply", "apply", "apply", "plan", "reconcile")


@dataclass(frozen=True)
class Throw:
    """A fault at the `nth` request that is a write or a read, `times` in a row."""

    fault: str
    aim: str
    nth: int
    times: int

    def __str__(self) -> str:
        span = f" to {self.nth + self.times - 1}" if self.times > 1 else ""
        return f"{self.fault} at {self.aim} {self.nth}{span}"


@dataclass(frozen=True)
class Act:
    """One command, with what goes wrong meanwhile; `outside` is a signal, a ledger fault, a clock or a tunnel."""

    command: str
    throws: tuple[Throw, ...] = ()
    outside: str = ""
    at: int = 1

    def __str__(self) -> str:
        parts = [*map(str, self.throws), *([f"{self.outside} at {self.at}"] if self.outside else [])]
        return f"{self.command}: {'; '.join(parts) or 'nothing goes wrong'}"


@dataclass(frozen=True)
class History:
    """Acts on one scenario; after the last, nothing goes wrong any more."""

    seed: int
    kind: str
    scenario: str
    resend: bool
    acts: tuple[Act, ...]

    @property
    def faults(self) -> Sequence[Fault]:
        """The faults of the wire that it holds."""
        return [FAULTS[throw.fault] for act in self.acts for throw in act.throws]

    def __str__(self) -> str:
        policy = "after-window" if self.resend else "never"
        lines = "".join(f"\n  {number}. {act}" for number, act in enumerate(self.acts, 1))
        return f"history {self.seed} ({self.kind}), scenario {self.scenario}, resend: {policy}{lines}"

    def smaller(self) -> Iterator["History"]:
        """Every history with one thing less."""
        for place, act in enumerate(self.acts):
            before, after = self.acts[:place], self.acts[place + 1 :]
            yield replace(self, acts=(*before, *after))
            for throw in act.throws:
                others = tuple(other for other in act.throws if other is not throw)
                yield replace(self, acts=(*before, replace(act, throws=others), *after))
                if throw.times > 1:
                    fewer = replace(throw, times=throw.times // 2)
                    yield replace(self, acts=(*before, replace(act, throws=(*others, fewer)), *after))
            if act.outside:
                yield replace(self, acts=(*before, replace(act, outside=""), *after))


def make_history(seed: int, kinds: Sequence[str] = KINDS) -> History:
    """Return the history of a seed; the kinds of faults take turns."""
    chance = random.Random(seed)
    kind = kinds[seed % len(kinds)]
    scenario = chance.choice([scenario for scenario in ALL.values() if scenario.actions])
    acts = [_act(chance, kind) for _ in range(chance.choice((1, 1, 2, 3)))]
    return History(seed, kind, scenario.name, chance.random() < 0.5, tuple(acts))


def _act(chance: random.Random, kind: str) -> Act:
    if kind in OUTSIDE:
        is_joined = kind in ("ledger", "clocks") and chance.random() < 0.5
        beside = (_throw(chance, chance.choice(_BESIDE)),) if is_joined else ()
        return Act("apply", beside, chance.choice(OUTSIDE[kind]), chance.randint(1, 12))
    own = [fault for fault in FAULTS.values() if fault.kind == kind]
    throws = tuple(_throw(chance, chance.choice(own)) for _ in range(chance.choice((1, 1, 2))))
    if chance.random() < 0.25:
        throws = (*throws, _throw(chance, chance.choice(_BESIDE)))
    return Act(chance.choice(_COMMANDS), throws)


def _throw(chance: random.Random, fault: Fault, command: str = "apply") -> Throw:
    """A fault where it can be met: a plan writes nothing, and most scenarios write once or twice."""
    aims = ("write", "write", "read") if command == "apply" else ("read",)
    aim = chance.choice(aims) if fault.aim == "any" else fault.aim
    nth = chance.choice((1, 1, 1, 1, 2, 3) if aim == "write" else (1, 1, 2, 3, 4, 5))
    return Throw(fault.name, aim, nth, chance.choice(fault.times))


_BESIDE: Final = [fault for fault in FAULTS.values() if not (fault.lie or fault.repeats or "silent" in fault.name)]
