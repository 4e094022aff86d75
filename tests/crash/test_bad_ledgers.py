"""Ledgers that are not what they were: every command says so and how to mend it, and nothing is charged or granted."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from contract.repositories import git, isolate, make_clone, make_remote
from crash.scenarios import with_policy
from crash.stage import APPROVED, Stage
from sampling import thinned
from stories import agency

from plan.ledger import Entry
from plan.ledger.entry import NO_PREVIOUS, line_digest

BRANCH = "agencyfile-ledger"
COMMANDS = (("apply", *APPROVED), ("plan",), ("ledger", "verify"), ("ledger", "show"))

Spoil = Callable[[list[str]], list[str]]


def _reworded(lines: list[str]) -> list[str]:
    return [line.replace('"total":100', '"total":0') for line in lines]


def _of_somebody_else(lines: list[str]) -> list[str]:
    return _chained([line.replace('"northwind"', '"southwind"') for line in lines])


def _of_a_newer_format(lines: list[str]) -> list[str]:
    return _chained([line.replace('"format_version":1', '"format_version":2') for line in lines])


def _without_an_outcome_of(lines: list[str]) -> list[str]:
    documents = [json.loads(line) for line in lines]
    for document in documents:
        if document["type"] == "outcome":
            document["body"] = {}
    return _chained([json.dumps(document) for document in documents])


def _forked(lines: list[str]) -> list[str]:
    return [*lines, lines[-1]]


def _chained(lines: list[str]) -> list[str]:
    """The same with every digest right: what a tool would write, not an accident."""
    previous, chained = NO_PREVIOUS, list[str]()
    for line in lines:
        entry = Entry.parse(json.dumps({**json.loads(line), "previous": previous}))
        chained.append(entry.line())
        previous = line_digest(entry.line())
    return chained


SPOILT: Mapping[str, Spoil] = {
    "garbage-inside": lambda lines: [lines[0], "not json", *lines[2:]],
    "json-of-another-kind": lambda lines: [lines[0], "[]", *lines[2:]],
    "binary": lambda lines: ["\x00\x01\x02\x7f" * 20],
    "word-changed": _reworded,
    "head-cut-off": lambda lines: lines[1:],
    "middle-cut-out": lambda lines: [*lines[:2], *lines[4:]],
    "line-cut-short-inside": lambda lines: [*lines[:2], lines[2][:30], *lines[3:]],
    "two-entries-swapped": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "forked": _forked,
    "somebody-elses": _of_somebody_else,
    "newer-format": _of_a_newer_format,
    "outcome-without-words": _without_an_outcome_of,
    "empty": lambda lines: [],
}


def _check_refused(stage: Stage, *, everywhere: bool = True) -> None:
    """No command goes on, each says how to mend it, and the portal was sent nothing."""
    sent, granted = stage.writes(), stage.grants()
    for command in COMMANDS if everywhere else COMMANDS[:1]:
        ran = stage.run(*command)
        assert ran.code == 1, ran
        assert "fix: " in ran.err, ran
        assert "Traceback" not in ran.out + ran.err
        assert "bug in agencyfile" not in ran.err, ran
    assert (stage.writes(), stage.grants()) == (sent, granted)


def _want_more(stage: Stage, ledger: str = "") -> None:
    text = agency(stage.recipient, acme="credits: {email: 300}", beta="")
    stage.write(_located(text, ledger))


def _located(text: str, ledger: str) -> str:
    line = f"  name: northwind\n  ledger: {ledger}\n" if ledger else "  name: northwind\n"
    return with_policy(text, resend=True).replace("  name: northwind\n", line, 1)


@pytest.mark.parametrize("name", SPOILT)
def test_file_ledger_that_is_spoilt_stops_every_command_with_a_fix(stage: Stage, name: str) -> None:
    """Exit 1 and what to do; never a traceback, a charge or a grant."""
    stage.clear()
    stage.write(agency(stage.recipient, acme="credits: {email: 100}"))
    assert stage.run("apply", *APPROVED).code == 0
    lines = stage.ledger.read_text("utf-8").splitlines()
    stage.ledger.write_text("".join(f"{line}\n" for line in SPOILT[name](lines)), "utf-8")
    _want_more(stage)

    _check_refused(stage, everywhere=name != "empty")


@pytest.mark.parametrize("kind", ["folder", "unreadable"])
def test_file_ledger_that_cannot_be_used_stops_every_command_with_a_fix(stage: Stage, kind: str) -> None:
    """A path that is no file, or whose folder is a file."""
    stage.clear()
    _want_more(stage)
    if kind == "folder":
        stage.ledger.mkdir(parents=True)
    else:
        stage.ledger.parent.write_text("a file where the folder should be")

    _check_refused(stage, everywhere=kind == "folder")


@pytest.fixture
def clone(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stage in a clone of a remote, whose ledger has seen an account and its credits."""
    isolate(monkeypatch)
    stage.clear()
    stage.folder.rmdir()
    make_clone(stage.folder, make_remote(tmp_path / "remote.git"))
    stage.write(_located(agency(stage.recipient, acme="credits: {email: 100}"), f"git+branch:{BRANCH}"))
    assert stage.run("apply", *APPROVED).code == 0
    _want_more(stage, f"git+branch:{BRANCH}")
    return make_clone(tmp_path / "vandal", tmp_path / "remote.git")


@pytest.mark.parametrize("name", thinned(SPOILT, every=5))  # the file ledger is spoilt in each way
def test_git_ledger_that_is_spoilt_stops_every_command_with_a_fix(stage: Stage, clone: Path, name: str) -> None:
    """Whoever pushes nonsense to the branch stops the work, and nothing else."""
    git(clone, "fetch", "--quiet", "origin", BRANCH)
    git(clone, "checkout", "--quiet", "-B", BRANCH, "FETCH_HEAD")
    segment = clone / "000001.jsonl"
    lines = segment.read_text("utf-8").splitlines()
    segment.write_text("".join(f"{line}\n" for line in SPOILT[name](lines)), "utf-8")
    git(clone, "commit", "--quiet", "--all", "--message=Nonsense")
    git(clone, "push", "--quiet", "origin", BRANCH)

    _check_refused(stage)


@pytest.mark.parametrize("name", thinned(["rewound", "deleted", "another-ledger", "no-ledger", "remote-gone"], every=2))
def test_git_ledger_that_is_not_the_one_it_was_stops_every_command_with_a_fix(
    stage: Stage, clone: Path, tmp_path: Path, name: str
) -> None:
    """What was read once is looked for again: a branch that lost it is no ledger to go on with."""
    git(clone, "fetch", "--quiet", "origin", BRANCH)
    match name:
        case "deleted":
            git(clone, "push", "--quiet", "origin", f":{BRANCH}")
        case "rewound":
            git(clone, "push", "--quiet", "--force", "origin", f"FETCH_HEAD~3:refs/heads/{BRANCH}")
        case "another-ledger":
            lines = git(clone, "show", "FETCH_HEAD:000001.jsonl").splitlines()
            git(clone, "checkout", "--quiet", "--orphan", "another")
            git(clone, "rm", "--quiet", "-r", "-f", ".")
            renewed = _chained([line.replace('"time":"2', '"time":"3') for line in lines])
            (clone / "000001.jsonl").write_text("".join(f"{line}\n" for line in renewed))
            git(clone, "add", ".")
            git(clone, "commit", "--quiet", "--message=Another")
            git(clone, "push", "--quiet", "--force", "origin", f"another:refs/heads/{BRANCH}")
        case "no-ledger":
            git(clone, "push", "--quiet", "--force", "origin", f"main:refs/heads/{BRANCH}")
        case _:
            (tmp_path / "remote.git").rename(tmp_path / "elsewhere.git")

    _check_refused(stage)
