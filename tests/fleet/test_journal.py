"""The journal of runs: its order is that of time, also for runs of one second."""

from pathlib import Path

from agencyfile.fleet.journal import Journal
from agencyfile.fleet.orders import Task
from agencyfile.fleet.records import Command

COMMANDS: tuple[Command, ...] = ("plan", "drift", "apply")


def test_runs_of_one_second_stand_in_the_order_of_their_begin(tmp_path: Path) -> None:
    """A retry repeats the newest run, so it must not take one that began a moment before."""
    journal = Journal(tmp_path)
    journal.prepare()

    begun = [journal.begin("group", Task(command, []), ["all"]).name for command in COMMANDS * 10]

    assert len({name[:16] for name in begun}) < len(begun)
    assert journal.names() == begun[::-1]
