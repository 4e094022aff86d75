"""The work of a command grows with the accounts, and not faster.

The law counts calls of functions, so that a busy machine changes nothing. It sees a loop inside a loop, and reads or
checks that are repeated; it does not see a scan inside one call, such as `in` of a list: `make bench-growth` does.
"""

from collections.abc import Mapping, Sequence

import pytest
import requests
from counted import calls_of
from rehearsal import Rehearsal
from stories import agency, live_account

from agencyfile.local_portal import RunningPortal

SIZES = (20, 60, 100)  # the same step twice
COMMANDS: Sequence[tuple[str, ...]] = (
    ("validate",),
    ("plan",),
    ("apply", "-auto-approve", "--allow", "guard"),
    ("report", "--out", "FOLDER/report.html"),
    ("import", "--all", "--name", "northwind", "--out", "FOLDER/imported"),
)


def calls(rehearsal: Rehearsal, *command: str) -> int:
    """How many functions a command calls."""

    def work() -> None:
        ran = rehearsal.run(*(word.replace("FOLDER", str(rehearsal.folder)) for word in command))
        assert ran.code == 0, ran

    return calls_of(work)


@pytest.fixture(scope="module")
def found(portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[int]]:
    """How many functions each command calls at each size, once everything is imported."""
    counted: dict[str, list[int]] = {command[0]: [] for command in COMMANDS}
    for size in (SIZES[0], *SIZES):  # the first time is not counted
        folder = tmp_path_factory.mktemp("growth") / "agency"
        folder.mkdir()
        rehearsal = Rehearsal(folder, portal)
        prepare(rehearsal, size)
        for command in COMMANDS:
            counted[command[0]].append(calls(rehearsal, *command))
    return {name: counts[1:] for name, counts in counted.items()}


def prepare(rehearsal: Rehearsal, size: int) -> None:
    """A portal with so many accounts; the file wants another notification address of a tenth, which costs nothing."""
    names = [f"acme{number}" for number in range(size)]
    changed = dict.fromkeys(names[: size // 10], "notification: new@northwind.example")
    requests.post(f"{rehearsal.portal.url}/_portal/reset", timeout=600).raise_for_status()
    rehearsal.seed(accounts=[live_account(name) for name in names])
    rehearsal.write(agency(rehearsal.recipient, **dict.fromkeys(names, "") | changed))


@pytest.mark.parametrize("command", [command[0] for command in COMMANDS])
def test_more_accounts_cost_no_more_calls_than_the_same_number_before(
    found: Mapping[str, Sequence[int]], command: str
) -> None:
    """The step from 60 to 100 accounts is that from 20 to 60. A part that is quadratic would make it larger."""
    small, middle, large = found[command]

    assert middle - small > 40 * 10  # the command did its work
    assert large - middle <= (middle - small) * 1.05
