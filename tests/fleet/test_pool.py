"""The pool's bounds, held over random fleets: how many run, in which order, and what is tried again."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyfile.fleet.child import Ended, Tell
from agencyfile.fleet.events import Done, Event, LeftOut, Started, Waits
from agencyfile.fleet.judging import HARMLESS, status_of, worst
from agencyfile.fleet.model import Agency, Key, Wave
from agencyfile.fleet.pool import Bounds, Pool

LEASE = 6
UNKNOWN = 5


@dataclass
class Children:
    """Stands for children: counts how many run, and ends each with the next of its codes."""

    codes: Mapping[str, Sequence[int]]
    most: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    _now: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, agency: Agency, tell: Tell) -> Ended:  # noqa: ARG002 - the signature of a runner
        with self._lock:
            self.runs[agency.name] += 1
            code = self.codes[agency.name][min(self.runs[agency.name], len(self.codes[agency.name])) - 1]
            for name in ("all", agency.key.name):
                self._now[name] += 1
                self.most[name] = max(self.most[name], self._now[name])
        time.sleep(0.001)
        with self._lock:
            self._now.subtract(("all", agency.key.name))
        return Ended(code, 0.001)

    def interrupt(self) -> None:
        """Nothing can be stopped."""


def agency(name: str, key: Key) -> Agency:
    """An agency of this key."""
    return Agency(name, Path(name) / "agency.yaml", "group", key, {})


@st.composite
def fleets(draw: st.DrawFn) -> tuple[tuple[Wave, ...], dict[str, list[int]]]:
    """Up to three waves of agencies, over keys with and without a bound, each agency with its exit codes."""
    keys = [Key(f"key{number}", 5.0, draw(st.sampled_from([None, 1, 2]))) for number in range(3)]
    waves, codes, number = [], {}, 0
    for wave in range(draw(st.integers(1, 3))):
        agencies = []
        for _ in range(draw(st.integers(0, 6))):
            one = agency(f"a{number}", draw(st.sampled_from(keys)))
            number += 1
            agencies.append(one)
            codes[one.name] = draw(
                st.sampled_from(
                    [[0], [0], [0], [2], [1], [3], [UNKNOWN], [7], [LEASE, 0], [LEASE, LEASE, LEASE], [LEASE, UNKNOWN]]
                )
            )
        waves.append(Wave(f"wave{wave}", tuple(agencies), draw(st.sampled_from([None, 1]))))
    return tuple(waves), codes


def events_of(
    waves: Sequence[Wave], children: Children, concurrency: int, *, stops: bool, paused: Sequence[str] = ()
) -> list[Event]:
    """Run the waves; return what was told."""
    bounds = Bounds(concurrency, stops, lease_tries=3, lease_wait=0.001)
    pool = Pool(waves, children, bounds, lambda one: "paused" if one.name in paused else None)
    return list(pool.events())


@given(fleet=fleets(), concurrency=st.integers(1, 4), stops=st.booleans(), data=st.data())
@settings(deadline=None)
def test_pool_holds_every_bound_and_tells_the_end_of_every_agency_once(
    fleet: tuple[tuple[Wave, ...], dict[str, list[int]]], concurrency: int, *, stops: bool, data: st.DataObject
) -> None:
    """Laws of a run: bounds of all and of each key; waves one after the other; 5 never again, 6 again; no one lost."""
    waves, codes = fleet
    everybody = {one.name: (one, wave) for wave in waves for one in wave.agencies}
    paused = data.draw(st.lists(st.sampled_from(sorted(everybody)), max_size=2)) if everybody else []
    children = Children(codes)

    events = events_of(waves, children, concurrency, stops=stops, paused=paused)

    ends = [event for event in events if isinstance(event, Done | LeftOut)]
    assert Counter(event.agency.name for event in ends) == Counter(everybody.keys())
    assert children.most["all"] <= concurrency
    for one, _ in everybody.values():
        assert one.key.concurrency is None or children.most[one.key.name] <= one.key.concurrency
    for name, runs in children.runs.items():
        seen = [codes[name][min(number, len(codes[name]) - 1)] for number in range(runs)]
        assert all(code == LEASE for code in seen[:-1])  # nothing but a lease is tried again
        assert runs <= 3
    order = [event.wave for event in events if isinstance(event, Started)]
    assert order == sorted(order)
    assert not children.runs.keys() & set(paused)
    _check_failures(events, everybody, stops=stops, paused=paused)


def _check_failures(
    events: Sequence[Event], everybody: Mapping[str, object], *, stops: bool, paused: Sequence[str]
) -> None:
    """After the first failure nothing is started, where a failure stops a run; else everybody is."""
    failed = next(
        (
            at
            for at, event in enumerate(events)
            if isinstance(event, Done) and status_of(event.ended.code) not in HARMLESS
        ),
        None,
    )
    left = {event.agency.name for event in events if isinstance(event, LeftOut) and not event.is_paused}
    if failed is None or not stops:
        assert left == set()
        return
    later = [event for event in events[failed:] if isinstance(event, Started | Waits)]
    # what was said in the same moment as the failure may stand behind it
    assert len({event.agency.name for event in later if isinstance(event, Started)}) == 0
    started = {event.agency.name for event in events if isinstance(event, Started)}
    assert left | started | set(paused) >= set(everybody)


def test_pool_lets_keys_take_turns() -> None:
    """A key with many agencies does not hold up the others."""
    one, other = Key("one"), Key("other")
    wave = Wave("all", (*(agency(f"a{number}", one) for number in range(5)), agency("b", other)))

    events = events_of([wave], Children({name: [0] for name in ("a0", "a1", "a2", "a3", "a4", "b")}), 1, stops=True)

    started = [event.agency.name for event in events if isinstance(event, Started)]
    assert started.index("b") == 1


def test_worst_exit_code_is_the_gravest_and_not_the_largest() -> None:
    """What is unknown has to be settled before all else; what is done, or changes, hides nothing."""
    assert worst([]) == 0
    assert worst([0, 2]) == 2
    assert worst([2, 6, 8]) == 6
    assert worst([1, 5, 64, 130]) == 5
    assert worst([0, 77]) == 77
