"""The view of a fleet on a real pseudo terminal: what a person sees while it runs, and what is left afterwards."""

import re

import forks
import pytest
from fleets import Fleet
from terminals import Terminal

APPLY = ("apply", "--auto-approve", "--allow", "billed,guard")
LONG = "north/" + "-".join(["a-name-that-is-longer-than-a-line"] * 4)
HOSTILE = "north/\x1b[2J\x1b]0;title\x07\u202eevil\u2028-日本語"
NAMES = ("north/acme", "north/globex", "north/initech", "north/umbrella", LONG, HOSTILE)
_TOTALS = re.compile(r"(?:\d+ (?:done|failed|left out), )*(\d+) running, \d+ waiting")


def declare(fleet: Fleet) -> None:
    """Write six agencies; the names of two of them are for the terminal to be careful with."""
    fleet.write(keys=["north"], concurrency=3)
    for number, name in enumerate(NAMES):
        path = fleet.agency(name, [f"acct-{number}"])
        text = path.read_text("utf-8")
        path.write_text(text.replace(f"name: {name.replace('/', '-')}\n", f"name: agency-{number}\n"), encoding="utf-8")


def start(fleet: Fleet, terminal: Terminal, *arguments: str, program: str = "") -> forks.Process:
    """Start a command of the fleet on a terminal; without a program its children are new interpreters."""
    environment = {**fleet.environment, "XDG_STATE_HOME": str(fleet.folder / ".state")}
    return terminal.start(
        "fleet", *arguments, "-f", "fleet.yaml", folder=fleet.folder, environment=environment, program=program
    )


@pytest.mark.parametrize(("width", "command"), [(80, ("plan",)), (120, APPLY)], ids=["plan", "apply"])
def test_view_has_a_line_for_each_running_agency_and_leaves_nothing_behind(
    fleet: Fleet, width: int, command: tuple[str, ...]
) -> None:
    """Nothing wraps, nothing is drawn over other lines, nothing of an agency's name steers the terminal."""
    declare(fleet)
    is_broken = command == ("plan",)  # a plan goes on after a failure
    if is_broken:
        fleet.agency(LONG, ["acct"])  # its own name is too long
    with Terminal(width) as terminal:
        code = terminal.wait(start(fleet, terminal, *command, program=str(fleet.program())))
        *drawn, last = terminal.frames
        left = [line for line in terminal.lines if line]

    assert code == is_broken, left
    failed = f"{LONG[: width - len('…: failed') - 1]}…: failed"
    kept = [failed] if is_broken else []
    for lines in drawn:
        own = lines[1:] if lines[0] == failed else lines
        totals = _TOTALS.fullmatch(own[0])
        assert totals, lines
        assert len(own) == 1 + int(totals[1]), lines
        assert all(re.fullmatch(r"  \S+ +\d+ s( .*)?", line) for line in own[1:]), lines
    assert max(map(len, drawn)) >= 1 + 3
    assert last == kept
    head, *rows = left[len(kept) :]
    assert head.split()[:2] == ["AGENCY", "RESULT"]
    names = {row.split("  ")[0] for row in rows[:6]}
    assert {*NAMES[:4], f"{LONG[: width // 2 - 1]}…"} < names
    assert any(f"{command[0].capitalize()} of group. 6 agencies: " in row for row in rows)


@pytest.mark.rest
@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb"), ("AGENCYFILE_LOG", "info")])
def test_log_gets_a_line_for_each_start_and_end_and_nothing_is_drawn_again(fleet: Fleet, name: str, value: str) -> None:
    """A pipeline may lend a job a terminal; a dumb one cannot move the cursor; lines of the log would tear the view."""
    fleet.write(keys=["north"])
    fleet.agency("north/acme", ["acct"])
    fleet.environment[name] = value
    with Terminal(80) as terminal:
        assert terminal.wait(start(fleet, terminal, "plan", program=str(fleet.program()))) == 0

    assert not re.search(r"\x1b\[\d*[FJK]", terminal.text)
    assert [words for words in ("north/acme: started", "north/acme: changes (") if words not in terminal.text] == []
