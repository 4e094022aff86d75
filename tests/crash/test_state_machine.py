"""Random files, faults, kills and concurrent applies on one ledger, judged by the portal's books.

`AGENCYFILE_EXAMPLES` sets how many examples are tried; then they are other ones each time.
"""

import os
from itertools import count

import hypothesis
import pytest
from crash.driver import Driver
from crash.scenarios import FAULTS, FOREIGN, Wanted, with_policy
from crash.stage import WINDOW_OPEN, WINDOW_OVER, Stage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from stories import LAB, agency

EXAMPLES = int(os.environ.get("AGENCYFILE_EXAMPLES") or 500)
SHARDS = 10
PAIRS = 4  # pairs of real processes, in each shard
STEPS = 10

NAMES = st.sampled_from(("acme", "beta", "gamma"))
KILLS = st.integers(1, 24) | st.none()
SPOILS = st.sampled_from(sorted(FAULTS))
ACTIONS = (
    "account_add",
    "snapshot_create",
    "account_credits_apply",
    "account_emailtest_credits_apply",
    "account_cancel",
)


class Agency(RuleBasedStateMachine):
    """An agency whose file grows and shrinks while runs end anywhere."""

    def __init__(self, stage: Stage, driver: Driver, pairs: "count[int]") -> None:
        super().__init__()
        self._stage = stage
        self._driver = driver
        self._pairs = pairs
        self._credits: dict[str, dict[str, int]] = {}
        self._removed: set[str] = set()
        self._has_lab = False
        self._resend = False
        stage.clear()
        stage.seed(accounts=[FOREIGN])
        stage.meet_stranger()
        self._write()

    @initialize(name=NAMES, email=st.integers(0, 2), has_lab=st.booleans(), resend=st.booleans())
    def begin(self, name: str, email: int, has_lab: bool, resend: bool) -> None:  # noqa: FBT001 - drawn by name
        """Nobody begins with an empty file."""
        self._has_lab, self._resend = has_lab, resend
        self.declare(name, email, 0)

    # -- the file ------------------------------------------------------------------------------------------------

    @rule(name=NAMES, email=st.integers(0, 2), compatibility=st.integers(0, 1))
    def declare(self, name: str, email: int, compatibility: int) -> None:
        """A new account, or more credits for one that is declared."""
        if name in self._removed:
            return
        credit = self._credits.setdefault(name, {"email": 0, "compatibility": 0})
        credit["email"] += 100 * email
        credit["compatibility"] += 10 * compatibility
        self._write()

    @rule()
    def open_lab(self) -> None:
        """A sandbox and its snapshot."""
        self._has_lab = True
        self._write()

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        """An account comes to its end."""
        if name in self._credits:
            del self._credits[name]
            self._removed.add(name)
            self._write()

    @rule()
    def change_policy(self) -> None:
        """Whether what is absent may be sent again."""
        self._resend = not self._resend
        self._write()

    # -- runs ----------------------------------------------------------------------------------------------------

    @rule(fault=SPOILS, action=st.sampled_from(ACTIONS), kill_at=KILLS)
    def apply_early(self, fault: str, action: str, kill_at: int | None) -> None:
        """A run while the settle window is open, at a portal that misbehaves."""
        self._stage.spoil(fault, (action,))
        self._stage.apply_killed(kill_at, WINDOW_OPEN)

    @rule(fault=SPOILS, action=st.sampled_from(ACTIONS), kill_at=KILLS)
    def apply_late(self, fault: str, action: str, kill_at: int | None) -> None:
        """A run when the settle window is over: what is listed is true, and what it sends may go wrong again."""
        self._stage.let_window_pass()
        if fault != "stale-list":
            self._stage.spoil(fault, (action,))
        self._stage.apply_killed(kill_at, WINDOW_OVER)

    @rule(meet_at=st.integers(1, 30), kill_at=KILLS)
    def apply_while_another_runs(self, meet_at: int, kill_at: int | None) -> None:
        """At one boundary of a run another one runs from its beginning to its end."""
        self._stage.apply_met(meet_at, kill_at)

    @precondition(lambda self: self._credits)
    @rule(kill_at=KILLS)
    def apply_twice_for_real(self, kill_at: int | None) -> None:
        """Two processes at once; one of them may be killed."""
        if next(self._pairs) < PAIRS:
            self._stage.apply_pair(self._driver, kill_at)

    @rule()
    def ask_person(self) -> None:
        """A person settles what is open."""
        self._stage.let_window_pass()
        self._stage.act_as_person()

    # -- the end -------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Whatever happened: it converges, and the books are right."""
        self._stage.converge()
        self._stage.judge(self._wanted())
        self._stage.tally.examples += 1

    def _wanted(self) -> Wanted:
        made = {row["account"] for row in self._stage.book("charges")}
        grants = {
            (name, pool): total for name, totals in self._credits.items() for pool, total in totals.items() if total
        }
        # What was granted to an account that has ended since is checked no further than its own last total.
        kept = {(row["account"], row["pool"]): 0 for row in self._stage.grants() if row["account"] in self._removed}
        for row in self._stage.grants():
            if row["account"] in self._removed:
                kept[row["account"], row["pool"]] += row["credits"]
        lab = frozenset({"lab"} if self._has_lab else ())
        return Wanted(
            accounts=frozenset(self._credits) | lab,
            charged=frozenset(self._credits) | (self._removed & made),
            grants={**grants, **kept},
            snapshots=frozenset({"base"} if self._has_lab else ()),
            cancelled=frozenset(self._removed & made),
        )

    def _write(self) -> None:
        blocks = {
            name: f"credits: {{email: {totals['email']}, compatibility: {totals['compatibility']}}}"
            for name, totals in self._credits.items()
        }
        ended = "".join(f"  - {{account: {name}, action: cancel, reason: over}}\n" for name in sorted(self._removed))
        body = (LAB if self._has_lab else "") + (f"removed:\n{ended}" if ended else "")
        text = agency(self._stage.recipient, body, **blocks)
        self._stage.write(with_policy(text, resend=self._resend))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_agency_of_any_history_is_charged_once_and_granted_its_totals(stage: Stage, driver: Driver, shard: int) -> None:
    """Any file, any fault, any kill, any two runs at once: it converges to one charge and to the declared totals."""
    pairs = count()

    def make() -> Agency:
        return Agency(stage, driver, pairs)

    machine = type("Machine", (Agency,), {"__init__": lambda self: Agency.__init__(self, stage, driver, pairs)})
    if "AGENCYFILE_EXAMPLES" not in os.environ:
        machine = hypothesis.seed(shard)(machine)
    settings = hypothesis.settings(
        max_examples=-(-EXAMPLES // SHARDS),
        stateful_step_count=STEPS,
        database=None,
        phases=(hypothesis.Phase.generate,),  # threads take turns as they like: a shorter example may not fail
    )
    run_state_machine_as_test(machine, settings=settings)
