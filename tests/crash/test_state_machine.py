"""Random files, faults, kills and concurrent applies on one ledger, judged by the portal's books.

`AGENCYFILE_EXAMPLES` sets how many examples `make test-long` tries. The seed of the run decides which; those of
`make test` are the same each time.
"""

import os
from collections.abc import Iterator
from itertools import count

import hypothesis
import pytest
from crash.driver import Driver
from crash.person import act_as_person
from crash.scenarios import FAULTS, FOREIGN, HELD, OPEN, RICH, TEMPLATE_FILE, WELCOME, Wanted, with_policy
from crash.stage import WINDOW_OPEN, WINDOW_OVER, Stage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sampling import Part, part, seed
from stories import LAB, agency

EXAMPLES = int(os.environ.get("AGENCYFILE_EXAMPLES") or 500)
SAMPLE = 20  # examples of `make test`
SHARDS = 10
PAIRS = 4  # pairs of real processes, in each shard; one in the sample
STEPS = 10

NAMES = st.sampled_from(("acme", "beta", "gamma"))
KILLS = st.integers(1, 30) | st.none()
SPOILS = st.sampled_from(sorted(FAULTS))
ACTIONS = (
    "account_add",
    "snapshot_create",
    "account_credits_apply",
    "account_emailtest_credits_apply",
    "account_cancel",
    "snapshot_delete",
    "message_template_add",
    "account_conversations",
    "branding_edit",
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
        self._is_snapshot_ended = False
        self._html = ""
        self._has_seats = False
        self._site_name = ""
        self._resend = False
        stage.clear()
        stage.seed(accounts=[FOREIGN, RICH])
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
        """A sandbox and its snapshot; one that was deleted may be taken anew."""
        self._has_lab, self._is_snapshot_ended = True, False
        self._write()

    @precondition(lambda self: self._has_lab)
    @rule()
    def end_snapshot(self) -> None:
        """The snapshot comes to its end; the sandbox goes on."""
        self._is_snapshot_ended = True
        self._write()

    @rule(version=st.integers(1, 3))
    def write_template(self, version: int) -> None:
        """A template for `rich`, or another text of it."""
        self._html = f"<p>{version}</p>"
        self._write()

    @rule(seats=st.booleans(), site_name=st.sampled_from(("", "Rich Mail", "Richer Mail")))
    def furnish(self, seats: bool, site_name: str) -> None:  # noqa: FBT001 - drawn by name
        """Paid seats, which stay, and a branding."""
        self._has_seats |= seats
        self._site_name = site_name or self._site_name
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
        if next(self._pairs) < (1 if part() is Part.SAMPLE else PAIRS):
            self._stage.apply_pair(self._driver, kill_at)

    @rule()
    def ask_person(self) -> None:
        """A person settles what is open."""
        self._stage.let_window_pass()
        act_as_person(self._stage)

    # -- the end -------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Whatever happened: it converges, and the books are right."""
        self._stage.converge()
        self._stage.judge(self._wanted())
        self._stage.tally.examples += 1

    def _wanted(self) -> Wanted:
        made = {row["account"] for row in self._stage.book("charges")} - {"rich"}
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
            accounts=frozenset(self._credits) | lab | {"rich"},
            charged=frozenset(self._credits) | (self._removed & made) | ({"rich"} if self._has_seats else set()),
            grants={**grants, **kept},
            snapshots=frozenset({"base"} if self._has_lab and not self._is_snapshot_ended else ()),
            cancelled=frozenset(self._removed & made),
            templates={**HELD, **({("rich", "welcome"): self._html} if self._html else {})},
            site_names={"rich": self._site_name} if self._site_name else {},
            addons={"rich": (False, "paid", 2)} if self._has_seats else {},
        )

    def _write(self) -> None:
        blocks = {
            name: f"templates: [], credits: {{email: {totals['email']}, compatibility: {totals['compatibility']}}}"
            for name, totals in self._credits.items()
        }
        ended = "".join(f"  - {{account: {name}, action: cancel, reason: over}}\n" for name in sorted(self._removed))
        if self._is_snapshot_ended:
            ended += "  - {snapshot: base, action: delete, reason: superseded}\n"
        lab = LAB.partition("snapshots:")[0] if self._is_snapshot_ended else LAB
        body = (lab if self._has_lab else "") + (f"removed:\n{ended}" if ended else "")
        if self._html:
            body += WELCOME
            self._stage.write(self._html, TEMPLATE_FILE)
        text = agency(self._stage.recipient, body, **blocks, rich=", ".join(self._of_rich()))
        self._stage.write(with_policy(text, resend=self._resend))

    def _of_rich(self) -> Iterator[str]:
        yield OPEN
        yield f"templates: [{'welcome' if self._html else ''}]"
        if self._site_name:
            yield f"branding: {{site_name: {self._site_name}}}"
        if self._has_seats:
            yield "addons: {conversations: {seats: 2}}"


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_agency_of_any_history_is_charged_once_and_granted_its_totals(stage: Stage, driver: Driver, shard: int) -> None:
    """Any file, any fault, any kill, any two runs at once: it converges to one charge and to the declared totals."""
    pairs = count()

    machine = type("Machine", (Agency,), {"__init__": lambda self: Agency.__init__(self, stage, driver, pairs)})
    machine = hypothesis.seed(f"{seed()}-{shard}")(machine)
    settings = hypothesis.settings(
        max_examples=-(-(SAMPLE if part() is Part.SAMPLE else EXAMPLES) // SHARDS),
        stateful_step_count=STEPS,
        database=None,
        phases=(hypothesis.Phase.generate,),  # threads take turns as they like: a shorter example may not fail
    )
    run_state_machine_as_test(machine, settings=settings)
